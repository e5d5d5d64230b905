"""Who may write in the folder of a job: each shard once, never shards of two numbers at once."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from tonotope._errors import ExperimentError, TrainingError
from tonotope.prediction.shard import Shard
from tonotope.runtime.lock import LOCK, holder, locked

_NAME = re.compile(r"\.lock-(\d+)-of-(\d+)")
_PATIENCE_S = 30.0


@contextlib.contextmanager
def shard_locked(folder: Path, shard: Shard) -> Iterator[None]:
    """Hold a shard of a job for this process.

    Raises:
        ExperimentError: another process holds it, or others hear this job in other shares.
        TonotopeError: the folder cannot be written to.
    """
    own = f"{LOCK}-{shard.number}-of-{shard.of}"
    with contextlib.ExitStack() as held:
        with _door(folder):
            for path in sorted(folder.glob(f"{LOCK}-*-of-*")):
                named = _NAME.fullmatch(path.name)
                if named and int(named[2]) != shard.of and _is_held(path):
                    raise ExperimentError(
                        f"{folder}: {holder(path)} hears shard {named[1]}/{named[2]} of this job,"
                        f" and {shard} would hear its recordings again; wait for it, or name"
                        " another folder"
                    )
            try:
                held.enter_context(locked(folder, name=own))
            except TrainingError as error:
                raise ExperimentError(
                    f"{folder}: {holder(folder / own)} hears shard {shard} of this job already;"
                    " wait for it, or name another folder"
                ) from error
        yield


@contextlib.contextmanager
def _door(folder: Path) -> Iterator[None]:
    """One process at a time looks at the locks of the others."""
    try:
        with locked(folder, patience_s=_PATIENCE_S):
            yield
    except TrainingError as error:
        raise ExperimentError(
            f"{folder}: {holder(folder / LOCK)} works in this folder; wait for it, or name another"
        ) from error


def _is_held(path: Path) -> bool:
    lock = FileLock(path, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a file system without locks
        return False
    lock.release()
    return False
