"""Each file looked at once: what it holds, and the sum of its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import AudioError
from tonotope._escape import escaped
from tonotope._progress import SILENT, Progress
from tonotope._wording import spoken
from tonotope.audio import decoding, file_type
from tonotope.runtime.thread_pool import thread_pool

_TOGETHER = 64  # files a thread takes at once: small ones are done faster than handed over
_THREADS = 4


class ProbedFile(NamedTuple):
    """What a file holds and the sha256 of its bytes."""

    facts: decoding.AudioFacts
    sha256: str


def probe_files(
    paths: Iterable[Path], *, max_duration_s: float | None = None, progress: Progress = SILENT
) -> dict[Path, ProbedFile | AudioError]:
    """Look at every file: what it holds, or why it cannot be used."""
    paths = list(dict.fromkeys(paths))
    lots = [paths[first : first + _TOGETHER] for first in range(0, len(paths), _TOGETHER)]
    found: dict[Path, ProbedFile | AudioError] = {}
    progress.begin("look at the files", len(paths))
    with thread_pool(_THREADS, "measure") as pool:
        looked = pool.map(lambda lot: _lot(lot, max_duration_s), lots)
        for lot, looks in zip(lots, looked, strict=True):
            found.update(zip(lot, looks, strict=True))
            progress.advance(len(lot))
    progress.end()
    return found


def _lot(paths: Sequence[Path], max_duration_s: float | None) -> list[ProbedFile | AudioError]:
    return [_look(path, max_duration_s) for path in paths]


def _look(path: Path, max_duration_s: float | None) -> ProbedFile | AudioError:
    try:
        facts = decoding.inspect(path)
        if max_duration_s is not None and facts.duration_s > max_duration_s:
            reason = (
                f"lasts {spoken(facts.duration_s)}, more than data.max_duration_s = "
                f"{max_duration_s:g}; cut it, or raise that number"
            )
            return AudioError(escaped(str(path)), reason)
        return ProbedFile(facts, file_type.sha256_of_file(path))
    except AudioError as error:
        return error
    except (OSError, file_type.Refused) as error:  # it vanished after it was inspected
        return AudioError(escaped(str(path)), file_type.explain_error(error))
