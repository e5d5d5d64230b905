"""Convolution: a small filter slides over time and frequency, as loops and as a matrix product.

With M filters w of size K×L over C channels, M biases b, strides s and u, dilations d and e, and
an input x that was padded first:

    y[n, m, t, f] = b[m] + Σ_c Σ_k Σ_l  w[m, c, k, l] · x[n, c, s·t + d·k, u·f + e·l]

The filter is laid down as it is. That is a cross-correlation, and it is what every library for
neural networks computes under the name of convolution. The convolution of mathematics and of
signal processing runs through the filter backwards, x[t - k] in place of x[t + k]; `flip` turns
the one into the other. Where the weights are learned the difference has no effect: the network
would learn the mirrored filter. Where a filter is given, an echo for instance, it has.

Sources: Goodfellow, Bengio and Courville, Deep Learning (2016), section 9.1, equations 9.4
(convolution) and 9.6 (cross-correlation); Dumoulin and Visin, A guide to convolution arithmetic for
deep learning (2016), sections 2.4 and 5.1, for the sizes; Chellapilla, Puri and Simard, High
performance convolutional neural networks for document processing (2006), for the matrix product.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tonotope._errors import ShapeError

Pair = tuple[int, int]  # (along time, along frequency)


def output_size(
    size: int, filter_size: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """How many places a filter finds along one axis: ⌊(size + 2·padding - reach) / stride⌋ + 1.

    `reach` = dilation · (filter_size - 1) + 1 is the stretch of input that the filter sees at once.

    >>> output_size(32, 5), output_size(216, 3, stride=2, padding=1)
    (28, 108)

    Raises:
        ShapeError: the filter reaches further than the padded input.
    """
    reach = dilation * (filter_size - 1) + 1
    if reach > size + 2 * padding:
        missing = -(-(reach - size) // 2)
        raise ShapeError(
            f"a filter of {filter_size} (dilation {dilation}, so reaching over {reach}) finds no "
            f"place on {size} values padded by {padding} on each side; a filter of at most "
            f"{(size + 2 * padding - 1) // dilation + 1} would fit, or a padding of {missing}"
        )
    return (size + 2 * padding - reach) // stride + 1


def same_padding(size: int, filter_size: int, stride: int = 1, dilation: int = 1) -> Pair:
    """How many zeros, before and after, let one axis leave with ⌈size / stride⌉ values.

    An odd number of zeros cannot be halved; the odd one goes after, as in TensorFlow and PyTorch.

    >>> same_padding(32, 5), same_padding(800, 10), same_padding(44, 4, stride=3)
    ((2, 2), (4, 5), (1, 1))
    """
    reach = dilation * (filter_size - 1) + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def pad(x: np.ndarray, time: Pair, frequency: Pair = (0, 0), value: float = 0.0) -> np.ndarray:
    """`x` with `value` laid around it: (before, after) along time and along frequency.

    Args:
        x: (batch, channel, time, frequency).
        time: how many values before and after, along time.
        frequency: the same along frequency.
        value: what is laid there; zero for a convolution.
    """
    return np.pad(x, ((0, 0), (0, 0), time, frequency), constant_values=value)


def convolve_loops(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
) -> np.ndarray:
    """Convolution by its definition: for each sound, filter, time and frequency, one sum.

    Args:
        x: (batch, channel, time, frequency).
        weight: (filter, channel, K, L), K along time and L along frequency.
        bias: (filter,).
        stride: how far the filter moves, (time, frequency).
        padding: zeros on each side, (time, frequency).
        dilation: how far the filter's own values lie apart, (time, frequency).

    Returns:
        (batch, filter, time', frequency'), sizes after `output_size`.

    Raises:
        ShapeError: channels differ, or the filter does not fit.
    """
    times, frequencies = _places(x, weight, stride, padding, dilation)
    x = pad(x, (padding[0], padding[0]), (padding[1], padding[1]))
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, weight.shape[2:], strict=True)]
    y = np.zeros((len(x), len(weight), times, frequencies), np.result_type(x, weight))
    for n in range(len(x)):
        for m in range(len(weight)):
            for t in range(times):
                for f in range(frequencies):
                    along_time = slice(stride[0] * t, stride[0] * t + reach[0], dilation[0])
                    along_frequency = slice(stride[1] * f, stride[1] * f + reach[1], dilation[1])
                    patch = x[n, :, along_time, along_frequency]  # (channel, K, L)
                    y[n, m, t, f] = np.sum(weight[m] * patch) + bias[m]
    return y


def patches(
    x: np.ndarray, size: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)
) -> np.ndarray:
    """Every patch that a filter of `size` covers: a view of `x`, which copies nothing.

    Args:
        x: (batch, channel, time, frequency), padded already.
        size: K×L of the filter, or Q×R of the pool.
        stride: how far one patch lies from the next, (time, frequency).
        dilation: how far the values within a patch lie apart, (time, frequency).

    Returns:
        (batch, channel, time', frequency', K, L).
    """
    reach = tuple(d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True))
    every = sliding_window_view(x, reach, axis=(2, 3))
    return every[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


def patch_matrix(
    x: np.ndarray,
    size: Pair,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
) -> np.ndarray:
    """The patches as rows of a matrix ("im2col"): one row for a place, one column for a weight.

    Returns:
        (batch · time' · frequency', channel · K · L).
    """
    x = pad(x, (padding[0], padding[0]), (padding[1], padding[1]))
    windows = patches(x, size, stride, dilation).transpose(0, 2, 3, 1, 4, 5)
    return windows.reshape(-1, x.shape[1] * size[0] * size[1])


def convolve(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
) -> np.ndarray:
    """Convolution as one matrix product, Y = P Wᵀ + b: the same sums as the loops, all at once.

    P holds a patch in each row, W a filter in each row. Arguments, result and errors are those of
    `convolve_loops`: (batch, channel, time, frequency) to (batch, filter, time', frequency').

    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> fall = np.array([[[[1.0], [-1.0]]]])  # one filter, K×L = 2×1: now less the next frame
    >>> convolve(x, fall, np.zeros(1), stride=(2, 2)).tolist()
    [[[[-4.0, -4.0], [-4.0, -4.0]]]]
    """
    times, frequencies = _places(x, weight, stride, padding, dilation)
    rows = patch_matrix(x, weight.shape[2:], stride, padding, dilation)
    y = rows @ weight.reshape(len(weight), -1).T + bias  # (place, filter)
    return y.reshape(len(x), times, frequencies, len(weight)).transpose(0, 3, 1, 2)


def convolve_1d_loops(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    """Convolution over time alone: y[n, m, t] = b[m] + Σ_c Σ_k w[m, c, k] · x[n, c, s·t + d·k].

    Args:
        x: (batch, channel, time).
        weight: (filter, channel, K).
        bias: (filter,).
        stride: how far the filter moves.
        padding: zeros on each side.
        dilation: how far the filter's own values lie apart.

    Returns:
        (batch, filter, time').

    Raises:
        ShapeError: channels differ, or the filter does not fit.
    """
    times, _ = _places(x[..., None], weight[..., None], (stride, 1), (padding, 0), (dilation, 1))
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    reach = dilation * (weight.shape[2] - 1) + 1
    y = np.zeros((len(x), len(weight), times), np.result_type(x, weight))
    for n in range(len(x)):
        for m in range(len(weight)):
            for t in range(times):
                patch = x[n, :, stride * t : stride * t + reach : dilation]  # (channel, K)
                y[n, m, t] = np.sum(weight[m] * patch) + bias[m]
    return y


def convolve_1d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    """Convolution over time as a matrix product: two dimensions, of which the second has size 1.

    The same as of `convolve_1d_loops`: (batch, channel, time) to (batch, filter, time').

    >>> click = np.array([[[0.0, 0.0, 1.0, 0.0, 0.0]]])
    >>> filter_ = np.array([[[1.0, 2.0, 3.0]]])
    >>> convolve_1d(click, filter_, np.zeros(1), padding=1)[0, 0].tolist()  # laid as it is
    [0.0, 3.0, 2.0, 1.0, 0.0]
    >>> convolve_1d(click, flip(filter_), np.zeros(1), padding=1)[0, 0].tolist()  # convolved
    [0.0, 1.0, 2.0, 3.0, 0.0]
    """
    plane = convolve(
        x[..., None], weight[..., None], bias, (stride, 1), (padding, 0), (dilation, 1)
    )
    return plane[..., 0]


def flip(weight: np.ndarray) -> np.ndarray:
    """The filter turned end for end along time and frequency: with it, `convolve` convolves.

    Args:
        weight: (filter, channel, K, L) or (filter, channel, K).
    """
    return np.flip(weight, axis=tuple(range(2, weight.ndim)))


def _places(x: np.ndarray, weight: np.ndarray, stride: Pair, padding: Pair, dilation: Pair) -> Pair:
    """The sizes of the output, (time', frequency'), if input and filter fit."""
    if x.shape[1] != weight.shape[1]:
        raise ShapeError(
            f"the input has {x.shape[1]} channels and the filters expect {weight.shape[1]}; "
            f"filters of shape ({len(weight)}, {x.shape[1]}, "
            f"{', '.join(str(k) for k in weight.shape[2:])}) would fit"
        )
    return (
        output_size(x.shape[2], weight.shape[2], stride[0], padding[0], dilation[0]),
        output_size(x.shape[3], weight.shape[3], stride[1], padding[1], dilation[1]),
    )
