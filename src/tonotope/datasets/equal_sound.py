"""Files of equal sound but other bytes, found before a split: a FLAC beside its WAV, a tag more.

Only files that last equally long and differ in size are read: first their beginning, and those that
agree there to their end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial

from tonotope._errors import DataError
from tonotope.audio.kept_files import KeptFiles, current_kept_files
from tonotope.audio.open_sound import with_sound
from tonotope.audio.sound_file import SoundFile
from tonotope.audio.sound_hash import SoundHash, is_silence
from tonotope.datasets.manifest import Recording
from tonotope.runtime.thread_pool import check_cancelled, thread_pool

_BEGINNING_S = 0.25
_BLOCK_S = 30.0
_MOST_FILES = 20_000  # that are read for it; in more than these, leaks are found when decoded
_THREADS = 4


def equal_sounds(recordings: Sequence[Recording]) -> dict[str, str]:
    """A hash of the sound of each recording that another one may be equal to, by its id.

    Recordings of equal bytes need none. Silence has none, and neither has what cannot be read.

    Args:
        recordings: in any order; events are compared with events of equal start and length.
    """
    alike = _several(recordings, lambda one: (one.rate_hz, one.start_s, one.duration_s))
    alike = [one for one in alike if len({other.sha256 for other in one}) > 1]
    alike = [one for one in alike if len({_size(other) for other in one}) > 1]
    if sum(map(len, alike)) > _MOST_FILES:
        return {}
    kept = current_kept_files()
    with thread_pool(_THREADS, "equal-sound") as pool:

        def hashed(group: Sequence[Recording], most_s: float) -> dict[str, str]:
            found = pool.map(partial(_hash, kept=kept, most_s=most_s), group)
            return {one.id: sound for one, sound in zip(group, found, strict=True) if sound}

        whole: dict[str, str] = {}
        for group in alike:
            begun = hashed(group, _BEGINNING_S)
            read = [one for one in group if one.id in begun]
            same = _several(read, lambda one, begun=begun: begun[one.id])
            for several in same:
                if len({one.sha256 for one in several}) > 1:
                    whole |= hashed(several, several[0].duration_s)
    return {name: sound for name, sound in whole.items() if not is_silence(sound)}


def _several(
    recordings: Iterable[Recording], key: Callable[[Recording], Hashable]
) -> list[list[Recording]]:
    """Those of equal keys together, where there are two at least."""
    together: defaultdict[Hashable, list[Recording]] = defaultdict(list)
    for one in recordings:
        together[key(one)].append(one)
    return [same for same in together.values() if len(same) > 1]


def _size(one: Recording) -> int:
    try:
        return one.path.stat().st_size
    except OSError:
        return -1


def _hash(one: Recording, kept: KeptFiles, most_s: float) -> str | None:
    """A hash of the first `most_s` seconds; None where they cannot be read."""

    def read(file: SoundFile) -> str:
        sound, at_s = SoundHash(), 0.0
        most = min(most_s, one.duration_s)
        while at_s < most:
            check_cancelled()
            wave, _, _ = file.read(one.start_s + at_s, min(_BLOCK_S, most - at_s), repair="zero")
            if not wave.size:
                break
            sound.update(wave.T.ravel())  # (time, channel)
            at_s += _BLOCK_S
        return sound.digest(file.facts.rate_hz, file.facts.channels)

    try:
        return with_sound(one.path, read, kept.look(one.path, one.sha256))
    except DataError:
        return None  # said when all are decoded
