"""Long sound cut into windows of features for prediction, in constant memory.

    file ─► blocks of samples ─► blocks of frames ─► windows of frames

Frames are not centred, so the frames of a part of a recording are a part of the recording's
frames: they are computed once, block by block, and windows that overlap share them. Windows begin
every `hop` frames, and the last one is laid against the end, so that every frame is heard. A
recording shorter than a clip is filled up as in training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import AudioError
from tonotope.audio.channels import ChannelMix, Channels
from tonotope.audio.open_sound import open_sound
from tonotope.audio.padding import Fill, padded
from tonotope.audio.resampling import resample_stream
from tonotope.prediction.sound_doubts import SoundDoubts
from tonotope.representation import Representation

BLOCK_S = 10.0
_FAR_BELOW = 0.75  # of what the network listens to


class Windows(NamedTuple):
    """Some windows of one recording.

    Attributes:
        starts: the first frame of each, counted from the begin of the recording.
        frames: (window, channel, time, ...) a view: windows share their frames.
    """

    starts: list[int]
    frames: Tensor


def sound_of(
    path: Path | str,
    rate_hz: int,
    *,
    channels: Channels = "mean",
    repair: str = "refuse",
    block_s: float = BLOCK_S,
    doubts: list[str] | None = None,
    band_hz: tuple[float, float] | None = None,
) -> Iterator[np.ndarray]:
    """The sound of a file, one channel at `rate_hz`, block by block: float32 (time,) each.

    `doubts` receives what is doubtful about the file, once its end is reached: what decoding warned
    of, what `SoundDoubts` measures, channels that cancel, and a rate far too low for a network that
    listens to `band_hz`.

    Raises:
        AudioError: the file cannot be read or holds no sound; what came before is good.
        DataError: the file has no such channel.
    """
    stream, heard = None, 0
    mix = ChannelMix(channels)
    with open_sound(path) as file:
        own_hz, measured = file.facts.rate_hz, SoundDoubts(file.facts, band_hz)
        for samples, _ in file.blocks(block_s, repair=repair, doubts=doubts):
            if doubts is not None:
                measured.hear(samples)
            block = mix.mix(samples)[0]
            if own_hz != rate_hz:
                if stream is None:
                    stream = resample_stream(own_hz, rate_hz)
                block = stream.resample_chunk(block)
            heard += len(block)
            yield block
    if stream is not None:
        block = stream.resample_chunk(np.zeros(0, np.float32), last=True)
        heard += len(block)
        yield block
    if not heard:
        reason = "holds no samples"
        raise AudioError(str(path), reason)
    if doubts is not None:
        high_hz = None if band_hz is None else band_hz[1]
        doubts += measured.sentences()
        doubts += [one for one in (mix.note(), rate_note(own_hz, high_hz)) if one]


def rate_note(own_hz: int, high_hz: float | None) -> str | None:
    """A sentence where a file ends far below what a network listens to."""
    if high_hz is None or own_hz / 2 >= _FAR_BELOW * high_hz:
        return None
    return (
        f"its rate of {own_hz:,} Hz holds nothing above {own_hz / 2:,.0f} Hz, and the network "
        f"listens up to {high_hz:,.0f} Hz"
    )


def frames_of(
    blocks: Iterable[np.ndarray],
    features: Callable[[Tensor], Tensor],
    representation: Representation,
    clip_samples: int,
    fill: Fill = "silence",
) -> Iterator[Tensor]:
    """The frames of a sound, each computed once: (channel, time, ...) block by block.

    Args:
        blocks: float32 (time,) each, one after the other.
        features: from waves (batch, time) to (batch, channel, time, ...).
        representation: knows how frames lie on samples.
        clip_samples: a sound shorter than this is filled up.
        fill: with `silence` after it, `around` it, or with the sound itself again (`repeat`).
    """
    rest = np.zeros(0, np.float32)
    for block in _at_least(blocks, clip_samples, fill):
        rest = np.concatenate([rest, block]) if len(rest) else block
        found, rest = _whole_frames(rest, features, representation)
        if found is not None:
            yield found


def windows_of(blocks: Iterable[Tensor], steps: int, hop: int) -> Iterator[Windows]:
    """Windows of `steps` frames, one every `hop` frames and one laid against the end.

    Args:
        blocks: (channel, time, ...) each, one after the other.
        steps: the length of a window.
        hop: from the first frame of one window to the first of the next, at most `steps`.

    >>> ramp = torch.arange(10.0).view(1, 10)
    >>> found = list(windows_of([ramp[:, :6], ramp[:, 6:]], steps=4, hop=3))
    >>> [window.starts for window in found], found[-1].frames.tolist()
    ([[0], [3, 6]], [[[3.0, 4.0, 5.0, 6.0]], [[6.0, 7.0, 8.0, 9.0]]])
    """
    held: Tensor | None = None
    first = 0  # the place of the first frame that is held
    following = 0  # where the next window begins
    for block in blocks:
        held = block if held is None else torch.cat([held, block], dim=1)
        count = (held.shape[1] - (following - first) - steps) // hop + 1
        if count < 1:
            continue
        yield _cut(held[:, following - first :], following, count, steps, hop)
        following += count * hop
        # The last window of all may begin before the next one: keep as much as it needs.
        keep = max(held.shape[1] - (following - first), steps)
        first += held.shape[1] - keep
        held = held[:, held.shape[1] - keep :]
    if held is None or held.shape[1] < steps:
        return
    last = first + held.shape[1] - steps
    if last > following - hop:
        yield _cut(held[:, -steps:], last, 1, steps, hop)


def _at_least(blocks: Iterable[np.ndarray], samples: int, fill: Fill) -> Iterator[np.ndarray]:
    """The blocks; held back until a clip is full, so that what is too short can be filled up."""
    held: list[np.ndarray] = []
    total = 0
    blocks = iter(blocks)
    for block in blocks:
        held.append(block)
        total += len(block)
        if total >= samples:
            break
    yield padded(np.concatenate(held), samples, fill) if held else np.zeros(0, np.float32)
    yield from blocks


def _whole_frames(
    samples: np.ndarray, features: Callable[[Tensor], Tensor], representation: Representation
) -> tuple[Tensor | None, np.ndarray]:
    """The frames that fit into `samples`, and the samples from which the next one begins."""
    count = representation.frames(len(samples))
    if count < 1:
        return None, samples
    wave = np.array(samples[: representation.samples(count)], dtype=np.float32)
    with torch.inference_mode():
        found = features(torch.from_numpy(wave)[None])[0]
    return found, samples[count * representation.hop_samples :].copy()


def _cut(held: Tensor, start: int, count: int, steps: int, hop: int) -> Windows:
    frames = held[:, : (count - 1) * hop + steps].unfold(1, steps, hop)
    # (channel, window, ..., steps) as (window, channel, steps, ...)
    return Windows([start + n * hop for n in range(count)], frames.movedim(-1, 2).movedim(1, 0))
