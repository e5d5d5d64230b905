"""Jobs are carried out in this process or in several; whoever waits for them cannot tell which."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from tonotope._errors import TrainingError
from tonotope._progress import Progress
from tonotope.runtime.executor import (
    Event,
    EventProgress,
    Executor,
    InProcessExecutor,
    Job,
    Receive,
)
from tonotope.runtime.process_executor import ProcessExecutor

NAMES = ["a", "b", "c"]


def work(job: Job, progress: Progress) -> None:
    """Write a file, or do what the name of the job says."""
    if job.name == "waits":
        (job.folder / "number").write_text(str(os.getpid()))
        try:  # from before the first event on: whoever gets it may ask to stop at once
            progress.begin("write", 1)
            time.sleep(60)
        except KeyboardInterrupt:
            (job.folder / "saved").write_text("")
            raise
    progress.begin("write", 1)
    if job.name == "fails":
        raise TrainingError("the sound is missing")
    if job.name == "crashes":
        sys.exit("by nought")
    (job.folder / job.name).write_text(job.name)
    progress.advance(1, loss=0.5)
    progress.say("written")
    progress.end()


@pytest.fixture
def module(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that a process can run."""
    folder = tmp_path_factory.mktemp("module")
    here = Path(__file__).parents[2]
    (folder / "executor_job.py").write_text(
        "import signal, sys; from pathlib import Path\n"
        f"sys.path.insert(0, {str(here)!r})\n"
        "from tests.runtime.test_executor import work\n"
        "from tonotope.runtime.executor import Job\n"
        "from tonotope.runtime.process_executor import serve\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "serve(Job(Path(sys.argv[1]), sys.argv[2]), work)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return "executor_job"


class Elsewhere(Executor):
    """An executor from outside the package, as a cluster's would be; here the job is a thread."""

    def wait(self, receive: Receive) -> bool:
        if self._waiting:
            job = self._waiting.popleft()
            thread = threading.Thread(target=work, args=(job, EventProgress(job.name, receive)))
            thread.start()
            thread.join()
        return bool(self._waiting)


@pytest.fixture(params=["in this process", "in two processes", "elsewhere"])
def executor(request: pytest.FixtureRequest, module: str) -> Executor:
    """Each of the three."""
    makers = {
        "in this process": lambda: InProcessExecutor(work),
        "in two processes": lambda: ProcessExecutor(module, 2),
        "elsewhere": Elsewhere,
    }
    return makers[request.param]()


def carried_out(executor: Executor, folder: Path, names: list[str]) -> list[Event]:
    events: list[Event] = []
    with executor:
        for name in names:
            executor.submit(Job(folder, name))
        while executor.wait(events.append):
            pass
    return events


def test_progress_comes_back_from_every_job(executor: Executor, tmp_path: Path) -> None:
    events = carried_out(executor, tmp_path, NAMES)
    for name in NAMES:
        assert (tmp_path / name).read_text() == name
        own = [event[1:] for event in events if event.job == name]
        assert own[:4] == [
            ("begin", ["write", 1]),
            ("advance", [1, {"loss": 0.5}]),
            ("say", ["written"]),
            ("end", []),
        ]
        assert own[4:] in ([], [("done", []), ("exited", [0, ""])])
    assert not executor.stopped


def test_jobs_that_were_not_begun_are_dropped_at_a_stop(executor: Executor, tmp_path: Path) -> None:
    with executor:
        executor.submit(Job(tmp_path, "a"))
        executor.stop()
        while executor.wait(lambda _: None):
            pass
    assert executor.stopped
    assert not (tmp_path / "a").exists()


def test_an_error_in_this_process_reaches_the_caller(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="the sound is missing"):
        carried_out(InProcessExecutor(work), tmp_path, ["fails", "a"])
    assert not (tmp_path / "a").exists()


def test_an_error_in_another_process_is_an_event(module: str, tmp_path: Path) -> None:
    events = carried_out(ProcessExecutor(module, 2), tmp_path, ["fails", "crashes"])
    assert Event("fails", "failed", ["TrainingError", "the sound is missing"]) in events
    assert Event("crashes", "exited", [1, "by nought"]) in events


def test_ctrl_c_lets_every_process_save(module: str, tmp_path: Path) -> None:
    executor, events = ProcessExecutor(module, 2), list[Event]()
    with executor:
        executor.submit(Job(tmp_path, "waits"))
        while executor.wait(events.append):
            if events and not executor.stopped:
                signal.raise_signal(signal.SIGINT)
    assert executor.stopped
    assert (tmp_path / "saved").exists()
    assert Event("waits", "stopped", []) in events
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_still_runs_is_killed_at_the_end(module: str, tmp_path: Path) -> None:
    executor, events = ProcessExecutor(module, 2), list[Event]()

    def until_the_first_event() -> None:
        with executor:
            executor.submit(Job(tmp_path, "waits"))
            while executor.wait(events.append):
                if events:
                    raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        until_the_first_event()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "number").read_text()), 0)  # signal 0 asks whether it lives
    assert not (tmp_path / "saved").exists()
    assert not (tmp_path / "waits").exists()  # nobody waited until it was done


def test_no_more_processes_run_at_once_than_allowed(module: str, tmp_path: Path) -> None:
    events = carried_out(ProcessExecutor(module, 1), tmp_path, NAMES)
    assert [event.job for event in events if event.name in ("begin", "exited")] == [
        "a", "a", "b", "b", "c", "c",
    ]  # fmt: skip
