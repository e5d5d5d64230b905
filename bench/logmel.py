"""How long a log-mel spectrogram takes, against librosa and against the plain road in PyTorch."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from functools import partial

import librosa
import numpy as np
import torch

from tonotope.representation import LogMel

ROUNDS = 15
CLIPS, CLIP_S = 32, 5
SETTINGS = {
    "speech, 16 kHz": LogMel(rate_hz=16000, window_s=0.064, hop_s=0.016, bands=64, floor=1e-10),
    "sounds, 22.05 kHz": LogMel(rate_hz=22050, bands=64, floor=1e-10),
    "music, 44.1 kHz": LogMel(
        rate_hz=44100, window_s=2048 / 44100, hop_s=512 / 44100, bands=128, floor=1e-10
    ),
    "digits, 8 kHz": LogMel(rate_hz=8000, window_s=0.032, hop_s=0.01, bands=40, floor=1e-10),
}


def page() -> str:
    """The comparison as Markdown."""
    torch.set_num_threads(1)
    rows = [row(name, log_mel) for name, log_mel in SETTINGS.items()]
    return "\n".join(
        [
            "# Log-mel spectrograms: seconds of sound per second of work",
            "",
            f"{CLIPS} clips of {CLIP_S} s, one thread, median of {ROUNDS} rounds in which all take "
            f"turns; the ratio is the median of the rounds' ratios, with the lowest and highest. "
            f"`librosa` is `melspectrogram` and `power_to_db`, clip by clip, with the same frames; "
            f"`plain` is our own graph of `torch.stft`, the road that is differentiable and "
            f"exported. The last column is how far ours and librosa's decibels lie apart at most.",
            "",
            f"torch {torch.__version__}, librosa {librosa.__version__}, {platform.machine()}. "
            f"Written by `python -m bench logmel`.",
            "",
            "| sound | window, hop, bands | librosa | plain | tonotope | × librosa | differs |",
            "|---|---|--:|--:|--:|---|--:|",
            *rows,
            "",
        ]
    )


def row(name: str, log_mel: LogMel) -> str:
    """One setting, measured."""
    generator = np.random.default_rng(0)
    waves = 0.1 * generator.standard_normal((CLIPS, CLIP_S * log_mel.rate_hz)).astype(np.float32)
    tensor = torch.from_numpy(waves)
    transform = log_mel.build(log_mel.clip_shape(waves.shape[1]))
    runs: dict[str, Callable[[], object]] = {
        "librosa": partial(by_librosa, waves, log_mel),
        "plain": partial(transform.at_once, tensor),  # pyright: ignore[reportArgumentType]
        "tonotope": partial(transform, tensor),
    }
    difference = np.abs(by_librosa(waves, log_mel) - transform(tensor)[:, 0].numpy()).max()
    seconds = in_turns(runs)
    ratios = [
        theirs / ours for theirs, ours in zip(seconds["librosa"], seconds["tonotope"], strict=True)
    ]
    speeds = [f"{CLIPS * CLIP_S / statistics.median(taken):,.0f}" for taken in seconds.values()]
    setting = f"{log_mel.window_samples}, {log_mel.hop_samples}, {log_mel.bands}"
    ratio = f"**{statistics.median(ratios):.1f}** ({min(ratios):.1f} to {max(ratios):.1f})"
    return f"| {name} | {setting} | {' | '.join(speeds)} | {ratio} | {difference:.0e} dB |"


def by_librosa(waves: np.ndarray, log_mel: LogMel) -> np.ndarray:
    """Decibels in bands `(clip, time, band)`, as librosa computes them."""
    clips = []
    for wave in waves:
        power = librosa.feature.melspectrogram(
            y=wave,
            sr=log_mel.rate_hz,
            n_fft=log_mel.transform_samples,
            win_length=log_mel.window_samples,
            hop_length=log_mel.hop_samples,
            n_mels=log_mel.bands,
            center=False,
        )
        clips.append(librosa.power_to_db(power, amin=log_mel.floor, top_db=None).T)
    return np.stack(clips)


def in_turns(runs: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds of each, round by round; the first round warms up and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS + 1):
        for name, run in runs.items():
            begin = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - begin)
    return {name: taken[1:] for name, taken in seconds.items()}
