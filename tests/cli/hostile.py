"""Class folders of sounds that are broken in every way we know, with what each should be told."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

RATE = 8000
DAY_S = 86_400

# What cannot be used, and the reason it deserves; the classes are `low` and `high`.
REFUSED = {
    "low/nothing.wav": "empty file (0 bytes); copy or download it again",
    "low/byte.wav": "too short to be audio (1 byte)",
    "low/header.wav": "too short to be audio (43 bytes)",
    "low/text.wav": "text, not sound (it begins “dear diary",
    "low/page.wav": "a web page (HTML), not sound; the download went wrong, download it again",
    "low/pointer.wav": "a Git LFS pointer, not the sound itself; run `git lfs pull`",
    "low/picture.wav": "a PNG image, not sound",
    "low/video.m4a": "an MP4 file (AAC or video), which is not decoded here; convert it first",
    "low/hls.wav": "a playlist: it names other files or addresses, which are not followed",
    "low/concat.mp3": "a playlist: it names other files or addresses, which are not followed",
    "low/nan.wav": '173 non-finite samples (NaN or infinite); repair = "zero" makes them silence',
    "low/huge.wav": "samples as large as 3e+38, where sound lies between -1 and 1",
    "low/no-channel.wav": "its header says 0 channels; from 1 to 64 are read here",
    "low/no-rate.wav": "its header says a sample rate of 0 Hz; it is damaged",
    "low/no-data.wav": "holds no samples",
    "low/claims.flac": "header claims 68,719,476,735 samples, impossible for a file of ",
    "low/crowd.wav": "its header says 65 channels; from 1 to 64 are read here",
    "low/day.wav": "lasts 24.0 h, more than data.max_duration_s = 10800; cut it, or raise that num",
    "low/blown-up.flac": "lasts 3.1 h, more than data.max_duration_s = 10800; cut it, or raise",
    "low/folder.wav": "a folder, though it is named like a sound file",
    "low/pipe.wav": "a pipe, not a file; it was not opened",
    "low/loop.wav": "a link that leads nowhere or to itself",
    "low/gone.wav": "a link that leads nowhere or to itself",
    "low/out.wav": "a link out of the folder, which is not followed; copy the file here",
    "low/device.wav": "a link out of the folder, which is not followed; copy the file here",
    "loose.wav": "lies beside the class folders, so its class is not known; put it into one",
}

# What is used, with a word of doubt.
DOUBTED = {
    "high/cut.wav": "header says 1.0 s, file holds 0.5 s; what is there is used",
    "high/cut.flac": "header says 4.0 s, file holds 2.",
    "high/cut.ogg": "its last Ogg page is missing; what is there is used",
    "high/cut.mp3": "header says 4.0 s, file holds 2.",
}

# Names that break lines, tables, pages and terminals.
NAMES = (
    *("é.wav", "e\u0301x.wav", "🐕.wav", "two\nlines.wav", "tab\t.wav", "return\r.wav"),
    *('quo"te.wav', "-rf.wav", "<script>alert(1)<.wav", "<img src=x onerror=alert(1)>.wav"),
    *("CON.wav", "dot.", "x" * 251 + ".wav", os.fsdecode(b"\xff\xfe.wav"), "\u202egnp.wav"),
    *("=cmd|' !A0.wav", "a,b;c.wav", "$\\foo{$.wav", "%s%n.wav", "{{7*7}}.wav", "space .wav"),
)
CODINGS = ("PCM_U8", "PCM_24", "FLOAT", "DOUBLE", "ALAW", "ULAW", "IMA_ADPCM", "MS_ADPCM")
ODD = (
    *("low/silence.wav", "low/constant.wav", "low/clipped.wav", "low/sample.wav", "low/short.wav"),
    *("low/tagged.mp3", "high/called.wav", "high/bat.wav", "high/pulse.wav", "high/crowd.wav"),
    *("high/link.wav", "low/rf64.wav", "low/wide.w64"),
)
USED = {
    *(f"{label}/{name * 3}.wav" for label in ("low", "high") for name in "abcd"),
    *(f"low/{coding}.wav" for coding in CODINGS),
    *(f"high/{name}" for name in NAMES),
    *ODD,
    *DOUBTED,
}


def write(root: Path) -> Path:
    """Write all of them below `root`."""
    rng = np.random.default_rng(0)

    def tone(hertz: float, samples: int = 2000, rate: int = RATE) -> np.ndarray:
        time = np.arange(samples) / rate
        wave = 0.3 * np.sin(2 * np.pi * hertz * (1 + 0.05 * rng.standard_normal()) * time)
        return (wave + 0.02 * rng.standard_normal(samples)).astype(np.float32)

    def sound(name: str, wave: np.ndarray, rate: int = RATE, kind: str = "WAV", **how: str) -> Path:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            soundfile.write(file, wave, rate, format=kind, **how)
        return path

    for name in "abcd":
        sound(f"low/{name * 3}.wav", tone(220))
        sound(f"high/{name * 3}.wav", tone(2200))
    for coding in CODINGS:
        sound(f"low/{coding}.wav", tone(220), subtype=coding)
    for name in NAMES:
        sound(f"high/{name}", tone(2200))
    _write_odd(root, tone, sound)
    _write_doubted(tone, sound)
    _write_refused(root, tone, sound)
    return root


def _write_odd(root: Path, tone: Callable[..., np.ndarray], sound: Callable[..., Path]) -> None:
    sound("low/silence.wav", np.zeros(2000, np.float32))
    sound("low/constant.wav", np.full(2000, 0.5, np.float32))
    sound("low/clipped.wav", np.clip(9 * tone(220), -1, 1))
    sound("low/sample.wav", np.array([0.5], np.float32))
    sound("low/short.wav", tone(220, 50))
    sound("low/rf64.wav", tone(220), kind="RF64")
    sound("low/wide.w64", tone(220), kind="W64")
    sound("high/called.wav", tone(2200), kind="FLAC")
    sound("high/bat.wav", tone(2200, 96_000, 384_000), 384_000)
    sound("high/pulse.wav", tone(1200, 1000, 4000), 4000)
    sound("high/crowd.wav", np.stack([tone(2200) for _ in range(32)], axis=1))
    sound("high/.kept/link.wav", tone(2200))
    (root / "high/link.wav").symlink_to(".kept/link.wav")
    path = sound("low/tagged.mp3", tone(220, 5512, 22_050), 22_050, kind="MP3")
    size, data = 100_000_000, path.read_bytes()
    with path.open("wb") as file:  # a picture of 100 MB before the sound, with nothing on the disk
        file.write(b"ID3\x04\0\0" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)))
        file.seek(size, os.SEEK_CUR)
        file.write(data)


def _write_doubted(tone: Callable[..., np.ndarray], sound: Callable[..., Path]) -> None:
    path = sound("high/cut.wav", tone(2200, RATE))
    path.write_bytes(path.read_bytes()[: 44 + RATE])
    for name, kind in (("cut.flac", "FLAC"), ("cut.ogg", "OGG"), ("cut.mp3", "MP3")):
        path = sound(f"high/{name}", tone(2200, 88_200, 22_050), 22_050, kind=kind)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])


def _write_refused(root: Path, tone: Callable[..., np.ndarray], sound: Callable[..., Path]) -> None:
    low = root / "low"
    plain = sound("loose.wav", tone(220)).read_bytes()
    contents = {
        "nothing.wav": b"",
        "byte.wav": b"\0",
        "header.wav": b"RIFF" + bytes(39),
        "text.wav": b"dear diary, " * 9,
        "page.wav": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
        "pointer.wav": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 9\n",
        "picture.wav": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "video.m4a": b"\0\0\0\x20ftypM4A " + bytes(100),
        "hls.wav": b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n",
        "concat.mp3": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "no-channel.wav": _with(plain, 22, "<H", 0),
        "no-rate.wav": _with(plain, 24, "<I", 0),
        "no-data.wav": _with(plain, 4, "<I", 0)[:44],
    }
    for name, content in contents.items():
        (low / name).write_bytes(content)
    spoilt = tone(220)
    spoilt[100:273] = np.nan
    sound("low/nan.wav", spoilt, subtype="FLOAT")
    sound("low/huge.wav", np.full(2000, 3e38, np.float32), subtype="FLOAT")
    sound("low/crowd.wav", np.tile(tone(220, 400)[:, None], 65))
    flac = sound("low/claims.flac", tone(220), kind="FLAC").read_bytes()
    facts = int.from_bytes(flac[18:26], "big") >> 36 << 36 | ((1 << 36) - 1)
    (low / "claims.flac").write_bytes(
        flac[:18] + facts.to_bytes(8, "big") + flac[26:42] + bytes(99)
    )
    sound("low/blown-up.flac", np.zeros(11_160 * 100, np.int16), 100, kind="FLAC")
    day = sound("low/day.wav", np.zeros(1, np.int16))
    size = 2 * DAY_S * RATE
    day.write_bytes(_with(_with(day.read_bytes(), 4, "<I", size + 36), 40, "<I", size))
    os.truncate(day, 44 + size)  # a day of silence, with nothing on the disk
    (low / "folder.wav").mkdir()
    os.mkfifo(low / "pipe.wav")
    for name, leads in {
        "loop.wav": "loop.wav",
        "gone.wav": "nowhere.wav",
        "out.wav": "/etc/hostname",
        "device.wav": "/dev/zero",
    }.items():
        (low / name).symlink_to(leads)


def _with(data: bytes, at: int, code: str, value: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(code, changed, at, value)
    return bytes(changed)
