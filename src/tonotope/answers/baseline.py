"""What a baseline is: a simple method that a network should beat, and what it may know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class BaselineInput:
    """What a baseline may know: the training part, and the sound of the test part.

    Attributes:
        features: (recording, number) of the training part; None where the baseline uses no sound.
        targets: of the training part: labels (recording,), or numbers (recording, column).
        groups: (recording,) the group of each training recording.
        test_features: (recording, number) of the test part.
        test: a table of the test part; only its recordings and columns are used.
    """

    features: Any
    targets: np.ndarray
    groups: np.ndarray
    test_features: Any
    test: Any


@dataclass(frozen=True)
class Baseline:
    """A simple method that a network should beat.

    Attributes:
        name: as users write it.
        method: from a `BaselineInput` to what `AnswerTable.with_predictions` takes; of sound, from
            samples (time,) and a rate in Hz to samples.
        uses: what it hears of a recording: nothing, its `mfcc` statistics, its `pitch`, or its
            `samples`.
        usual: whether it is taken where the experiment names none.
    """

    name: str
    method: Callable[..., Any]
    uses: str = ""
    usual: bool = True
