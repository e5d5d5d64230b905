"""The table `[start]` (transfer learning): the earlier run, which layers, whether frozen."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tonotope._shapes import Description

EAR, WORD_EAR = "tonotope:ear", "tonotope:word-ear"
NEW_WEIGHTS = "none"
"""In place of a run: nothing is taken up. A folder of that name is `./none`."""


class Start(Description):
    """The earlier run whose weights a training begins with.

    Attributes:
        run: the folder of the run; a relative path starts at the experiment file. `tonotope:ear`
            and `tonotope:word-ear` come along, taught on synthesised sound alone. In place of the
            table, `start = "none"` is new weights.
        part: `network` (every layer before the head), `all` (the head too), `trunk` (as many
            layers as the earlier network has, where this one has more: the encoder of a denoiser
            becomes the beginning of a classifier), or the name or number of the last layer.
        frozen: whether these layers stay as they are while the rest is trained.

    >>> Start(run="runs/birds-1a2b3c4d-s0").part
    'network'
    """

    run: str = Field(min_length=1)
    part: str = "network"
    frozen: bool = False


def _table(given: Any) -> Any:
    if given == NEW_WEIGHTS:
        return None
    return {"run": given} if isinstance(given, str) else given


StartField = Annotated[Start | None, BeforeValidator(_table)]
