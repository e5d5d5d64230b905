"""What `tonotope check` looks at: the recordings, and whether they could be parted honestly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope.datasets.check_report import CheckReport
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import open_source
from tonotope.datasets.split import SplitPlan, split
from tonotope.experiment import target_columns
from tonotope.experiment.defaults import DataSummary
from tonotope.experiment.defaults import choose_split as chosen_split
from tonotope.experiment.experiment_file import described, load
from tonotope.experiment.propose import with_found_label
from tonotope.experiment.spec import Experiment


@dataclass(frozen=True)
class DataCheck:
    """The report of recordings, and what would make a score on them untrue.

    Attributes:
        report: counts, lengths, rates, silence, clipping, duplicates.
        rules: how the recordings would be parted, a sentence for each split.
        leaks: why they cannot be parted honestly; empty where they can.
    """

    report: CheckReport
    rules: tuple[str, ...]
    leaks: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**self.report.to_json(), "splits": list(self.rules), "leaks": list(self.leaks)}


def check_data(source: str, sets: Iterable[str] = (), progress: Progress = SILENT) -> DataCheck:
    """Look at every recording that `source` names, and try to part them.

    Args:
        source: recordings, or an experiment file that names some.
        sets: changes such as `data.label=species`.
        progress: hears of each recording.

    Raises:
        DataError: there are no recordings.
        ExperimentError: the experiment file or a change does not fit.
    """
    path = Path(source)
    of_file = path.suffix.lower() == ".toml"
    experiment = load(path, sets) if of_file else described({"data": {"source": source}}, sets)
    base = path.parent if of_file else Path.cwd()
    targets = target_columns.targets(experiment.head)
    manifest = open_source(experiment.data, targets, base=base, progress=progress)
    data = with_found_label(experiment.data, manifest) if targets is None else experiment.data
    label = data.label if targets is None else None
    found = check_recordings(manifest, label=label, repair=data.repair, progress=progress)
    plan = _plan(experiment, manifest, label)
    try:
        parts = split(manifest, plan, label=label)
    except DataError as error:
        return DataCheck(found, (), (str(error),))
    told = []
    for part in parts:
        try:
            refuse_leaks(manifest, part, _marks(found))
        except DataError as error:
            told.append(str(error))
    return DataCheck(found, tuple(part.rule for part in parts), tuple(told))


def _plan(experiment: Experiment, manifest: Manifest, label: str | None) -> SplitPlan:
    """The split that is asked for, or else the one that would be chosen."""
    if experiment.split != SplitPlan():
        return experiment.split
    chosen = chosen_split(DataSummary.of(manifest, label))
    return SplitPlan(**{key: choice.value for key, choice in chosen.items()})


def _marks(found: CheckReport) -> dict[str, str]:
    """The same mark for recordings that are the same sound."""
    return {name: f"twin {at}" for at, (ids, _) in enumerate(found.duplicates) for name in ids}
