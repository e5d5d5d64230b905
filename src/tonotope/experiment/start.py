"""Where the weights begin: which earlier run, how much of it, frozen or not."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tonotope._shapes import Description


class Start(Description):
    """Which earlier run to start from, how much of it, and whether that goes on learning.

    Attributes:
        run: the folder of the run; a relative path starts at the experiment file.
        part: `network` (every layer before the head), `all` (the head too), `trunk` (as many
            layers as the earlier network has, where this one goes on after them: so the encoder
            of a denoiser becomes the beginning of a classifier), or the name or the number of a
            layer: everything up to it, from the sound on.
        frozen: what was taken stays as it is; the rest learns.

    >>> Start(run="runs/birds-1a2b3c4d-s0").part
    'network'
    """

    run: str = Field(min_length=1)
    part: str = "network"
    frozen: bool = False


def _table(given: Any) -> Any:
    return {"run": given} if isinstance(given, str) else given


StartField = Annotated[Start, BeforeValidator(_table)]
