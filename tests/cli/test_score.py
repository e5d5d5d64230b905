"""`tonotope score`: label files and folders of them; nothing that is left out or odd is unsaid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.cli.conftest import ran

import tonotope

HEAD = "file,start_s,end_s,label,score\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Three recordings labelled by hand as tracks, two without a call, and a network's table."""
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "dawn.txt").write_text("1.0\t2.0\towl\n5.0\t6.5\trail\n")
    (tmp_path / "labels" / "night.txt").write_text("")
    (tmp_path / "labels" / "still.txt").write_text("")
    (tmp_path / "found.csv").write_text(
        f"{HEAD}day/dawn.wav,1.1,2.1,owl,0.9\nday/dawn.wav,5.1,6.4,rail,0.8\n"
        "day/night.wav,3.0,4.0,owl,0.3\nday/noon.wav,3.0,4.0,wren,0.2\n"
    )
    return tmp_path


def test_a_table_for_a_person(place: Path) -> None:
    ended = ran("score", place / "found.csv", place / "labels")
    assert ended.status == 0
    first, heads, *lines = ended.out.splitlines()
    assert first.startswith("By events: found where the beginning is within 0.2 s, and the end")
    assert heads.split()[:6] == ["class", "true", "predicted", "precision", "recall", "F1"]
    cells = {line.split("  ")[0]: line.split() for line in lines[: lines.index("")]}
    assert cells["owl"][1:6] == ["1", "2", "0.500", "1.000", "0.667"]
    assert cells["all (micro)"][-8:-5] == ["4", "0.500", "1.000"]
    for said in (
        "Taken for the same recording: day/dawn.wav = dawn, day/night.wav = night.",
        "Recordings that only the prediction has; every event there counts as made up (leave",
        "Predicted labels that are never in the truth",
        "The intervals are rough: they rest on 4 recordings only.",
        "night.txt, still.txt: it holds no labels",
    ):
        assert said in " ".join(ended.err.split()), said


def test_json_for_a_machine(place: Path) -> None:
    ended = ran("score", place / "found.csv", place / "labels", "--json", "--segment=0.5")
    found = json.loads(ended.out)
    assert found["recordings"] == 4
    assert found["plan"]["segment_s"] == 0.5
    assert found["by_event"]["micro"]["precision"]["value"] == 0.5
    assert [one["name"] for one in found["by_event"]["classes"]] == ["owl", "rail", "wren"]


def test_collars(place: Path) -> None:
    def hits(*more: str) -> int:
        ended = ran("score", place / "found.csv", place / "labels", "--json", *more)
        return json.loads(ended.out)["by_event"]["micro"]["hits"]

    assert hits() == 2
    assert hits("--collar=0.05") == 0
    (place / "labels" / "dawn.txt").write_text("1.0\t9.0\towl\n")
    assert hits("--offset-share=0.1") == 0
    assert hits("--offset-share=0.1", "--onset-only") == 1


def test_events_beyond_the_end_of_the_recording_are_named(place: Path) -> None:
    soundfile.write(place / "labels" / "dawn.wav", np.zeros(8000 * 6), 8000)
    ended = ran("score", place / "found.csv", place / "labels")
    said = " ".join(ended.err.split())
    assert (
        "Beyond the end of the recording, and judged all the same: 1 event of the truth, dawn "
        "(6.5 s of 6 s)." in said
    )


def test_lines_that_are_no_events_are_named(place: Path) -> None:
    with (place / "found.csv").open("a") as file:
        file.write("day/dawn.wav,8.0,7.0,owl,0.9\nday/dawn.wav,x,7.0,owl,0.9\n")
    ended = ran("score", place / "found.csv", place / "labels")
    assert ended.status == 1
    assert "(row 6): ends at 7 s, before it begins at 8 s" in ended.err
    assert "(row 7): its start time `x` is no number" in ended.err


def test_a_recording_that_only_the_truth_has_counts_as_missed(place: Path) -> None:
    (place / "labels" / "dusk.txt").write_text("1.0\t2.0\towl\n")
    ended = ran("score", place / "found.csv", place / "labels", "--json")
    found = json.loads(ended.out)
    assert found["by_event"]["micro"]["recall"]["value"] == pytest.approx(2 / 3)
    assert any("every event there counts as missed: dusk." in one for one in found["notes"])


@pytest.mark.parametrize("name", ["nothing.csv", "empty"])
def test_nothing_to_read_is_one_sentence(place: Path, name: str) -> None:
    (place / "empty").mkdir()
    ended = ran("score", place / name, place / "labels")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("tonotope: ")


def test_in_spanish_nothing_stays_english(place: Path) -> None:
    import re

    (place / "labels" / "dusk.txt").write_text("1.0\t2.0\tstint\n")
    for more in ((), ("--onset-only",), ("--offset-share=0",)):
        ended = ran("score", place / "found.csv", place / "labels", "--lang=es", *more)
        assert ended.status == 0
        assert "todo (micro)" in ended.out
        assert not re.search(r"\d\.\d", re.sub(r"\S+\.wav", "", ended.out))
        words = r"\b(the|of|is|within|found|true|predicted|rate|labels|recordings|only)\b"
        assert not re.search(words, ended.out + ended.err, re.IGNORECASE), ended


def test_label_files_of_other_programs_are_judged_and_what_is_none_is_named(place: Path) -> None:
    events = tonotope.read_events(place / "found.csv").events
    out = place / "other"
    out.mkdir()
    for format, ending in (("raven", ".Table.1.selections.txt"), ("srt", ".srt")):
        own = [one for one in events if one.file == "day/dawn.wav"]
        tonotope.write_events(own, out / f"dawn{ending}", format)
        ended = ran("score", out, place / "labels", "--json")
        assert ended.status == 0
        assert json.loads(ended.out)["by_event"]["micro"]["true"] > 0
        (out / f"dawn{ending}").unlink()
    tonotope.write_events(own, out / "dawn.txt", "audacity")
    (out / "dawn.txt.settings.json").write_text("{}")  # of `predict --events`: no label file
    (out / "README.txt").write_text("Recorded in May.\n")
    ended = ran("score", out, place / "labels")
    assert ended.status == 1
    assert "README.txt" in ended.err
    assert "settings" not in ended.err
