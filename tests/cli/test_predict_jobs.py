"""`tonotope predict --out DIR/`: parts, the journal, going on, shards, processes, and `merge`."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.cli.conftest import Ended, ran

import tonotope as tt
from tonotope.annotations import FORMATS
from tonotope.prediction import ensemble
from tonotope.prediction.job_lock import shard_locked
from tonotope.prediction.shard import Shard

OPTIONS = ("--windows", "--hop", 0.1)
MINE = {"job.json", "journal.jsonl", "events.page.html"}

# Kills its own process when something is done for the third time.
KILLED = """
import os, signal, sys
from pathlib import Path
from tonotope.cli.exit_status import status_of
from tonotope.prediction.journal import Journal
moment, times = sys.argv[1], 0
rename, append = Path.replace, Journal._append
def count():
    global times
    times += 1
    return times == 3
def kill():
    os.kill(os.getpid(), signal.SIGKILL)
def replaced(path, target):
    if moment == "before the part is there" and path.suffix == ".part" and count():
        kill()
    return rename(path, target)
def appended(self, line):
    if "file" in line and moment != "before the part is there" and count():
        if moment == "in the middle of a line":
            self._file.write(b'{"key": "mid/a'); self._file.flush()
        kill()
    append(self, line)
Path.replace, Journal._append = replaced, appended
sys.exit(status_of(sys.argv[2:]))
"""


@pytest.fixture
def tones(finished_once: Path, tmp_path: Path) -> Path:
    """Nine recordings in three folders, of 11 windows each."""
    for one in sorted((finished_once.parents[1] / "tones").glob("*/[abc]*")):
        (tmp_path / "tones" / one.parent.name).mkdir(parents=True, exist_ok=True)
        wave, rate = soundfile.read(one)
        soundfile.write(tmp_path / "tones" / one.parent.name / one.name, np.tile(wave, 3), rate)
    return tmp_path / "tones"


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table takes bfloat16 where that is faster; what is compared here is the rest."""
    monkeypatch.setattr(ensemble, "has_native_bfloat16", lambda: False)


def parts(folder: Path) -> dict[str, bytes]:
    """The parts of a job, by their names."""
    files = [one for one in folder.rglob("*") if one.is_file() and "/." not in str(one)]
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in files
            if one.name not in MINE and not one.name.startswith("journal-")}  # fmt: skip


def journal(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "journal.jsonl").read_text().splitlines()
    return [one for one in map(json.loads, lines) if "file" in one]


def job(run: Path, tones: Path, out: Path, *more: object) -> Ended:
    return ran("predict", run, tones, *OPTIONS, "--out", f"{out}/", *more)


@pytest.fixture
def whole(finished_once: Path, tones: Path, tmp_path: Path) -> Path:
    """A job that was never interrupted."""
    ended = job(finished_once, tones, tmp_path / "whole")
    assert (ended.status, ended.out) == (0, "")
    return tmp_path / "whole"


def test_each_recording_has_a_part_and_together_they_are_the_table(
    finished_once: Path, tones: Path, whole: Path
) -> None:
    names = {one.relative_to(tones).with_suffix(".csv").as_posix() for one in tones.glob("*/*")}
    assert {*parts(whole)} == names
    table = ran("predict", finished_once, tones, *OPTIONS).out
    head, *rows = table.splitlines(keepends=True)
    found = [one.decode().splitlines(keepends=True) for _, one in sorted(parts(whole).items())]
    assert {one[0] for one in found} == {head}
    assert sorted(row for one in found for row in one[1:]) == sorted(rows)
    assert [(one["rows"], one["heard_s"]) for one in journal(whole)] == [(11, 1.5)] * 9
    assert not [*whole.glob(".unfinished*")]


@pytest.mark.parametrize(
    "more",
    [["--jobs", 2], ["--jobs", 3, "--shard", "1/1"], ["--precision", "float32"]],
    ids=str,
)
def test_rows_are_the_same_for_any_number_of_processes(
    finished_once: Path, tones: Path, whole: Path, tmp_path: Path, more: list[object]
) -> None:
    assert job(finished_once, tones, tmp_path / "other", *more).status == 0
    assert parts(tmp_path / "other") == parts(whole)


def test_shards_partition_a_job_and_share_its_folder(
    finished_once: Path, tones: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    heard: list[set[str]] = []
    for number in (3, 1, 2):
        monkeypatch.setenv("TONOTOPE_THREADS", str(number))
        before = {*parts(other)} if other.exists() else set()
        assert job(finished_once, tones, other, "--shard", f"{number}/3").status == 0
        heard.append({*parts(other)} - before)
        unfinished = tt.read_predictions(other).unfinished
        assert bool(unfinished) == (len(heard) < 3)
    assert [len(one) for one in heard] == [3, 3, 3]
    assert parts(other) == parts(whole)
    # What another number of shards has heard is not heard again.
    ended = job(finished_once, tones, other)
    assert (ended.status, "9 of 9 recordings done before" in ended.err) == (0, True)


@pytest.mark.skipif(os.name != "posix", reason="kills")
@pytest.mark.parametrize(
    "moment", ["before the part is there", "before its line", "in the middle of a line"]
)
def test_a_job_that_was_killed_goes_on_to_the_same_bytes(
    finished_once: Path, tones: Path, whole: Path, tmp_path: Path, moment: str
) -> None:
    out = tmp_path / "killed"
    line = ["predict", finished_once, tones, *OPTIONS, "--out", f"{out}/"]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, moment, *map(str, line)], capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert len(parts(out)) == (2 if moment == "before the part is there" else 3)
    again = ran(*line)
    assert again.status == 0
    assert "2 of 9 recordings done before" in again.err
    assert ("cut short" in again.err) == (moment == "in the middle of a line")
    assert parts(out) == parts(whole)
    assert {one["file"] for one in journal(out)} == {str(one) for one in tones.glob("*/*")}
    assert not [*out.glob(".unfinished*")]


def test_a_torn_journal_is_no_traceback(finished_once: Path, tones: Path, whole: Path) -> None:
    path = whole / "journal.jsonl"
    before = parts(whole)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:4], b"\0" * 700 + b"\n", b'{"key": 3}\n', b"[1]\n",
                               b"[" * 90_000 + b"\n", lines[5], lines[6][:40]]))  # fmt: skip
    ended = job(finished_once, tones, whole)
    assert ended.status == 0
    assert "5 lines of the journal cut short" in ended.err
    assert "4 of 9 recordings done before" in ended.err
    assert parts(whole) == before
    assert job(finished_once, tones, whole).err.count("9 of 9 recordings done before") == 1


def test_other_settings_are_refused_by_name(
    finished_once: Path, tones: Path, whole: Path, tmp_path: Path
) -> None:
    before = parts(whole)
    line = ("predict", finished_once, tones)
    for more, told in (
        (["--windows", "--hop", 0.2], "hop_s = 0.1, now 0.2"),
        (["--hop", 0.1], "per = window, now recording"),
        ([*OPTIONS, "--to", "jsonl"], "to = csv, now jsonl"),
        ([*OPTIONS, "--precision", "bfloat16"], "precision = float32, now bfloat16"),
    ):
        ended = ran(*line, *more, "--out", whole)
        assert (ended.status, ended.out) == (2, "")
        assert f"this job was begun with other settings: {told}" in ended.err
        assert "name another folder with --out" in " ".join(ended.err.split())
    other = shutil.copytree(finished_once, tmp_path / "other")
    assert job(other, tones, whole).status == 0  # the same models elsewhere
    ended = ran("predict", finished_once, tones / "low", *OPTIONS, "--out", whole)
    assert (ended.status, "recordings = " in ended.err) == (2, True)
    assert parts(whole) == before


def test_other_weights_are_refused(
    finished_run: Path, tones: Path, whole: Path, tmp_path: Path
) -> None:
    [first, *_] = sorted(finished_run.glob("fold-*"))
    shutil.rmtree(first)
    shutil.copytree(sorted(finished_run.glob("fold-*"))[0], first)
    ended = job(finished_run, tones, whole)
    assert (ended.status, "other settings: weights = " in ended.err) == (2, True)


def test_a_recording_that_changed_is_heard_again_and_a_part_that_is_gone_is_made_again(
    finished_once: Path, tones: Path, whole: Path
) -> None:
    before = parts(whole)
    shutil.copy(tones / "high" / "bbb.ogg", tones / "high" / "aaa.ogg")
    (whole / "mid" / "ccc.csv").unlink()
    assert "the parts of 1 recording are gone" in tt.read_predictions(whole).unfinished[0]
    ended = job(finished_once, tones, whole)
    assert ended.status == 0
    assert f"changed since, and heard as it is now: {tones / 'high' / 'aaa.ogg'}" in ended.err
    assert "7 of 9 recordings done before" in ended.err
    after = parts(whole)
    assert {name for name in before if before[name] != after[name]} == {"high/aaa.csv"}
    rows = [row["high"] for row in tt.read_predictions(whole) if row["file"].endswith(".ogg")]
    assert rows[:11] == rows[11:22]


def test_what_cannot_be_heard_is_named_kept_and_tried_again_when_it_changes(
    finished_once: Path, tones: Path, tmp_path: Path
) -> None:
    low = tones / "low"
    (low / "empty.wav").write_bytes(b"")
    (low / "text.wav").write_text("no sound")
    (low / "short.wav").write_bytes((low / "aaa.wav").read_bytes()[:20])
    (low / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    out = tmp_path / "out"
    ended = job(finished_once, tones, out)
    assert ended.status == 1
    assert "left out" in ended.err
    found = tt.read_predictions(out)
    bad = [row for row in found if row["status"] != "ok"]
    assert {Path(row["file"]).name for row in bad} >= {"empty.wav", "text.wav", "short.wav"}
    assert all(row["label"] is None for row in bad)
    assert "(it begins “no sound”)" in next(r["status"] for r in bad if "text" in r["file"])
    again = job(finished_once, tones, out)
    assert again.status == 1
    assert "0 recordings heard now" in again.err
    assert "empty.wav" in again.err
    shutil.copy(low / "aaa.wav", low / "text.wav")
    third = job(finished_once, tones, out)
    assert (third.status, "1 recording heard now" in third.err) == (1, True)
    assert parts(out)["low/text.csv"].count(b"\n") == parts(out)["low/aaa.csv"].count(b"\n")


def test_events_go_into_a_folder_in_every_format(
    finished_once: Path, tones: Path, tmp_path: Path
) -> None:
    line = ("predict", finished_once, tones / "low", "--events", "--threshold", 0.2, "--to")
    formats = {*FORMATS} - ({"parquet"} if find_spec("pyarrow") is None else set())
    for to in sorted(formats):
        out = tmp_path / to
        assert ran(*line, to, "--out", f"{out}/").status == 0, to
        rows = [*tt.read_predictions(out)]
        assert {Path(row["file"]).name for row in rows} == {"aaa.wav", "bbb.wav", "ccc.wav"}, to
        assert {row["label"] for row in rows} <= {"low", "mid", "high"}
        assert len(parts(out)) == 3
        if to in ("audacity", "jsonl"):  # what lies beside the labels is none of them
            assert ran("score", out, out).err.count("journal") == 0


def test_a_job_of_events_ends_with_a_page_of_all_of_them(
    finished_once: Path, tones: Path, tmp_path: Path
) -> None:
    (tones / "mid" / "broken.wav").write_bytes(b"RIFF")
    soundfile.write(tones / "mid" / "silent.wav", np.zeros(16_000), 8000)
    asked = ("predict", finished_once, tones, "--events", "--threshold", 0.001, "--out")
    for shard in ("1/2", "2/2"):
        assert not (tmp_path / "job" / "events.page.html").exists()
        ended = ran(*asked, f"{tmp_path / 'job'}/", "--shard", shard)
    assert "the page of these events: " in ended.err
    page = (tmp_path / "job" / "events.page.html").read_text(encoding="utf-8")
    rows = [row for row in tt.read_predictions(tmp_path / "job") if row["label"]]
    kinds = len({row["label"] for row in rows})
    assert f"{len(rows)} events of {kinds} classes" in page
    assert "too short to be audio (4 bytes)" in page
    assert re.search(r"Digital silence</dt><dd><bdi>(1\.9|2)", page)
    ran(*asked, f"{tmp_path / 'without'}/", "--no-page")
    assert not (tmp_path / "without" / "events.page.html").exists()


def test_a_shard_is_heard_by_one_process(finished_once: Path, tones: Path, whole: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tonotope.prediction.job_lock import shard_locked\n"
        "from tonotope.prediction.shard import Shard\n"
        "with shard_locked(Path(sys.argv[1]), Shard(1, 2)): print('held', flush=True); input()\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(whole)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        ended = job(finished_once, tones, whole, "--shard", "1/2")
        assert (ended.status, f"process {holder.pid} hears shard 1/2" in ended.err) == (2, True)
        ended = job(finished_once, tones, whole)
        assert (ended.status, "1/1 would hear its recordings again" in ended.err) == (2, True)
        assert job(finished_once, tones, whole, "--shard", "2/2").status == 0
    finally:
        holder.communicate("\n")
    with shard_locked(whole, Shard(1, 2)):
        pass


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--jobs", 2], "--jobs needs a folder for the parts: add --out DIR/"),
        (["--shard", "1/2"], "--shard needs a folder"),
        (["--jobs", 2, "--out", "heard.csv"], "--out heard.csv is a file: add a slash"),
        (["--jobs", 0, "--out", "heard/"], "jobs = 0: a whole number from 1 to 1,024"),
        (["--precision", "half", "--out", "heard/"], "float32 or bfloat16 would fit"),
        (["--sounds", "x", "--out", "heard/"], "--sounds says nothing of a folder of parts"),
        *((["--shard", text, "--out", "heard/"], f"a shard of {text}:")
          for text in ("0/4", "5/4", "x", "1", "-1/4", "1/0", "1.5/4", "٣/٤", "1/9999999")),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_is_a_sentence(
    finished_once: Path, tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    more: list[object], told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    ended = ran("predict", finished_once, tones, *more)
    assert (ended.status, ended.out) == (2, "")
    assert told in " ".join(ended.err.split())
    assert {one.name for one in tmp_path.iterdir()} == {"tones"}


def test_a_file_of_somebody_else_is_not_replaced(
    finished_once: Path, tones: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "labels" / "aaa.txt"
    mine.parent.mkdir()
    mine.write_text("0\t1\tmine\n")
    line = ("predict", finished_once, tones / "low", "--events", "--to", "audacity")
    ended = ran(*line, "--out", mine.parent)
    assert (ended.status, "aaa.txt would be replaced" in ended.err) == (2, True)
    assert mine.read_text() == "0\t1\tmine\n"


def test_names_that_are_alike_have_parts_of_their_own(
    finished_once: Path, tones: Path, tmp_path: Path
) -> None:
    low = tones / "low"
    for name in ("journal.wav", "job.wav", "Aaa.wav", "aaa.mp3.wav"):
        shutil.copy(low / "bbb.wav", low / name)
    shutil.copy(tones / "high" / "aaa.ogg", low / "bbb.ogg")
    out = tmp_path / "out"
    assert ran("predict", finished_once, low, low, "--to", "jsonl", "--out", f"{out}/").status == 0
    rows = [*tt.read_predictions(out)]
    assert sorted(Path(row["file"]).name for row in rows) == sorted(os.listdir(low))  # noqa: PTH208
    names = {one.name for one in out.iterdir() if one.name[0] != "."} - MINE
    assert len({name.casefold() for name in names}) == len(os.listdir(low))  # noqa: PTH208
    assert {"journal.wav.jsonl", "bbb.wav.jsonl", "bbb.ogg.jsonl", "ccc.jsonl"} <= names


class TestMerge:
    def test_it_is_the_table_with_a_status(
        self, finished_once: Path, tones: Path, whole: Path, tmp_path: Path
    ) -> None:
        ended = ran("merge", whole)
        assert (ended.status, ended.err) == (0, "")
        table = ran("predict", finished_once, tones, *OPTIONS).out.splitlines()
        expected = [table[0] + ",status", *sorted(f"{row},ok" for row in table[1:])]
        assert [ended.out.splitlines()[0], *sorted(ended.out.splitlines()[1:])] == expected
        frame = tt.read_predictions(whole).to_dataframe()
        assert list(frame.columns) == [*table[0].split(","), "status"]
        assert len(frame) == 99
        assert frame["high"].dtype == float
        assert ran("merge", whole, "--to", "jsonl", "--out", tmp_path / "all.jsonl").status == 0
        assert len((tmp_path / "all.jsonl").read_text().splitlines()) == 99

    def test_a_part_that_was_damaged_is_named(self, whole: Path) -> None:
        path = whole / "mid" / "bbb.csv"
        path.write_text(path.read_text().rsplit("\n", 2)[0] + "\n")
        ended = ran("merge", whole)
        assert (ended.status, "bbb.csv: holds 10 rows and 11 were written" in ended.err) == (
            2,
            True,
        )

    def test_what_is_no_job_is_a_sentence(self, tones: Path, whole: Path) -> None:
        for folder in (tones, tones / "nowhere", tones / "low" / "aaa.wav"):
            ended = ran("merge", folder)
            assert (ended.status, ended.out) == (2, "")
            assert ended.err.startswith("tonotope: ")
        (whole / "job.json").write_text("[1]")
        assert "holds no settings of a job" in ran("merge", whole).err

    def test_status_is_told(self, finished_once: Path, tones: Path, tmp_path: Path) -> None:
        (tones / "low" / "text.wav").write_text("no sound")
        job(finished_once, tones, tmp_path / "out", "--shard", "2/3")
        ended = ran("merge", tmp_path / "out")
        assert ended.status == 1
        assert "shards that have not begun: 1/3, 3/3" in ended.err
        for number in (1, 3):
            job(finished_once, tones, tmp_path / "out", "--shard", f"{number}/3")
        ended = ran("merge", tmp_path / "out")
        assert (ended.status, "1 recording left out" in ended.err) == (1, True)
        rows = [*csv.DictReader(io.StringIO(ended.out))]
        assert [row["file"] for row in rows if row["status"] != "ok"] == [
            str(tones / "low" / "text.wav")
        ]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_stopped_job_keeps_what_is_finished_and_names_its_line(
    finished_once: Path, tones: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tonotope.prediction.journal import Journal

    write, written = Journal.write, []

    def stopping(self: Journal, entry: tt.Skipped) -> None:
        write(self, entry)  # type: ignore[arg-type]
        written.append(entry)
        if len(written) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    out = tmp_path / "stopped"
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "write", stopping)
        ended = job(finished_once, tones, out)
    assert ended.status == 130
    assert "what is finished stays" in ended.err
    assert "The same command goes on from there:  tonotope predict" in ended.err
    assert len(parts(out)) == 2
    assert job(finished_once, tones, out, "--jobs", 2).status == 0
    assert parts(out) == parts(whole)
