"""Hints for frequent mistakes in an experiment: kHz for Hz, a key's name in another library."""

from __future__ import annotations

from collections.abc import Iterable

from tonotope.experiment.config.schema import Path

# The words of other libraries and of papers for each of our keys.
_ALSO_CALLED = {
    "rate_hz": "sample_rate sampling_rate sr fs",
    "bands": "n_mels mel_bands",
    "coefficients": "n_mfcc",
    "window_s": "n_fft win_length window window_length",
    "hop_s": "hop hop_length",
    "low_hz": "fmin f_min",
    "high_hz": "fmax f_max",
    "learning_rate": "lr",
    "epochs": "max_epochs num_epochs",
    "batch_size": "batch",
    "optimizer": "optimiser",
    "weight_decay": "wd",
    "clip_s": "duration clip_length",
    "source": "path folder",
    "label": "target",
    "folds": "n_folds k",
    "validation": "val valid",
    "kind": "architecture type name",
}
_OURS = {word: ours for ours, words in _ALSO_CALLED.items() for word in words.split()}


def renamed(key: str, known: Iterable[str]) -> str:
    """The end of a sentence that names our word for another library's, where it is known here.

    >>> renamed("lr", ["learning_rate"])
    '; here it is called `learning_rate`'
    """
    ours = _OURS.get(key.lower())
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
    if not -_LARGEST < value < _LARGEST:
        return ""  # no slip of a unit; and a whole number may be beyond every fraction
    if key.endswith("_hz") and 0 < value < 400:
        return f"rates are in Hz: {value:g} kHz is {value * 1000:.0f}"
    if key in ("window_s", "hop_s") and value >= 1:
        return f"times are in seconds: {value:g} ms is {value / 1000:g}"
    if key == "learning_rate" and value >= 1:
        return "common values lie between 0.0001 and 0.01"
    if key in _SHARES and 1 < value <= 100:
        return f"it is a share: {value:g} % is {value / 100:g}"
    return ""


_LARGEST = 1e15
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
