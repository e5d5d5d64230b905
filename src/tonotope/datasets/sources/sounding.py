"""Whether something sounds in a stretch of a file, or whether it is digital silence."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType

from tonotope._errors import DataError
from tonotope.audio.channels import Channels, mix_to_mono
from tonotope.audio.open_sound import open_sound, with_sound
from tonotope.audio.sound_file import SoundFile

_BLOCK_S = 0.01
_SILENT = 0.5  # a stretch is silent where so many of its blocks hold one value alone


class Sounding:
    """Whether something sounds in stretches of files; one file after the other stays open.

    Args:
        channels: of several, how they become the one that is heard.
    """

    def __init__(self, channels: Channels) -> None:
        self._channels: Channels = channels
        self._after = contextlib.ExitStack()
        self._path: Path | None = None
        self._file: SoundFile | None = None

    def __enter__(self) -> Sounding:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._after.close()

    def __call__(self, path: Path, span: tuple[int, int]) -> bool:
        """False for digital silence, and for what cannot be decoded; `span` in milliseconds."""
        try:
            try:
                return self._sounds(self._opened(path), span)
            except DataError:  # once more, where a disk failed in passing
                return with_sound(path, lambda file: self._sounds(file, span))
        except DataError:
            return False  # what is wrong with the file is said where its labels are heard

    def _opened(self, path: Path) -> SoundFile:
        if self._file is None or path != self._path:
            self._after.close()
            self._path, self._file = path, None
            self._file = self._after.enter_context(open_sound(path))
        return self._file

    def _sounds(self, file: SoundFile, span: tuple[int, int]) -> bool:
        begin, end = span
        wave, rate_hz, _ = file.read(begin / 1000, (end - begin) / 1000, repair="zero")
        mono = mix_to_mono(wave, self._channels)[0]
        block = min(len(mono), max(1, round(_BLOCK_S * rate_hz)))
        if not block:
            return False
        blocks = mono[: len(mono) // block * block].reshape(-1, block)
        still = blocks.min(axis=1) == blocks.max(axis=1)
        return bool(still.mean() <= _SILENT)
