"""bfloat16 compared with float32 for every new shape; float32 is used where bfloat16 is wrong.

The shape decides which kernel multiplies, and some kernels are wrong: on processors with AMX
`Conv1d(1024, 128, 64)` of torch 2.13 is wrong by a factor of 63 from 64 samples of output on. No
error is raised. So for each new shape a copy of the network computes the outputs in both
precisions. In training the gradients of its weights are compared too: they come from other kernels.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from tonotope._progress import SILENT, Progress
from tonotope.runtime.device import Device

# The largest relative distance of outputs in bfloat16 from those in float32. Eight bits of mantissa
# are 0.4 % per product, and the errors of a dozen layers add up.
TOLERANCE = 0.1
# The same for the gradient of one weight: forward and backward errors add up. In the first layers
# of networks that are right, up to a third was seen.
GRADIENT_TOLERANCE = 0.5
# A distance is relative to at least this share of the gradient of all weights: a gradient that
# cancels out, as that of a bias before batch norm, is rounding alone.
LEAST_SHARE = 0.01

M = TypeVar("M", bound=nn.Module)
Outputs = Mapping[str, Tensor]
Cost = Callable[[Outputs], Tensor]


class _Pass(NamedTuple):
    """One forward pass, and a backward pass where there is a cost; float32, on the device.

    Attributes:
        outputs: all of them, in one row.
        gradients: of every trainable weight; None where the cost does not depend on it.
    """

    outputs: Tensor
    gradients: tuple[Tensor | None, ...]


@dataclasses.dataclass
class _Known:
    """The shapes for which one network was right, and the usual size of its outputs."""

    right: set[Any] = dataclasses.field(default_factory=set)
    scale: float = 0.0


class Guard:
    """A device whose bfloat16 is checked for each new shape; once it was wrong, it is float32.

    Attributes:
        device: how to compute now; its `probe` says if that has changed.

    >>> guard = Guard(Device("cpu", 1, precision="bfloat16"))
    >>> net = nn.Linear(4, 2)
    >>> guard.check(net, lambda net, batch: {"label": net(batch)}, torch.ones(3, 4))
    >>> guard.device.precision
    'bfloat16'
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self._known: WeakKeyDictionary[nn.Module, _Known] = WeakKeyDictionary()

    def check(
        self,
        module: M,
        answer: Callable[[M, Tensor], Outputs],
        batch: Tensor,
        cost: Cost | None = None,
        progress: Progress = SILENT,
    ) -> None:
        """Compare both precisions if `module` gets a batch of this shape for the first time.

        A copy in evaluation mode is used. Weights, gradients, statistics and random generators do
        not change.

        Args:
            module: the network, on the device.
            answer: computes its outputs by name from a batch.
            batch: `(batch, ...)`, in the layout of the device.
            cost: a loss of the outputs, to compare the gradients as well.
            progress: receives a line when bfloat16 is given up.
        """
        known = self._known.setdefault(module, _Known())
        shape = (*batch.shape, "outputs" if cost is None else "gradients")
        if self.device.precision == "float32" or shape in known.right:
            return
        what = f"batches of {' × '.join(map(str, batch.shape))}"
        try:
            exact, near = _passes(self.device, module, answer, batch, cost)
        except torch.OutOfMemoryError:  # float32 may need twice as much: it is no way out
            known.right.add(shape)
            message = f"bfloat16 could not be compared with float32 for {what}: memory ran out"
            self._say(message, progress)
            return
        if not exact.outputs.isfinite().all():
            return  # the caller stops at the loss, with a better reason
        root = max(len(exact.outputs), 1) ** 0.5
        known.scale = max(known.scale, float(exact.outputs.norm()) / root)
        wrong = _difference(exact, near, known.scale * root)
        if not wrong:
            known.right.add(shape)
            return
        self.device = dataclasses.replace(self.device, precision="float32")
        self._say(
            f"bfloat16 is wrong here for {what}: its {wrong}; all that follows is computed in"
            " float32",
            progress,
        )

    def _say(self, sentence: str, progress: Progress) -> None:
        probe = "; ".join(filter(None, [self.device.probe, sentence]))
        self.device = dataclasses.replace(self.device, probe=probe)
        progress.say(sentence)


def distance(exact: Tensor, near: Tensor, least: float = 0.0) -> float:
    """The norm of the difference between `near` and `exact`, divided by the norm of `exact`.

    Args:
        exact: any shape.
        near: the same shape.
        least: the smallest norm to divide by.

    >>> round(distance(torch.tensor([3.0, 4.0]), torch.tensor([3.0, 4.5])), 4)
    0.1
    """
    length = exact.norm().clamp(min=max(least, 1e-12))
    return float((near - exact).norm() / length)


def joined(outputs: Outputs) -> Tensor:
    """All outputs, of any shape, in one row, in float32."""
    return torch.cat([output.detach().float().flatten() for output in outputs.values()])


def _passes(
    device: Device,
    module: M,
    answer: Callable[[M, Tensor], Outputs],
    batch: Tensor,
    cost: Cost | None,
) -> list[_Pass]:
    """The passes of one copy in float32 and in bfloat16."""
    module, passes = _copied(module), []
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    for one in (dataclasses.replace(device, precision="float32"), device):
        with torch.random.fork_rng(), torch.set_grad_enabled(cost is not None):
            with one.autocast():
                outputs = answer(module, batch)
            gradients: tuple[Tensor | None, ...] = ()
            if cost is not None and weights:
                gradients = torch.autograd.grad(cost(outputs), weights, allow_unused=True)
        passes.append(_Pass(joined(outputs), gradients))
    return passes


def _copied(module: M) -> M:
    """A copy in evaluation mode, with small numbers in filters that are all zeros.

    Zeros, as in the new last layer of a denoiser, would hide errors of the layers before it.
    """
    module = copy.deepcopy(module).eval()
    with torch.no_grad():
        for weight in module.parameters():
            if weight.dim() > 1 and not weight.any():
                wave = torch.arange(weight.numel(), device=weight.device).sin()
                weight.copy_(wave.view(weight.shape) * (2 / weight[0].numel()) ** 0.5)
    return module


def _difference(exact: _Pass, near: _Pass, least: float) -> str:
    """What differs too much and by how much; empty where nothing does.

    Args:
        exact: in float32.
        near: in bfloat16.
        least: the usual norm of so many outputs; those of a few clips may all be near zero.
    """
    error = distance(exact.outputs, near.outputs, least)
    if not error < TOLERANCE:
        return f"outputs differ by {error:.1%}"
    pairs = [
        (one.float(), other.float())
        for one, other in zip(exact.gradients, near.gradients, strict=True)
        if one is not None and other is not None
    ]
    norm = float(torch.stack([one.norm() for one, _ in pairs]).norm()) if pairs else 0.0
    for one, other in pairs:
        error = distance(one, other, LEAST_SHARE * norm)
        if math.isfinite(norm) and not error < GRADIENT_TOLERANCE:
            return f"gradients differ by {error:.1%}"
    return ""
