"""Files written whole or not at all (atomic); leftovers swept up; where the cache folder is.

A file is written beside its place, flushed to the disk and then renamed, so that at every
instant the old file or the new one is there, never half of one. Names that begin with
`.writing-` are leftovers of a process that was killed; they mean nothing and are swept up.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_cache_path

from tonotope._errors import TonotopeError

LEFTOVER = ".writing-"


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; becomes `path` when the block ends without an error.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a" / "note.txt"
    >>> with writing(target) as aside:
    ...     _ = aside.write_text("whole")
    >>> target.read_text()
    'whole'

    Raises:
        TonotopeError: the disk is full or the folder may not be written to.
    """
    path = Path(path)
    # Short, and with the process's number: a name of 255 bytes must still find a place.
    aside = path.parent / f"{LEFTOVER}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        why = error.strerror or error
        if isinstance(error, FileExistsError | NotADirectoryError):
            why = "a file stands where a folder should be"
        message = f"{path}: cannot be written ({why}); what was there is intact"
        raise TonotopeError(message) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all; bytes of a name that are no UTF-8 are spelled."""
    with writing(path) as aside:
        aside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data`, whole or not at all."""
    with writing(path) as aside:
        aside.write_bytes(data)


def copy(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all."""
    with writing(target) as aside:
        shutil.copyfile(source, aside)


def sweep(folder: Path) -> None:
    """Remove what killed processes left half-written in `folder`; the living are let be."""
    for leftover in Path(folder).glob(f"{LEFTOVER}*"):
        if not _being_written(leftover.name):
            with contextlib.suppress(OSError):
                leftover.unlink()


def expanded(path: str | Path) -> Path:
    """A path with `~` as the folder it stands for.

    Raises:
        TonotopeError: whose home it is is not known on this machine.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        message = f"{path}: whose home that is is not known; write it out"
        raise TonotopeError(message) from error


def cache_folder() -> Path:
    """Where decoded sound and features are kept.

    The first of: the environment variable TONOTOPE_CACHE; `tonotope` in XDG_CACHE_HOME; the cache
    folder of this system. It may be deleted at any time; everything in it can be made again.
    """
    named = os.environ.get("TONOTOPE_CACHE")
    if named:
        return expanded(named)
    home = os.environ.get("XDG_CACHE_HOME")
    if home:
        return Path(home) / "tonotope"
    return user_cache_path("tonotope", appauthor=False)


def _being_written(name: str) -> bool:
    """Whether the process whose number is in the name of a leftover still lives on this machine."""
    number = name.removeprefix(LEFTOVER).partition("-")[0]
    if os.name != "posix" or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)  # signal 0 asks and does nothing
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it lives, and is somebody else's
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut (not every file system offers it)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
