from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope.datasets.manifest import Skipped
from tonotope.experiment.run_folder import load
from tonotope.reporting.i18n import Words
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections.leaks import leaks
from tonotope.reporting.sections.model import Layers
from tonotope.reporting.sections.representation import RepresentationFacts
from tonotope.reporting.sections.skipped import Skipped as SkippedSection
from tonotope.reporting.sections.split import SplitTables
from tonotope.reporting.sections.verdict import verdict
from tonotope.representation import LogMel

WORDS = Words("en")


@pytest.fixture
def report(make_run: Callable[..., Path]) -> Callable[..., dict[str, Any]]:
    def build(**changes: Any) -> dict[str, Any]:
        return gather(load(make_run(audio=False, **changes)))

    return build


def test_many_folds_are_told_in_one_sentence(report: Callable[..., Any]) -> None:
    rule = "folds of whole groups, stratified by `label`, seed 0: train 16 recordings in 8 groups"
    notes = ["groups are given"]
    notes += [f"fold {name} of 3 is the test part; {rule}" for name in (1, 2, 3)]
    found = report(folds=3, each=8, environment={"notes": [*notes, "more"]})["notes"]
    assert found == [
        "groups are given",
        "3 folds of whole groups, stratified by `label`, seed 0: test parts of 6 to 12 recordings "
        "in 3 to 6 groups",
        "more",
    ]
    assert (
        report(folds=3, each=8, under="b", environment={"notes": notes[:2]})["notes"] == notes[:2]
    )


def test_parts_are_counted_and_empty_ones_left_out(report: Callable[..., Any]) -> None:
    rendered = SplitTables().render(report(each=9, validation=False), WORDS, {})
    assert [row[:3] for row in rendered["parts"]["rows"]] == [
        ["training", "21", "12"],
        ["test", "6", "3"],
    ]
    assert rendered["classes"]["rows"][0] == ["bell", "7", "2", "9"]
    assert rendered["classes"]["heads"] == ["class", "training", "test", "total"]


def test_folds_get_a_row_each(report: Callable[..., Any]) -> None:
    rendered = SplitTables().render(report(each=12, folds=3), WORDS, {})
    assert rendered["parts"]["rows"][0] == [
        "1",
        "24 from 12 groups",
        "12 from 6 groups",
        "6\u00a0s",
    ]
    assert rendered["classes"]["rows"][0] == ["bell", "4", "4", "4", "12"]


@pytest.mark.parametrize("folds", [1, 3])
def test_where_no_groups_are_known_none_are_counted(report: Callable[..., Any], folds: int) -> None:
    more = {"folds": folds} if folds > 1 else {}
    known = report(each=12, per_group=1, **more)
    rendered = SplitTables().render(known, WORDS, {})
    said = str(rendered["about"]), *map(str, rendered["parts"]["heads"])
    given = "The data say which part each recording belongs to; no groups are known."
    alone = "Recordings were assigned one by one, because no groups are known."
    assert said[0] == (given if folds > 1 else alone)  # these folds are of the table
    assert "groups" not in said[1:]
    assert len({len(row) for row in rendered["parts"]["rows"]} | {len(said) - 1}) == 1
    assert rendered["parts"]["rows"][0][1] == "24" if folds > 1 else "recordings" in said
    lede = str(verdict(known, WORDS)["lede"])
    assert "never heard its group" not in lede
    reserve = "whether it heard the same speaker or place" if folds > 1 else "Whether the network"
    assert reserve in lede
    [tile] = [one for one in known["checks"] if one["key"] == "sureness"]
    facts = {"recordings": tile["recordings"], "n": tile["n"]}
    assert "group" not in WORDS.say(f"check.sureness.{tile['form']}", **facts)


def test_where_groups_are_known_a_network_never_heard_the_group(report: Callable[..., Any]) -> None:
    lede = str(verdict(report(each=12, folds=3), WORDS)["lede"])
    assert lede.endswith("by a network that never heard its group.")
    assert "Whether" not in str(verdict(report(under="b", each=12), WORDS)["lede"])


def test_named_groups_of_one_recording_are_groups(report: Callable[..., Any]) -> None:
    number = itertools.count(1)
    named = {"per_group": 1, "groups": lambda _: f"player {next(number)}"}
    known = report(each=4, **named)
    about = str(SplitTables().render(known, WORDS, {})["about"])
    assert about == "Each group was kept whole: none lies in two parts."
    assert "speakers or places" not in str(verdict(known, WORDS)["lede"])
    known = report(each=12, folds=3, under="b", **named)
    about = str(SplitTables().render(known, WORDS, {})["about"])
    assert about.startswith("The data say which part each recording belongs to, and no group")
    assert str(verdict(known, WORDS)["lede"]).endswith("by a network that never heard its group.")


@pytest.mark.parametrize("folds", [0, 3])
def test_groups_that_were_found_and_not_used_are_not_unknown(
    report: Callable[..., Any], folds: int
) -> None:
    note = "no group is given or can be read from the names: each file is its own; groups from "
    note += "the folders below the classes were not used: `owl` would be one group alone"
    known = report(each=12, per_group=1, folds=folds, environment={"notes": [note]})
    [tile] = [one for one in known["checks"] if one["key"] == "groups"]
    assert (tile["state"], tile["form"]) == ("bad", "unused")
    lede = str(verdict(known, WORDS)["lede"])
    assert "may have heard the same speaker" in lede
    assert "not known" not in lede


def test_leaks_are_counted_or_so_by_construction(report: Callable[..., Any]) -> None:
    texts = [str(one["text"]) for one in leaks(report(each=30), WORDS)]
    assert texts[0] == "None of 45 groups lies in two parts."
    assert any("was chosen on validation" in one for one in texts)
    unwatched = leaks(report(under="b", validation=False, baselines=False), WORDS)
    texts = [str(one["text"]) for one in unwatched]
    assert any("the last one was kept" in one for one in texts)
    assert not any("baselines" in one for one in texts)


def test_a_leak_is_said_as_a_leak(report: Callable[..., Any]) -> None:
    rendered = report()
    leak = {"key": "groups", "state": "bad", "form": "shared", "n": 1, "groups": 9, "names": "s7"}
    rendered["checks"] = [leak]
    first = leaks(rendered, WORDS)[0]
    assert first == {"state": "bad", "text": "1 of 9 groups lies in two parts: s7."}
    rendered["checks"] = [{**leak, "form": "alone"}]
    assert str(leaks(rendered, WORDS)[0]["text"]).startswith("No groups are known: each of 9 ")


def _texts(rows: list[list[Any]]) -> list[list[str]]:
    """The cells without their tags."""
    return [[re.sub(r"<[^>]+>", "", str(cell)) for cell in row] for row in rows]


def test_what_was_left_out_is_listed_up_to_a_point(report: Callable[..., Any]) -> None:
    rendered = SkippedSection().render(report(skipped=[Skipped("a.wav", None, "empty")]), WORDS, {})
    assert _texts(rendered["files"]["rows"]) == [
        ["a.wav", "empty"]
    ]  # no column of rows without a table
    assert rendered["more"] == ""
    many = [Skipped(f"{n}.wav", n, "empty" + "!" * (n - 1)) for n in range(1, 61)]
    rendered = SkippedSection().render(report(under="b", skipped=many), WORDS, {})
    assert len(rendered["files"]["rows"]) == 50
    assert _texts(rendered["files"]["rows"])[0] == ["1.wav", "1", "empty"]
    assert rendered["more"] == "10 more are in skipped.jsonl."


def test_what_was_left_out_for_one_reason_is_one_row(report: Callable[..., Any]) -> None:
    folder = "a folder with a long name, of the year 2024/"
    many = [Skipped(f"{folder}{n}.wav", n, f"lasts {n}.5 s") for n in range(1, 32)]
    own = Skipped("b.wav", 40, "text, not sound")
    rendered = SkippedSection().render(report(skipped=[*many, own]), WORDS, {})
    same, other = rendered["files"]["rows"]
    assert _texts([other]) == [["b.wav", "40", "text, not sound"]]
    names = re.findall(r'<bdi title="([^"]+)">([^<]+)</bdi>', str(same[0]))
    assert [full for full, _ in names] == [f"{folder}{n}.wav" for n in (1, 2, 3)]
    assert [short[-6:] for _, short in names] == ["/1.wav", "/2.wav", "/3.wav"]
    assert str(same[0]).startswith("31 inputs, such as ")
    assert same[1:] == ["1, 2, 3 …", "lasts 1.5 s"]
    assert rendered["more"] == ""


def test_the_representation_is_told_with_units_and_doubts(report: Callable[..., Any]) -> None:
    crowded = LogMel(rate_hz=8000, window_s=0.016, hop_s=0.064, bands=80)
    rendered = RepresentationFacts().render(report(representation=crowded), WORDS, {})
    facts = {str(term): str(value) for term, value in rendered["pairs"]}
    assert facts["window"] == "16\u00a0ms, 128 samples, Hann"
    assert facts["frequencies"] == "0 to 4,000 Hz"
    assert facts["resolution"] == "16\u00a0ms × 62.5\u00a0Hz"
    assert "a hop longer than the window" in rendered["warnings"][0]
    assert "mel bands contain no frequency" in rendered["warnings"][1]


def test_layers_are_told_with_formula_size_and_sight(report: Callable[..., Any]) -> None:
    rendered = Layers().render(report(), Words("es"), {})
    conv = rendered["rows"][0]
    assert conv["shape"] == "4 × 28 × 30"
    assert conv["formula"] == [
        "tiempo: ⌊(30 \u2212 3)/1⌋ + 1 = 28",
        "frecuencia: ⌊(32 \u2212 3)/1⌋ + 1 = 30",
        "4 filtros de 1 × 3 × 3 (canales, tiempo, frecuencia); 4 · (1 · 3 · 3 + 1) = 40 parámetros",
    ]
    assert conv["sees"] == "64\u00a0ms × 481\u00a0Hz"
    relu = rendered["rows"][2]
    assert (relu["same"], relu["sees"]) == (True, "")
    assert rendered["rows"][4]["formula"] == ["14 valores de cada canal quedan en 1"]
    assert rendered["rows"][-1]["number"] == "cabeza"
    assert rendered["rows"][-1]["formula"][0].startswith(
        "3 unidades que ponderan 60 valores cada una"
    )
    assert str(rendered["kept"]).startswith("Otros 8 números se guardan sin entrenarse")
