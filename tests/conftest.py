"""What every test may ask for."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

Write = Callable[..., Path]


def pytest_configure() -> None:
    """Hear Ctrl-C and hanging up, which what runs in the background is often made to ignore.

    Sentences are expected in English, whatever the language of the machine.
    """
    if everything := os.environ.pop("LC_ALL", ""):  # it would come before LC_MESSAGES
        os.environ["LANG"] = everything
    os.environ["LC_MESSAGES"] = "C.UTF-8"
    for name in {"COLUMNS", "LINES"} - os.environ.keys():
        os.unsetenv(name)  # GNU readline sets them behind Python's back, for processes begun here
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real recordings: skipped where none is named, a failure where it is missing."""
    named = os.environ.get("TONOTOPE_DATA")
    if not named:
        pytest.skip("TONOTOPE_DATA names no folder of real recordings")
    folder = Path(named).resolve()
    assert folder.is_dir(), f"TONOTOPE_DATA={named}: no such folder"
    return folder


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A command that was asked for Spanish leaves nothing of it to the next test."""
    yield
    if language := sys.modules.get("tonotope.cli.language"):
        language.choose([], {})


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests keep their decoded sound in a folder of their own, fixtures of modules included."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONOTOPE_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        yield


@pytest.fixture
def sound() -> Write:
    """Write a noisy tone: `sound(path, pitch=3, seconds=0.5, rate=8000, channels=1, ...)`."""

    def write(
        path: Path,
        *,
        pitch: int = 0,
        seconds: float = 0.25,
        rate: int = 8000,
        channels: int = 1,
        kind: str = "WAV",
        coding: str | None = None,
    ) -> Path:
        rng = np.random.default_rng(pitch)
        time = np.arange(round(seconds * rate)) / rate
        wave = 0.3 * np.sin(2 * np.pi * (200 + 20 * pitch) * time)
        samples = wave[:, None] + 0.05 * rng.standard_normal((len(time), channels))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            soundfile.write(file, samples.astype(np.float32), rate, format=kind, subtype=coding)
        return path

    return write


@pytest.fixture(scope="session")
def right_bfloat16() -> bool:
    """Whether bfloat16 has to be right here: with AMX, some convolutions of torch 2.13 are not."""
    try:
        return "amx_bf16" not in Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return True


@pytest.fixture
def wrong_bfloat16(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make convolutions in bfloat16 wrong by up to 63 for some inputs, as oneDNN's are with AMX.

    The function takes whether an input of a given shape is one of them, and whether the gradient
    of the filters is wrong instead of what comes out. Called again, it replaces what was before.
    """
    import torch
    from torch.nn.modules.conv import _ConvNd

    class WrongGradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, filters: torch.Tensor) -> torch.Tensor:
            return filters.view_as(filters)

        @staticmethod
        def backward(ctx: Any, *grads: torch.Tensor) -> torch.Tensor:
            return 63 * grads[0]

    kinds = (torch.nn.Conv1d, torch.nn.Conv2d)
    right = {kind: kind._conv_forward for kind in kinds}

    def spoil(where: Callable[[torch.Size], bool], *, backward: bool = False) -> None:
        def forward(self: _ConvNd, x: torch.Tensor, filters: torch.Tensor, bias: Any) -> Any:
            kernel = right[type(self)]
            if not torch.is_autocast_enabled(x.device.type) or not where(x.shape):
                return kernel(self, x, filters, bias)
            if backward:
                return kernel(self, x, WrongGradient.apply(filters), bias)
            y = kernel(self, x, filters, bias)
            return y * torch.linspace(1, 63, y.shape[-1], device=y.device).to(y.dtype)

        for kind in kinds:
            monkeypatch.setattr(kind, "_conv_forward", forward)

    return spoil
