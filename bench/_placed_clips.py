r"""Clips placed at known times into an hour of background: found by a network, and by MFCC.

    python -m bench._placed_clips OUT ESC10.csv [--test-fold 4] [--seed 0]

Clips of the sudden classes of ESC-10 (what sounds of them, silence cut away) are laid over a
background that is made of the quiet moments of the same clips, as loud as they are, 12 dB and 24 dB
fainter. Folds that teach make an hour, with Audacity label tracks, in which each clip comes once;
the test fold makes an hour in which each comes three times. Both have twelve takes of five minutes,
and no moment of background and no clip is in both.

The network is that of `tonotope run TAKES --set data.background=unlabelled`, its events are those
of `tonotope predict --events --to audacity`, and the label tracks are read back here line by line,
by no code of the program. Beside it stands logistic regression on the mean and the deviation of 20
MFCC in windows of a second: a class is heard where its probability reaches a threshold, which is
the one that finds most of the takes it learnt from when each is judged by the others.

Event F1 has a collar of 0.2 s (and half of an event's length for its end) and one of 1 s, segment
F1 has segments of a second; intervals draw takes anew.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tonotope as tt
from tonotope.audio.resampling import resample
from tonotope.evaluation.baseline_inputs import mfcc_for

RATE_HZ, TAKE_S, TAKES = 22_050, 300.0, 12
SUDDEN = ("baby_cry", "dog_bark", "person_sneeze", "rooster")
FAINTER_DB = (0.0, 12.0, 24.0)
BACKGROUND_DB = -55.0
QUIET_S, FADE_S = 0.5, 0.1
WINDOW_S, HOP_S = 1.0, 0.1
NONE = "background"


def sounding(wave: np.ndarray) -> np.ndarray:
    """The clip without the silence before and behind, and with a peak of 0.5."""
    loud = np.flatnonzero(np.abs(wave) > 0.02 * np.abs(wave).max())
    wave = wave[loud[0] : loud[-1] + 1]
    return 0.5 * wave / np.abs(wave).max()


def quiet(wave: np.ndarray) -> np.ndarray | None:
    """The quietest half a second that is no digital silence, at a level of 1."""
    size = round(QUIET_S * RATE_HZ)
    parts = wave[: len(wave) // size * size].reshape(-1, size)
    level = np.sqrt((parts**2).mean(1))
    still = (np.abs(np.diff(parts, axis=1)) < 1e-7).mean(1)
    known = np.flatnonzero((level > 1e-4) & (still < 0.1))
    if not len(known):
        return None
    least = known[level[known].argmin()]
    peak = np.abs(wave).max()
    return parts[least] / level[least] if level[least] < 0.05 * peak else None


def background(moments: Sequence[np.ndarray], samples: int, rng: np.random.Generator) -> np.ndarray:
    """Quiet moments one after the other, each fading into the next."""
    fade = round(FADE_S * RATE_HZ)
    rise = np.sin(np.linspace(0, np.pi / 2, fade))
    made = np.zeros(samples + len(moments[0]))
    at = 0
    while at < samples:
        one = moments[rng.integers(len(moments))].copy()
        one = one[:: rng.choice((-1, 1))]
        one[:fade] *= rise
        one[-fade:] *= rise[::-1]
        made[at : at + len(one)] += one
        at += len(one) - fade
    return made[:samples] * 10 ** (BACKGROUND_DB / 20)


def takes(
    out: Path,
    rows: Sequence[dict[str, str]],
    home: Path,
    rng: np.random.Generator,
    *,
    all_levels: bool,
) -> list[tt.Event]:
    """Write takes of five minutes with a label track beside each; returns what is where."""
    out.mkdir(parents=True)
    waves = []
    for row in rows:
        clip = tt.Clip.read(home / row["file"])
        waves.append(resample(clip.samples.mean(0)[None], clip.rate_hz, RATE_HZ)[0])
    moments = [one for wave in waves if (one := quiet(wave)) is not None]
    placed = [
        (sounding(wave) * 10 ** (-fainter / 20), row["label"], fainter)
        for wave, row in zip(waves, rows, strict=True)
        for fainter in (FAINTER_DB if all_levels else [rng.choice(FAINTER_DB)])
    ]
    order = rng.permutation(len(placed))
    truth: list[tt.Event] = []
    for number, own in enumerate(np.array_split(order, TAKES)):
        samples = round(TAKE_S * RATE_HZ)
        made, name = background(moments, samples, rng), f"take-{number + 1:02d}.wav"
        room = samples - sum(len(placed[at][0]) for at in own)
        gaps = np.diff(np.sort(rng.integers(0, room, len(own))), prepend=0)
        begin, labels = 0, []
        for at, gap in zip(own, gaps, strict=True):
            wave, label, _ = placed[at]
            begin += int(gap)
            made[begin : begin + len(wave)] += wave
            end = begin + len(wave)
            labels.append(tt.Event(name, begin / RATE_HZ, end / RATE_HZ, label))
            begin = end
        tt.Clip(np.clip(made, -1, 1)[None].astype(np.float32), RATE_HZ).write(out / name)
        tt.write_events(labels, (out / name).with_suffix(".txt"), "audacity")
        truth += labels
    print(f"{out.name}: {len(placed)} events of {len(rows)} clips, {len(moments)} quiet moments")
    return truth


def read_track(path: Path, name: str) -> list[tt.Event]:
    """A label track, read line by line: begin, end and text, parted by tabs."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("\\"):
            continue
        begin, end, text = line.split("\t")[:3]
        found.append(tt.Event(name, float(begin), float(end), text.split(" ")[0]))
    return found


def windows(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The middle of each window in seconds, and its statistics, (window, 40)."""
    wave = tt.Clip.read(path).samples[0].astype(np.float32)
    kind = mfcc_for(RATE_HZ)
    hop = kind.hop_samples
    with torch.no_grad():
        module = kind.build(kind.clip_shape(len(wave)))
        each = module(torch.from_numpy(wave)[None])[0, 0].double().numpy()
    step, length = round(HOP_S * RATE_HZ / hop), round(WINDOW_S * RATE_HZ / hop)
    begins = np.arange(0, len(each) - length + 1, step)
    cut = [each[at : at + length] for at in begins]
    middle = (begins + length / 2) * hop / RATE_HZ
    return middle, np.array([np.r_[one.mean(0), one.std(0)] for one in cut])


def labels_at(middle: np.ndarray, truth: Sequence[tt.Event]) -> np.ndarray:
    """What is heard in the middle of each window."""
    found = np.full(len(middle), NONE, dtype=object)
    for one in truth:
        found[(middle >= one.start_s) & (middle < one.end_s)] = one.label
    return found


def thresholded(
    name: str, middle: np.ndarray, scores: np.ndarray, classes: Sequence[str], least: float
) -> list[tt.Event]:
    """Stretches in which a class reaches the threshold, of two windows or more."""
    found = []
    for column, label in enumerate(classes):
        if label == NONE:
            continue
        above = np.r_[False, scores[:, column] >= least, False].astype(int)
        edges = np.flatnonzero(np.diff(above))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            if end - begin > 1:
                half = HOP_S / 2
                begin_s, end_s = middle[begin] - half, middle[end - 1] + half
                found.append(tt.Event(name, max(0.0, begin_s), end_s, label))
    return found


def by_mfcc(train: Path, learnt: Sequence[tt.Event], test: Path) -> tuple[list[tt.Event], float]:
    """The events of logistic regression on MFCC in the test takes, and its threshold."""
    names = sorted(one.name for one in train.glob("*.wav"))
    heard = {name: windows(train / name) for name in names}
    said = {
        name: labels_at(heard[name][0], [one for one in learnt if one.file == name])
        for name in names
    }

    def fitted(own: Sequence[str]) -> LogisticRegression:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
        return model.fit(np.concatenate([heard[n][1] for n in own]),
                         np.concatenate([said[n] for n in own]))  # fmt: skip

    held = {}
    for part in np.array_split(np.array(names), 4):
        model = fitted([name for name in names if name not in part])
        held |= {name: model.predict_proba(heard[name][1]) for name in part}
    best = (-1.0, 0.5)
    for least in np.arange(0.1, 0.96, 0.05):
        found = [
            one
            for name in names
            for one in thresholded(name, heard[name][0], held[name], model.classes_, least)
        ]
        f1 = tt.score(found, list(learnt)).by_event.micro["f1"].value if found else 0.0
        best = max(best, (f1 or 0.0, float(least)))
    model = fitted(names)
    found = []
    for path in sorted(test.glob("*.wav")):
        middle, values = windows(path)
        scores = model.predict_proba(values)
        found += thresholded(path.name, middle, scores, model.classes_, best[1])
    return found, best[1]


def main() -> None:
    """Make the takes, teach, find, judge."""
    given = _asked()
    home = given.table.parent
    with given.table.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in SUDDEN]
    test = [row for row in rows if row["fold"] == given.test_fold]
    train = [row for row in rows if row["fold"] != given.test_fold]
    rng = np.random.default_rng(given.seed)
    learnt = takes(given.out / "train", train, home, rng, all_levels=False)
    truth = takes(given.out / "hour", test, home, rng, all_levels=True)

    def tonotope(*command: object) -> None:
        subprocess.run([sys.executable, "-m", "tonotope", *map(str, command)], check=True)

    tonotope("run", given.out / "train", "--set", "data.background=unlabelled", "--seed",
             given.seed, "--out", given.out / "runs")  # fmt: skip
    (run,) = (given.out / "runs").iterdir()
    sounds = sorted((given.out / "hour").glob("*.wav"))
    tracks = given.out / "found"
    tonotope("predict", run, *sounds, "--events", "--to", "audacity", "--out", f"{tracks}/")
    found = [one for path in sounds for one in read_track(_track(tracks, path), path.name)]
    simple, least = by_mfcc(given.out / "train", learnt, given.out / "hour")
    print(f"threshold of the baseline: {least:.2f}")
    for collar_s in (0.2, 1.0):
        plan = tt.DetectionPlan(collar_s=collar_s)
        for who, events in (("network", found), ("MFCC", simple)):
            judged = tt.score(events, truth, plan)
            for what, table in (("events", judged.by_event), ("segments", judged.by_segment)):
                one = table.micro["f1"]
                print(f"{who}, {what}, collar {collar_s} s: F1 {one.value:.3f} "
                      f"({one.low:.3f} to {one.high:.3f})")  # fmt: skip


def _track(folder: Path, sound: Path) -> Path:
    (found,) = folder.rglob(f"{sound.stem}*.txt")
    return found


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("table", type=Path)
    parser.add_argument("--test-fold", default="4")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
