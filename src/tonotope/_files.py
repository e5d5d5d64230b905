"""Files written whole or not at all (atomic); leftovers swept up; where the cache folder is.

A file is written beside its place, flushed to the disk and then renamed, so that at every
instant the old file or the new one is there, never half of one. Names that begin with
`.writing-` are leftovers of a process that was killed; they mean nothing and are swept up.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from platformdirs import user_cache_path

from tonotope._errors import TonotopeError

LEFTOVER = ".writing-"
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_OPEN_FILE = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; becomes `path` when the block ends without an error.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a" / "note.txt"
    >>> with writing(target) as aside:
    ...     _ = aside.write_text("whole")
    >>> target.read_text()
    'whole'

    A link at `path` is replaced, not what it names: nothing outside a run folder is written.

    Raises:
        TonotopeError: the disk is full or the folder may not be written to; or a device or a pipe
            is there, which a file would take the place of.
    """
    path = Path(path)
    if is_special(path):
        raise TonotopeError(f"{path}: is a device or a pipe; name a file")
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
        message = f"{path}: cannot be written ({_why(error)}); what was there is intact"
        raise TonotopeError(message) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


@contextlib.contextmanager
def writing_text(path: Path | str) -> Iterator[TextIO]:
    """A text file (UTF-8) that the user named, open for writing.

    What is named is written: through a link the file it leads to, whole or not at all; a device or
    a pipe (`/dev/stdout`, a FIFO) straight.

    Raises:
        TonotopeError: it cannot be written; the message says why.
        BrokenPipeError: whoever reads the pipe has seen enough.
    """
    path = Path(path)
    if not is_special(path):
        with (
            writing(link_target(path)) as aside,
            aside.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file,
        ):
            yield file
        return
    if path.is_block_device():
        raise TonotopeError(f"{path}: is a whole disk; name a file")
    try:
        # Opened by its number, what is open already keeps its place: `>> out.csv` is not cut.
        handle = _number_of(path)
        place = path if handle is None else os.dup(handle)
        with open(  # noqa: PTH123 (it may be a number)
            place, "w", encoding="utf-8", newline="", errors="backslashreplace"
        ) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"{path}: cannot be written ({_why(error)}); what it holds ends early"
        raise TonotopeError(message) from error


def link_target(path: Path | str) -> Path:
    """The file that a link leads to, through all links; a path that is none as it is.

    Raises:
        TonotopeError: the links lead round in a circle.
    """
    path = Path(path)
    if not path.is_symlink():
        return path
    try:
        target = path.resolve()
    except (OSError, RuntimeError):  # as Python before 3.13 says it
        target = path
    if target.is_symlink():
        raise TonotopeError(f"{path}: its links lead round in a circle; name a file")
    return target


def is_special(path: Path) -> bool:
    """Whether what is there, or where a link there leads, is a device, a pipe or a socket."""
    if _number_of(path) is not None:
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


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


def _why(error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file stands where a folder should be"
    return error.strerror or str(error)


def _number_of(path: Path) -> int | None:
    """The number of a file that this process has open, where the path is a name of it."""
    if os.name != "posix":
        return None
    found = _OPEN_FILE.fullmatch(str(path))
    return int(found[1]) if found else _STREAMS.get(str(path))


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
