"""What is to be run: an experiment, and the folder that its paths start from.

It may come as an experiment file, as an `Experiment` in Python, or as nothing but recordings, for
which an experiment is then chosen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tonotope._progress import SILENT, Progress
from tonotope.datasets.custom_source import is_custom
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import open_source
from tonotope.experiment import target_columns
from tonotope.experiment.data_requirements import fit_to_data
from tonotope.experiment.defaults import choose_clip_s
from tonotope.experiment.experiment_file import described, load
from tonotope.experiment.pretrained import earlier_run
from tonotope.experiment.propose import propose
from tonotope.experiment.spec import Experiment
from tonotope.experiment.variants import expand


@dataclass(frozen=True)
class Opened:
    """An experiment with its recordings looked at, and all that they decide filled in.

    Attributes:
        experiment: what is asked.
        base: the folder that its relative paths start from.
        manifest: the recordings.
    """

    experiment: Experiment
    base: Path
    manifest: Manifest


@dataclass(frozen=True)
class Request:
    """An experiment that is ready to be run.

    Attributes:
        experiment: what is asked.
        base: the folder that its relative paths start from.
        manifest: the recordings, where they were looked at already.
        out: where its run folder lies, if it comes from one.
    """

    experiment: Experiment
    base: Path
    manifest: Manifest | None = None
    out: Path | None = None

    def variants(self) -> tuple[Request, ...]:
        """The experiment itself and each of its variants."""
        return tuple(replace(self, experiment=one) for one in expand(self.experiment))

    def opened(self, progress: Progress = SILENT) -> Opened:
        """Look at the recordings, and fill in what they decide.

        Raises:
            DataError: there are no recordings, no labels, one class alone, or targets that do
                not fit the head.
        """
        data, head = self.experiment.data, self.experiment.head
        manifest = self.manifest or open_source(
            data, target_columns.targets(head), base=self.base, progress=progress
        )
        experiment, summary = fit_to_data(self.experiment, manifest)
        data = experiment.data
        if experiment.start is not None:
            earlier_run(experiment.start, self.base, experiment.representation)
        if data.clip_s is None:
            data = data.model_copy(update={"clip_s": choose_clip_s(summary).value})
            progress.say(
                f"the network hears {data.clip_s:g} s at once: {choose_clip_s(summary).why}"
            )
        experiment = experiment.model_copy(update={"data": data})
        return Opened(experiment.with_weights_named(), self.base, manifest)


def requested(
    source: Any,
    *,
    sets: Iterable[str] = (),
    seed: int | None = None,
    name: str | None = None,
    progress: Progress = SILENT,
) -> Request:
    """What `source` asks for, with changes laid over it.

    Args:
        source: an experiment file, an `Experiment`, or recordings: a folder of class folders, a
            table, `orchestra`, `mirdata:NAME`, `soundata:NAME`, a `Source` of one's own.
        sets: changes such as `training.epochs=40`.
        seed: in place of the experiment's own.
        name: in place of the experiment's own.
        progress: hears of the recordings as they are looked at.

    Raises:
        ExperimentError: the file, a key or a value does not fit.
        DataError: there is nothing to learn from in the recordings.
    """
    if isinstance(source, Request):
        return source
    if isinstance(source, Experiment):
        changed = described(source.model_dump(mode="json"), sets).with_code_of(source)
        request = Request(changed, Path.cwd())
    elif not is_custom(source) and Path(source).suffix.lower() == ".toml":
        request = _of_file(Path(source).expanduser(), sets)
    else:
        proposal = propose(source, sets=sets, progress=progress)
        request = Request(proposal.experiment, Path.cwd(), proposal.manifest)
    changes: dict[str, Any] = {} if seed is None else {"seed": seed}
    changes |= {} if name is None else {"name": name}
    described(changes)  # what does not fit is refused here, not when the run is read again
    return replace(request, experiment=request.experiment.model_copy(update=changes))


def _of_file(path: Path, sets: Iterable[str]) -> Request:
    experiment = load(path, sets)
    # The experiment of a finished run can be run again: it tells where its paths started from.
    beside = path.parent / "environment.json"
    try:
        told = json.loads(beside.read_text(encoding="utf-8")).get("folder")
    except (OSError, ValueError, AttributeError):
        return Request(experiment, path.parent)
    base = Path(told) if isinstance(told, str) and Path(told).is_dir() else path.parent
    return Request(experiment, base, out=path.parent.parent)
