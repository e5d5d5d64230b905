"""Threads, layout, precision and memory of the device."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from tonotope._errors import TrainingError
from tonotope.runtime import device, memory
from tonotope.runtime.device import Device


def test_threads_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_THREADS", "3")
    assert device.thread_count() == 3
    monkeypatch.setenv("TONOTOPE_THREADS", "none")
    with pytest.raises(TrainingError, match="TONOTOPE_THREADS=none: a whole number above 0"):
        device.thread_count()
    monkeypatch.delenv("TONOTOPE_THREADS")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert device.thread_count() >= 1


def test_a_container_grants_a_share_of_the_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    limit = tmp_path_factory.mktemp("cgroup") / "cpu.max"
    monkeypatch.setattr(device, "CPU_LIMIT", limit)
    monkeypatch.setattr(device, "_usable_cores", lambda: 64)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("TONOTOPE_THREADS", raising=False)
    assert device.thread_count() == 64
    limit.write_text("150000 100000\n")
    assert device.thread_count() == 2
    limit.write_text("max 100000\n")
    assert device.thread_count() == 64


def test_work_leaves_threads_and_chance_as_they_were() -> None:
    before = torch.get_num_threads(), torch.get_rng_state()
    with Device("cpu", threads=before[0] + 1).computing():
        assert torch.get_num_threads() == before[0] + 1
        torch.rand(3)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])


def test_layout_reaches_filters_and_batches() -> None:
    module = torch.nn.Conv2d(3, 4, 3)
    last = Device("cpu", 1, memory_format="channels_last")
    last.move(module)
    assert module.weight.is_contiguous(memory_format=torch.channels_last)
    batch = torch.randn(2, 3, 5, 5)
    assert last.to_layout(batch).is_contiguous(memory_format=torch.channels_last)
    plain = dataclasses.replace(last, memory_format="contiguous")
    plain.move(module)
    assert module.weight.is_contiguous()
    assert plain.to_layout(last.to_layout(batch)).is_contiguous()
    assert last.to_layout(torch.randn(2, 3, 5)).is_contiguous()


def test_bfloat16_multiplies_in_16_bits_and_keeps_weights_in_32() -> None:
    module = torch.nn.Linear(4, 4)
    with Device("cpu", 1, precision="bfloat16").autocast():
        assert module(torch.ones(1, 4)).dtype == torch.bfloat16
    with Device("cpu", 1).autocast():
        assert module(torch.ones(1, 4)).dtype == torch.float32
    assert module.weight.dtype == torch.float32


def test_a_plan_that_leaves_it_open_starts_with_float32_and_channels_last() -> None:
    assert device.default_device() == device.default_device("auto", "auto")
    assert device.default_device().precision == "float32"
    assert device.default_device().memory_format == "channels_last"
    other = device.default_device("bfloat16", "contiguous")
    assert (other.precision, other.memory_format) == ("bfloat16", "contiguous")


def test_memory_is_kept_unless_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_MALLOPT", "0")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: pytest.fail("must not be touched"))
    assert "given back" in memory.keep_freed_memory()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda _: object())
    assert memory.keep_freed_memory() == ""
