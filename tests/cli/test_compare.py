"""What `compare` says of a difference, by the number of groups it rests on."""

from __future__ import annotations

import pytest

from tonotope.answers.metric import Estimate
from tonotope.cli.compare import _how_clear
from tonotope.evaluation.compare import Difference


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
