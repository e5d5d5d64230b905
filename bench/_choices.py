r"""What a choice brings, on inner folds: recordings of the held-out fold are never touched.

    python -m bench._choices OUT TABLE "as it is" "average: training.average=0.99" \
        --fold fold --group source --without 4 --seeds 0,1,2

With `--each 5` each fold is judged by a network that had five recordings of each class, drawn anew
for every seed and fold, and the same for all variants.

Each variant is a name and changes of an experiment file. Every fold but the one that is held out
tests once, the others train. What was predicted is kept in `OUT`, so that a call continues where it
stopped, and a variant of the code, run elsewhere with the same `OUT`, stands in the same table.

The columns: accuracy and log loss (the mean over seeds), their differences from the first variant
with a 95 % interval over groups, and the processor's minutes for a seed. The log loss is the finer
scale: it moves where no answer does.
"""

from __future__ import annotations

import argparse
import csv
import json
import shlex
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import tonotope
from tonotope.answers.classes import Predictions

DRAWS = 2000
LOWEST = 1e-7


class Outcome(NamedTuple):
    """What a variant came to, means over seeds: `(recording,)` each."""

    correct: np.ndarray
    loss: np.ndarray
    groups: np.ndarray
    minutes: float
    seeds: int


def inner_table(table: Path, column: str, without: list[str], out: Path) -> Path:
    """The rows of the folds that are not held out, with the paths of their files."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not without or row[column] not in without]
    inner = out / "inner.csv"
    with inner.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows({**row, "file": (table.parent / row["file"]).resolve()} for row in rows)
    return inner


def tables_of_few(inner: Path, column: str, each: int, seed: int) -> list[Path]:
    """A table for each fold: its recordings test, so many of each class from the others train."""
    with inner.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for fold in sorted({row[column] for row in rows}):
        rng = np.random.default_rng([seed, *fold.encode()])
        kept = [{**row, "part": "test"} for row in rows if row[column] == fold]
        for label in sorted({row["label"] for row in rows}):
            others = [row for row in rows if row["label"] == label and row[column] != fold]
            drawn = rng.permutation(len(others))[:each]
            kept += [{**others[at], "part": "train"} for at in drawn]
        table = inner.parent / f"{each} of each, fold {fold}, seed {seed}.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*kept[0]])
            writer.writeheader()
            writer.writerows(kept)
        found.append(table)
    return found


def train(tables: list[Path], name: str, sets: list[str], seed: int) -> None:
    """Train and test one variant with one seed, unless that is done."""
    out = tables[0].parent
    kept = out / f"{name}.{seed}.csv"
    if kept.exists():
        return
    wall, cpu = time.perf_counter(), time.process_time() + _children_s()
    done = [tonotope.run(one, sets=sets, seed=seed, out=out / "runs").predictions for one in tables]
    wall, cpu = time.perf_counter() - wall, time.process_time() + _children_s() - cpu
    kept.with_suffix(".json").write_text(json.dumps({"wall_s": wall, "cpu_s": cpu}))
    written = []
    for number, one in enumerate(done):
        one.write_csv(kept)
        written += kept.read_text(encoding="utf-8").splitlines(keepends=True)[number > 0 :]
    kept.write_text("".join(written), encoding="utf-8")
    right = np.concatenate([one.correct for one in done]).mean()
    print(f"{name}, seed {seed}: {right:.4f}, {wall:.0f} s", flush=True)


def outcome(out: Path, name: str) -> Outcome:
    """The mean of a variant's seeds."""
    correct, losses, minutes = [], [], []
    groups = np.empty(0)
    for path in sorted(out.glob(f"{name}.*.csv")):
        found = Predictions.read_csv(path)
        order = np.argsort(found.ids)
        own = found.scores[np.arange(len(order)), found.truth]
        correct.append(found.correct[order].astype(float))
        losses.append(-np.log(np.maximum(own, LOWEST))[order])
        groups = np.array(found.groups)[order]
        minutes.append(json.loads(path.with_suffix(".json").read_text())["cpu_s"] / 60)
    return Outcome(
        np.mean(correct, 0), np.mean(losses, 0), groups, float(np.mean(minutes)), len(correct)
    )


def interval(values: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of a mean, whole groups drawn."""
    _, unit = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(unit, values), np.bincount(unit)
    drawn = np.random.default_rng(0).integers(0, len(sums), (DRAWS, len(sums)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def lines(out: Path, first: str) -> list[str]:
    """The table, as Markdown."""
    names = sorted({path.name.rsplit(".", 2)[0] for path in out.glob("*.*.csv")})
    base = outcome(out, first)
    said = [
        "| choice | seeds | accuracy | difference | log loss | difference | cpu min |",
        "|---|--:|--:|---|--:|---|--:|",
    ]
    for name in [first, *(one for one in names if one != first)]:
        own = outcome(out, name)
        cells = [name, str(own.seeds)]
        for value, other in ((own.correct, base.correct), (own.loss, base.loss)):
            low, high = interval(value - other, own.groups)
            away = f"{(value - other).mean():+.3f} ({low:+.3f} to {high:+.3f})"
            cells += [f"{value.mean():.4f}", "" if name == first else away]
        said.append(f"| {' | '.join(cells)} | {own.minutes:.1f} |")
    return said


def _children_s() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Train what is missing, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("table", type=Path)
    asked.add_argument("variants", nargs="*", default=["as it is"])
    asked.add_argument("--fold", default="fold", help="'' where a column `part` says who tests")
    asked.add_argument("--group", default="")
    asked.add_argument("--without", default="", help="folds that are held out, with commas")
    asked.add_argument("--each", type=int, default=0, help="recordings of a class; 0: all")
    asked.add_argument("--seeds", default="0")
    given = asked.parse_intermixed_args()
    given.out.mkdir(parents=True, exist_ok=True)
    held_out = [one for one in given.without.split(",") if one]
    inner = inner_table(given.table, given.fold, held_out, given.out)
    usual = [f"data.fold={given.fold}"] * bool(given.fold and not given.each)
    usual += [f"data.group={given.group}"] * bool(given.group)
    variants = [one.partition(":")[::2] for one in given.variants]
    for seed in map(
        int, given.seeds.split(",")
    ):  # all variants of a seed first, so that an answer is early
        few = tables_of_few(inner, given.fold, given.each, seed) if given.each else [inner]
        for name, sets in variants:
            train(few, name.strip(), [*usual, *shlex.split(sets)], seed)
    print("\n".join(lines(given.out, variants[0][0].strip())))


if __name__ == "__main__":
    main()
