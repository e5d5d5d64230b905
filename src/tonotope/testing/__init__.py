"""Checks for networks, heads and representations of your own: what the rest relies on.

    from tonotope.testing import check_network, check_head, check_representation

    check_network(tt.Custom(MyNetwork, width=32), shapes=[(1, 62, 64)])
    check_head(MyHead(), rows=[{"label": "a"}, {"label": "b"}, {}, {"label": "a"}])
    check_representation(MyRepresentation())

Each runs all its checks in order and raises `CheckError`, an `AssertionError`, at the first that
fails. `NETWORK_CHECKS`, `HEAD_CHECKS` and `REPRESENTATION_CHECKS` name them. A head is checked
with its kind of answer: its table, its file and its metrics.
"""

from tonotope.testing.check import CheckError
from tonotope.testing.head import HEAD_CHECKS, check_head
from tonotope.testing.network import NETWORK_CHECKS, check_network
from tonotope.testing.representation import REPRESENTATION_CHECKS, check_representation

__all__ = [
    "HEAD_CHECKS",
    "NETWORK_CHECKS",
    "REPRESENTATION_CHECKS",
    "CheckError",
    "check_head",
    "check_network",
    "check_representation",
]
