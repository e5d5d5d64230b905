"""A microphone, by miniaudio: found by a part of its name, opened at its own rate, heard in blocks.

The sound is taken at the device's own rate and brought to the network's by soxr, as files are. A
device that gives nothing any more is told from one that gives silence.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

import numpy as np

from tonotope._errors import DataError, ExperimentError, MissingPackageError
from tonotope.live.sound_source import HIGHEST_HZ, LOWEST_HZ, SourceLost

BLOCK_MS = 20
"""How often the device is asked; that much of the latency is its own."""

LOST_S = 3.0
"""A device that gives no block for so long is gone."""

_USUAL_HZ = 48_000
_MOST_WAITING = 1000  # blocks: 20 s
_NO_MICROPHONE = (
    "no microphone was found: plug one in, or let the system use it; or pipe sound in, as in"
    " parec --format=s16le --rate=44100 --channels=1 | tonotope listen RUN - --rate 44100"
)


class Device(NamedTuple):
    """A device that records.

    Attributes:
        name: as the system calls it.
        rate_hz: its own rate; None where it has none.
        channels: how many it has; None where it says nothing of it.
        id: what miniaudio opens it by.
    """

    name: str
    rate_hz: int | None
    channels: int | None
    id: Any


def devices() -> list[Device]:
    """The devices of this machine that record.

    Raises:
        MissingPackageError: miniaudio is not installed.
    """
    miniaudio = _miniaudio()
    try:
        known = miniaudio.Devices()
        if known.backend.lower() == "null":
            return []
        found = known.get_captures()
    except miniaudio.MiniaudioError:
        return []
    return [_device(one) for one in found]


def find_device(name: str) -> Device:
    """The device of which this is the name, or a part of it.

    Raises:
        ExperimentError: none, or several; lists them.
    """
    known = devices()
    if not known:
        raise DataError(_NO_MICROPHONE)
    same = [one for one in known if one.name.casefold() == name.casefold()]
    found = same or [one for one in known if name.casefold() in one.name.casefold()]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(f"`{one.name}`" for one in found or known)
    if found:
        raise ExperimentError(
            f"--device {name}: several names hold this; a part that only one has would fit:"
            f" {listed}"
        )
    raise ExperimentError(f"--device {name}: no name holds this; there are: {listed}")


class Microphone:
    """A device that records, opened.

    Args:
        device: a part of its name; None is the system's own choice.

    Raises:
        MissingPackageError: miniaudio is not installed.
        DataError: there is no microphone, or it cannot be opened.
        ExperimentError: no device, or several, have such a name.
    """

    def __init__(self, device: str | None = None) -> None:
        miniaudio = _miniaudio()
        chosen = None if device is None else find_device(device)
        if chosen is None and not devices():
            raise DataError(_NO_MICROPHONE)
        self.name = "microphone" if chosen is None else chosen.name
        self.rate_hz = (chosen and chosen.rate_hz) or _USUAL_HZ
        self.channels = (chosen and chosen.channels) or 1
        self.notes = list[str]()
        self._waiting: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        self._lost = 0
        self._stopped = threading.Event()
        try:
            self._device = miniaudio.CaptureDevice(
                input_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=self.channels,
                sample_rate=self.rate_hz,
                buffersize_msec=BLOCK_MS,
                device_id=None if chosen is None else chosen.id,
                app_name="tonotope",
            )
        except miniaudio.MiniaudioError as error:
            raise self._refused(error) from error

    def blocks(self) -> Iterator[np.ndarray]:
        """Float32 samples (channel, time), 20 ms each; begins now.

        Raises:
            DataError: the device cannot be started.
            SourceLost: the device gives nothing any more.
        """
        receive = self._receive()
        next(receive)
        self._device.stop_callback = self._stopped.set
        try:
            self._device.start(receive)
        except _miniaudio().MiniaudioError as error:
            raise self._refused(error) from error
        while True:
            try:
                given = self._waiting.get(timeout=0.1 if self._stopped.is_set() else LOST_S)
            except queue.Empty:
                raise SourceLost(
                    f"{self.name} gives no sound any more: was it pulled out?"
                ) from None
            yield np.frombuffer(given, np.float32).reshape(-1, self.channels).T

    def close(self) -> None:
        """Let the device go."""
        self._device.stop_callback = None
        self._device.close()
        if self._lost:
            self.notes.append(
                f"{self._lost * BLOCK_MS / 1000:.1f} s of sound came faster than they could be"
                " taken, and were lost"
            )

    def _refused(self, error: Exception) -> DataError:
        return DataError(
            f"{self.name} cannot be opened ({' '.join(map(str, error.args))}): does another program"
            " hold it, or may this one not use it? `tonotope listen --devices` shows all there are"
        )

    def _receive(self) -> Generator[None, bytes, None]:
        """What the device calls with each block, in a thread of its own."""
        while True:
            given = yield
            try:
                self._waiting.put_nowait(bytes(given))
            except queue.Full:
                self._lost += 1


def _device(found: dict[str, Any]) -> Device:
    formats = found.get("formats") or [{}]
    rates = [one.get("samplerate", 0) for one in formats]
    rate = next((one for one in rates if LOWEST_HZ <= one <= HIGHEST_HZ), None)
    count = formats[0].get("channels", 0)
    return Device(found["name"], rate, count if 1 <= count <= 8 else None, found["id"])


def _miniaudio() -> Any:
    try:
        import miniaudio
    except ImportError as error:
        raise MissingPackageError("miniaudio") from error
    return miniaudio
