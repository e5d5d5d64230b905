"""What `tonotope check` looks at: the recordings, and whether `run` would take them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope.datasets.check_report import CheckReport
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import open_source
from tonotope.datasets.split import PARTS, Split
from tonotope.datasets.waveform_store import why_nothing_read
from tonotope.experiment import target_columns
from tonotope.experiment.data_requirements import fit_to_data, make_splits
from tonotope.experiment.experiment_file import described, load
from tonotope.experiment.propose import about_data, propose, with_found_label


@dataclass(frozen=True)
class DataCheck:
    """The report on recordings, and what keeps them from being trained on.

    Attributes:
        report: counts, lengths, rates, silence, clipping, duplicates.
        rules: how the recordings would be split, a sentence for each split.
        refusals: why `run` would refuse them; empty where it would not.
    """

    report: CheckReport
    rules: tuple[str, ...]
    refusals: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**self.report.to_json(), "splits": [*self.rules], "leaks": [*self.refusals]}


def check_data(source: str, sets: Iterable[str] = (), progress: Progress = SILENT) -> DataCheck:
    """Look at every recording that `source` names, and split them as `run` would.

    Args:
        source: recordings, or an experiment file that names some.
        sets: changes such as `data.label=species`.
        progress: hears of each recording.

    Raises:
        DataError: there are no recordings.
        ExperimentError: the experiment file or a change does not fit.
    """
    path, sets = Path(source), list(sets)
    of_file = path.suffix.lower() == ".toml"
    experiment = (
        load(path, sets) if of_file else described({"data": {"source": source}}, about_data(sets))
    )
    base = path.parent if of_file else Path.cwd()
    targets = target_columns.targets(experiment.head)
    manifest = open_source(experiment.data, targets, base=base, progress=progress)
    data = with_found_label(experiment.data, manifest) if targets is None else experiment.data
    report = check_recordings(
        manifest,
        label=data.label if targets is None else None,
        repair=data.repair,
        channels=data.channels,
        progress=progress,
    )
    try:
        if not of_file:  # the choices that `run` makes
            experiment = propose(source, sets=sets, manifest=manifest).experiment
        splits = make_splits(fit_to_data(experiment, manifest)[0], manifest)
        if not report.sounds:
            raise DataError(why_nothing_read(manifest, report.skipped[len(manifest.skipped) :]))
    except DataError as error:
        return DataCheck(report, (), (str(error),))
    return DataCheck(report, tuple(one.rule for one in splits), _leaks(manifest, splits, report))


def _leaks(manifest: Manifest, splits: Iterable[Split], report: CheckReport) -> tuple[str, ...]:
    """Equal sound on two sides of a split, as `run` finds it once everything is decoded."""
    found: list[str] = []
    for one in splits:
        read = {part: tuple(i for i in getattr(one, part) if i in report.sounds) for part in PARTS}
        try:
            refuse_leaks(manifest, replace(one, **read), report.sounds)
        except DataError as error:
            found.append(str(error))
    return tuple(found)
