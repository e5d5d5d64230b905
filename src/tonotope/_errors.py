"""The errors that users may meet (`DataError`, `ExperimentError`, ...), and `did you mean`.

    TonotopeError            something asked for cannot be done; the message says what would
    ├── DataError            recordings, tables, labels, splits
    │   └── AudioError       one recording that cannot be read
    ├── ExperimentError      the experiment file or a command's request
    │   └── ShapeError       a network in which a size reaches zero
    ├── TrainingError        training stopped: NaN loss, no memory, a folder in use
    ├── ModelFileError       a model folder that is damaged, foreign or too new
    └── MissingPackageError  an optional package that is not installed

A message says what was given, what would fit, and what to change. The command line prints it
without a traceback, and ends with status 2. A name in it is what it is; `str(error)` is where it
becomes fit to be read.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from tonotope._escape import shown


class TonotopeError(Exception):
    r"""Something asked for cannot be done; the message says what would fit.

    Args:
        lines: the lines of the message; newlines inside one of them are part of a name.

    >>> print(TonotopeError("two\nlines.wav: empty file", "and another"))
    two\nlines.wav: empty file
    and another
    """

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)

    def __str__(self) -> str:
        return "\n".join(map(shown, self.args))


class DataError(TonotopeError):
    """Recordings, tables, labels or splits that do not hold what was asked of them."""


class AudioError(DataError):
    """One recording that cannot be read; the rest goes on.

    Attributes:
        reason: what is wrong and what to do, without the file's name.
    """

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason


class ExperimentError(TonotopeError):
    """The experiment file, or a command's request, asks for something impossible."""


class ShapeError(ExperimentError):
    """A network in which a size reaches zero, or a layer that does not fit its input.

    Attributes:
        layers: the reports of the layers before it, of which the table below the message is made;
            the last `len(layers) + 1` lines, where there are any.
    """

    layers: Sequence[Any] = ()


class TrainingError(TonotopeError):
    """Training had to stop; what was good is saved."""


class ModelFileError(TonotopeError):
    """A model folder that is damaged, foreign, or written by a later version."""


class MissingPackageError(TonotopeError):
    """An optional package that is not installed.

    The package itself is named and no extra of tonotope, whose form depends on where tonotope
    came from: an index, a checkout, a wheel.

    >>> str(MissingPackageError("mirdata"))
    'mirdata is not installed: pip install mirdata'
    """

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed: pip install {package}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that offers the nearest known word, or nothing.

    >>> did_you_mean("epcohs", ["epochs", "batch_size"])
    '; did you mean `epochs`?'
    >>> did_you_mean("zebra", ["epochs"])
    ''
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""
