"""A share of a job in a process: `python -m tonotope.experiment.predict_worker FOLDER NAME`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tonotope._progress import Progress
from tonotope.runtime.executor import EventProgress, Job
from tonotope.runtime.process_executor import serve


def hear_job(job: Job, progress: Progress) -> None:
    """Hear a share, and report each part."""
    from tonotope.experiment.predict_question import Hearing, Question
    from tonotope.experiment.predict_work import LIST, hear, part_told
    from tonotope.prediction.parts import Part

    told = json.loads((job.folder / f"{job.name}{LIST}").read_text(encoding="utf-8"))
    hearing = Hearing(told["run"], Question(**told["question"]))

    def receive(part: Part) -> None:
        assert isinstance(progress, EventProgress)
        progress.event("part", part_told(part))

    hear(hearing, told["places"], job.folder, receive, progress)


if __name__ == "__main__":
    serve(Job(Path(sys.argv[1]), sys.argv[2]), hear_job)
