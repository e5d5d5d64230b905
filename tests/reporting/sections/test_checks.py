from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope.datasets.manifest import Skipped
from tonotope.experiment.run_folder import load
from tonotope.reporting.i18n import Words
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections import checks
from tonotope.reporting.sections.representation import RepresentationFacts
from tonotope.reporting.sections.verdict import check_sentences, verdict
from tonotope.representation import Magnitude


def _checks(folder: Path) -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in gather(load(folder))["checks"]}


def _change(path: Path, row: str, column: str, value: str) -> None:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for one in rows:
        if one["id"] == row:
            one[column] = value
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_clean_run_passes(make_run: Callable[..., Path]) -> None:
    found = _checks(make_run(each=30, right=1.0, audio=False))
    del found["calibration"]
    assert sorted(found) == ["classes", "coverage", "files", "groups", "read", "sureness"]
    assert {one["state"] for one in found.values()} == {"good"}
    assert found["groups"]["groups"] == 45


def test_a_group_on_two_sides_is_found(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12, audio=False)
    _change(folder / "manifest.csv", "bell/011.wav", "group", "g0-0")  # train now, g0-0 is tested
    found = _checks(folder)["groups"]
    assert (found["form"], found["n"], found["names"]) == ("shared", 1, "g0-0")


def test_recordings_without_groups_are_a_doubt(make_run: Callable[..., Path]) -> None:
    found = _checks(make_run(each=12, per_group=1, audio=False))["groups"]
    assert (found["state"], found["form"]) == ("bad", "alone")


def test_a_column_may_name_a_group_for_each_recording(make_run: Callable[..., Path]) -> None:
    number = itertools.count(1)
    player = lambda _: f"player {next(number)}"  # noqa: E731
    folder = make_run(each=6, per_group=1, groups=player, audio=False)
    found = _checks(folder)["groups"]
    assert (found["state"], found["form"], found["n"]) == ("good", "named", 18)
    [said] = [
        str(one["text"])
        for one in check_sentences(gather(load(folder)), Words("en"))
        if "one recording each" in str(one["text"])
    ]
    assert said == "18 groups, one recording each"
    assert _checks(folder)["sureness"]["form"] != "recordings"
    _change(folder / "manifest.csv", "bell/004.wav", "group", "bell/004.wav")  # an empty cell
    found = _checks(folder)["groups"]
    assert (found["state"], found["form"], found["n"]) == ("bad", "some", 1)


def test_files_as_groups_where_the_user_asks_for_them(make_run: Callable[..., Path]) -> None:
    note = 'each file is its own group, as asked (group = "file")'
    folder = make_run(each=6, per_group=1, audio=False, environment={"notes": [note]})
    found = _checks(folder)["groups"]
    assert (found["state"], found["form"]) == ("open", "asked")


def test_copies_that_share_a_group_make_no_groups_known(make_run: Callable[..., Path]) -> None:
    """Equal sounds are kept together in any case; nobody said what else belongs together."""
    folder = make_run(each=12, per_group=1, audio=False)
    manifest = {one.id: one for one in load(folder).manifest.recordings}
    first = manifest["bell/000.wav"]
    _change(folder / "manifest.csv", "bell/001.wav", "group", first.group)
    assert _checks(folder)["groups"]["form"] != "alone"
    _change(folder / "manifest.csv", "bell/001.wav", "sha256", first.sha256)
    assert _checks(folder)["groups"]["form"] == "alone"


@pytest.mark.parametrize(("each", "form"), [(40, "recordings"), (3, "few-recordings")])
def test_recordings_without_groups_are_never_counted_as_groups(
    make_run: Callable[..., Path], each: int, form: str
) -> None:
    found = _checks(make_run(each=each, per_group=1, audio=False))
    assert found["groups"]["form"] == "alone"
    assert found["sureness"]["form"] == form
    for words in (Words("en"), Words("es")):
        facts = {key: found["sureness"][key] for key in ("n", "recordings")}
        said = words.say(f"check.sureness.{form}", **facts)
        assert "groups" not in said
        assert "grupos" not in said
        assert str(found["sureness"]["recordings"]) in said


def test_the_same_file_in_two_parts_is_found(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12, audio=False)
    manifest = {one.id: one for one in load(folder).manifest.recordings}
    same = manifest["bell/000.wav"].sha256
    _change(folder / "manifest.csv", "bell/011.wav", "sha256", same)
    found = _checks(folder)["files"]
    assert (found["form"], found["n"]) == ("shared", 1)
    assert found["names"] == "bell/000.wav, bell/011.wav"


def test_the_same_file_twice_in_one_part_is_told_apart(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12, audio=False)
    manifest = {one.id: one for one in load(folder).manifest.recordings}
    _change(folder / "manifest.csv", "bell/001.wav", "sha256", manifest["bell/000.wav"].sha256)
    found = _checks(folder)["files"]
    assert (found["form"], found["names"]) == ("twice", "bell/000.wav, bell/001.wav")
    _change(folder / "manifest.csv", "bell/002.wav", "sha256", manifest["bell/000.wav"].sha256)
    found = _checks(folder)["files"]
    assert (found["n"], found["names"]) == (1, "bell/000.wav (×3)")
    for number, start_s in ((1, "7.5"), (2, "9")):  # events of one file
        _change(folder / "manifest.csv", f"bell/00{number}.wav", "start_s", start_s)
    assert _checks(folder)["files"]["form"] == "good"


def test_what_was_left_out_is_named(make_run: Callable[..., Path]) -> None:
    skipped = [Skipped("bell/000.wav", None, "truncated"), Skipped("new.wav", 7, "empty")]
    found = _checks(make_run(each=12, audio=False, skipped=skipped))["read"]
    assert (found["read"], found["of"], found["n"]) == (35, 37, 2)
    assert found["names"] == "bell/000.wav, new.wav"


def test_an_empty_cell_is_no_input_that_could_not_be_used(make_run: Callable[..., Path]) -> None:
    skipped = [Skipped(f"new{n}.wav", n, "has no label") for n in range(4)]
    skipped += [
        Skipped("nan.wav", 7, "has no label (`NaN`)"),
        Skipped("other.wav", 8, "has no marks"),
    ]
    found = _checks(make_run(each=12, audio=False, skipped=skipped))
    assert (found["read"]["state"], found["read"]["read"], found["read"]["of"]) == ("good", 36, 36)
    assert (found["told"]["state"], found["told"]["n"]) == ("good", 6)
    torn = Skipped("torn.wav", 9, "text, not sound")
    found = _checks(make_run(under="b", each=12, audio=False, skipped=[*skipped, torn]))
    assert (found["read"]["state"], found["read"]["read"], found["read"]["of"]) == ("bad", 36, 37)
    assert found["read"]["names"] == "torn.wav"
    assert found["told"]["n"] == 6


def test_the_names_of_a_check_are_cut_in_the_middle(make_run: Callable[..., Path]) -> None:
    folder = "Meine Aufnahmen 2024/Großtöne der Übungsorgel im Münster, linkes Seitenschiff/"
    skipped = [Skipped(f"{folder}Nr. {n}.wav", n, "text, not sound") for n in range(1, 9)]
    names = _checks(make_run(each=12, audio=False, skipped=skipped))["read"]["names"]
    first, second, third = names.removesuffix(" …").split(", Meine ")
    assert [one[-9:] for one in (first, second, third)] == [f"Nr. {n}.wav" for n in (1, 2, 3)]
    assert len(names) < 3 * 40
    assert "…" in first


@pytest.mark.parametrize(
    ("window_s", "hop_s", "state"), [(0.1, 0.06, "good"), (0.1, 0.1, "good"), (0.064, 0.072, "bad")]
)
def test_frames_that_miss_the_sound(
    make_run: Callable[..., Path], window_s: float, hop_s: float, state: str
) -> None:
    """Between two frames; what is left at the end of a clip is less than a window."""
    representation = Magnitude(rate_hz=8000, window_s=window_s, hop_s=hop_s)
    run = make_run(audio=False, representation=representation)
    found = _checks(run)["coverage"]
    section = RepresentationFacts()
    shown = {"shown": section.gather(load(run), {})}
    assert (found["state"], found["share"]) == (state, shown["shown"]["coverage"])
    assert found["share"] < 0.98 or window_s == hop_s
    warnings = section.render(shown, Words("en"), {})["warnings"]
    assert any("leaves gaps" in str(one) for one in warnings) == (state == "bad")


def test_few_groups_make_a_rough_interval(make_run: Callable[..., Path]) -> None:
    assert _checks(make_run(each=6, audio=False))["sureness"]["form"] == "few"
    alone = make_run(under="one", each=6, groups=lambda _: "all", audio=False)
    assert _checks(alone)["sureness"]["form"] == "one"


def test_scores_are_held_against_what_was_right(make_run: Callable[..., Path]) -> None:
    found = _checks(make_run(each=30, right=0.5, audio=False))["calibration"]
    run = load(make_run(under="again", each=30, right=0.5, audio=False))
    mean = float(run.predictions.scores.max(axis=1).mean())
    assert found["gap"] == pytest.approx(mean - run.predictions.correct.mean(), abs=1e-5)
    assert (found["state"], found["form"]) == ("bad", "high")
    assert found["low"] > 0.05


def test_few_groups_cannot_tell_whether_scores_come_true(make_run: Callable[..., Path]) -> None:
    """A large gap in 3 groups and in 1: no red tile, and what would tell."""
    for under, groups, said in (
        ("three", lambda index: f"g{index % 3}", "3 test groups cannot tell; more groups in"),
        ("one", lambda _: "all", "1 test group cannot tell; more groups in validation and test"),
    ):
        folder = make_run(under=under, each=12, right=0.75, groups=groups, audio=False)
        found = _checks(folder)["calibration"]
        assert (found["state"], found["form"]) == ("open", "few")
        assert abs(found["gap"]) > 0.05
        assert said in check_sentences({"checks": [found]}, Words("en"))[0]["text"]


def test_rows_left_out_of_a_file_that_is_used_are_counted(make_run: Callable[..., Path]) -> None:
    """Of 36 events one is the second half of a file; four rows could not be used."""
    folder = make_run(each=12, audio=False, skipped=[
        Skipped("bell/000.wav@3-4", 40, "ends before its start"),  # the names of events have times
        Skipped("long.wav", 41, "starts at 500 s, but the sound lasts 240.00 s"),
        Skipped("long.wav", 42, "ends at 4 s, not after its start at 5 s"),
        Skipped("missing.wav", 43, "no such file"),
        Skipped("long.wav", 44, "has no label"),
        Skipped("long.wav", 45, "has no label"),
    ])  # fmt: skip
    _change(folder / "manifest.csv", "bell/001.wav", "start_s", "0.25")
    found = _checks(folder)
    said = [one["text"] for one in check_sentences({"checks": [found["read"], found["told"]]},
            Words("en"))]  # fmt: skip
    assert said == [
        "36 of 40 events used; 4 left out, of bell/000.wav@3-4, long.wav, missing.wav",
        "2 more events have no target: their cells are empty",
    ]


def test_more_than_three_names_are_counted(make_run: Callable[..., Path]) -> None:
    names = [f"Especie número {n:02}, con un nombre largo del noroeste" for n in range(30)]
    found = _checks(make_run(classes=names, each=9, right=0.0, audio=False))["classes"]
    assert (found["form"], found["n"], found["more"]) == ("unnamed", 29, 26)
    [said] = check_sentences({"checks": [found]}, Words("en"))
    assert said["text"].startswith("29 classes were never predicted: Especie número 01")
    assert said["text"].count("Especie número 0") == 3
    assert said["text"].endswith(" and 26 more")
    assert len(said["text"]) < 200


def test_a_class_that_was_never_named_is_found(make_run: Callable[..., Path]) -> None:
    found = _checks(make_run(each=12, right=0.0, audio=False))["classes"]
    assert (found["form"], found["n"]) == ("unnamed", 2)  # all were called the first


def test_a_class_that_was_never_taught_is_found(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12, audio=False)
    split = (folder / "split.csv").read_text().splitlines()
    kept = [line for line in split if not ("drum" in line and ",train" in line)]
    (folder / "split.csv").write_text("\n".join(kept) + "\n")
    found = _checks(folder)["classes"]
    assert (found["form"], found["names"]) == ("strange", "drum")


def test_a_class_without_a_test_recording_is_found(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12, audio=False)
    rows = (folder / "predictions.csv").read_text().splitlines()
    kept = [row for row in rows if not row.startswith("drum")]
    (folder / "predictions.csv").write_text("\n".join(kept) + "\n")
    found = _checks(folder)["classes"]
    assert (found["form"], found["names"]) == ("untested", "drum")


def test_doubts_of_the_run_are_counted(make_run: Callable[..., Path]) -> None:
    folder = make_run(audio=False, environment={"warnings": ["a", "b"]})
    assert _checks(folder)["doubts"]["n"] == 2


def test_what_deserves_a_look_comes_first(make_run: Callable[..., Path]) -> None:
    found = _checks(make_run(audio=False, per_group=1)).values()
    states = [one["state"] for one in found]
    assert set(states) == {"good", "open", "bad"}
    assert states == sorted(states, key=["bad", "open", "good"].index)


def _of_one_class(folder: Path) -> Path:
    rows = (folder / "predictions.csv").read_text().splitlines()
    kept = [row for row in rows if not row.startswith(("drum", "flute"))]
    (folder / "predictions.csv").write_text("\n".join(kept) + "\n")
    return folder


def test_a_test_of_one_class_alone_gets_no_verdict(make_run: Callable[..., Path]) -> None:
    report = gather(load(_of_one_class(make_run(each=30, right=0.2, audio=False))))
    assert (report["verdict"], report["score"]["only_class"]) == ("only", "bell")
    said = verdict(report, Words("en"))
    assert said["second"] == (
        "Only bell was tested: a score of one class says nothing of the others, so it is not "
        "compared."
    )
    assert "; only bell was tested, which is no test of the other classes." in said["lede"]
    assert said["difference"] == ""
    found = {one["key"]: one for one in report["checks"]}
    assert (found["calibration"]["state"], found["classes"]["state"]) == ("open", "bad")
    texts = [one["text"] for one in check_sentences(report, Words("en"))]
    assert "whether scores come true, a test of bell alone cannot tell" in texts


def test_the_tile_of_one_of_several_tasks_names_it(make_run: Callable[..., Path]) -> None:
    """Whichever task it is, the first or another, and by the same rule."""
    run = load(make_run(each=30, audio=False))
    report = gather(run)
    tight = {"value": 0.01, "low": -0.04, "high": 0.05}
    wide = {"value": 0.01, "low": -0.06, "high": 0.05}
    report["tasks"] = [
        {**report, "task": name, "score": {**report["score"], "gap": gap}}
        for name, gap in (("register", wide), ("player", tight))
    ]
    report["checks"] = checks.check(run, report)
    states = {one["task"]: one["state"] for one in report["checks"] if one["key"] == "calibration"}
    assert states == {"register": "open", "player": "good"}
    for lang, start in (("en", "register: whether"), ("es", "register: no está claro")):
        texts = [one["text"] for one in check_sentences(report, Words(lang))]
        assert sum(one.startswith(start) for one in texts) == 1
