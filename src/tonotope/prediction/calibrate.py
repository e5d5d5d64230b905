"""A trained head calibrated on recordings that its network did not learn from.

First the temperature, which makes class scores honest, then what follows from honest scores, such
as the thresholds of tags, and the scores below which a sound is none of the classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from tonotope._progress import SILENT, Progress
from tonotope.audio.loudness import shares_of
from tonotope.heads import Task
from tonotope.prediction.from_features import WindowScores, score_windows
from tonotope.prediction.score_layout import Layout

if TYPE_CHECKING:
    from torch import Tensor

    from tonotope.heads.task import Targets
    from tonotope.model.model import Model
    from tonotope.training.dataset import Dataset


def calibrated(model: Model, dataset: Dataset, progress: Progress = SILENT) -> Task:
    """The head of a trained model, calibrated on the validation part; as it was without one."""
    head, records = model.description.head, dataset.validation
    if not _learns(head) or not len(records):
        return head
    windows = score_windows(
        model.with_head(head.uncalibrated()),
        dataset.store,
        records,
        hop_steps=dataset.hop_steps,
        progress=progress,
    )
    targets = dataset.targets_of(records)
    head = with_temperature(head, [windows], [targets])
    scores = _by_answer(head, temper(head, windows).vote())
    return head.calibrate(scores, targets).fit_rejection(scores, targets)


def _learns(head: Task) -> bool:
    """Whether a head changes with the scores of a trained network at all."""
    kind = type(head)
    learnt = ("calibrate", "fit_temperature", "fit_rejection")
    return any(getattr(kind, name) is not getattr(Task, name) for name in learnt)


def with_temperature(
    head: Task, windows: Sequence[WindowScores], targets: Sequence[Targets]
) -> Task:
    """The head with the temperature that suits some recordings.

    Args:
        head: of a trained model.
        windows: for each list of recordings their windows' scores at temperature 1.
        targets: those of the recordings of each list.
    """
    if not windows:
        return head
    found = WindowScores.joined(windows)
    joined = {name: torch.cat([one[name] for one in targets]) for name in targets[0]}
    shares = shares_of(found.recording, found.weight)
    return head.fit_temperature(
        _by_answer(head, found.scores),
        torch.from_numpy(found.recording),
        joined,
        torch.from_numpy(shares),
    )


def with_rejection(head: Task, windows: Sequence[WindowScores], targets: Sequence[Targets]) -> Task:
    """The head with the scores below which a sound is none of the classes.

    Args:
        head: of a trained model, with its temperature.
        windows: for each list of recordings their windows' scores at temperature 1.
        targets: those of the recordings of each list.
    """
    if not windows:
        return head
    scores = _by_answer(head, temper(head, WindowScores.joined(windows)).vote())
    joined = {name: torch.cat([one[name] for one in targets]) for name in targets[0]}
    return head.fit_rejection(scores, joined)


def temper(head: Task, windows: WindowScores) -> WindowScores:
    """Windows' scores at temperature 1 as the head with its temperature gives them."""
    if head.uncalibrated() is head:
        return windows
    tempered: Mapping[str, Tensor] = head.temper(_by_answer(head, windows.scores))
    names = [one.name for one in head.answers]
    return windows._replace(scores=np.concatenate([tempered[n].numpy() for n in names], axis=1))


def _by_answer(head: Task, scores: np.ndarray) -> dict[str, Tensor]:
    return {name: torch.from_numpy(one) for name, one in Layout.of(head).split(scores).items()}
