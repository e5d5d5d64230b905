"""Chunks at odd places: the sound is heard as it is, or what the file lacks is said."""

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
SOUND = 0.3 * np.random.default_rng(3).standard_normal(4 * RATE_HZ).clip(-1, 1)
PCM = (SOUND * 32_767).astype("<i2").tobytes()
HALF = len(PCM) // 2
FORMAT = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
WRONG = "a chunk before its sound states a wrong size; the sound was found behind it"
NO_LENGTH = (
    "header states no possible length, file holds 4.0 s; all of it is used (never finished?)"
)
MEND = "copy or download it again, or try ffmpeg -i IN OUT.wav"


def chunk(name: bytes, body: bytes, size: int | None = None, order: str = "<") -> bytes:
    return name + struct.pack(order + "I", len(body) if size is None else size) + body


def wav(*chunks: bytes, magic: bytes = b"RIFF", size: int | None = None) -> bytes:
    return chunk(magic, b"WAVE" + b"".join(chunks), size)


def coded(kind: str) -> bytes:
    file = io.BytesIO()
    samples = np.frombuffer(PCM, "<i2")
    soundfile.write(file, samples, RATE_HZ, format=kind, subtype="PCM_16")
    return file.getvalue()


def parts(kind: str, *names: bytes) -> tuple[bytes, ...]:
    """The begin of a file that libsndfile writes, and its chunks of these names."""
    data = coded(kind)
    places = sorted(data.index(name) for name in names)
    return tuple(
        data[begin:end] for begin, end in zip([0, *places], [*places, len(data)], strict=True)
    )


DATA = chunk(b"data", PCM)
ODD = chunk(b"LIST", b"INFOISFT\1\0\0\0x")
INFO = b"INFOISFT\4\0\0\0abcd"
DS64 = chunk(b"ds64", struct.pack("<QQQI", 0, len(PCM), len(PCM) // 2, 0))
HUGE = chunk(b"ds64", struct.pack("<QQQI", (1 << 63) + 5, (1 << 63) + 5, 0, 0))
TO_END = chunk(b"data", PCM, 0xFFFFFFFF)
AIFF, COMM, SSND = parts("AIFF", b"COMM", b"SSND")
W64, W64_FORM, W64_DATA = parts("W64", b"fmt \xf3", b"data\xf3")
CAF, CAF_DATA = parts("CAF", b"data")
_HALF_SSND = [chunk(b"SSND", SSND[8:16] + SSND[16:][part], order=">")
              for part in (slice(HALF), slice(HALF, 2 * HALF))]  # fmt: skip
NAME = chunk(b"NAME", b"hello", order=">")

HEARD: dict[str, tuple[bytes, list[str]]] = {
    "WAV, no pad byte before the format": (wav(ODD, FORMAT, DATA), []),
    "WAV, no pad byte before the sound": (wav(FORMAT, ODD, DATA), []),
    "WAV, no pad byte in three chunks": (wav(ODD, FORMAT, ODD, ODD, DATA), []),
    "WAV, a pad byte": (wav(FORMAT, ODD + b"\0", DATA), []),
    "WAV, a pad byte too many": (wav(FORMAT, chunk(b"LIST", INFO) + b"\0", DATA), []),
    "WAV, no pad byte behind": (wav(FORMAT, DATA, ODD, chunk(b"cue ", bytes(4))), []),
    "WAV, format behind": (wav(DATA, FORMAT), []),
    "WAV, format behind a tag without a pad byte": (wav(DATA, ODD, FORMAT), []),
    "WAV, format twice": (wav(FORMAT, FORMAT, DATA), []),
    "WAV, an empty data chunk first": (wav(FORMAT, chunk(b"data", b""), DATA), []),
    "BW64": (wav(DS64, FORMAT, TO_END, magic=b"BW64", size=0xFFFFFFFF), []),
    "BW64 of plain sizes": (wav(FORMAT, DATA, magic=b"BW64"), []),
    "RF64 without ds64": (wav(FORMAT, TO_END, magic=b"RF64", size=0xFFFFFFFF), []),
    "RF64 with a late ds64": (wav(FORMAT, DS64, TO_END, magic=b"RF64", size=0xFFFFFFFF), []),
    "RIFF with ds64": (wav(DS64, FORMAT, TO_END, size=0xFFFFFFFF), []),
    "RIFF with a huge ds64": (wav(HUGE, FORMAT, TO_END, size=0xFFFFFFFF), [NO_LENGTH]),
    "WAV, two data chunks": (
        wav(FORMAT, chunk(b"data", PCM[:HALF]), chunk(b"data", PCM[HALF:])),
        ["its sound lies in 2 chunks; all of them are used"],
    ),
    "WAV, three data chunks with tags between": (
        wav(
            FORMAT,
            *(chunk(b"data", PCM[:400]), ODD, chunk(b"data", PCM[400:HALF]), ODD),
            chunk(b"data", PCM[HALF:]),
        ),
        ["its sound lies in 3 chunks; all of them are used"],
    ),
    "WAV, the second data chunk never finished": (
        wav(FORMAT, chunk(b"data", PCM[:HALF]), chunk(b"data", PCM[HALF:], 0)),
        [
            "header says 2.0 s, file holds 4.0 s; all of it is used (joined, or never finished?)",
            "its sound lies in 2 chunks; all of them are used",
        ],
    ),
    **{
        f"WAV, a tag of {size:,} bytes": (wav(FORMAT, chunk(b"LIST", INFO, size), DATA), [WRONG])
        for size in (0, 5, 0x40000000, 0xFFFFFFF9, 0xFFFFFFFF)
    },
    "WAV, a tag of a wrong size first": (wav(chunk(b"bext", INFO, 1 << 30), FORMAT, DATA), [WRONG]),
    "WAV, a format of 0 bytes": (wav(FORMAT[:4] + bytes(4) + FORMAT[8:], DATA), [WRONG]),
    "WAV, no pad byte and never finished": (
        wav(FORMAT, ODD, chunk(b"data", PCM, 0)),
        ["header says 0.0 s, file holds 4.0 s; all of it is used (never finished?)"],
    ),
    "AIFF, no pad byte": (AIFF + NAME + COMM + NAME + SSND, []),
    "AIFF, format behind": (AIFF + SSND + COMM, []),
    "AIFF, a tag of a wrong size": (
        AIFF + COMM + NAME[:4] + b"\xff" * 4 + NAME[8:] + SSND,
        [WRONG],
    ),
    "AIFF, two chunks of sound": (
        AIFF + COMM + b"".join(_HALF_SSND),
        ["its sound lies in 2 chunks; all of them are used"],
    ),
    "AIFF, no samples counted": (
        AIFF + COMM[:10] + bytes(4) + COMM[14:] + SSND,
        ["header says 0.0 s, file holds 4.0 s; all of it is used (never finished?)"],
    ),
    "AIFF, fewer samples counted": (
        AIFF + COMM[:10] + struct.pack(">I", RATE_HZ) + COMM[14:] + SSND,
        ["header says 1.0 s, file holds 4.0 s; all of it is used (joined, or never finished?)"],
    ),
    "W64, no pad bytes": (
        W64 + b"junk" + W64_FORM[4:16] + struct.pack("<Q", 29) + b"hello" + W64_FORM + W64_DATA,
        [],
    ),
    "W64, format behind": (W64 + W64_DATA + W64_FORM, []),
    "W64, a format of a wrong size": (
        W64 + W64_FORM[:16] + b"\xff" * 8 + W64_FORM[24:] + W64_DATA,
        [WRONG],
    ),
    "CAF, a tag of a wrong size": (CAF + b"info" + b"\x7f" * 8 + bytes(4) + CAF_DATA, [WRONG]),
}


@pytest.mark.parametrize("case", HEARD)
def test_the_sound_is_heard_wherever_its_chunks_lie(tmp_path: Path, case: str) -> None:
    data, says = HEARD[case]
    path = tmp_path / "x.wav"
    path.write_bytes(data)
    clip, doubts = reading.read(path)
    assert clip.rate_hz == RATE_HZ
    np.testing.assert_array_equal(clip.samples[0] * 32_768, np.frombuffer(PCM, "<i2"))
    assert doubts == says
    assert reading.inspect(path).duration_s == 4.0
    blocks = [one.samples for one in reading.stream(path, 0.7)]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), clip.samples)


def test_the_second_chunk_of_sound_may_be_cut(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    whole = wav(FORMAT, chunk(b"data", PCM[:HALF]), chunk(b"data", PCM[HALF:]))
    path.write_bytes(whole[: -HALF // 2])
    clip, doubts = reading.read(path)
    np.testing.assert_array_equal(clip.samples[0] * 32_768, np.frombuffer(PCM, "<i2")[:48_000])
    assert doubts == [
        "its sound lies in 2 chunks; all of them are used",
        "header says 4.0 s, file holds 3.0 s; what is there is used (was it cut short?)",
    ]


def test_letters_in_the_sound_are_no_chunk(tmp_path: Path) -> None:
    """What begins where a header says less is sound, even with `data` a little later in it."""
    path = tmp_path / "x.wav"
    body = PCM[:32_000] + b"\x80\x81\x82\x83" + chunk(b"data", PCM[:64])
    path.write_bytes(wav(FORMAT, chunk(b"data", body, 32_000)))
    clip, doubts = reading.read(path)
    assert clip.samples.shape[1] == len(body) // 2
    assert [one[:18] for one in doubts] == ["header says 1.0000"]


LACKS = "damaged or cut short: it has no `{}` chunk, which holds {}; " + MEND


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (wav(DATA), LACKS.format("fmt", "rate and channels")),
        (wav(FORMAT, ODD), LACKS.format("data", "the sound")),
        (AIFF + SSND, LACKS.format("COMM", "rate and channels")),
        (AIFF + COMM + NAME, LACKS.format("SSND", "the sound")),
        (CAF + bytes(50), LACKS.format("data", "the sound")),
        (wav(FORMAT[:12] + bytes(4) + FORMAT[16:], DATA), "0 Hz; it is damaged"),
        (wav(FORMAT[:10] + bytes(2) + FORMAT[12:], DATA), "0 channels; from 1 to 64 are read here"),
        (W64 + W64_FORM[:28] + bytes(4) + W64_FORM[32:] + W64_DATA, "0 Hz; it is damaged"),
        (CAF[:20] + bytes(8) + CAF[28:] + CAF_DATA, "0 Hz; it is damaged"),
    ],
)
def test_what_a_header_lacks_is_said_in_words_of_the_format(
    tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(data)
    with pytest.raises(AudioError) as caught:
        reading.read(path)
    assert caught.value.reason.endswith(says)
    assert "nternal" not in str(caught.value)
