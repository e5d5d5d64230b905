"""What a bat recorder noted is held against the header: every read says what is ten times off."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope.audio import reading
from tonotope.audio.open_sound import open_sound
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.source import Data, open_source
from tonotope.datasets.waveform_store import decode_all

RATE = 38_400


def guano(*lines: str) -> bytes:
    body = "\n".join(("GUANO|Version: 1.0", *lines, "")).encode()
    body += b" " * (len(body) % 2)
    return b"guan" + struct.pack("<I", len(body)) + body


def wamd(factor: int) -> bytes:
    entries = [(0, b"\x01\x00"), (1, b"SM4BAT"), (0x0F, struct.pack("<H", factor))]
    body = b"".join(struct.pack("<HI", number, len(value)) + value for number, value in entries)
    return b"wamd" + struct.pack("<I", len(body)) + body


def bat(path: Path, chunk: bytes, *, before: bool = False, kind: str = "WAV") -> Path:
    """A second of sound with a recorder's chunk behind or before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = sum(path.name.encode())
    noise = 0.1 * np.random.default_rng(seed).standard_normal(RATE)
    soundfile.write(path, noise, RATE, format=kind)
    data = path.read_bytes()
    at = data.index(b"data") if before else len(data)
    data = data[:at] + chunk + data[at:]
    if kind == "WAV":
        data = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    path.write_bytes(data)
    return path


SLOWED = (
    "its GUANO chunk says that it was slowed down 10 times: recorded at 384,000 Hz, stored as "
    "38,400 Hz, so times are 10 times too long and frequencies 10 times too low; "
    "ffmpeg -i IN -af asetrate=384000 OUT.wav puts it right"
)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize(
    "lines", [("TE: 10",), ("TE:10.0 ", "Samplerate: 384000"), ("te : 10", "Samplerate: 384000.0")]
)
def test_a_time_expansion_is_told_wherever_it_stands(
    tmp_path: Path, lines: tuple[str, ...], before: bool
) -> None:
    path = bat(tmp_path / "x.wav", guano(*lines), before=before)
    clip, doubts = reading.read(path)
    assert doubts == [SLOWED]
    assert clip.samples.shape == (1, RATE)
    assert reading.read(path, 0.2, 0.1)[1] == [SLOWED]
    streamed: list[str] = []
    (wave,) = [block.samples for block in reading.stream(path, doubts=streamed)]
    assert streamed == [SLOWED]
    np.testing.assert_array_equal(wave, clip.samples)


def test_a_wamd_chunk_and_an_rf64_file_are_read_too(tmp_path: Path) -> None:
    path = bat(tmp_path / "x.wav", wamd(8))
    assert (
        "its wamd chunk says that it was slowed down 8 times: recorded at 307,200 Hz"
        in (reading.read(path)[1][0])
    )
    path = bat(tmp_path / "y.wav", guano("TE: 20"), kind="RF64")
    assert "slowed down 20 times: recorded at 768,000 Hz" in reading.read(path)[1][0]


@pytest.mark.parametrize("recorded_hz", [RATE, 500_000])
def test_entries_that_contradict_each_other_are_shown_and_nothing_is_advised_blindly(
    tmp_path: Path, recorded_hz: int
) -> None:
    path = bat(tmp_path / "x.wav", guano("TE: 10", f"Samplerate: {recorded_hz}"))
    (doubt,) = reading.read(path)[1]
    both = f"makes 384,000 Hz, and that it was recorded at {recorded_hz:,} Hz: one of the two is"
    assert f"from the 38,400 Hz of its header {both} wrong" in doubt
    assert "only if it was slowed down, ffmpeg -i IN -af asetrate=384000" in doubt


def test_another_rate_may_be_resampled_or_slowed_down(tmp_path: Path) -> None:
    path = bat(tmp_path / "x.wav", guano("TE: 1", "Samplerate: 256000"))
    (doubt,) = reading.read(path)[1]
    assert doubt.startswith(
        "its GUANO chunk says that it was recorded at 256,000 Hz, its header says 38,400 Hz: if it "
        "was resampled, all is well; if it was slowed down, times are 6.67 times too long"
    )


@pytest.mark.parametrize(
    "chunk",
    [
        guano("TE: 1", f"Samplerate: {RATE}"),
        guano("Note: TE: 10"),
        guano("TE: ten", "Samplerate: nan"),
        guano("TE: 0", "Samplerate:"),
        wamd(1),
        wamd(0),
        b"guan\xff\xff\xff\x7f",
        b"wamd\x04\x00\x00\x00\x0f\x00\x02\x00",
    ],
)
def test_what_agrees_or_says_nothing_is_no_doubt(tmp_path: Path, chunk: bytes) -> None:
    with open_sound(bat(tmp_path / "x.wav", chunk)) as file:
        assert [one for one in file.read()[2] if "chunk says" in one] == []


def test_the_slowed_down_ones_are_counted_and_three_are_named(tmp_path: Path) -> None:
    for name in "abcdefgh":
        chunk = guano("TE: 10") if name < "f" else guano("TE: 1")
        bat(tmp_path / ("pip" if name in "aceg" else "myo") / f"{name}{name}.wav", chunk)
    manifest = open_source(Data(source=str(tmp_path)))
    report = check_recordings(manifest)
    assert f"5 recordings to look at: {SLOWED}: myo/bb.wav, myo/dd.wav, pip/aa.wav and 2 more" in (
        report.advice
    )
    _, _, warnings = decode_all(manifest, 8000, cache=tmp_path / "cache")
    (told,) = [one for one in warnings if "GUANO" in one]
    assert told.startswith(f"5 recordings: {SLOWED}")
