"""What `run` is given: file, folder or `Experiment`; its variants; where relative paths start.

It is given as an experiment file, as an `Experiment` in Python, or as recordings alone, for which
defaults are then chosen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tonotope import _files
from tonotope._progress import SILENT, Progress
from tonotope.datasets.custom_source import is_custom
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import open_source
from tonotope.datasets.time_blocks import in_blocks
from tonotope.experiment import target_columns
from tonotope.experiment.data_requirements import fit_to_data
from tonotope.experiment.experiment_file import described, load
from tonotope.experiment.memory_needed import refuse_too_large
from tonotope.experiment.propose import propose
from tonotope.experiment.proposed_settings import choose_clip_s
from tonotope.experiment.spec import Experiment
from tonotope.experiment.start_weights import check_start
from tonotope.experiment.variants import expand


@dataclass(frozen=True)
class ResolvedExperiment:
    """An experiment in which all that its recordings decide is filled in.

    Attributes:
        experiment: with labels, length of a clip and all else known.
        base: the folder that its relative paths start from.
        manifest: the recordings.
        planned: what `training.minutes` came to: minutes, clips per second, epochs; else empty.
    """

    experiment: Experiment
    base: Path
    manifest: Manifest
    planned: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """An experiment to run.

    Attributes:
        experiment: as it was given.
        base: the folder that its relative paths start from.
        manifest: the recordings, where they are known already.
        out: the folder of run folders, where the experiment comes from a run folder.
    """

    experiment: Experiment
    base: Path
    manifest: Manifest | None = None
    out: Path | None = None

    def variants(self) -> tuple[Request, ...]:
        """The experiment itself and each of its variants."""
        return tuple(replace(self, experiment=one) for one in expand(self.experiment))

    def resolve(self, progress: Progress = SILENT) -> ResolvedExperiment:
        """Read the recordings' headers and tables, and fill in what they decide.

        Raises:
            DataError: there are no recordings, no labels, one class alone, or targets that do
                not fit the head.
            ExperimentError: one training step needs more memory than this machine has.
        """
        data, head = self.experiment.data, self.experiment.head
        manifest = self.manifest or open_source(
            data, target_columns.targets(head), base=self.base, progress=progress
        )
        manifest = in_blocks(manifest, self.experiment.split.blocks_s)
        experiment, summary = fit_to_data(self.experiment, manifest)
        data = experiment.data
        if experiment.start is not None:
            check_start(experiment.start, self.base, experiment.representation)
        if data.clip_s is None:
            clip = choose_clip_s(summary, experiment.representation.rate_hz)
            data = data.model_copy(update={"clip_s": clip.value})
            progress.say(f"the network hears {data.clip_s:g} s at once: {clip.why}")
        experiment = experiment.model_copy(update={"data": data})
        _ = experiment.hop_steps  # refused now and not after the training
        experiment = experiment.with_weights_named()
        refuse_too_large(experiment, manifest.recordings)
        return ResolvedExperiment(experiment, self.base, manifest)


def make_request(
    source: Any,
    *,
    sets: Iterable[str] = (),
    seed: int | None = None,
    name: str | None = None,
    progress: Progress = SILENT,
) -> Request:
    """The request that `source` describes, with changes applied.

    Args:
        source: an experiment file, an `Experiment`, or recordings: a folder of class folders, a
            table, `orchestra`, `mirdata:NAME`, `soundata:NAME`, a `Source` of one's own.
        sets: changes such as `training.epochs=40`.
        seed: in place of the experiment's own.
        name: in place of the experiment's own.
        progress: of reading the recordings.

    Raises:
        ExperimentError: the file, a key or a value does not fit.
        DataError: there are no recordings, or no labels in them.
    """
    if isinstance(source, Request):
        return source
    if isinstance(source, Experiment):
        changed = described(source.model_dump(mode="json"), sets).with_code_of(source)
        request = Request(changed, Path.cwd())
    elif not is_custom(source) and Path(source).suffix.lower() == ".toml":
        request = _of_file(_files.expanded(source), sets)
    else:
        proposal = propose(source, sets=sets, progress=progress)
        request = Request(proposal.experiment, Path.cwd(), proposal.manifest)
    changes: dict[str, Any] = {} if seed is None else {"seed": seed}
    changes |= {} if name is None else {"name": name}
    described(changes)  # what does not fit is refused here, not when the run is read again
    return replace(request, experiment=request.experiment.model_copy(update=changes))


def _of_file(path: Path, sets: Iterable[str]) -> Request:
    experiment = load(path, sets)
    # The experiment of a run folder can be run again: its environment says where paths start from.
    environment = path.parent / "environment.json"
    try:
        folder = json.loads(environment.read_text(encoding="utf-8")).get("folder")
    except (OSError, ValueError, AttributeError, RecursionError):
        return Request(experiment, path.parent)
    base = Path(folder) if isinstance(folder, str) and Path(folder).is_dir() else path.parent
    return Request(experiment, base, out=path.parent.parent)
