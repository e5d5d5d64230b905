"""PyTorch modules that PyTorch lacks or has slower: global pooling, dropout, deltas, clip norm."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Random numbers of 16 bits; PyTorch draws four as one integer.
_CHANCES, _TOGETHER = 1 << 16, 4
# Below this a clip is silent: its standard deviation is rounding error.
_SILENT = 1e-8


def ranked(rank: int, *kinds: Callable[..., nn.Module]) -> Callable[..., nn.Module]:
    """The module class for `rank` axes; `kinds` are those for one axis and for two."""
    return kinds[rank - 1]


def pool(
    kind: str,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    *,
    ceil: bool,
) -> nn.Module:
    """Max or mean pooling in one or two dimensions; means leave out the padding."""
    if kind == "maxpool":
        maximum = ranked(len(size), nn.MaxPool1d, nn.MaxPool2d)
        return maximum(size, stride, padding, ceil_mode=ceil)
    mean = ranked(len(size), nn.AvgPool1d, nn.AvgPool2d)
    return mean(size, stride, padding, ceil_mode=ceil, count_include_pad=False)


# Where nothing varies, the gradient of a square root would be infinite.
_LEAST_VARIANCE = 1e-6


def _deviation(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    return (x.var(dims, correction=0, keepdim=True) + _LEAST_VARIANCE).sqrt()


_POOLED: Mapping[str, Callable[[Tensor, tuple[int, ...]], Tensor]] = {
    "mean": lambda x, dims: x.mean(dims, True),
    "max": lambda x, dims: x.amax(dims, True),
    "std": _deviation,
}


class GlobalPooling(nn.Module):
    """Whole axes become one index each; `(batch, channel, time, ...)` keeps its axes."""

    def __init__(self, dims: tuple[int, ...], how: tuple[str, ...], *, added: bool) -> None:
        super().__init__()
        self.dims = dims
        self.how = how
        self.added = added

    def forward(self, x: Tensor) -> Tensor:
        """Mean, maximum, deviation: concatenated along the channels, or added.

        `(batch, channel, time, ...)` in and out.
        """
        parts = [_POOLED[how](x, self.dims) for how in self.how]
        if len(parts) == 1:
            return parts[0]
        return torch.stack(parts).sum(0) if self.added else torch.cat(parts, 1)

    def extra_repr(self) -> str:
        """What print shows between the parentheses."""
        return f"dims={self.dims}, how={'+'.join(self.how)}, added={self.added}"


class ResidualSum(nn.Module):
    """The output of the body plus that of the shortcut (He et al. 2016)."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Body plus shortcut, `(batch, channel, time, ...)`."""
        return self.body(x) + self.shortcut(x)


class Concatenation(nn.Module):
    """The outputs of several branches for the same input, concatenated along the channels."""

    def __init__(self, branches: list[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        """The channels of all branches, in their order, `(batch, channel, ...)`."""
        return torch.cat([branch(x) for branch in self.branches], 1)


class ScaledTanh(nn.Module):
    """1.7159 tanh(2x/3), which maps ±1 to ±1 (LeCun et al. 1998, Appendix A)."""

    def forward(self, x: Tensor) -> Tensor:
        """The function of each value, for any shape."""
        return 1.7159 * torch.tanh(x * (2 / 3))


class Dropout(nn.Module):
    """`nn.Dropout` that draws 16 bits per value on a CPU, in a third of the time.

    PyTorch draws a double per value on one thread, a tenth of the training time of a small
    network. The probability is rounded to 1/65,536. The generator is PyTorch's.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Each value 0 with probability `p`, the others 1 / (1 - p) times as large.

        For any shape.
        """
        if not self.training or self.p in (0, 1) or x.device.type != "cpu" or not _dense(x):
            return F.dropout(x, self.p, self.training)
        numbers = torch.empty(-(-x.numel() // _TOGETHER), dtype=torch.int64).random_(-(2**63), None)
        draws = numbers.view(torch.int16)[: x.numel()].as_strided(x.shape, x.stride())
        dropped = round(self.p * _CHANCES) - _CHANCES // 2
        return x * (draws >= dropped).to(x.dtype).mul_(1 / (1 - self.p))

    def extra_repr(self) -> str:
        """What print shows between the parentheses."""
        return f"p={self.p}"


def _dense(x: Tensor) -> bool:
    """Whether its values lie side by side in memory, each once, in any order."""
    return x.is_contiguous() or (
        x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)
    )


class StridedPointwiseConv2d(nn.Conv2d):
    """A convolution of 1 × 1 with a stride, as indexing and a convolution without stride.

    The same sums as `nn.Conv2d`, whose gradient is not safe here: on CPUs with AVX2 only, torch
    2.13 writes past its memory for (3, 4, 34, 32) in `channels_last`, 8 filters, stride 2. It
    hangs, crashes or gives a wrong gradient without an error.
    """

    def forward(self, input: Tensor) -> Tensor:
        """`(batch, channel, time, frequency)` to the same axes, with fewer places."""
        kept = input[:, :, :: self.stride[0], :: self.stride[1]]
        return F.conv2d(kept, self.weight, self.bias, groups=self.groups)


class FrequencyNorm(nn.Module):
    """Batch norm with a mean and variance for each frequency instead of each channel."""

    def __init__(self, bands: int, *, eps: float, momentum: float) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(bands, eps=eps, momentum=momentum)

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channel, time, frequency)`, normalised."""
        return self.norm(x.transpose(1, 3)).transpose(1, 3)


class ClipNormalising(nn.Module):
    """Each clip with mean 0 and standard deviation 1 (the divisor is the number of values)."""

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, ...)`, in float32: a mean of many values needs the precision."""
        axes = tuple(range(1, x.dim()))
        x = x.float()
        x = x - x.mean(axes, keepdim=True)
        return x / x.square().mean(axes, keepdim=True).sqrt().clamp(min=_SILENT)


class Slopes(nn.Module):
    """After the channels their slopes over time: least-squares lines through neighbours.

    The weights are `(1, 1, tap, ...)`.
    """

    weights: Tensor

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        half = width // 2
        steps = torch.arange(-half, half + 1, dtype=torch.float32)
        taps = (steps / steps.square().sum()).reshape(1, 1, -1, *[1] * (rank - 1))
        self.padding = half
        self.register_buffer("weights", taps, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channel, time, ...)` with twice the channels: values first, then slopes."""
        channels = x.shape[1]
        two = x.dim() == 4
        ends = (0, 0, self.padding, self.padding) if two else (self.padding, self.padding)
        taps = self.weights.to(x.dtype).expand(channels, *self.weights.shape[1:])
        conv = F.conv2d if two else F.conv1d
        slopes = conv(F.pad(x, ends, mode="replicate"), taps, groups=channels)
        return torch.cat([x, slopes], 1)
