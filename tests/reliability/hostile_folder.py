"""Two classes of good sounds, a hostile thing among them, and what the command line says of it."""

from __future__ import annotations

import io
import json
import os
import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import soundfile
from tests.cli.conftest import Ended, ran

RATE_HZ = 8000
NOISE = np.random.default_rng(0).normal(0, 0.1, 2 * RATE_HZ).astype(np.float32)
GOOD = [f"{label}/{name}.wav" for label in ("high", "low") for name in ("aaa", "bbb", "ccc", "ddd")]
LOW = [name for name in GOOD if name.startswith("low")]
HIGH = [name for name in GOOD if name.startswith("high")]


class Checked(NamedTuple):
    """What `tonotope check --json` said, and its JSON."""

    ended: Ended
    found: dict[str, Any]

    def reason(self, name: str) -> str:
        """Why a file was left out."""
        (reason,) = [one["reason"] for one in self.found["skipped"] if one["file"] == name]
        return reason

    def doubts(self, name: str) -> list[str]:
        """What is doubtful about a file that is used."""
        return [one["doubt"] for one in self.found["doubtful"] if one["id"] == name]


def coded(wave: np.ndarray = NOISE, rate_hz: int = RATE_HZ, **how: Any) -> bytes:
    """A sound file's bytes: WAV, 16 bits, unless `how` says another format or subtype."""
    file = io.BytesIO()
    soundfile.write(file, wave, rate_hz, **({"format": "WAV"} | how))
    return file.getvalue()


def put(data: bytes, at: int | bytes, new: bytes, plus: int = 0) -> bytes:
    """Bytes replaced at a place, or `plus` bytes behind the begin of a word."""
    place = (data.index(at) if isinstance(at, bytes) else at) + plus
    return data[:place] + new + data[place + len(new) :]


def tone(hertz: float, number: int, samples: int = 2000) -> np.ndarray:
    """A noisy tone, another one for each number."""
    rng = np.random.default_rng(number)
    wave = 0.3 * np.sin(2 * np.pi * hertz * (1 + 0.01 * number) * np.arange(samples) / RATE_HZ)
    return (wave + 0.03 * rng.standard_normal(samples)).astype(np.float32)


def day_of_silence(path: Path, rate_hz: int = RATE_HZ) -> None:
    """24 hours, with nothing on the disk."""
    size = 2 * rate_hz * 86_400
    data = coded(np.zeros(1, np.int16), rate_hz, subtype="PCM_16")
    path.write_bytes(put(put(data, 4, struct.pack("<I", size + 36)), 40, struct.pack("<I", size)))
    os.truncate(path, 44 + size)


def good_sounds(root: Path) -> Path:
    """The folder with four sounds of each of two classes."""
    for number, name in enumerate(GOOD):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(coded(tone(220 if name.startswith("low") else 2200, number)))
    return root


def checked(source: Path | str, *options: str) -> Checked:
    """`tonotope check SOURCE --json`."""
    told = ran("check", source, *sets_of(options), "--json")
    no_python(told)
    return Checked(told, json.loads(told.out) if told.out else {})


def sentences(source: Path | str, *options: str) -> Ended:
    """`tonotope check SOURCE`, for a person."""
    told = ran("check", source, *sets_of(options))
    no_python(told)
    return told


def sets_of(options: Sequence[str]) -> list[str]:
    """`--set` before each of them."""
    return [part for one in options for part in ("--set", one)]


def no_python(ended: Ended) -> None:
    """No error of Python, and nothing that steers a terminal."""
    said = ended.out + ended.err
    assert not re.search(r"Traceback|went wrong inside|pydantic|Error:|Errno", said), said
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", said)


def rows(low: str = "low", high: str = "high") -> str:
    """A good table of the good sounds."""
    named = [f"{name},{low}" for name in LOW] + [f"{name},{high}" for name in HIGH]
    return "\n".join(["file,label", *named]) + "\n"


def check_table(home: Path, text: str | bytes, *options: str) -> Ended:
    """`tonotope check` on a table that lies in `home`."""
    (home / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return sentences(home / "t.csv", *options)
