"""What `compare` says of a difference, by the number of groups it rests on."""

from __future__ import annotations

import pytest

from tonotope.answers.classes import Predictions
from tonotope.answers.metric import Estimate
from tonotope.answers.quantities import Quantities
from tonotope.cli.compare import _how_clear, _in_digits, _in_words
from tonotope.cli.messages import sentences
from tonotope.evaluation.compare import Difference, compare
from tonotope.evaluation.evaluate import evaluate
from tonotope.evaluation.plan import EvaluationPlan


@pytest.mark.parametrize(
    ("low", "groups", "said"),
    [
        (0.1, 40, "a clear difference"),
        (0.1, 10, "a clear difference"),
        (0.1, 9, "a difference as far as 9 groups can tell"),
        (0.1, 4, "a difference as far as 4 groups can tell"),
        (-0.1, 4, "may be chance"),
        (-0.1, 40, "may be chance"),
        (0.1, 1, "which one group alone cannot tell from chance"),
    ],
)
def test_a_difference_is_called_clear_on_ten_groups_or_more(
    low: float, groups: int, said: str
) -> None:
    one = Difference("a", "b", Estimate(0.2, low, 0.3), 9, 1, groups)
    assert _how_clear(one) == said
    assert one.excludes_zero is (None if groups == 1 else low > 0)


def test_an_interval_that_says_nothing_is_left_out() -> None:
    one = Difference("a", "b", Estimate(0.417, -0.624, 1.0), 6, 1, 2)
    assert _in_words(one, False) == (
        "+0.417, which 2 groups cannot tell from chance; right alone: 6 and 1"
    )
    hertz = Difference("a", "b", Estimate(5.0, -30.0, 40.0), 6, 1, 2, open_ended=True)
    assert _in_words(hertz, True).startswith("error less by +5.000, which 2 groups cannot tell")


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("gggghhhh", "accuracy 0.375 (2 groups), 0.250 below other, which 2 groups cannot tell "
         "from chance"),
        ("gggggggg", "accuracy 0.375 (1 group), 0.250 below other, which one group alone cannot "
         "tell from chance"),
    ],
)  # fmt: skip
def test_the_terminal_says_the_number_of_groups_in_place_of_an_interval(
    groups: str, said: str
) -> None:
    def table(right: str) -> Predictions:
        scores = [[0.9, 0.1] if one == "1" else [0.1, 0.9] for one in right]
        ids = tuple(f"r{at}" for at in range(8))
        return Predictions(ids, [0] * 8, scores, tuple(groups), ("",) * 8, ("dog", "cat"))

    found = evaluate(table("11010000"), {"other": table("01110101")})
    assert sentences(found)[1] == said
    assert [one["groups"] for one in found.details["per_class"]] == [len(set(groups)), 0]


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
