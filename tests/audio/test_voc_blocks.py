"""VOC, NIST and SVX: the length that a header states is held against the sound that is there."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope._errors import AudioError
from tonotope.audio import reading

RATE_HZ = 16_000
SAMPLES = (8000 * np.random.default_rng(5).standard_normal(4 * RATE_HZ)).astype(np.int16)
CUT = "what is there is used (was it cut short?)"
LESS = "all of it is used (joined, or never finished?)"
UNFINISHED = "header says 0.0 s, file holds 4.0 s; all of it is used (never finished?)"
NO_LENGTH = (
    "header states no possible length, file holds 4.0 s; all of it is used (never finished?)"
)


def coded(kind: str, samples: np.ndarray = SAMPLES) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE_HZ, format=kind, subtype="PCM_16")
    return file.getvalue()


def heard(path: Path, data: bytes) -> tuple[np.ndarray, list[str]]:
    path.write_bytes(data)
    clip, doubts = reading.read(path)
    assert clip.rate_hz == RATE_HZ
    assert reading.inspect(path).frames == clip.samples.shape[1]
    return np.round(clip.samples[0] * 32_768).astype(int), doubts


NIST, VOC, SVX = coded("NIST"), coded("VOC"), coded("SVX")
BODY = SVX.index(b"BODY") + 4


def counted(count: str) -> bytes:
    header = NIST[:1024].replace(b"sample_count -i 64000", f"sample_count -i {count}".encode())
    return header[:1024].ljust(1024, b"\0") + NIST[1024:]


def sized(kind: str, size: int) -> bytes:
    if kind == "VOC":
        return VOC[:27] + struct.pack("<I", size + 12)[:3] + VOC[30:]
    return SVX[:BODY] + struct.pack(">I", size) + SVX[BODY + 4 :]


WHOLE = len(SAMPLES) * 2


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (NIST, ""),
        (VOC, ""),
        (SVX, ""),
        (counted("16000"), f"header says 1.0 s, file holds 4.0 s; {LESS}"),
        (counted("0"), UNFINISHED),
        (counted("-1"), NO_LENGTH),
        (counted("99999999999999"), NO_LENGTH),
        (counted("160000"), f"header says 10.0 s, file holds 4.0 s; {CUT}"),
        (sized("VOC", 2 * WHOLE), f"header says 8.0 s, file holds 4.0 s; {CUT}"),
        (sized("VOC", WHOLE // 4), f"header says 1.0 s, file holds 4.0 s; {LESS}"),
        (sized("VOC", 0), UNFINISHED),
        (sized("SVX", WHOLE // 4), f"header says 1.0 s, file holds 4.0 s; {LESS}"),
        (sized("SVX", 2 * WHOLE), f"header says 8.0 s, file holds 4.0 s; {CUT}"),
        (sized("SVX", 0), UNFINISHED),
        (sized("SVX", 0xFFFFFFFF), NO_LENGTH),
        (SVX + b"ANNO" + struct.pack(">I", 4000) + b"x" * 4000, ""),
    ],
)
def test_a_length_is_held_against_the_sound(tmp_path: Path, data: bytes, doubt: str) -> None:
    samples, doubts = heard(tmp_path / "x", data)
    np.testing.assert_array_equal(samples, SAMPLES)
    assert doubts == ([doubt] if doubt else [])


@pytest.mark.parametrize("data", [NIST, VOC, SVX])
def test_a_file_cut_short_says_so(tmp_path: Path, data: bytes) -> None:
    samples, doubts = heard(tmp_path / "x", data[: -WHOLE // 2])
    np.testing.assert_array_equal(samples, SAMPLES[: len(samples)])
    assert len(samples) == pytest.approx(2 * RATE_HZ, abs=2)
    assert doubts == [f"header says 4.0 s, file holds 2.0 s; {CUT}"]


def test_a_nist_of_two_channels_may_count_both(tmp_path: Path) -> None:
    data = coded("NIST", np.stack([SAMPLES, SAMPLES], 1))
    assert heard(tmp_path / "x", data)[1] == []
    header = data[:1024].replace(b"-i 64000\n", b"-i 128000\n")[:1024]
    samples, doubts = heard(tmp_path / "x", header + data[1024:])
    np.testing.assert_array_equal(samples, SAMPLES)
    assert not doubts


def test_a_voc_beyond_16_mb_wraps_its_size(tmp_path: Path) -> None:
    samples, doubts = heard(tmp_path / "x", coded("VOC", np.tile(SAMPLES, 150)))
    assert len(samples) == 600 * RATE_HZ
    assert not doubts


def block(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + struct.pack("<I", len(body))[:3] + body


FORM = struct.pack("<IBBHI", RATE_HZ, 16, 1, 4, 0)
PCM = SAMPLES.tobytes()
FIRST = VOC[:26] + block(9, FORM + PCM[:32_000])


@pytest.mark.parametrize(
    "behind",
    [
        block(2, PCM[32_000:]),
        block(2, PCM[32_000:64_000]) + block(5, b"a text\0") + block(2, PCM[64_000:]),
        block(9, FORM + PCM[32_000:]),
    ],
)
def test_the_sound_of_all_blocks_is_heard(tmp_path: Path, behind: bytes) -> None:
    samples, doubts = heard(tmp_path / "x", FIRST + behind + b"\0")
    np.testing.assert_array_equal(samples, SAMPLES)
    number = 3 if b"a text" in behind else 2
    assert doubts == [f"its sound lies in {number} blocks; all of them are used"]


def test_a_block_of_silence_is_silence_of_its_length(tmp_path: Path) -> None:
    silence = block(3, struct.pack("<HB", 8000 - 1, 256 - 1_000_000 // RATE_HZ))
    samples, _ = heard(tmp_path / "x", FIRST + silence + block(2, PCM[32_000:]) + b"\0")
    np.testing.assert_array_equal(samples[:16_000], SAMPLES[:16_000])
    assert not samples[16_000:24_000].any()
    np.testing.assert_array_equal(samples[24_000:], SAMPLES[16_000:])


def test_blocks_of_several_rates_are_refused_with_what_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "x.voc"
    path.write_bytes(FIRST + block(9, struct.pack("<I", 8000) + FORM[4:] + PCM[:999]) + b"\0")
    with pytest.raises(AudioError, match="several sample rates or codings; convert it: ffmpeg"):
        reading.read(path)
