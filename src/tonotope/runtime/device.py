"""Where and how the network is computed: processor or accelerator, threads, precision, layout.

On a processor bfloat16 is faster only together with `channels_last`, and only if the processor
multiplies it natively. So a plan that says `auto` tries a few steps (`training.autotune`) and keeps
what was fastest.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from tonotope._errors import TrainingError

# Linux writes here how much of the processor a container may use.
CPU_LIMIT = Path("/sys/fs/cgroup/cpu.max")

Precision = Literal["float32", "bfloat16"]
MemoryFormat = Literal["channels_last", "contiguous"]

_FORMATS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}

# glibc's numbers for mallopt, and what they are set to: blocks of up to 32 MB (the most it takes)
# come from memory that is kept when it is freed, instead of being requested and zeroed again.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEEP_BYTES, _BLOCK_BYTES = 2**31 - 1, 32 << 20


@dataclass(frozen=True)
class Device:
    """One way to compute.

    Attributes:
        name: `cpu` or `cuda`.
        threads: how many threads a processor computes with.
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
        """The tensor in this layout, `(batch, channel, time, frequency)`; others contiguous."""
        if tensor.dim() != 4:
            return tensor.contiguous()
        return tensor.contiguous(memory_format=_FORMATS[self.memory_format])

    def autocast(self) -> torch.autocast:
        """The context in which products are computed in this precision."""
        return torch.autocast(self.name, torch.bfloat16, enabled=self.precision == "bfloat16")

    @contextlib.contextmanager
    def computing(self) -> Iterator[None]:
        """Use this many threads; afterwards threads and random state are as before."""
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            with torch.random.fork_rng():
                yield
        finally:
            torch.set_num_threads(before)

    def describe(self) -> str:
        """One line for the terminal."""
        counted = f"{self.threads} thread{'s' * (self.threads > 1)}"
        return f"training on {self.name}, {counted}; {self.probe}"

    def to_json(self) -> dict[str, str | int]:
        """What history and checkpoint keep of it."""
        return {
            "device": self.name,
            "threads": self.threads,
            "precision": self.precision,
            "memory_format": self.memory_format,
            "probe": self.probe,
            "torch": torch.__version__,
        }


def default_device(
    precision: Precision | Literal["auto"] = "auto",
    memory_format: MemoryFormat | Literal["auto"] = "auto",
) -> Device:
    """The device before anything is tried: an accelerator if there is one, else the processor.

    Args:
        precision: of products; `auto` gives float32.
        memory_format: the order of the axes in memory; `auto` gives `channels_last`.
    """
    name = "cuda" if torch.cuda.is_available() else "cpu"
    chosen: Precision = "float32" if precision == "auto" else precision
    layout: MemoryFormat = "channels_last" if memory_format == "auto" else memory_format
    return Device(name, thread_count(), chosen, layout)


def thread_count() -> int:
    """Threads to compute with: TONOTOPE_THREADS, else OMP_NUM_THREADS, else the usable cores.

    Raises:
        TrainingError: TONOTOPE_THREADS is not a whole number above 0.
    """
    named = os.environ.get("TONOTOPE_THREADS")
    if named:
        if not named.isdecimal() or int(named) < 1:
            raise TrainingError(f"TONOTOPE_THREADS={named}: a whole number above 0 would fit")
        return int(named)
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


def keep_freed_memory() -> str:
    """Make the C library keep freed memory for reuse: training is up to 1.4 times as fast.

    This changes the whole process, so TONOTOPE_MALLOPT=0 switches it off.

    Returns:
        what was done, for the history; empty if nothing was.
    """
    if os.environ.get("TONOTOPE_MALLOPT") == "0":
        return "freed memory is given back (TONOTOPE_MALLOPT=0)"
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return ""
    done = mallopt(_MMAP_THRESHOLD, _BLOCK_BYTES) and mallopt(_TRIM_THRESHOLD, _KEEP_BYTES)
    return "freed memory is kept (TONOTOPE_MALLOPT=0 forbids it)" if done else ""


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _container_cores() -> int:
    """How many cores a container grants; its share of time, rounded up."""
    try:
        quota, period = CPU_LIMIT.read_text(encoding="ascii").split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError):  # no container, no limit (`max`), or another system
        return _usable_cores()
