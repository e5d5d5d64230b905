"""Near-duplicates planted among real recordings: which of them `check` names, and what else.

TONOTOPE_DATA=FOLDER python -m tests.reliability.planted_duplicates 1280 [SEED]

Each copy is trimmed by 10 to 200 ms at its begin, its end or both, made louder by up to 6 dB (and
clipped) or softer by up to 12 dB, brought to another rate half of the time, and encoded anew.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr

from tonotope.datasets.data import Data
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.source import open_source

CODINGS = {
    "mp3": {"format": "MP3", "bitrate_mode": "CONSTANT"},
    "ogg": {"format": "OGG", "subtype": "VORBIS"},
    "flac": {"format": "FLAC"},
    "wav": {"format": "WAV"},
}
RATES_HZ = (8000, 16_000, 22_050, 32_000, 48_000)
# Two of ESC-10's fires are one recording, uploaded twice: their correlation is 0.97 at lag 0.
TRUE = {frozenset(("2-28314-A", "2-30322-A"))}


def plant(path: Path, wave: np.ndarray, rate_hz: int, draw: random.Random) -> str:
    """Write a copy of a sound (time,) beside `path`, with an ending that fits; how it was made.

    A trim that takes more than half of the sound's energy away is drawn again: what is left would
    be another sound.
    """
    energy = float(np.square(wave).sum())
    while True:
        begin, end = draw.choice(((1, 0), (0, 1), (1, 1)))
        first = round(begin * draw.uniform(0.01, 0.2) * rate_hz)
        last = len(wave) - round(end * draw.uniform(0.01, 0.2) * rate_hz)
        copy = wave[first:last]
        if float(np.square(copy).sum()) >= energy / 2:
            break
    gain_db = draw.uniform(-12, 6)
    copy = np.clip(copy * 10 ** (gain_db / 20), -1, 1)
    new_hz = draw.choice(RATES_HZ) if draw.random() < 0.5 else rate_hz
    copy = soxr.resample(copy, rate_hz, new_hz) if new_hz != rate_hz else copy
    ending = draw.choice(list(CODINGS))
    how = dict(CODINGS[ending])
    if ending in ("mp3", "ogg"):
        how["compression_level"] = draw.choice((0.1, 0.3, 0.5, 0.7, 0.9))
    soundfile.write(path.with_suffix(f".{ending}"), copy, new_hz, **how)
    level = f" {how['compression_level']}" if "compression_level" in how else ""
    return f"{ending}{level}, {first}:{last}, {gain_db:.1f} dB, {new_hz} Hz"


def named_pairs(folder: Path, names: Sequence[str]) -> set[frozenset[str]]:
    """The pairs that `check` names among files that are each a group of their own."""
    table = folder / "all.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "label", "source"))
        writer.writerows((name, "ab"[at % 2], f"g{at}") for at, name in enumerate(names))
    found = check_recordings(open_source(Data(source=str(table), group="source")))
    assert found.recordings == len(names), found.skipped
    pairs = [*found.similar, *(ids for ids, _ in found.duplicates)]
    return {frozenset(Path(one).stem for one in pair) for pair in pairs}


def try_all(count: int, seed: int = 0, most: int = 10_000) -> Counter[str]:
    """Plant `count` copies, one of each recording at a time; what was named and what was not.

    Args:
        count: of copies.
        seed: decides them.
        most: of the recordings that are used.
    """
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    originals = sorted(Path(os.environ["TONOTOPE_DATA"], "esc10", "audio").glob("*.ogg"))
    originals = sorted(draw.sample(originals, min(most, len(originals))))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for path in originals:
            shutil.copy(path, folder)
        alone = named_pairs(folder, [path.name for path in originals])
        found["named without copies"] = len(alone)
        found["of these true"] = len(alone & TRUE)
        while count > 0:
            some = originals if count >= len(originals) else sorted(draw.sample(originals, count))
            count -= len(some)
            made = {}
            for path in some:
                wave, rate_hz = soundfile.read(path, dtype="float32")
                made[path.stem] = plant(folder / f"copy-{path.stem}", wave, rate_hz, draw)
            names = sorted(path.name for path in folder.iterdir() if path.suffix != ".csv")
            pairs = named_pairs(folder, names)
            for name, how in made.items():
                hit = frozenset((name, f"copy-{name}")) in pairs
                found["planted, named" if hit else "planted, missed"] += 1
                if not hit:
                    print(f"missed, seed {seed}: {name}: {how}", flush=True)
            for pair in pairs:
                real = frozenset(name.removeprefix("copy-") for name in pair)
                if len(real) > 1 and real not in TRUE:
                    found["false alarms"] += 1
                    print(f"false alarm, seed {seed}: {sorted(pair)}", flush=True)
            for path in folder.glob("copy-*"):
                path.unlink()
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(asked, dict(try_all(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
