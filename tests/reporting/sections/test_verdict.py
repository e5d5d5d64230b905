from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope.experiment.run_folder import load
from tonotope.reporting.i18n import Words
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections.results import verdict as how_it_compares
from tonotope.reporting.sections.tasks import scores
from tonotope.reporting.sections.verdict import (
    Verdict,
    _final,
    check_sentences,
    check_values,
    verdict,
)


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
SCORE = {"correct": 302, "n": 320, "groups": 40, "value": 0.94375, "low": 0.914, "high": 0.966}


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


@pytest.mark.parametrize(
    ("kind", "groups", "lang", "second"),
    [
        ("better", 4, "en", "names 231. Both figures rest on 4 groups only."),
        ("unsure", 4, "en", "names 231; 4 groups are too few to tell which does better."),
        ("worse", 4, "en", "names 231: on these 4 groups it does better without a network."),
        ("one", 1, "en", "names 231; one group cannot tell which does better."),
        ("unsure", 9, "es", "acierta 231; 9 grupos no bastan para saber cuál es mejor."),
        ("unsure", 10, "es", "acierta 231: no hay diferencia clara."),
        ("better", 10, "en", "The best simple baseline names 231."),
    ],
)
def test_the_words_follow_what_so_many_groups_can_tell(
    report: dict[str, Any], kind: str, groups: int, lang: str, second: str
) -> None:
    score = {**SCORE, "groups": groups}
    said = _said(report, lang, score=score, difference=BEST, verdict=kind)
    assert said.endswith(second)
    for metric in ("macro-f1", "accuracy"):
        score = {**SCORE, "groups": groups, "metric": metric}
        said = _said(report, lang, score=score, difference=BEST, verdict=kind)
        assert ("one group" in said) == (groups == 1 and lang == "en")
        assert (str(groups) + " gr" in said) == (1 < groups < 10)


@pytest.mark.parametrize(
    ("lang", "second", "lede"),
    [
        ("en", "The best simple baseline gives the same answer to each: so far the network adds "
         "nothing.", "; always naming the commonest class gives the same answer to every one."),
        ("es", "El mejor método sencillo da la misma respuesta en todas: de momento la red no "
         "aporta nada.", "; predecir siempre la clase más común da la misma respuesta en todas."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("metric", ["accuracy", "macro-f1"])
def test_the_same_answers_as_a_baseline_are_said_and_no_interval_is_missed(
    report: dict[str, Any], metric: str, lang: str, second: str, lede: str
) -> None:
    same = {"baseline": "majority", "value": 0.0, "low": None, "high": None, "same_answers": True}
    score = {**report["score"], **SCORE, "groups": 6, "metric": metric}
    report |= {"score": score, "difference": same}
    report |= {"verdict": how_it_compares({**report, "groups": 6})}
    said = verdict(report, Words(lang))
    assert said["second"].lower().endswith(second[1:].lower())
    assert lede in said["lede"]
    assert said["difference"] == ""


def test_recordings_without_groups_are_called_recordings(report: dict[str, Any]) -> None:
    score = {"n": 4, "groups": 4, "correct": 2}
    said = _said(report, "en", score=score, difference=BEST, verdict="unsure")
    assert said.endswith("; 4 recordings are too few to tell which does better.")


def test_one_group_has_no_verdict_whatever_the_interval(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=30, right=1.0, baseline=0.1, groups=lambda _: "all", audio=False)
    report = gather(load(folder))
    assert report["difference"]["low"] > 0
    assert report["verdict"] == "one"
    said = verdict(report, Words("en"))
    assert said["second"].endswith("one group cannot tell which does better.")
    assert "; 1 group is too few for an interval; the difference from" in said["lede"]
    assert f"{report['difference']['low']:.3f}" not in said["lede"]
    assert "better" not in said["lede"]
    assert said["difference"] == ""


def test_an_error_is_larger_by_so_much_and_never_smaller_by_less_than_nothing(
    report: dict[str, Any],
) -> None:
    report["score"] |= {"metric": "mae", "unit": "Hz", "lower_is_better": True}
    report |= {"difference": {**BEST, "value": -22.3, "low": -40.0, "high": 4.5}}
    said = verdict(report, Words("en"))["difference"]
    assert said == (
        "On the same recordings its error is larger than that of “MFCC, logistic regression” by "
        "22.3\u00a0Hz "
        "(\u22124.5\u00a0Hz to 40\u00a0Hz)."
    )
    report |= {"difference": {**BEST, "value": 22.3, "low": -4.5, "high": 40.0}}
    smaller = "is smaller than that of “MFCC, logistic regression” by 22.3\u00a0Hz"
    assert smaller in verdict(report, Words("en"))["difference"]
    smaller = "es menor que el de «MFCC y regresión logística» en 22,3\u00a0Hz"
    assert smaller in verdict(report, Words("es"))["difference"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-22.3, "; 22.3\u00a0Hz more than with logistic regression on averaged MFCCs."),
        (22.3, "; 22.3\u00a0Hz less than with logistic regression on averaged MFCCs."),
    ],
)
def test_two_groups_tell_no_interval_of_an_error_and_it_is_said_once(
    report: dict[str, Any], value: float, said: str
) -> None:
    """The interval of 2 groups, Student's t of 12.7, would be -120 Hz to 160 Hz."""
    report["score"] |= {"metric": "mae", "unit": "Hz", "lower_is_better": True, "groups": 2}
    report["score"] |= {"value": 40.0, "low": 0.0, "high": 300.0, "n": 12}
    report |= {"verdict": "unsure"}
    report["difference"] = {**BEST, "value": value, "low": -120.0, "high": 160.0}
    found = verdict(report, Words("en"))
    assert found["lede"] == (
        f"Mean absolute error 40\u00a0Hz; 2 groups are too few for an interval{said}"
    )
    assert found["difference"] == ""


def test_an_unsure_error_is_more_or_less_and_never_has_a_sign(report: dict[str, Any]) -> None:
    report["score"] |= {"metric": "mae", "unit": "Hz", "lower_is_better": True}
    report["score"] |= {"value": 40.0, "low": 30.0, "high": 50.0, "groups": 12}
    report |= {"verdict": "unsure"}
    report["difference"] = {**BEST, "value": -5.0, "low": -12.0, "high": 2.0}
    assert (
        "; 5\u00a0Hz more than with logistic regression on averaged MFCCs, and the interval of"
        " that difference, \u22122\u00a0Hz to 12\u00a0Hz, includes 0."
        in verdict(report, Words("en"))["lede"]
    )


def test_the_interval_of_a_difference_that_says_nothing_is_not_shown(
    report: dict[str, Any],
) -> None:
    report["score"] |= {"groups": 2, "n": 12, "value": 0.6, "low": 0.1, "high": 0.95}
    report |= {"verdict": "unsure"}
    for low, high in ((-1.0, 1.0), (-2.35, 2.5), (-0.4, 0.6)):
        report["difference"] |= {"value": 0.077, "low": low, "high": high}
        found = verdict(report, Words("en"))
        assert found["lede"].endswith("is +0.077, and there are too few groups for an interval.")
        assert found["difference"] == ""
    report["difference"] |= {"value": 0.077, "low": -0.2, "high": 0.3}
    assert "\u22120.200 to +0.300" in verdict(report, Words("en"))["difference"]


def _tasks(*verdicts: str) -> list[dict[str, Any]]:
    score = {**SCORE, "metric": "accuracy", "confidence": 0.95}
    shared = {"kind": "class", "score": score, "difference": BEST, "folds": []}
    baselines = [{"name": "mfcc-logistic-regression", "correct": 231, "value": 0.722}]
    return [
        {"task": f"t{at}", "verdict": one, "baselines": baselines, **shared}
        for at, one in enumerate(verdicts)
    ]


@pytest.mark.parametrize(
    ("verdicts", "headline"),
    [
        (("better", "worse", "better"), "It does <em>2 of 3</em> tasks better"),
        (("better", "better"), "It does <em>all 2</em> tasks better"),
        (("unsure", "worse"), "It does <em>none of 2</em> tasks clearly better"),
        (("alone", "alone"), "It was judged in <em>2 tasks</em>"),
    ],
)
def test_the_headline_of_several_tasks_is_about_all_of_them(
    report: dict[str, Any], verdicts: tuple[str, ...], headline: str
) -> None:
    report["tasks"] = _tasks(*verdicts)
    said = Verdict().render(report, Words("en"), {})["verdict"]
    assert said["first"].startswith(headline)
    assert [line[:11] for line in said["lines"]] == [
        f"<em>t{at}</em>" for at in range(len(verdicts))
    ]
    assert all("302 of 320" in line for line in said["lines"])
    assert "302" not in said["first"] + said["second"] + said["lede"]


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
    gap = {"key": "calibration", "state": "bad", "form": "low", "gap": -0.14, "low": -0.2,
           "high": -0.08, "within": 0.05}  # fmt: skip
    share = {"key": "coverage", "state": "bad", "form": "part", "share": 0.046}
    (first, second) = check_sentences({"checks": [gap, share]}, Words("en"))
    assert first["text"] == (
        "scores underconfident by 0.14 (interval 0.08 to 0.20): more validation groups would set "
        "them better"
    )
    assert second["text"] == "frames cover only 4.6\u00a0% of the sound"


@pytest.mark.parametrize(("given", "said"), [(20.0, "20"), (2.5, "2,5"), (0.125, "0,125")])
def test_the_length_of_a_block_is_written_as_people_do(given: float, said: str) -> None:
    assert check_values({"key": "blocks", "blocks_s": given}, Words("es")) == {"blocks_s": said}


LEVEL = {"metric": "si-sdr", "value": 7.284, "low": 6.588, "high": 7.98, "unit": "dB"}


@pytest.mark.parametrize(
    ("value", "low", "high", "text", "heard"),
    [
        (0.003, 0.001, 0.005, "+0.003\u00a0dB (+0.001\u00a0dB to +0.005\u00a0dB)", False),
        (0.0, -0.0004, 0.0004, "0.000\u00a0dB (0.000\u00a0dB to 0.000\u00a0dB)", False),
        (0.09, -0.2, 0.38, "+0.09\u00a0dB (\u22120.20\u00a0dB to +0.38\u00a0dB)", True),
        (11.0, 9.5, 12.5, "+11.00\u00a0dB (+9.50\u00a0dB to +12.50\u00a0dB)", True),
    ],
)
def test_a_difference_of_levels_keeps_its_decimals_and_what_nobody_hears_is_said(
    report: dict[str, Any], value: float, low: float, high: float, text: str, heard: bool
) -> None:
    report["score"] = {**report["score"], **LEVEL, "groups": 12}
    report |= {"kind": "", "verdict": "better", "metrics": {}}
    report["difference"] = {"baseline": "noisy", "value": value, "low": low, "high": high}
    report["baselines"] = [{"name": "noisy", "value": 7.281, "low": 6.5, "high": 8.0}]
    said = verdict(report, Words("en"))
    assert str(said["difference"]).endswith(f" is {text}.")
    assert str(said["second"]).startswith("Nobody hears the difference from") is not heard
    if not heard:
        assert str(said["second"]).endswith(
            "the noisy sound as it is, which reaches 7.28\u00a0dB: it is less than 0.1\u00a0dB."
        )


@pytest.mark.parametrize(
    ("lang", "epochs", "said"),
    [("en", 1, "for 1 epoch,"), ("es", 1, "durante 1 época,"), ("es", 12, "durante 12 épocas,")],
)
def test_the_epochs_of_the_last_network_are_counted(lang: str, epochs: int, said: str) -> None:
    final = {"recordings": 40, "epochs": epochs}
    assert said in str(_final({"run": {"final": final}, "folds": []}, Words(lang)))


def test_where_groups_are_too_few_for_one_interval_they_are_for_all() -> None:
    ours = {"value": 0.5, "low": 0.01, "high": 0.99, "groups": 2, "metric": "accuracy"}
    theirs = {"name": "majority", "value": 0.917, "low": 0.119, "high": 1.0}
    report = {"score": ours, "baselines": [theirs], "folds": []}
    rows = scores(report, Words("en"))
    assert [str(one["interval"]) for one in rows] == ["2 groups", "2 groups"]
    assert len({str(one["strip"]).count("<line") for one in rows}) == 1  # the grid alone
    rows = scores({**report, "score": {**ours, "low": 0.2}}, Words("en"))
    assert [str(one["interval"]) for one in rows] == ["0.200 to 0.990", "0.119 to 1.000"]
