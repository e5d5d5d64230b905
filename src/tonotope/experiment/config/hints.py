"""The slips that everybody makes: kilohertz for hertz, another library's word for a key."""

from __future__ import annotations

from collections.abc import Iterable

from tonotope.experiment.config.schema import Path

# Words of other libraries, and of papers, for what is called otherwise here.
_OTHER_WORDS = {
    "sample_rate": "rate_hz",
    "sampling_rate": "rate_hz",
    "sr": "rate_hz",
    "fs": "rate_hz",
    "n_mels": "bands",
    "mel_bands": "bands",
    "n_mfcc": "coefficients",
    "n_fft": "window_s",
    "win_length": "window_s",
    "window": "window_s",
    "window_length": "window_s",
    "hop": "hop_s",
    "hop_length": "hop_s",
    "fmin": "low_hz",
    "f_min": "low_hz",
    "fmax": "high_hz",
    "f_max": "high_hz",
    "lr": "learning_rate",
    "max_epochs": "epochs",
    "num_epochs": "epochs",
    "batch": "batch_size",
    "optimiser": "optimizer",
    "wd": "weight_decay",
    "duration": "clip_s",
    "clip_length": "clip_s",
    "path": "source",
    "folder": "source",
    "target": "label",
    "n_folds": "folds",
    "k": "folds",
    "val": "validation",
    "valid": "validation",
    "architecture": "kind",
    "type": "kind",
    "name": "kind",
}


def renamed(key: str, known: Iterable[str]) -> str:
    """The end of a sentence that names our word for another library's, where it is known here.

    >>> renamed("lr", ["learning_rate"])
    '; here it is called `learning_rate`'
    """
    ours = _OTHER_WORDS.get(key.lower())
    return f"; here it is called `{ours}`" if ours and ours in set(known) else ""


def meaning(path: Path, value: object) -> str:
    """What a value that does not fit was probably meant to be; empty where nothing suggests it.

    >>> meaning(("representation", "rate_hz"), 16)
    'rates are in Hz: 16 kHz is 16000'
    >>> meaning(("representation", "window_s"), 46)
    'times are in seconds: 46 ms is 0.046'
    """
    key = str(path[-1]) if path else ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _quoted(value)
    if key.endswith("_hz") and 0 < value < 400:
        return f"rates are in Hz: {value:g} kHz is {value * 1000:.0f}"
    if key in ("window_s", "hop_s") and value >= 1:
        return f"times are in seconds: {value:g} ms is {value / 1000:g}"
    if key == "learning_rate" and value >= 1:
        return "common values lie between 0.0001 and 0.01"
    if key in _SHARES and 1 < value <= 100:
        return f"it is a share: {value:g} % is {value / 100:g}"
    return ""


_SHARES = {"train", "validation", "test", "dropout", "warmup", "confidence", "label_smoothing"}


def _quoted(value: object) -> str:
    """A number or a truth that stands between quotes, or a name that no file can hold."""
    if isinstance(value, str):
        if any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
            return "it holds bytes that are not UTF-8: rename what is called so"
        bare = value.strip().lower()
        if bare in ("true", "false"):
            return "leave out the quotes"
        try:
            float(bare)
        except ValueError:
            return ""
        return "leave out the quotes"
    return ""
