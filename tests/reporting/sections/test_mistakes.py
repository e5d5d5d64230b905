from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope.experiment.run_folder import load
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections.mistakes import mistakes
from tonotope.representation import MFCC

WORDS = Words("en")
SILENT = {"asked": True, "embedded": 0, "numbers": []}


@pytest.fixture
def report(make_run: Callable[..., Path]) -> dict[str, Any]:
    found = gather(load(make_run(each=12, right=0.3, audio=False)))
    found["sounds"] = SILENT
    return found


def test_a_card_names_truth_answer_scores_and_file(report: dict[str, Any]) -> None:
    number = report["mistakes"][0]
    clip = report["clips"][number]
    card = mistakes(report, WORDS, {})["cards"][0]
    names = [one["name"] for one in report["classes"]]
    assert names[clip["truth"]] in card["text"]
    assert f'<strong class="wrong"><bdi>{names[clip["heard"]]}' in card["text"]
    assert card["file"] == clip["file"]
    assert f"score {clip['score']:.2f}" in card["about"]
    assert card["picture"] is None
    assert card["sound"] is False


def test_a_picture_has_hertz_beside_it_and_seconds_below(report: dict[str, Any]) -> None:
    number = report["mistakes"][0]
    pictures = {number: Picture(number, "data:d", "data:n", 1.5, 5.0)}
    card = mistakes(report, WORDS, pictures)["cards"][0]
    assert card["picture"]["day"] == "data:d"
    assert "kHz<" in card["picture"]["frequencies"]
    for text in (">0\u00a0s<", ">1<", ">5<"):
        assert text in card["picture"]["times"]
    assert card["span"] == 5.0
    assert "from 1.5\u00a0s" in card["about"]


def test_coefficients_are_numbered(make_run: Callable[..., Path]) -> None:
    representation = MFCC(rate_hz=8000, bands=40, coefficients=20)
    report = gather(load(make_run(right=0.0, audio=False, representation=representation)))
    report["sounds"] = SILENT
    number = report["mistakes"][0]
    rendered = mistakes(report, WORDS, {number: Picture(number, "", "", 0.0, 0.5)})
    beside = rendered["cards"][0]["picture"]["frequencies"]
    assert "Hz" not in beside
    assert all(f">{number}<" in beside for number in (0, 5, 10, 15))
    assert "louder" not in rendered["about"]


def test_a_run_without_mistakes_shows_its_closest_calls(make_run: Callable[..., Path]) -> None:
    report = gather(load(make_run(each=30, right=1.0, audio=False)))
    report["sounds"] = SILENT
    rendered = mistakes(report, WORDS, {})
    assert rendered["title"] == "It made no mistake. Its closest calls"
    assert len(rendered["cards"]) == 3
    assert ", correct" in rendered["cards"][0]["text"]
