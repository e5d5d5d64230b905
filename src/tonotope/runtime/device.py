"""The device, CPU or CUDA: threads, cores of a container, bfloat16 autocast, memory layout.

On a processor bfloat16 is faster only together with `channels_last`, and only if the processor
multiplies it natively. So `auto` in a plan makes `training.precision_choice` time a few steps of
each.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from tonotope._errors import TrainingError
from tonotope._wording import counted

# Linux: the share of the processor that a container may use.
CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")

Precision = Literal["float32", "bfloat16"]
MemoryFormat = Literal["channels_last", "contiguous"]

_FORMATS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}


@dataclass(frozen=True)
class Device:
    """Where and how a network is computed.

    Attributes:
        name: `cpu` or `cuda`.
        threads: of a processor.
        precision: `bfloat16`: products in 16 bits, sums and weights in 32.
        memory_format: `channels_last`: the order in memory is time, frequency, channel.
        probe: one line that says how precision and layout were chosen.
    """

    name: str
    threads: int
    precision: Precision = "float32"
    memory_format: MemoryFormat = "channels_last"
    probe: str = ""

    def move(self, module: nn.Module) -> None:
        """Move the weights of a module to this device, in this layout."""
        layout = _FORMATS[self.memory_format]
        module.to(self.name).to(memory_format=layout)  # pyright: ignore[reportCallIssue]

    def to_layout(self, tensor: Tensor) -> Tensor:
        """A `(batch, channel, time, frequency)` tensor in this layout; any other contiguous."""
        if tensor.dim() != 4:
            return tensor.contiguous()
        return tensor.contiguous(memory_format=_FORMATS[self.memory_format])

    def autocast(self) -> torch.autocast:
        """The context in which products are computed in this precision."""
        return torch.autocast(self.name, torch.bfloat16, enabled=self.precision == "bfloat16")

    @contextlib.contextmanager
    def computing(self) -> Iterator[None]:
        """A context with this many threads; afterwards threads and random state are as before."""
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            with torch.random.fork_rng():
                yield
        finally:
            torch.set_num_threads(before)

    def describe(self) -> str:
        """One line for the terminal; `probe` is told in the history and on the page."""
        where = "the graphics card" if self.name == "cuda" else "the processor"
        return f"training on {where}, with {counted(self.threads, 'thread')}"

    def to_json(self) -> dict[str, str | int]:
        """The facts that history and checkpoint keep."""
        facts = dataclasses.asdict(self)
        return {"device": facts.pop("name"), **facts, "torch": torch.__version__}


def default_device(
    precision: Precision | Literal["auto"] = "auto",
    memory_format: MemoryFormat | Literal["auto"] = "auto",
) -> Device:
    """An accelerator if there is one, else the processor; `auto` is float32 and `channels_last`."""
    name = "cuda" if torch.cuda.is_available() else "cpu"
    return Device(
        name,
        thread_count(),
        "float32" if precision == "auto" else precision,
        "channels_last" if memory_format == "auto" else memory_format,
    )


def thread_count() -> int:
    """Threads to compute with: TONOTOPE_THREADS, else OMP_NUM_THREADS, else the usable cores.

    Raises:
        TrainingError: TONOTOPE_THREADS is not a whole number above 0.
    """
    wanted = os.environ.get("TONOTOPE_THREADS")
    if wanted:
        if not wanted.isdecimal() or int(wanted) < 1:
            raise TrainingError(f"TONOTOPE_THREADS={wanted}: a whole number above 0 would fit")
        return int(wanted)
    if os.environ.get("OMP_NUM_THREADS", "").isdecimal():
        return torch.get_num_threads()
    return max(1, min(_usable_cores(), _container_cores()))


def has_native_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 natively; emulation would be slower."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return not {"avx512_bf16", "amx_bf16", "bf16"}.isdisjoint(flags)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _container_cores() -> int:
    """The cores that a container may use: its share of time, rounded up."""
    try:
        quota, period = CPU_LIMIT.read_text(encoding="ascii").split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError):  # no container, no limit (`max`), or another system
        return _usable_cores()
