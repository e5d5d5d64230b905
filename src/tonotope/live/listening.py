"""`Listening`: live sound answered window by window, as `predict` answers a file.

    source ─► one channel, the network's rate ─► frames ─► windows ─► scores ─► labels held

Frames and windows are those of `prediction/windows.py`, so that the same samples get the same
answers. Where the network is slower than the hop, windows are left out and counted: an answer that
comes too late is worth less than none.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from types import TracebackType
from typing import Self

from torch import Tensor

from tonotope._errors import ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope.answers import table_of
from tonotope.audio.channels import Channels
from tonotope.live.held_labels import HeldLabels
from tonotope.live.latency import Latency
from tonotope.live.mono_stream import MonoStream
from tonotope.live.reading import Reading
from tonotope.live.sound_source import SoundSource
from tonotope.prediction.ensemble import NOT_FINITE, Ensemble
from tonotope.prediction.event_rule import Threshold, rule_of
from tonotope.prediction.rows import row_of
from tonotope.prediction.windows import frames_of, windows_of

HOP_S = 0.1
"""An answer so often, unless a quarter of a clip is shorter."""


class Listening:
    """Readings of live sound, each made when enough has come; an iterator.

    Attributes:
        layout: which column of the scores stands for what.
        labels: (column,) the names of labels; empty for what is no label.
        shares: (column,) whether each is a probability.
        clip_s: how much the network hears at once.
        hop_s: from one window to the next.
        answers: how many readings there were.
        skipped: how many windows were left out since the network is slower than the hop.
        latency: how late the readings came, once `passed_on` was told of them.
        notes: what is to be said at the end.

    Args:
        ensemble: the models.
        source: where the sound comes from.
        channels: how several channels become one, as in training.
        hop_s: seconds from one window to the next; None is 0.1 s, or a quarter of a shorter clip.
        threshold: from which score on a label is heard, as for events.
        progress: is told what is odd.

    Raises:
        ExperimentError: the hop or a threshold does not fit.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        source: SoundSource,
        *,
        channels: Channels = "mean",
        hop_s: float | None = None,
        threshold: Threshold | None = None,
        progress: Progress = SILENT,
    ) -> None:
        self.ensemble, self.layout, self.source = ensemble, ensemble.layout, source
        self.clip_s = ensemble.clip_samples / ensemble.rate_hz
        asked_s = min(HOP_S, self.clip_s / 4) if hop_s is None else hop_s
        self._hop = ensemble.hop_steps(asked_s)
        self.hop_s = self._hop * ensemble.representation.hop_samples / ensemble.rate_hz
        tables = [table_of(one) for one in self.layout.answers]
        labelled = any(one.one_label or one.yes_or_no for one in tables)
        if not labelled and threshold is not None:
            raise ExperimentError("a threshold: these models answer with no labels; leave it out")
        rule = None
        if labelled:
            given = "auto" if threshold is None else threshold
            found = rule_of(ensemble, threshold=given, hop_s=asked_s, progress=progress)
            rule = found.rule
        self._held = HeldLabels(rule)
        self.labels = rule.labels if rule else ("",) * len(self.layout.columns)
        kinds = [table_of(one) for one in self.layout.answers for _ in one.columns]
        self.shares = tuple(one.one_label or one.yes_or_no for one in kinds)
        self.answers = self.skipped = 0
        self.latency, self.notes = Latency(), list[str]()
        self._progress = progress
        band_hz = ensemble.representation.band_hz
        self.sound = MonoStream(source, ensemble.rate_hz, channels, band_hz, progress)
        self._readings = self._read()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Reading:
        return next(self._readings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Listen no more, and let the source go."""
        self._readings.close()
        self.notes += self.sound.close()

    @property
    def heard_s(self) -> float:
        """How much sound was heard."""
        return self.sound.samples / self.ensemble.rate_hz

    @property
    def in_real_time(self) -> bool:
        """Whether the sound came as fast as it is heard; a file that is piped in comes faster."""
        return self.sound.in_real_time

    def passed_on(self, reading: Reading) -> None:
        """A reading has reached whom it is for: note how late."""
        self.latency.passed_on(reading.arrived_s)

    def _read(self) -> Generator[Reading]:
        ensemble = self.ensemble
        representation = ensemble.representation
        self._warm_up()
        frames = frames_of(
            self.sound.blocks(), ensemble.features, representation, ensemble.clip_samples,
            ensemble.fill,
        )  # fmt: skip
        reach = representation.samples(ensemble.steps)
        for found in windows_of(frames, ensemble.steps, self._hop):
            for start, window in zip(*found, strict=True):
                begin = start * representation.hop_samples
                moment_s = (begin + reach) / ensemble.rate_hz
                if self.sound.behind_s(moment_s) >= self.hop_s:
                    self._skip()
                    continue
                yield self._reading(begin, moment_s, window)

    def _reading(self, begin: int, moment_s: float, window: Tensor) -> Reading:
        ensemble, rate_hz = self.ensemble, self.ensemble.rate_hz
        began = time.monotonic()
        scores = ensemble.scores(window[None], self._progress)[0]
        self._needed_s = time.monotonic() - began
        if not all(map(math.isfinite, scores)):
            raise ExperimentError(NOT_FINITE)
        end = begin + ensemble.clip_samples
        last = min(end, self.sound.samples) if self.sound.ended else end
        changed = self._held.take(scores, silent=not self.sound.sounds(begin, end))
        self.answers += 1
        return Reading(
            row_of(ensemble, self.source.name, begin / rate_hz, last / rate_hz, scores),
            self._held.heard,
            changed,
            self.sound.arrived_s(moment_s),
            self.sound.level.dbfs,
        )

    def _skip(self) -> None:
        self.skipped += 1
        if self.skipped == 1:
            fits_s = math.ceil(20 * max(2 * self.hop_s, 1.5 * self._needed_s)) / 20
            fits_s = min(fits_s, self.clip_s)
            self._progress.say(
                f"the network is slower than a hop of {self.hop_s:.3g} s, so windows are skipped"
                f" and no answer comes late; --hop {fits_s:g} may fit"
            )

    def _warm_up(self) -> None:
        """The first answer of a network takes far longer than the others."""
        import torch

        silence = torch.zeros(1, self.ensemble.clip_samples)
        began = time.monotonic()
        self.ensemble.scores(self.ensemble.features(silence))
        self._needed_s = time.monotonic() - began
