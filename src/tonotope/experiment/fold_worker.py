"""One fold in a process of its own: `python -m tonotope.experiment.fold_worker RUN FOLD`."""

from __future__ import annotations

import sys
from pathlib import Path

from tonotope._progress import Progress
from tonotope.runtime.executor import Job
from tonotope.runtime.process_executor import serve

# The process of an earlier run that was killed releases the folder of its fold within this time.
PATIENCE_S = 20.0


def train_job(job: Job, progress: Progress) -> None:
    """Train one fold of a run that was begun, and predict its test part."""
    from tonotope.experiment.prepared_data import prepare_data
    from tonotope.experiment.request import Opened
    from tonotope.experiment.run_folder import Run
    from tonotope.experiment.train_fold import train_fold
    from tonotope.runtime.lock import locked

    found = Run(job.folder)
    opened = Opened(found.experiment, Path(found.environment["folder"]), found.manifest)
    part = next(one for one in found.splits if one.fold == job.name)
    with locked(found.part(job.name), patience_s=PATIENCE_S):
        pass
    train_fold(found, opened.experiment, prepare_data(opened, shared=True), part, progress)


if __name__ == "__main__":
    serve(Job(Path(sys.argv[1]), sys.argv[2]), train_job)
