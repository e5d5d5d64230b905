"""Pooling: of every few neighbours in time and frequency one value remains.

A window of Q×R moves by a stride, its own size unless another is given. Pooling keeps channels
apart and has no weights:

    largest:  y[n, c, t, f] = max_{q, r}  x[n, c, s·t + q, u·f + r]
    mean:     y[n, c, t, f] = Σ_{q, r} x[n, c, s·t + q, u·f + r] / (Q·R)

Where the windows do not come out even, the rest of the input falls under the table; in ceil mode
one more window takes it up and counts only what it finds there.

Pooling over the whole of an axis ("global pooling") is a window as large as that axis. Sounds over
time alone take a frequency axis of size 1 for the occasion: `max_pool(x[..., None], (Q, 1))`.

Sources: LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition
(1998), section II.B, where the mean is called sub-sampling; Ranzato, Huang, Boureau and LeCun,
Unsupervised learning of invariant feature hierarchies (2007), for the maximum in its place.
"""

from __future__ import annotations

import numpy as np

from tonotope._errors import ShapeError
from tonotope.reference.convolve import Pair, pad, patches


def pooled_size(size: int, window: int, stride: int, *, ceil: bool = False) -> int:
    """How many windows one axis takes: ⌊(size - window) / stride⌋ + 1, or ⌈…⌉ + 1 in ceil mode.

    A last window that would begin behind the end of the input is not counted.

    >>> pooled_size(10, 3, 3), pooled_size(10, 3, 3, ceil=True)
    (3, 4)

    Raises:
        ShapeError: the window is larger than the input.
    """
    if window > size:
        raise ShapeError(
            f"a pooling window of {window} finds no place on {size} values; "
            f"a window of at most {size} would fit"
        )
    steps = -((window - size) // stride) if ceil else (size - window) // stride
    return steps + (steps * stride < size)


def max_pool(
    x: np.ndarray, size: Pair, stride: Pair | None = None, *, ceil: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The largest value of each window, and where it stood.

    Args:
        x: (batch, channel, time, frequency).
        size: Q×R, (time, frequency).
        stride: how far the window moves; `size` where None.
        ceil: whether a last, incomplete window takes up what is left.

    Returns:
        values (batch, channel, time', frequency'), and the winners' positions in the same shape:
        time · F + frequency within the input's plane. If values are equal the first wins.
        The gradient needs the positions: only the winner gets one.

    Raises:
        ShapeError: the window is larger than the input.

    >>> values, winners = max_pool(np.array([[[[1.0, 5.0, 2.0], [7.0, 3.0, 9.0]]]]), (2, 2))
    >>> values.item(), winners.item()  # 7 is in row 1, column 0 of 3: position 3
    (7.0, 3)
    """
    stride = stride or size
    windows = _windows(x, size, stride, ceil=ceil, rest=-np.inf)
    windows = windows.reshape(*windows.shape[:4], size[0] * size[1])
    best = windows.argmax(axis=-1)
    values = np.take_along_axis(windows, best[..., None], axis=-1)[..., 0]
    time = stride[0] * np.arange(values.shape[2])[:, None] + best // size[1]
    frequency = stride[1] * np.arange(values.shape[3])[None, :] + best % size[1]
    return values, time * x.shape[3] + frequency


def mean_pool(
    x: np.ndarray, size: Pair, stride: Pair | None = None, *, ceil: bool = False
) -> np.ndarray:
    """The mean of each window; an incomplete window divides by what it holds.

    Arguments and errors are those of `max_pool`.

    >>> x = np.array([[[[1.0, 5.0, 2.0], [7.0, 3.0, 9.0]]]])
    >>> mean_pool(x, (2, 2)).item()
    4.0
    >>> mean_pool(x, (2, 2), ceil=True).tolist()
    [[[[4.0, 5.5]]]]
    >>> mean_pool(x, (2, 1)).tolist()  # over all of time: global pooling that keeps frequency
    [[[[4.0, 4.0, 5.5]]]]

    Returns:
        (batch, channel, time', frequency').
    """
    stride = stride or size
    sums = _windows(x, size, stride, ceil=ceil, rest=0.0).sum(axis=(-2, -1))
    return sums / counts(x.shape, size, stride, ceil=ceil)


def counts(shape: tuple[int, ...], size: Pair, stride: Pair, *, ceil: bool = False) -> np.ndarray:
    """How many values each window holds, (time', frequency'): Q·R wherever it is complete."""
    ones = np.ones((1, 1, *shape[2:]))
    return _windows(ones, size, stride, ceil=ceil, rest=0.0).sum(axis=(-2, -1))[0, 0]


def overhang(shape: tuple[int, ...], size: Pair, stride: Pair, *, ceil: bool = False) -> Pair:
    """How far the last windows reach beyond the input, (time, frequency): 0 unless in ceil mode."""
    beyond = []
    for axis, window, step in zip(shape[2:], size, stride, strict=True):
        last = (pooled_size(axis, window, step, ceil=ceil) - 1) * step
        beyond.append(max(last + window - axis, 0))
    return beyond[0], beyond[1]


def _windows(x: np.ndarray, size: Pair, stride: Pair, *, ceil: bool, rest: float) -> np.ndarray:
    """The windows as (batch, channel, time', frequency', Q, R), `rest` beyond the input's end."""
    time, frequency = overhang(x.shape, size, stride, ceil=ceil)
    return patches(pad(x, (0, time), (0, frequency), value=rest), size, stride)
