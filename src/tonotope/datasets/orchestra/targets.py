"""The toy orchestra's target `pitch_cents`, and any of its targets as the group (`data.group`).

Every note knows its fundamental in Hz. Pitch is heard in ratios, so it is offered in cents as
well: 1200 of them to the octave, 0 at the A of 440 Hz.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from tonotope._errors import DataError, did_you_mean
from tonotope.datasets.manifest import Manifest, Recording

REFERENCE_HZ = 440.0
CENTS = "pitch_cents"


def cents(hertz: float, reference_hz: float = REFERENCE_HZ) -> float:
    """How far a frequency lies above a reference, in cents.

    >>> cents(880.0), round(cents(440.0 * 2 ** (1 / 12)), 6)
    (1200.0, 100.0)
    """
    return 1200.0 * math.log2(hertz / reference_hz)


def with_targets(manifest: Manifest, group: str | None, targets: Sequence[str] | None) -> Manifest:
    """The notes with the targets and groups of an experiment.

    Args:
        manifest: the notes, each in the group of its player.
        group: a target that is to be the group (`label` holds out whole instruments); None keeps
            the players.
        targets: what a head asks for; `pitch_cents` is worked out from the fundamental.

    Raises:
        DataError: there is no such target to group by.
    """
    if targets is not None and CENTS in targets:
        manifest = replace(manifest, recordings=tuple(map(_pitched, manifest.recordings)))
    if group is None:
        return manifest
    known = sorted({name for one in manifest.recordings for name in one.targets})
    if group not in known:
        raise DataError(
            f'data.group = "{group}": the orchestra has no such target; it has {", ".join(known)}, '
            f"and by default a group is a player{did_you_mean(group, known)}"
        )
    kept = tuple(replace(one, group=one.targets[group]) for one in manifest.recordings)
    note = f"groups are from `{group}`, as asked"
    return replace(manifest, recordings=kept, notes=(*manifest.notes, note))


def _pitched(one: Recording) -> Recording:
    """The note with its pitch in cents."""
    pitch = cents(float(one.targets["pitch_hz"]))
    return replace(one, targets={**one.targets, CENTS: f"{pitch:.3f}"})
