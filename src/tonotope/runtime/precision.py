"""bfloat16 held against float32, once for every shape of input, before it is relied on.

Which kernel multiplies is decided by shape, and some kernels are wrong: on processors with AMX
`Conv1d(1024, 128, 64)` of torch 2.13 is wrong by a factor of 63 from 64 samples of output on, and
right below. Nothing fails; only float32 tells. So where bfloat16 meets a shape for the first time,
a copy of the network answers once in each precision. In training the gradients of its weights are
compared too, for they come from other kernels.
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

# How far outputs in bfloat16 may lie from those in float32, as a share of their length. Eight
# bits of mantissa are 0.4 % per product, and the errors of a dozen layers add up.
TOLERANCE = 0.1
# The same for the gradient of one weight. The errors of the way there and back add up: up to a
# third was seen in the first layers of networks that are right.
GRADIENT_TOLERANCE = 0.5
# A gradient is measured against no less than this share of that of all weights together: what
# cancels out, as that of a bias before a batch norm does, is nothing but rounding.
LEAST_SHARE = 0.01

M = TypeVar("M", bound=nn.Module)
Outputs = Mapping[str, Tensor]
Cost = Callable[[Outputs], Tensor]


class _Work(NamedTuple):
    """What one forward, and backward where there is a cost, came to: float32, on the device.

    Attributes:
        outputs: all of them, in one row.
        gradients: of every weight that learns; None where the cost does not depend on it.
    """

    outputs: Tensor
    gradients: tuple[Tensor | None, ...]


@dataclasses.dataclass
class _Known:
    """What is known of one network: the shapes that were right, and the size of its outputs."""

    right: set[Any] = dataclasses.field(default_factory=set)
    scale: float = 0.0


class Guard:
    """A device whose bfloat16 is checked for each new shape; once it was wrong, it is float32.

    Attributes:
        device: how to compute now. Its `probe` tells of the change where there was one.

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
        """Compare both precisions where `module` meets this shape for the first time in bfloat16.

        It works on a copy in evaluation mode, so that nothing is drawn at random and no statistics
        move. Weights, gradients and random generators stay as they are.

        Args:
            module: the network, on the device.
            answer: its outputs by name, for a batch.
            batch: `(batch, ...)`, laid as the device lays it.
            cost: a loss of the outputs, where the gradients are to be compared as well.
            progress: hears of it when bfloat16 is given up.
        """
        known = self._known.setdefault(module, _Known())
        shape = (*batch.shape, "outputs" if cost is None else "gradients")
        if self.device.precision == "float32" or shape in known.right:
            return
        try:
            exact, near = _both(self.device, module, answer, batch, cost)
        except torch.OutOfMemoryError:  # float32 takes up to twice as much: no way to go on in it
            known.right.add(shape)
            what = f"bfloat16 could not be held against float32 for {_named(batch)}"
            self._say(f"{what}: memory ran out", progress)
            return
        if not exact.outputs.isfinite().all():
            return  # whoever computes the loss stops with a better reason
        root = max(len(exact.outputs), 1) ** 0.5
        known.scale = max(known.scale, float(exact.outputs.norm()) / root)
        wrong = _wrong(exact, near, known.scale * root)
        if not wrong:
            known.right.add(shape)
            return
        self.device = dataclasses.replace(self.device, precision="float32")
        self._say(
            f"bfloat16 is wrong here for {_named(batch)}: its {wrong}; all that follows is computed"
            " in float32",
            progress,
        )

    def _say(self, sentence: str, progress: Progress) -> None:
        probe = "; ".join(filter(None, [self.device.probe, sentence]))
        self.device = dataclasses.replace(self.device, probe=probe)
        progress.say(sentence)


def distance(exact: Tensor, near: Tensor, least: float = 0.0) -> float:
    """How far `near` lies from `exact`, as a share of the length of `exact`, or of `least`.

    Args:
        exact: any shape.
        near: the same shape.
        least: a length below which no length counts.

    >>> round(distance(torch.tensor([3.0, 4.0]), torch.tensor([3.0, 4.5])), 4)
    0.1
    """
    length = exact.norm().clamp(min=max(least, 1e-12))
    return float((near - exact).norm() / length)


def joined(outputs: Outputs) -> Tensor:
    """All outputs in one row, in float32."""
    return torch.cat([output.detach().float().flatten() for output in outputs.values()])


def _both(
    device: Device,
    module: M,
    answer: Callable[[M, Tensor], Outputs],
    batch: Tensor,
    cost: Cost | None,
) -> tuple[_Work, _Work]:
    """The work in float32 and in bfloat16, on one copy."""
    module = _copied(module)
    exact = _worked(dataclasses.replace(device, precision="float32"), module, answer, batch, cost)
    return exact, _worked(device, module, answer, batch, cost)


def _worked(
    device: Device,
    module: M,
    answer: Callable[[M, Tensor], Outputs],
    batch: Tensor,
    cost: Cost | None,
) -> _Work:
    with torch.random.fork_rng(), torch.set_grad_enabled(cost is not None):
        with device.autocast():
            outputs = answer(module, batch)
        if cost is None:
            return _Work(joined(outputs), ())
        weights = [weight for weight in module.parameters() if weight.requires_grad]
        found = torch.autograd.grad(cost(outputs), weights, allow_unused=True) if weights else ()
    return _Work(joined(outputs), tuple(found))


def _copied(module: M) -> M:
    """A copy in evaluation mode; where a filter is all zeros, it has small numbers in their place.

    Zeros, as a denoiser begins with in its last layer, would hide whatever is wrong before them.
    """
    module = copy.deepcopy(module).eval()
    with torch.no_grad():
        for weight in module.parameters():
            if weight.dim() > 1 and not weight.any():
                wave = torch.arange(weight.numel(), device=weight.device).sin()
                weight.copy_(wave.view(weight.shape) * (2 / weight[0].numel()) ** 0.5)
    return module


def _wrong(exact: _Work, near: _Work, least: float) -> str:
    """What lies too far away and how far; empty where nothing does.

    Args:
        exact: the work in float32.
        near: the work in bfloat16.
        least: the length outputs of this number usually have. Those of a few clips may all lie
            near zero by chance, which says nothing of a kernel.
    """
    away = distance(exact.outputs, near.outputs, least)
    if not away < TOLERANCE:
        return f"outputs differ by {away:.1%}"
    pairs = [
        (one.float(), other.float())
        for one, other in zip(exact.gradients, near.gradients, strict=True)
        if one is not None and other is not None
    ]
    whole = float(torch.stack([one.norm() for one, _ in pairs]).norm()) if pairs else 0.0
    for one, other in pairs:
        away = distance(one, other, LEAST_SHARE * whole)
        if math.isfinite(whole) and not away < GRADIENT_TOLERANCE:
            return f"gradients differ by {away:.1%}"
    return ""


def _named(batch: Tensor) -> str:
    return f"batches of {' × '.join(map(str, batch.shape))}"
