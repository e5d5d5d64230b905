"""What `compare` says of a difference, by the number of groups it rests on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tonotope._translation import translation
from tonotope.answers.classes import Predictions
from tonotope.answers.metric import Estimate
from tonotope.answers.quantities import Quantities
from tonotope.cli.compare import _how_clear, _in_digits, _in_words
from tonotope.cli.messages import sentences
from tonotope.cli.terminal import table
from tonotope.evaluation.compare import Comparison, Difference, compare
from tonotope.evaluation.evaluate import Evaluation, evaluate
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.evaluation.warnings_on_scores import how_clear
from tonotope.reporting.i18n import Words
from tonotope.reporting.sections.calibration import _worse


@pytest.mark.parametrize(
    ("low", "groups", "said"),
    [
        (0.1, 40, "a clear difference"),
        (0.1, 10, "a clear difference"),
        (0.1, 9, "a difference as far as 9 groups can tell"),
        (0.1, 4, "a difference as far as 4 groups can tell"),
        (-0.1, 4, "4 groups are too few to tell which does better"),
        (-0.1, 40, "too close to tell apart"),
        (0.1, 1, "one group cannot tell which does better"),
    ],
)
def test_a_difference_is_called_clear_on_ten_groups_or_more(
    low: float, groups: int, said: str
) -> None:
    one = Difference("a", "b", Estimate(0.2, low, 0.3), 9, 1, groups)
    assert _how_clear(one) == said
    assert one.excludes_zero is (None if groups == 1 else low > 0)


def found_of(*, lower: bool = False, unit: str = "", right: bool = True) -> Comparison:
    return Comparison("figure", lower, 8, 2, (), (), (), unit, right)


def test_an_interval_that_says_nothing_is_left_out() -> None:
    one = Difference("a", "b", Estimate(0.417, -0.624, 1.0), 6, 1, 2)
    assert _in_words(one, found_of()) == (
        "a over b: +0.417; 2 groups are too few to tell which does better; on 6 recordings it "
        "alone is right, on 1 the other alone"
    )
    hertz = Difference("a", "b", Estimate(5.0, -30.0, 40.0), 6, 1, 2, open_ended=True)
    assert _in_words(hertz, found_of(lower=True)).startswith(
        "a over b: error less by 5; 2 groups are too few to tell"
    )


def test_the_same_answers_are_said_in_place_of_an_interval() -> None:
    one = Difference("a", "b", Estimate(0.0, None, None), 0, 0, 6, n=48, same=True)
    assert _in_words(one, found_of()) == "a over b: the same answer on all 48 recordings"
    assert _in_words(one, found_of(lower=True)) == "a over b: the same answer on all 48 recordings"


def test_a_level_has_its_unit_and_no_sound_is_right() -> None:
    one = Difference("a", "b", Estimate(0.003, 0.001, 0.005), 9, 3, 12, open_ended=True)
    assert _in_words(one, found_of(unit="dB", right=False)) == (
        "a over b: +0.003 dB (+0.001 to +0.005 dB), a clear difference; on 9 recordings it is "
        "better, on 3 the other"
    )


def test_a_run_that_answers_like_its_best_baseline_is_said_to() -> None:
    ids = tuple(map(str, range(8)))
    table = Predictions(ids, [0, 1] * 4, [[0.9, 0.1]] * 8, tuple("abcdefgh"), ("",) * 8, ("x", "y"))
    found = evaluate(table, {"majority": table})
    assert found.verdict["excludes_zero"] is False
    assert found.to_json()["difference"] == {
        "baseline": "majority",
        "value": 0.0,
        "low": None,
        "high": None,
        "same_answers": True,
    }
    assert Evaluation.from_json(found.to_json()) == found
    assert sentences(found)[1].startswith("accuracy 0.500 (")
    assert (
        ", on every recording the same answer as always naming the commonest class"
        in sentences(found)[1]
    )
    assert str(found).endswith("; the same answers")


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("gggghhhh", "accuracy 0.375 (2 groups), 0.250 below other; 2 groups are too few to "
         "tell which does better"),
        ("gggggggg", "accuracy 0.375 (1 group), 0.250 below other; one group cannot tell "
         "which does better"),
    ],
)  # fmt: skip
def test_the_terminal_says_the_number_of_groups_in_place_of_an_interval(
    groups: str, said: str
) -> None:
    truth = [0, 1] * 4

    def table(right: str) -> Predictions:
        own = [int(one) if hit == "1" else 1 - one for one, hit in zip(truth, right, strict=True)]
        scores = [[0.9, 0.1] if one == 0 else [0.1, 0.9] for one in own]
        ids = tuple(f"r{at}" for at in range(8))
        return Predictions(ids, truth, scores, tuple(groups), ("",) * 8, ("dog", "cat"))

    found = evaluate(table("11010000"), {"other": table("01110101")})
    assert sentences(found)[1] == said
    assert [one["groups"] for one in found.details["per_class"]] == [len(set(groups))] * 2


def test_one_class_alone_is_compared_with_nothing() -> None:
    """A baseline that always says the class that is tested is no better than any network."""

    def told(said: list[int], truth: list[int]) -> Predictions:
        scores = [[0.9, 0.1] if one == 0 else [0.1, 0.9] for one in said]
        ids = tuple(map(str, range(12)))
        return Predictions(ids, truth, scores, ids, ("",) * 12, ("gato", "perro"))

    alone = [0] * 12
    found = evaluate(told([0, *[1] * 11], alone), {"majority": told(alone, alone)})
    assert found.only_class == "gato"
    assert found.verdict["excludes_zero"] is None
    first, second = sentences(found)
    assert first == "It names 1 of 12 recordings it never heard before."
    assert "; only gato was tested, which says nothing of the other classes" in second
    assert "commonest" not in second
    assert "Only `gato` was tested: a score of one class says nothing of the others." in found.notes
    assert str(found).endswith("; only gato was tested")
    both = [0] * 11 + [1]
    found = evaluate(told([0, *[1] * 11], both), {"majority": told(alone, both)})
    assert (found.only_class, found.verdict["excludes_zero"]) == ("", True)
    assert "below always naming the commonest class" in sentences(found)[1]


def test_the_ends_of_a_share_have_four_decimals_and_an_error_keeps_its_digits() -> None:
    scores = [[0.9, 0.1]] * 12
    ids, groups = tuple(map(str, range(12))), tuple(map(str, range(12)))
    table = Predictions(ids, [0] * 11 + [1], scores, groups, ("",) * 12, ("dog", "cat"))
    found = compare({"a": table, "b": table})
    assert _in_digits((0.08333333, 6.397e-11, 1.0), found) == [0.0833, 0.0, 1.0]
    mae = EvaluationPlan(metric="mae", baselines=())
    small = [[1e-6 * at] for at in range(12)]
    tiny = Quantities(ids, small, small, groups, ("",) * 12, ("pressure",))
    assert _in_digits((2e-6, None, None), compare({"a": tiny, "b": tiny}, mae)) == [
        2e-6,
        None,
        None,
    ]


def test_scores_have_four_decimals_in_every_row() -> None:
    rows = [("a", 0.5, 0.32614, None), ("bb", 0.54167, 0.0, 1.0)]
    assert table(rows, ("run", "accuracy", "low", "high"), decimals=4) == [
        "run  accuracy     low    high",
        "a      0.5000  0.3261       –",
        "bb     0.5417  0.0000  1.0000",
    ]
    assert table([("a", 289.25), ("b", 5.0)]) == ["a  289.2", "b      5"]


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("unit", ["", "Hz", "golpes/min"])
@pytest.mark.parametrize("low", [0.0301, -0.2])
@pytest.mark.parametrize("groups", [1, 2, 15])
@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("undefined", [False, True])
def test_every_line_is_spanish_with_the_comma(
    lower: bool, unit: str, low: float, groups: int, right: bool, undefined: bool
) -> None:
    score = Estimate(None if undefined else 0.0402, low, 1.0504)
    one = Difference("x-1", "y-2", score, 74, 1600, groups, bool(unit or lower), 1700)
    for same in (False, True):
        english = _in_words(replace(one, same=same), found_of(lower=lower, unit=unit, right=right))
        spanish = translation("es")(english)
        assert " frente a y-2: " in spanish
        assert not re.search(
            r"\d\.\d|\b(over|to|the|other|error less|tell|on|it|is|too)\b", spanish
        )
        figures = [one.replace(",", ".") for one in re.findall(r"\d+,\d+", spanish)]
        assert figures == re.findall(r"\d+\.\d+", english)


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(("groups", "n"), [(3, 18), (7, 7), (1, 9), (40, 80)])
def test_terminal_and_report_say_the_same_of_few_groups(lang: str, groups: int, n: int) -> None:
    words = Words(lang)
    told = translation(lang)(how_clear(groups, n, False))
    evidence = words.say("evidence.recordings" if groups == n else "evidence.groups", n=groups)
    form = "one" if groups == 1 else "unsure.few" if groups < 10 else "unsure"
    page = words.say(f"verdict.{form}", n=5, evidence=str(evidence)).unescape()
    assert told in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("groups", "why"),
    [("gggghhhh", "; 2 groups are too few to fit one"), ("gggggggg", "; 1 group is")],
)
def test_a_temperature_that_makes_scores_worse_is_said_to_in_terminal_and_report(
    groups: str, why: str
) -> None:
    ids = tuple(map(str, range(8)))
    table = Predictions(ids, [0, 1] * 4, [[0.9, 0.1]] * 8, tuple(groups), ("",) * 8, ("x", "y"))
    before, after = {"ece": 0.286, "log_loss": 0.83}, {"ece": 0.386, "log_loss": 0.829}
    found = evaluate(table, {})
    found = replace(
        found, details=found.details | {"calibration": {"before": before, "after": after}}
    )
    said = sentences(found)[2]
    assert said.startswith(
        "With the temperature, scores are worse on the test part: ECE from 0.286 to"
    )
    assert why in said
    assert "log loss" not in said
    spanish = translation("es")(said)
    assert not re.search(r"\d\.\d|\b(groups?|the|worse|from|to|too|few)\b", spanish)
    for count, log_loss in ((2, 1.3), (40, 1.3), (40, 0.8)):
        worse = {"calibration": {"before": before, "after": {"ece": 0.386, "log_loss": log_loss}}}
        spanish = translation("es")(
            sentences(replace(found, groups=count, details=found.details | worse))[2]
        )
        assert ("pérdida logarítmica de 0,830 a 1,300" in spanish) == (log_loss > 1)
        assert "ECE de 0,286 a 0,386" in spanish
        assert not re.search(r"\d\.\d|\b(groups?|the|worse|from|to|too|few|and|loss)\b", spanish)
    both = {"before": before, "after": after}
    for lang, figure in (("en", "from 0.286 to 0.386"), ("es", "de 0,286 a 0,386")):
        page = _worse(both, len(set(groups)), Words(lang))
        assert figure in page
        assert "<code>head.temperature = 1</code>" in page
        assert "head.temperature" not in _worse(both, 40, Words(lang))
    assert _worse({"before": after, "after": after}, 2, Words("en")) == ""
    good = replace(
        found, details=found.details | {"calibration": {"before": after, "after": after}}
    )
    assert len(sentences(good)) == 2
