"""A microphone that is no device: found by its name, heard, lost; none at all."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tonotope as tt
from tonotope.live import microphone
from tonotope.live.microphone import Microphone, devices, find_device
from tonotope.live.sound_source import SourceLost


class Miniaudio(SimpleNamespace):
    """What miniaudio offers, with devices that a test names."""

    class MiniaudioError(Exception):
        pass

    SampleFormat = SimpleNamespace(FLOAT32=5)

    def __init__(self, *names: str, backend: str = "PulseAudio", refuses: str = "") -> None:
        super().__init__()
        self.names, self.backend, self.refuses = names, backend, refuses
        self.opened: list[Any] = []

    def Devices(self) -> Any:  # noqa: N802
        formats = [{"format": "s16", "samplerate": 44_100, "channels": 2}]
        listed = [{"name": one, "id": f"id of {one}", "formats": formats} for one in self.names]
        return SimpleNamespace(backend=self.backend, get_captures=lambda: listed)

    def CaptureDevice(self, **options: Any) -> Any:  # noqa: N802
        if self.refuses:
            raise self.MiniaudioError(self.refuses, -1)
        device = SimpleNamespace(options=options, stop_callback=None, closed=False)

        def start(receive: Any) -> None:
            device.receive = receive

        def close() -> None:
            device.closed = True

        device.start, device.close = start, close
        self.opened.append(device)
        return device


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Miniaudio]:
    def install(*names: str, **options: str) -> Miniaudio:
        found = Miniaudio(*names, **options)
        monkeypatch.setitem(sys.modules, "miniaudio", found)
        return found

    monkeypatch.setattr(microphone, "LOST_S", 0.2)
    return install


def test_a_part_of_the_name_is_enough(installed: Callable[..., Miniaudio]) -> None:
    installed("USB Audio Mono", "Built-in Audio", "USB Audio Mono 2")
    assert find_device("built").name == "Built-in Audio"
    assert find_device("usb audio mono").name == "USB Audio Mono"  # the whole name of one
    with pytest.raises(
        tt.ExperimentError, match=r"several names hold this.*`USB Audio Mono`; `USB Audio M"
    ):
        find_device("USB")
    with pytest.raises(
        tt.ExperimentError, match=r"no name holds this; there are: `USB.*`Built-in Audio`"
    ):
        find_device("webcam")


def test_blocks_come_at_the_devices_own_rate(installed: Callable[..., Miniaudio]) -> None:
    fake = installed("Built-in Audio")
    found = Microphone("built")
    assert (found.name, found.rate_hz, found.channels) == ("Built-in Audio", 44_100, 2)
    assert fake.opened[0].options["device_id"] == "id of Built-in Audio"
    blocks = found.blocks()
    given = np.arange(8, dtype=np.float32)

    def play() -> None:
        while not hasattr(fake.opened[0], "receive"):
            pass
        fake.opened[0].receive.send(bytearray(given.tobytes()))

    thread = threading.Thread(target=play)
    thread.start()
    assert next(blocks).tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]
    thread.join()
    # Nothing comes any more.
    with pytest.raises(SourceLost, match="Built-in Audio gives no sound any more"):
        next(blocks)
    found.close()
    assert fake.opened[0].closed


def test_a_microphone_that_is_pulled_out_ends_what_was_heard(
    installed: Callable[..., Miniaudio], build: Callable[..., Any]
) -> None:
    fake = installed("Built-in Audio")
    listening = tt.listen(build())
    device = fake.opened[0]
    assert device.options["device_id"] is None
    sound = (0.1 * np.random.default_rng(0).standard_normal(48_000 * 2)).astype(np.float32)

    def play() -> None:
        while not hasattr(device, "receive"):
            pass
        for part in np.split(sound, 100):
            device.receive.send(bytearray(part.tobytes()))
        device.stop_callback()

    thread = threading.Thread(target=play)
    thread.start()
    readings = []
    with pytest.raises(SourceLost):
        readings.extend(listening)
    thread.join()
    assert listening.answers >= 9
    listening.close()
    assert device.closed


@pytest.mark.parametrize("how", [{"backend": "Null"}, {}])
def test_no_microphone_is_a_sentence(
    installed: Callable[..., Miniaudio], how: dict[str, str]
) -> None:
    installed(*["NULL Capture Device"] * bool(how), **how)
    assert devices() == []
    for name in (None, "any"):
        with pytest.raises(tt.DataError, match=r"no microphone was found: .* or pipe sound in"):
            Microphone(name)


def test_one_that_cannot_be_opened_is_a_sentence(installed: Callable[..., Miniaudio]) -> None:
    installed("Built-in Audio", refuses="failed to init device")
    with pytest.raises(tt.DataError, match=r"cannot be opened \(failed to init device -1\)"):
        Microphone()


def test_without_miniaudio_the_way_to_it_is_named(
    monkeypatch: pytest.MonkeyPatch, build: Callable[..., Any]
) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(tt.MissingPackageError, match="pip install miniaudio"):
        tt.listen(build())
