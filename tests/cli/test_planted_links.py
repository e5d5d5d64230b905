"""Links planted in a run folder or a cache: nothing outside them is ever written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import OPTIONS, ran

PRECIOUS = "what the user wrote"
# A model that is lost is written again from its checkpoint, and all that follows from it.
LOST = ("evaluation.json", "fold-1/model.json", "fold-1/model.safetensors")


def test_every_file_of_a_run_and_of_the_cache_as_a_link(
    tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    monkeypatch.setenv("TONOTOPE_CACHE", str(cache))
    monkeypatch.chdir(tones.parent)
    run = Path(ran("run", "tones", *OPTIONS).out.strip()).parent
    answers = (run / "predictions.csv").read_text()
    files = [path for path in (*run.rglob("*"), *cache.rglob("*")) if path.is_file()]
    targets: dict[Path, int] = {}
    for number, path in enumerate(one for one in files if one.name != ".lock"):
        target = elsewhere / f"{number}"
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
        path.symlink_to(target)
        targets[target] = target.stat().st_mtime_ns
    lost = [(run / name).readlink() for name in LOST]
    for target in lost:
        target.unlink()
        del targets[target]
    (run / "fold-1/.writing-1-0").symlink_to(elsewhere / "new")
    assert ran("run", "tones", *OPTIONS).status == 0
    assert ran("report", run).status == 0
    assert len(targets) > 30
    assert {target: target.stat().st_mtime_ns for target in targets} == targets
    assert {*elsewhere.iterdir()} == {*targets}
    written = [run / name for name in (*LOST, "predictions.csv", "environment.json", "report.html")]
    assert not any(path.is_symlink() for path in written)
    assert (run / "predictions.csv").read_text() == answers


@pytest.mark.parametrize("name", ["fold-1", "fold-2", "sounds", "fold-1/sounds"])
def test_a_folder_that_is_a_link_is_refused(
    finished_run: Path, finished_once: Path, tmp_path: Path, name: str
) -> None:
    """A model of the user's own would be replaced by that of the fold."""
    (finished_run / "evaluation.json").unlink()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "model.json").write_text(PRECIOUS)
    shutil.rmtree(finished_run / name, ignore_errors=True)
    (finished_run / name).symlink_to(mine)
    tones = finished_once.parents[1] / "tones"
    ended = ran("run", tones, *OPTIONS, "--out", finished_run.parent)
    assert (ended.status, ended.out) == (2, "")
    assert f"{finished_run / name}: is a link to another folder" in ended.err
    assert [path.name for path in mine.iterdir()] == ["model.json"]
    assert (mine / "model.json").read_text() == PRECIOUS
