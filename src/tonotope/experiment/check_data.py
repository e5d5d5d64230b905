"""`tt.check` and `tonotope check`: the data checked, and whether `run` would accept it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope._dataframe import data_frame
from tonotope._errors import DataError, TonotopeError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.audio.kept_files import kept_files
from tonotope.datasets.check_report import CheckReport, ClassCount
from tonotope.datasets.custom_source import CustomSource, named
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import Source, open_source
from tonotope.datasets.split import Split
from tonotope.datasets.time_blocks import in_blocks
from tonotope.datasets.waveform_store import why_nothing_read
from tonotope.experiment import target_columns
from tonotope.experiment.data_requirements import (
    make_splits,
    refuse_untrainable,
    without_unread,
)
from tonotope.experiment.experiment_file import described
from tonotope.experiment.heard_doubts import coarse_bands, heard_doubts
from tonotope.experiment.propose import about_data, propose, with_found_label
from tonotope.experiment.request import Request, make_request
from tonotope.experiment.run_files import refuse_run_folder
from tonotope.experiment.spec import Experiment
from tonotope.experiment.target_values import tags_and_quantities, told_targets

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class DataCheck:
    """The report on recordings, and what keeps them from being trained on.

    Attributes:
        report: counts, lengths, rates, silence, clipping, duplicates.
        rules: how the recordings would be split, a sentence for each split.
        rules_in_short: the same in one sentence, however many folds there are.
        refusals: why `run` would refuse them; empty where it would not.
        error: the error with which `run` would refuse them before it decodes; None where it would
            not.
    """

    report: CheckReport
    rules: tuple[str, ...]
    refusals: tuple[str, ...]
    rules_in_short: tuple[str, ...] = ()
    error: TonotopeError | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**self.report.to_json(), "splits": [*self.rules], "leaks": [*self.refusals]}

    def to_dataframe(self) -> DataFrame:
        """One row per class or tag (label, recordings, groups, seconds) as a pandas data frame."""
        return data_frame(self.report.classes or self.report.tags, ClassCount._fields)


@kept_files()
def check(
    source: Experiment | Source | str | Path,
    sets: Iterable[str] = (),
    *,
    progress: Progress = SILENT,
) -> DataCheck:
    """Look at every recording that `source` names, and split them as `run` would.

    Args:
        source: recordings, an experiment, or an experiment file that names some.
        sets: changes such as `data.label=species`.
        progress: reports each recording.

    Raises:
        DataError: there are no recordings.
        ExperimentError: the experiment file or a change does not fit.
    """
    sets = list(sets)
    refuse_run_folder(source)
    recordings = None if isinstance(source, Experiment) else named(source)
    if recordings is None or Path(recordings).suffix.lower() == ".toml":
        recordings = None
        request = make_request(source, sets=sets)
        experiment, base = request.experiment, request.base
        if experiment.data.clip_s is not None:
            experiment.trace()  # before anything is read, as `run` does
    else:
        name = recordings if isinstance(recordings, CustomSource) else str(recordings)
        experiment, base = described({"data": {"source": name}}, about_data(sets)), Path.cwd()
    targets = target_columns.targets(experiment.head)
    manifest = open_source(experiment.data, targets, base=base, progress=progress)
    manifest = in_blocks(manifest, experiment.split.blocks_s)
    data = with_found_label(experiment.data, manifest) if targets is None else experiment.data
    splits: tuple[Split, ...] = ()
    refused: TonotopeError | None = None
    said: tuple[str, ...] = ()
    try:
        if recordings is not None:  # the choices that `run` makes
            proposal = propose(recordings, sets=sets, manifest=manifest)
            experiment, said = proposal.experiment, proposal.unusual()
        experiment = Request(experiment, base, manifest).resolve().experiment
        experiment.trace()
        splits = make_splits(experiment, manifest)
    except TonotopeError as error:
        refused = error
    tags, quantities = tags_and_quantities(experiment, manifest.recordings)
    report = check_recordings(
        manifest,
        label=data.label if targets is None else None,
        repair=data.repair,
        channels=data.channels,
        strict=data.strict,
        rate_hz=experiment.representation.rate_hz,
        band_hz=experiment.representation.band_hz,
        tags=tags,
        quantities=quantities,
        clip_s=experiment.data.clip_s,
        progress=progress,
    )
    said += tuple(
        told_targets(experiment, [one for one in manifest.recordings if one.id in report.sounds])
    )
    doubts = coarse_bands if report.unheard else heard_doubts  # each recording is named there
    said += tuple(doubts(manifest.heard, experiment.representation))
    report = replace(report, notes=(*report.notes, *said))
    refusals = (
        (str(refused),) if refused else _refused_once_decoded(experiment, manifest, splits, report)
    )
    rules = tuple(one.rule for one in splits)
    notes = dict.fromkeys(note for one in splits for note in one.notes)
    return DataCheck(report, rules, refusals, (*rules_in_short(splits, manifest), *notes), refused)


def rules_in_short(splits: Sequence[Split], manifest: Manifest) -> tuple[str, ...]:
    """How the recordings are split: one sentence, and how large the test parts are."""
    if len(splits) < 2:
        return tuple(one.rule for one in splits)
    group = {one.id: one.group for one in manifest.recordings}
    sizes = sorted(len(one.test) for one in splits)
    groups = sorted(len({group.get(name) for name in one.test}) for one in splits)
    how = splits[0].rule.removeprefix(f"fold {splits[0].fold} of ").rpartition(": ")[0]
    how = how.removeprefix(f"{len(splits)} ").removeprefix("is the test part; ")
    how = how.replace(" folds is the test part", " folds", 1)
    return (
        f"{len(splits)} {how}: test parts of {_span(sizes, 'recording')} in "
        f"{_span(groups, 'group')}",
    )


def _span(sizes: Sequence[int], noun: str) -> str:
    """From the smallest to the largest."""
    if sizes[0] == sizes[-1]:
        return counted(sizes[0], noun)
    return f"{sizes[0]:,} to {counted(sizes[-1], noun)}"


def _refused_once_decoded(
    experiment: Experiment, manifest: Manifest, splits: Sequence[Split], report: CheckReport
) -> tuple[str, ...]:
    """What `run` refuses once everything is decoded: every leak, or what leaves too little."""
    if not report.sounds:
        return (why_nothing_read(manifest, report.skipped[len(manifest.skipped) :]),)
    found: list[str] = []
    kept = without_unread(splits, report.sounds)
    read = [one for one in manifest.recordings if one.id in report.sounds]
    for check in (
        partial(refuse_leaks, manifest, kept, report.sounds),
        partial(refuse_untrainable, experiment, read, kept),
    ):
        try:
            check()
        except DataError as error:
            found.append(str(error))
    return tuple(found)
