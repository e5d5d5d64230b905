"""`Proposal`: a first experiment with a reason for each choice; its text is the experiment file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sparse_calls import sparse_calls_note
from tonotope.experiment.config.toml_writer import dump
from tonotope.experiment.heard_doubts import cancelled_channels, heard_doubts
from tonotope.experiment.heard_settings import heard_in_words
from tonotope.experiment.proposed_settings import HIGHEST_RATE_HZ
from tonotope.experiment.spec import Experiment


@dataclass(frozen=True)
class Proposal:
    """A first experiment for a manifest.

    Attributes:
        experiment: the experiment.
        manifest: the recordings it is for.
        table: the keys that were chosen, as they are written.
        reasons: why, by key.
    """

    experiment: Experiment
    manifest: Manifest
    table: Mapping[str, Any]
    reasons: Mapping[tuple[str, ...], str]

    def text(self, told: Callable[[str], str] = str) -> str:
        """The experiment file: what was chosen, why, and where to look for more.

        Args:
            told: what tells a comment in another language.
        """
        head = [
            f"A first experiment on {self.table['data']['source']}, chosen from the recordings.",
            "Every line may be changed; what is left out keeps its default. Then:",
            "  tonotope shapes FILE    every layer, before anything is run",
            "  tonotope run FILE       split, train, evaluate, report",
            *map(_one_line, self.manifest.notes),
            *filter(None, [heard_in_words(self.manifest.heard)]),
            *self.doubts(),
        ]
        reasons = {path: told(why) for path, why in self.reasons.items()}
        return "".join(f"# {told(line)}\n" for line in head) + "\n" + dump(self.table, reasons)

    def doubts(self) -> tuple[str, ...]:
        """Where what was heard and what was chosen disagree, a sentence each."""
        heard, chosen = self.manifest.heard, self.experiment
        taken = self.reasons.get(("data", "channels"), "as asked")
        return (
            *(
                [f"channel {chosen.data.channels} alone is heard: {taken}"]
                if taken != "as asked"
                else []
            ),
            *(cancelled_channels(heard) if chosen.data.channels == "mean" else ()),
            *heard_doubts(heard, chosen.representation),
            *sparse_calls_note(heard, chosen.data.clip_s, self.manifest.recordings),
        )

    def unusual(self) -> tuple[str, ...]:
        """What was chosen otherwise than the headers ask for, and why: a sentence each."""
        by_header = {min(one.rate_hz, HIGHEST_RATE_HZ) for one in self.manifest.heard}
        rate_hz = self.experiment.representation.rate_hz
        why = self.reasons.get(("representation", "rate_hz"), "")
        if not by_header or rate_hz in by_header or why == "as asked":
            return ()
        low_hz, high_hz = self.experiment.representation.band_hz
        return (f"`run` listens from {low_hz:,.0f} to {high_hz:,.0f} Hz: {why}",)


def _one_line(note: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in note)
