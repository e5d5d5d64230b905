"""The short form; `python -m tests.reliability.mutated_run_folder` runs the long one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.reliability import mutated_run_folder as mutation

from tonotope._errors import DataError


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A finished run, and a recording."""
    return mutation.finished(tmp_path_factory.mktemp("mutation"))


def test_changed_run_folders_are_used_or_the_file_is_named(whole: tuple[Path, Path]) -> None:
    found = mutation.try_all(120, 7, *whole)
    assert set(found) == {"went on", "named"}
    assert min(found.values()) > 20


def test_every_entry_of_the_evaluation_that_is_lost_or_odd_is_named(
    whole: tuple[Path, Path],
) -> None:
    """All places, not a draw of them: the report must never meet what it cannot use."""
    from tonotope.evaluation.result import Evaluation
    from tonotope.experiment.json_files import read_json

    path = whole[0] / "evaluation.json"
    content = read_json(path)
    spared = {"mean_over_folds", "verdict"}  # computed from the rest
    refused = 0
    for *steps, key in [one for one in mutation.places(content) if one[0] not in spared]:
        for odd in ({"a": 1}, [[[]]], "\0" if key == "n" else {}, float("nan")):
            changed = read_json(path)
            table = changed
            for step in steps:
                table = table[step]
            if odd == {} and key == "metrics":
                continue  # no figure beside the first: nothing is missing
            table[key] = odd
            with pytest.raises(DataError) as error:
                Evaluation.from_json(changed, path)
            assert str(error.value).startswith(f"{path}: cannot be read as an evaluation (`")
            assert str(steps[0] if steps else key) in str(error.value)
            refused += 1
    assert refused > 300


def test_a_line_of_the_experiment_that_is_lost_is_named(
    whole: tuple[Path, Path],
) -> None:
    path = whole[0] / "experiment.toml"
    before = path.read_bytes()
    lines = before.decode().splitlines()
    try:
        lost = [at for at, line in enumerate(lines) if at % 5 == 0 or line.startswith("clip_s")]
        for at in lost:
            path.write_text("\n".join([*lines[:at], *lines[at + 1 :]]))
            report = mutation.commands(whole[0], whole[0], whole[1])["report"]
            assert mutation.outcome(report, path.name) in {"went on", "named"}, lines[at]
    finally:
        path.write_bytes(before)


def test_a_raw_error_and_a_sentence_without_the_file_would_be_seen() -> None:
    def raises(error: Exception) -> None:
        raise error

    assert mutation.outcome(lambda: raises(KeyError("n")), "split.csv").startswith("raw error")
    assert mutation.outcome(lambda: raises(DataError("broken")), "split.csv").startswith("unnamed")
    assert mutation.outcome(lambda: raises(DataError("a/split.csv: x")), "split.csv") == "named"


@pytest.mark.parametrize("name", mutation.FILES)
def test_a_mutation_changes_the_file(name: str, whole: tuple[Path, Path]) -> None:
    path = whole[0] / name
    data = path.read_bytes() if path.is_file() else b""
    draw = random.Random(3)
    assert sum(mutation.mutated(name, data, draw) != data for _ in range(40)) > 25
