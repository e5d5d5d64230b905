"""A whole run that takes a second, in a child process: what kills and faults are tried on."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import safetensors.numpy
import soundfile

from tonotope._errors import TonotopeError
from tonotope._files import LEFTOVER
from tonotope.cli.exit_status import status_of
from tonotope.experiment import run_files
from tonotope.experiment.run_files import prediction_files, read_tables
from tonotope.experiment.run_folder import Run
from tonotope.training.checkpoint import CHECKPOINT, read_checkpoint
from tonotope.training.history import HISTORY, read_history

RATE_HZ = 8000
SETTINGS = (
    "data.clip_s=0.1",
    "representation.kind='log-mel'",
    "representation.rate_hz=8000",
    "representation.bands=8",
    "representation.hop_s=0.02",
    'network={kind="layers",layers=["conv 4 3x3","batchnorm","relu","dropout 0.2",'
    '"globalpool all mean"]}',
    "split.folds=2",
    "training.epochs=4",
    "training.batch_size=2",
    "training.precision='float32'",
    "training.memory_format='channels_last'",
    "evaluation.resamples=100",
    "evaluation.baselines=['majority']",
)
RAW = "went wrong inside"


def write_tones(folder: Path, clips: int = 4) -> Path:
    """Two classes of short tones, of two formats."""
    rng = np.random.default_rng(0)
    moments = np.arange(RATE_HZ // 5) / RATE_HZ
    for label, frequency, ending in (("low", 300, "wav"), ("high", 1500, "flac")):
        (folder / label).mkdir(parents=True)
        for name in "abcdefgh"[:clips]:
            tone = 0.3 * np.sin(2 * np.pi * frequency * moments)
            wave = tone + 0.05 * rng.standard_normal(len(moments))
            soundfile.write(folder / label / f"{name * 3}.{ending}", wave, RATE_HZ)
    return folder


class SmallRun:
    """`tonotope run tones` in a folder of its own, with a cache of its own.

    Args:
        folder: made anew; what lay there is removed.
        tones: the recordings, copied into it.
    """

    def __init__(self, folder: Path, tones: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tones, folder / "tones")

    def start(self, before: Callable[[], None] = lambda: None) -> int:
        """A child that gives the command, after `before` was called in it; its process number.

        PyTorch is imported in the parent, which must not have computed anything yet.
        """
        child = os.fork()
        if child:
            return child
        status = 99
        try:
            self._become_a_command()
            before()
            sets = [word for one in SETTINGS for word in ("--set", one)]
            status = status_of(["run", "tones", *sets])
        except BaseException as error:  # a child must not go on as its parent would
            os.write(2, f"{RAW}: {error!r}\n".encode())
        sys.stderr.flush()
        os._exit(status)

    def _become_a_command(self) -> None:
        os.chdir(self.folder)
        os.environ |= {"TONOTOPE_CACHE": "cache", "TONOTOPE_THREADS": "1", "TONOTOPE_FOLDS": "1"}
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115

    def finish(self, before: Callable[[], None] = lambda: None) -> int:
        """Give the command and wait for its end; its status, or minus the number of a signal."""
        return ended(self.start(before))

    @property
    def said(self) -> str:
        """What the last command wrote on standard error."""
        return (self.folder / "err").read_text(encoding="utf-8", errors="replace")

    @property
    def run(self) -> Path | None:
        """The run folder, if it was made."""
        return next(iter(self.folder.glob("runs/*-s0")), None)

    def files(self) -> set[str]:
        """The files of the run folder and the cache that mean something."""
        paths = [*self.folder.glob("runs/**/*"), *self.folder.glob("cache/**/*")]
        names = (path.relative_to(self.folder).as_posix() for path in paths if path.is_file())
        return {name for name in names if LEFTOVER not in name and not name.endswith(".lock")}

    def result(self) -> str:
        """A digest of all weights and predictions."""
        digest = hashlib.sha256()
        assert self.run is not None
        for path in sorted(self.run.rglob("*")):
            name = path.relative_to(self.run).as_posix()
            if path.name == "model.safetensors":  # its header names the metadata in any order
                for tensor, value in sorted(safetensors.numpy.load_file(path).items()):
                    digest.update(f"{name} {tensor} {value.shape}".encode() + value.tobytes())
            elif path.name.startswith("predictions"):
                digest.update(name.encode() + path.read_bytes())
        return digest.hexdigest()

    def unreadable(self) -> list[str]:
        """What the run folder holds that cannot be read; empty where all is well."""
        if self.run is None:
            return []
        wrong = []
        for name, read in _readers(self.run).items():
            try:
                read()
            except TonotopeError as error:
                wrong.append(f"{name}: {error}")
            except Exception as error:
                wrong.append(f"{name}: raw error: {error!r}")
        return wrong


def import_all(folder: Path) -> None:
    """Import what a run imports, so that no child does it again; nothing is computed here."""
    run = SmallRun(folder, write_tones(folder.with_name("tones-to-import")))

    def told_at_the_end() -> None:
        leave = os._exit

        def exit_telling(status: int) -> None:
            Path("modules").write_text("\n".join(sys.modules), encoding="utf-8")
            leave(status)

        os._exit = exit_telling

    status = run.finish(told_at_the_end)
    assert status == 0, run.said
    for name in (run.folder / "modules").read_text(encoding="utf-8").splitlines():
        if name not in sys.modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def ended(child: int) -> int:
    """How a child ended: its exit status, or minus the number of the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _readers(folder: Path) -> dict[str, Callable[[], object]]:
    """How each file that is there is read."""
    run = Run(folder)
    found: dict[str, Callable[[], object]] = {
        run_files.EXPERIMENT: lambda: run.experiment,
        run_files.MANIFEST: lambda: run.manifest,
        run_files.ENVIRONMENT: lambda: run.environment,
        run_files.SPLIT: lambda: run.splits,
        run_files.EVALUATION: lambda: run.evaluation,
        run_files.SKIPPED: lambda: run.skipped,
    }
    found = {name: read for name, read in found.items() if (folder / name).exists()}
    for part in (folder, *folder.glob("fold-*")):
        parts: dict[str, Callable[[], object]] = {
            CHECKPOINT: lambda part=part: read_checkpoint(part),
            HISTORY: lambda part=part: read_history(part),
            "model.json": lambda part=part: (
                run.model(part.name.partition("-")[2] or None) if part != folder else _model(folder)
            ),
        }
        found |= {
            f"{part.name}/{name}": read for name, read in parts.items() if (part / name).exists()
        }
        if (folder / run_files.EXPERIMENT).exists():
            files = prediction_files(part, run.answers)
            if any(path.exists() for path in files.values()):
                found[f"{part.name}/predictions"] = lambda part=part: read_tables(part, run.answers)
    return found


def _model(folder: Path) -> object:
    from tonotope.model import Model

    return Model.load(folder)
