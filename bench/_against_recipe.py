r"""The choices of `tonotope run` beside the plain recipe, one after the other, at equal time.

    python -m bench._against_recipe OUT TABLE --sets "data.group=source" --column fold \
        --clip-s 5 --seeds 0,1,2 [--processor]

Each seed runs the command as a user does, with an empty cache, and then the recipe for as long as
that took, with reading, all folds together. With `--processor` the time is the processor's, for a
machine that does other work too. What was predicted is kept in `OUT`, so that a call continues
where it stopped. `--test test` judges by one part in place of every fold.

The columns: accuracy of both, the difference with a 95 % interval over groups (means over seeds),
balanced accuracies, and the minutes of one seed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bench._choices import interval
from tonotope.answers.classes import Predictions


def timed(command: list[str], cache: Path) -> tuple[float, float, str]:
    """Run a command with a cache of its own: seconds, the processor's seconds, what it printed."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env={**os.environ, "TONOTOPE_CACHE": str(cache)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - wall, cpu, done.stdout


def both(given: argparse.Namespace, seed: int) -> dict[str, float]:
    """Run both with one seed, unless that is done; their times."""
    kept = given.out / f"{seed}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    cache, runs = given.out / "cache", given.out / f"runs-{seed}"
    shutil.rmtree(cache, ignore_errors=True)
    sets = [part for one in shlex.split(given.sets) for part in ("--set", one)]
    command = ["tonotope", "run", str(given.table), *sets, "--seed", str(seed), "--out", str(runs)]
    wall, cpu, _ = timed(command, cache)
    minutes = (cpu if given.processor else wall) / 60
    recipe = ["bench._recipe", str(given.table), given.test, "--column", given.column]
    recipe += ["--minutes", str(minutes), "--clip-s", str(given.clip_s), "--seed", str(seed)]
    recipe += ["--out", str(given.out / f"recipe-{seed}.csv")] + ["--processor"] * given.processor
    recipe_wall, recipe_cpu, said = timed(recipe, cache)
    print(f"run: {wall:.0f} s ({cpu:.0f}); {said.strip()}, {recipe_wall:.0f} s", flush=True)
    times = {"wall_s": wall, "cpu_s": cpu, "recipe_wall_s": recipe_wall, "recipe_cpu_s": recipe_cpu}
    kept.write_text(json.dumps(times))
    return times


def right_of(given: argparse.Namespace, seed: int) -> tuple[np.ndarray, ...]:
    """`(recording,)`: whether each was named rightly by the run and by the recipe; group; class."""
    path = next(given.out.glob(f"runs-{seed}/*/predictions.csv"))
    own = Predictions.read_csv(path)
    with (given.out / f"recipe-{seed}.csv").open(encoding="utf-8", newline="") as file:
        found = {row["file"]: row["label"] == row["prediction"] for row in csv.DictReader(file)}
    order = np.argsort(own.ids)
    recipe = np.array([found[own.ids[at]] for at in order], float)
    return own.correct[order].astype(float), recipe, np.array(own.groups)[order], own.truth[order]


def main() -> None:
    """Run what is missing, and print the row of the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("table", type=Path)
    asked.add_argument("--sets", default="")
    asked.add_argument("--column", default="fold")
    asked.add_argument("--test", default="each")
    asked.add_argument("--clip-s", type=float, default=5.0)
    asked.add_argument("--seeds", default="0")
    asked.add_argument("--processor", action="store_true")
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    seeds = [int(one) for one in given.seeds.split(",")]
    times = [both(given, seed) for seed in seeds]
    each = [right_of(given, seed) for seed in seeds]
    own, recipe = (np.mean([one[at] for one in each], 0) for at in (0, 1))
    groups, truth = each[0][2:]
    low, high = interval(own - recipe, groups)
    balanced = [
        np.mean([right[truth == one].mean() for one in np.unique(truth)]) for right in (own, recipe)
    ]
    minutes = [np.mean([one[name] for one in times]) / 60 for name in ("wall_s", "cpu_s")]
    print(
        f"| {given.table.stem}, {len(own)} recordings, {len(seeds)} seeds | {own.mean():.4f} | "
        f"{recipe.mean():.4f} | {(own - recipe).mean():+.4f} ({low:+.4f} to {high:+.4f}) | "
        f"{balanced[0]:.4f}, {balanced[1]:.4f} | {minutes[0]:.1f} ({minutes[1]:.1f}) |"
    )


if __name__ == "__main__":
    main()
