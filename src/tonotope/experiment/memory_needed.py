"""The memory that one training step needs at least; refused where the machine has less."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tonotope._errors import ExperimentError

if TYPE_CHECKING:
    from tonotope.datasets.manifest import Recording
    from tonotope.experiment.spec import Experiment

_BYTES = 4  # of a float32


def refuse_too_large(experiment: Experiment, recordings: Sequence[Recording]) -> None:
    """Refuse a training whose first step would fill the memory of this machine.

    Counted are the outputs of the layers, which are kept for the gradients, and nothing else: what
    is refused cannot be trained here, whatever the rest takes.

    Raises:
        ExperimentError: says how much is needed, how much is there, and what would fit.
    """
    there = machine_bytes()
    if there is None:
        return
    values = sum(report.values for report in experiment.trace())
    seconds = sum(one.duration_s for one in recordings)
    clips = len(recordings) + int(seconds / (experiment.data.clip_s or 1))
    batch = experiment.training.batch_size
    together = min(batch, clips)
    needed = together * values * _BYTES
    if needed > there and not _on_graphics_card():
        fits = there // (values * _BYTES)
        cure = f"training.batch_size = {fits} or less" if fits else "a shorter data.clip_s"
        raise ExperimentError(
            f"training.batch_size = {batch}: {together:,} clips of {values:,} values in the layers"
            f" need at least {needed / 1e9:,.3g} GB of memory at once, and this machine has"
            f" {there / 1e9:,.3g} GB: use {cure}, a shorter data.clip_s, or fewer filters"
        )


def machine_bytes() -> int | None:
    """The memory of this machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _on_graphics_card() -> bool:
    from tonotope.runtime.device import default_device

    return default_device().name != "cpu"
