"""`tonotope predict --out DIR/`: when it is a folder of parts, and what is said of such a job."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tonotope import _files
from tonotope._wording import counted
from tonotope.cli import terminal
from tonotope.cli.app import INTERRUPTED
from tonotope.cli.messages import tell_skipped
from tonotope.cli.progress import watching

if TYPE_CHECKING:
    from tonotope.experiment.predict_job import JobResult


def refuse_without_folder(options: Mapping[str, object]) -> None:
    """Refuse options that need a folder, where none is named.

    Raises:
        ExperimentError: names the first, and what to add.
    """
    from tonotope._errors import ExperimentError

    for name, value in options.items():
        if value is not None:
            raise ExperimentError(f"{name} needs a folder for the parts: add --out DIR/")


def is_folder(
    output: str, audio: Sequence[Path], to: str, only_folders: Mapping[str, object]
) -> bool:
    """Whether parts go into a folder: it is there, ends with a slash, or nothing else would do.

    Args:
        output: what `--out` names.
        audio: the recordings or folders that were named.
        to: the format.
        only_folders: the options that need a folder, with what was given, or None.

    Raises:
        ExperimentError: an option needs a folder, and a file is named.
    """
    from tonotope._errors import ExperimentError
    from tonotope.prediction.event_files import ONE_RECORDING

    path = _files.expanded(output)
    if path.is_dir() or output.endswith(("/", os.sep)):
        return True
    given = next((name for name, value in only_folders.items() if value is not None), None)
    if given and (path.exists() or path.suffix):
        raise ExperimentError(
            f"{given} needs a folder for the parts, and --out {output} is a file: add a slash,"
            f" --out {output}/, or name another"
        )
    several = len(audio) > 1 or any(one.is_dir() for one in audio)
    tracks = to in ONE_RECORDING and several and not path.exists()
    return bool(given) or (tracks and not output.endswith((*ONE_RECORDING.values(),)))


def hear_into_folder(
    run: Path,
    audio: Sequence[Path],
    output: str,
    sounds: Path | None,
    line: str,
    asked: Mapping[str, Any],
) -> JobResult:
    """Hear recordings into a folder, and say what came of it.

    Raises:
        typer.Exit: it was interrupted.
        TonotopeError: it cannot be done; what is finished stays.
    """
    from tonotope._errors import ExperimentError
    from tonotope.experiment.predict_job import predict_job

    if sounds is not None:
        raise ExperimentError("--sounds says nothing of a folder of parts; name --out FILE")
    progress, folder = watching(), Path(output)
    try:
        found = predict_job(run, audio, folder, progress=progress, **asked)
    except KeyboardInterrupt:
        progress.end()
        terminal.say(f"stopped; what is finished stays in {folder}")
        terminal.say(f"The same command goes on from there:  {line}", whole=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        progress.end()
    tell_skipped(found.skipped, progress.said, kept_in=f"`tonotope merge {folder}`")
    for note in found.notes:
        terminal.say(terminal.soft(terminal.one_line(note), sys.stderr))
    now = counted(found.heard, "recording")
    terminal.say(f"written: {folder} ({now} heard now, of {found.recordings:,} in all)")
    return found
