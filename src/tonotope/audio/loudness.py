"""How loud a recording is from one moment to the next: which clips are cut, which windows count.

Loudness grows with the power to 0.3 (S. S. Stevens, J. Acoust. Soc. Am. 27, 1955): ten decibels
more are twice as loud. No threshold says where a sound begins: digital silence weighs nothing, what
is 40 dB below the rest a sixteenth, and rain, which is everywhere as loud, everywhere the same.

    sound   ▁▁▁█▆▃▁▁▁▁▁▁▁▁      cells of about 10 ms
    start      └────┘           a clip begins where it holds at least half of what the loudest holds
"""

from __future__ import annotations

import numpy as np

EXPONENT = 0.3
CELL_S = 0.01
# A clip is cut where it holds this share of what the loudest clip of its recording holds.
LEAST_HELD = 0.5


class LoudnessMeter:
    """Measures loudness cell by cell, block by block.

    A window of a long recording asks for its weight as soon as its samples were heard, and what
    lies before it is then forgotten.

    Args:
        hop_samples: of the representation, from one step of time to the next.
        rate_hz: samples per second.

    >>> meter = LoudnessMeter(hop_samples=80, rate_hz=8000)
    >>> meter.hear(np.repeat(np.float32([0.0, 1.0, 0.1]), 80))
    >>> meter.cells().round(3)
    array([0.   , 1.   , 0.251], dtype=float32)
    """

    def __init__(self, hop_samples: int, rate_hz: int) -> None:
        self.steps_per_cell = max(1, round(CELL_S * rate_hz / hop_samples))
        self._size = self.steps_per_cell * hop_samples
        self._rest = np.zeros(0, np.float32)
        self._cells: list[np.ndarray] = []
        self._first = 0  # the number of the first cell that is kept

    def cells_in(self, samples: int) -> int:
        """How many whole cells a recording of so many samples has."""
        return samples // self._size

    def measured(self, samples: np.ndarray) -> np.ndarray:
        """The loudness of a whole recording, float32 `(cell,)`, from samples `(time,)`."""
        power = np.square(samples[: self.cells_in(len(samples)) * self._size], dtype=np.float64)
        return (power.reshape(-1, self._size).mean(axis=1) ** EXPONENT).astype(np.float32)

    def hear(self, samples: np.ndarray) -> None:
        """Take the next block of samples, `(time,)`."""
        samples = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        self._cells.append(self.measured(samples))
        self._rest = samples[self.cells_in(len(samples)) * self._size :].copy()

    def cells(self) -> np.ndarray:
        """The loudness of each whole cell since the first that is kept, float32 `(cell,)`."""
        if len(self._cells) != 1:
            self._cells = (
                [np.concatenate(self._cells)] if self._cells else [np.zeros(0, np.float32)]
            )
        return self._cells[0]

    def held(self, start: int, steps: int) -> float:
        """What a window holds: the sum over its cells; windows are asked for in rising order.

        Args:
            start: the first step of time of the window.
            steps: how many it has.
        """
        first, last = _cells_of(np.array(start), steps, self.steps_per_cell)
        cells = self.cells()
        if first > self._first:
            cells = cells[int(first) - self._first :]
            self._cells, self._first = [cells], int(first)
        return float(cells[: int(last) - int(first)].sum(dtype=np.float64))


class Loudness:
    """The loudness of whole recordings, in cells, end to end.

    Attributes:
        cells: float32 `(cell,)`, of all recordings.
        offsets: where each recording begins, and where the last one ends; one whose windows need
            no weights has no cells.
        steps_per_cell: steps of time in a cell.
    """

    def __init__(self, cells: np.ndarray, offsets: np.ndarray, steps_per_cell: int) -> None:
        self.cells, self.offsets, self.steps_per_cell = cells, offsets, steps_per_cell
        self._sums = np.concatenate([[0.0], np.cumsum(cells, dtype=np.float64)])

    def held(self, records: np.ndarray, starts: np.ndarray, steps: int) -> np.ndarray:
        """What windows hold: the sum over the cells of each, `(window,)`; 1 without cells.

        Args:
            records: the recording of each window, `(window,)`.
            starts: the first step of time of each, `(window,)`.
            steps: how many each has.
        """
        begin, end = self.offsets[records], self.offsets[np.asarray(records) + 1]
        first, last = _cells_of(starts, steps, self.steps_per_cell)
        first, last = np.minimum(begin + first, end), np.minimum(begin + last, end)
        return np.where(end > begin, self._sums[last] - self._sums[first], 1.0)

    def starts(self, record: int, room: int, steps: int) -> np.ndarray:
        """Where a clip of `steps` may begin: it holds at least half of what the loudest holds.

        Args:
            record: the number of the recording.
            room: the last step that a clip may begin with.
            steps: length of a clip.

        Returns:
            int64 `(step,)`, the first steps of such clips, rising: one for each cell, since a
            waveform of an hour has more steps than memory has room for.
        """
        every = np.arange(0, room + 1, self.steps_per_cell)
        held = self.held(np.full(len(every), record), every, steps)
        return every[held >= LEAST_HELD * held.max()]


def shares_of(recording: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The share of each window in its recording, `(window,)`: they add up to 1.

    Args:
        recording: the number of each window's recording, `(window,)`.
        weight: 0 or more, `(window,)`; where all of a recording are 0, all are the same.

    >>> shares_of(np.array([0, 0, 2, 2]), np.array([3.0, 1.0, 0.0, 0.0]))
    array([0.75, 0.25, 0.5 , 0.5 ])
    """
    weight = np.where(np.bincount(recording, weight)[recording] > 0, weight, 1.0)
    return weight / np.bincount(recording, weight)[recording]


def sounding_s(power: np.ndarray, cell_s: float = CELL_S) -> float:
    """For how long a recording sounds, from the power of its cells, `(cell,)`.

    The effective number of cells, `(sum of loudness)² / (sum of its squares)`: all where all are as
    loud, those of the bark where a bark is surrounded by silence, all of silence.

    >>> sounding_s(np.array([1.0, 1.0, 0.0, 0.0])), sounding_s(np.zeros(3))
    (0.02, 0.03)
    """
    loudness = power**EXPONENT
    squares = float(np.square(loudness).sum())
    cells = float(loudness.sum()) ** 2 / squares if squares > 0 else float(len(power))
    return cells * cell_s


def _cells_of(starts: np.ndarray, steps: int, per: int) -> tuple[np.ndarray, np.ndarray]:
    """The first cell of each window and the one behind its last; at least one."""
    first = np.asarray(starts) // per
    return first, np.maximum(first + 1, (np.asarray(starts) + steps) // per)
