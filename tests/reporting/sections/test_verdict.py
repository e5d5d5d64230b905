from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope.experiment.run_folder import load
from tonotope.reporting.i18n import Words
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections.verdict import check_sentences, verdict


@pytest.fixture
def report(make_run: Callable[..., Path]) -> dict[str, Any]:
    return gather(load(make_run(each=12, audio=False)))


def _said(report: dict[str, Any], lang: str, **changes: Any) -> str:
    """The headline of a report with some of its numbers changed."""
    changed = copy.deepcopy(report)
    changed["score"] |= changes.pop("score", {})
    changed["difference"] = changes.pop("difference", changed["difference"])
    changed |= changes
    for one in changed["baselines"]:
        if one["name"] == "mfcc-logistic-regression":
            one |= {"correct": 231, "value": 0.722}
    said = verdict(changed, Words(lang))
    return f"{said['first']} {said['second']}".strip()


BEST = {"baseline": "mfcc-logistic-regression", "value": 0.222, "low": 0.176, "high": 0.268}
SCORE = {"correct": 302, "n": 320, "value": 0.94375, "low": 0.914, "high": 0.966}


@pytest.mark.parametrize(
    ("kind", "lang", "sentence"),
    [
        (
            "better",
            "en",
            "It names <em>302 of 320</em> recordings it never heard before. "
            "The best simple baseline names 231.",
        ),
        (
            "better",
            "es",
            "Acierta <em>302 de 320</em> grabaciones que nunca había oído. "
            "El mejor método sencillo acierta 231.",
        ),
        (
            "unsure",
            "en",
            "It names <em>302 of 320</em> recordings it never heard before. "
            "The best simple baseline names 231: too close to tell apart.",
        ),
        (
            "worse",
            "en",
            "It names <em>302 of 320</em> recordings it never heard before. "
            "A simple baseline names 231: it does better without a network.",
        ),
        ("alone", "en", "It names <em>302 of 320</em> recordings it never heard before."),
    ],
)
def test_the_first_sentence_is_whole_numbers(
    report: dict[str, Any], kind: str, lang: str, sentence: str
) -> None:
    assert _said(report, lang, score=SCORE, difference=BEST, verdict=kind) == sentence


def test_another_metric_is_named_and_not_counted(report: dict[str, Any]) -> None:
    said = _said(
        report, "en", score={**SCORE, "metric": "macro-f1"}, difference=BEST, verdict="better"
    )
    assert said.endswith("Its macro-F1 is 0.944; the best simple baseline reaches 0.722.")
    worse = _said(
        report, "es", score={**SCORE, "metric": "macro-f1"}, difference=BEST, verdict="worse"
    )
    assert worse.endswith("Su F1 macro es de 0,944; un método sencillo es mejor, con 0,722.")


def test_all_and_none(report: dict[str, Any]) -> None:
    assert "<em>all 320</em>" in _said(report, "en", score={**SCORE, "correct": 320})
    assert "<em>none of 320</em>" in _said(report, "en", score={**SCORE, "correct": 0})


def test_the_second_line_gives_interval_and_difference(report: dict[str, Any]) -> None:
    report["score"] |= SCORE
    report |= {"difference": BEST, "verdict": "better"}
    assert verdict(report, Words("en"))["lede"] == (
        "Accuracy 0.944, 95\u00a0% interval 0.914 to 0.966; 0.222 better than logistic regression "
        "on averaged MFCCs (0.176 to 0.268)."
    )
    turned = {**BEST, "value": -0.222, "low": -0.268, "high": -0.176}
    report |= {"difference": turned, "verdict": "worse"}
    lede = verdict(report, Words("es"))["lede"]
    assert "0,222 menos que la regresión logística" in lede
    assert "entre 0,176 y 0,268" in lede
    report |= {"difference": {**BEST, "low": -0.01}, "verdict": "unsure"}
    assert "its interval, \u22120.010 to +0.268, includes 0" in verdict(report, Words("en"))["lede"]
    report |= {"difference": {**BEST, "low": None, "high": None}}
    assert "too few groups for an interval" in verdict(report, Words("en"))["lede"]


def test_every_check_has_its_sentence_in_every_language(report: dict[str, Any]) -> None:
    for lang in ("en", "es"):
        words = Words(lang)
        said = check_sentences(report, words)
        assert len(said) == len(report["checks"])
        shapes = {key.split(".")[2] for key in words.sentences if key.startswith("check.")}
        for one in report["checks"]:
            assert one["form"] in shapes
    gap = {"key": "calibration", "state": "bad", "form": "low", "gap": -0.14}
    share = {"key": "coverage", "state": "bad", "form": "part", "share": 0.046}
    (first, second) = check_sentences({"checks": [gap, share]}, Words("en"))
    assert first["text"] == "scores underconfident by 0.14"
    assert second["text"] == "frames cover only 4.6\u00a0% of the sound"
