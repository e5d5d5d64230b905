"""How many zeros `same` padding adds before and after: PyTorch's rule and TensorFlow's."""

from __future__ import annotations


def same(kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The zeros before and after each axis that keep its size at stride 1.

    >>> same((5, 4), (1, 1))
    ((2, 2), (1, 2))
    """
    total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple((t // 2, t - t // 2) for t in total)


def tensorflow_same(size: int, kernel: int, stride: int) -> str:
    """The padding of TensorFlow's "same", which depends on the input size if the stride is not 1.

    >>> tensorflow_same(1024, 512, 4)
    '254:254'
    """
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return f"{total // 2}:{total - total // 2}"
