"""One fold in a process of its own: `python -m tonotope.experiment.fold_worker RUN FOLD`."""

from __future__ import annotations

import sys
from pathlib import Path

from tonotope._progress import Progress
from tonotope.runtime.executor import Job
from tonotope.runtime.process_executor import serve

# How long to wait for the process of an earlier run that was killed and is about to end.
PATIENCE_S = 20.0


def train_job(job: Job, progress: Progress) -> None:
    """Train one fold of a run, and predict its test part."""
    from tonotope.experiment.prepared_data import prepare_data
    from tonotope.experiment.request import ResolvedExperiment
    from tonotope.experiment.run_folder import Run
    from tonotope.experiment.train_fold import train_fold
    from tonotope.runtime.lock import locked

    run = Run(job.folder)
    resolved = ResolvedExperiment(run.experiment, Path(run.environment["folder"]), run.manifest)
    part = next(one for one in run.splits if one.fold == job.name)
    with locked(run.part(job.name), patience_s=PATIENCE_S):
        pass
    train_fold(run, resolved.experiment, prepare_data(resolved, shared=True), part, progress)


if __name__ == "__main__":
    serve(Job(Path(sys.argv[1]), sys.argv[2]), train_job)
