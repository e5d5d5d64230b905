"""Mutated sound files: every one is read, or refused by its name; whole and in blocks alike.

python -m tests.reliability.mutated_audio 100000 [SEED]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import soundfile

from tonotope._errors import AudioError
from tonotope.audio import reading

SLOW_S = 10.0
KINDS = {
    "wav": {"format": "WAV"},
    "wav-float": {"format": "WAV", "subtype": "FLOAT"},
    "wav-adpcm": {"format": "WAV", "subtype": "IMA_ADPCM"},
    "rf64": {"format": "RF64"},
    "w64": {"format": "W64"},
    "aiff": {"format": "AIFF"},
    "au": {"format": "AU"},
    "caf": {"format": "CAF"},
    "flac": {"format": "FLAC"},
    "ogg": {"format": "OGG", "subtype": "VORBIS"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "mp3": {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": 0.5},
    "mp3-vbr": {"format": "MP3", "bitrate_mode": "VARIABLE", "compression_level": 0.5},
}
_WORDS = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\x80", b"\x01\0\0\0")


def seeds(folder: Path) -> dict[str, bytes]:
    """A short sound in every format: noise and a tone, so that frames differ in size."""
    rate = 16_000
    moments = np.arange(int(2.2 * rate)) / rate
    noise = np.random.default_rng(0).normal(0, 0.05, len(moments))
    sound = (0.3 * np.sin(2 * np.pi * 440 * moments) + noise).astype(np.float32)
    found = {}
    for name, how in KINDS.items():
        path = folder / "seed"
        soundfile.write(path, sound, rate, **how)
        found[name] = path.read_bytes()
    return found


def mutated(data: bytes, draw: random.Random) -> bytes:
    """The file with one to twenty changes, half of them in its header."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        size = len(changed)
        at = draw.randrange(min(size, 200)) if draw.random() < 0.5 else draw.randrange(size)
        length = draw.choice((1, 4, 100, 2000))
        match draw.randrange(7):
            case 0:
                changed[at] ^= 1 << draw.randrange(8)
            case 1:
                changed[at : at + 4] = draw.choice(_WORDS)
            case 2:
                del changed[at : at + length]
            case 3:
                changed[at:at] = draw.randbytes(length)
            case 4:
                del changed[max(1, at) :]
            case 5:
                other = draw.randrange(size)
                changed[at:at] = changed[other : other + 3 * length]
            case _:
                changed[at : at + length] = bytes(length)
        if not changed:
            changed = bytearray(b"x")
    return bytes(changed)


def outcome(path: Path) -> str:
    """What reading one file came to: `read`, `refused`, or what was wrong."""
    begun = time.monotonic()
    doubts: list[str] = []
    try:
        whole, said = reading.read(path)
        blocks = [block.samples for block in reading.stream(path, 0.3, doubts=doubts)]
    except AudioError as error:
        result = "refused" if str(path) in str(error) else f"unnamed: {error}"
    except Exception as error:
        result = f"raw error: {error!r}"
    else:
        empty = whole.samples[:, :0]
        joined = np.concatenate([empty, *blocks], axis=1)
        alike = np.array_equal(joined, whole.samples, equal_nan=True)
        result = "read" if alike and doubts == said else "whole and blocks differ"
    return result if time.monotonic() - begun < SLOW_S else f"slow: {result}"


def try_all(count: int, seed: int = 0) -> Counter[str]:
    """Mutate and read `count` files; the outcomes, each with how often."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        originals = seeds(Path(folder))
        path = Path(folder, "mutated")
        for number in range(count):
            kind = draw.choice(list(originals))
            path.write_bytes(mutated(originals[kind], draw))
            result = outcome(path)
            found[result] += 1
            if result not in {"read", "refused"}:
                print(f"{kind}, file {number} of seed {seed}: {result}", flush=True)
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(asked, dict(try_all(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
