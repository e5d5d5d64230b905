"""What the page says of how the result was made: split, leaks, inputs left out, model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tonotope.reporting.gather import Report
from tonotope.reporting.i18n import Words
from tonotope.reporting.parameter_text import weighed

Fact = tuple[str, str]

SKIPPED_SHOWN = 50
_POOLED = re.compile(r"(\d+) values of each channel become (\d+)")
_PARTS = ("train", "validation", "test")


def split(report: Report, words: Words) -> dict[str, Any]:
    """The table of the parts and the table of the classes."""
    told = report["split"]
    alone = any(one["form"] == "alone" for one in report["checks"])
    return {
        "about": words.say("split.about.own" if alone else "split.about"),
        "parts": _parts(told, words),
        "classes": _class_counts(told, words),
    }


def leaks(report: Report, words: Words) -> list[dict[str, Any]]:
    """What could have leaked: two checks that were made, and what holds by construction."""
    found = [
        {"state": one["state"], "text": _leak(one, words)}
        for one in report["checks"]
        if one["key"] in ("groups", "files")
    ]
    watched = any(fold["best_epoch"] is not None for fold in report["learning"])
    built = {
        "leaks.cut": {"clip": words.time(report["shown"]["clip_s"])},
        "leaks.scale": {},
        "leaks.chosen" if watched else "leaks.last": {},
    }
    if report["baselines"]:
        built["leaks.baselines"] = {}
    return found + [
        {"state": "good", "text": words.say(key, **values)} for key, values in built.items()
    ]


def skipped(report: Report, words: Words) -> dict[str, Any]:
    """The inputs that were left out, each with its reason."""
    rows = report["skipped"]
    numbered = any(one["row"] is not None for one in rows)
    heads = ["skipped.file", *(["skipped.row"] if numbered else []), "skipped.reason"]
    rest = len(rows) - SKIPPED_SHOWN
    return {
        "about": words.say("skipped.some", n=len(rows)) if rows else words.say("skipped.none"),
        "more": words.say("skipped.more", n=rest) if rest > 0 else "",
        "table": {
            "heads": [words.say(head) for head in heads],
            "rows": [
                [one["file"], *([words.shown(one["row"])] if numbered else []), one["reason"]]
                for one in rows[:SKIPPED_SHOWN]
            ],
        },
    }


def shown(report: Report, words: Words) -> dict[str, Any]:
    """What the network was shown: the representation in facts, and what is amiss with it."""
    told = report["shown"]
    what = words.say(f"kind.{told['kind']}")
    clip = words.time(told["clip_s"])
    rate = words.say("shown.rate.hertz", rate=told["rate_hz"])
    facts: list[Fact] = [(words.say("shown.rate"), rate)]
    if "window_s" in told:
        facts += _frame_facts(told, words)
    facts.append((words.say("shown.coverage"), words.percent(told["coverage"], 1)))
    warnings = []
    if told["coverage"] < 0.98:
        warnings.append(words.say("shown.part", share=words.percent(told["coverage"], 1)))
    if told.get("empty_bands"):
        warnings.append(words.say("shown.empty", n=told["empty_bands"]))
    shape = _shape(told["shape"], words)
    return {
        "about": words.say("shown.about", what=what, shape=shape, clip=clip),
        "facts": facts,
        "warnings": warnings,
    }


def model(report: Report, words: Words) -> dict[str, Any]:
    """The layers with their totals; what a layer leaves as it was stands back."""
    told = report["model"]
    rows = []
    before: Mapping[str, Any] = {"shape": told["in_shape"], "sees": []}
    for number, layer in enumerate(told["layers"], start=1):
        rows.append(
            {
                "number": words.say("model.head") if "head" in layer else words.number(number),
                "text": layer["text"],
                "shape": " × ".join(words.number(size) for _, size in layer["shape"]),
                "same": layer["shape"] == before["shape"],
                "formula": [*_formula(layer["formula"], words), *weighed(layer["weighed"], words)],
                "parameters": words.number(layer["parameters"]) if layer["parameters"] else "",
                "work": words.number(layer["multiply_adds"]) if layer["multiply_adds"] else "",
                "sees": _sees(layer["sees"], words) if layer["sees"] != before["sees"] else "",
            }
        )
        before = layer
    return {
        "about": words.say(
            "model.about",
            parameters=told["parameters"],
            work=words.size(told["multiply_adds"]),
            clip=words.time(report["shown"]["clip_s"]),
        ),
        "input": _shape(told["in_shape"], words),
        "rows": rows,
        "kept": words.say("model.kept", n=told["kept"], whole=told["parameters"] + told["kept"])
        if told["kept"]
        else "",
        "parameters": words.number(told["parameters"]),
        "work": words.number(told["multiply_adds"]),
    }


def _parts(told: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Recordings, groups and sound of each part; with folds, one row for each of them."""
    if told["folds"]:
        return _fold_parts(told, words)
    heads = ["split.part", "split.recordings", "split.groups", "split.sound"]
    rows = [
        [
            words.say(f"split.{one['part']}"),
            words.number(one["recordings"]),
            words.number(one["groups"]),
            words.time(one["seconds"]),
        ]
        for one in told["parts"]
        if one["recordings"]
    ]
    return {"heads": [words.say(head) for head in heads], "rows": rows}


def _fold_parts(told: Mapping[str, Any], words: Words) -> dict[str, Any]:
    by_part = {(one["fold"], one["part"]): one for one in told["parts"]}
    parts = [part for part in _PARTS if any(by_part[f, part]["recordings"] for f in told["folds"])]
    rows = []
    for fold in told["folds"]:
        cells = [by_part[fold, part] for part in parts]
        counts = [
            words.say("split.counted", recordings=one["recordings"], groups=one["groups"])
            for one in cells
        ]
        rows.append([fold, *counts, words.time(by_part[fold, "test"]["seconds"])])
    heads = ["learning.fold", *(f"split.{part}" for part in parts), "split.sound.test"]
    return {"heads": [words.say(head) for head in heads], "rows": rows}


def _class_counts(told: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Recordings of each class: in every part, or with folds in the test part of each."""
    folds = told["folds"]
    columns = folds or [one["part"] for one in told["parts"] if one["recordings"]]
    heads = [words.say("fold", name=one) if folds else words.say(f"split.{one}") for one in columns]
    rows = []
    for one in told["classes"]:
        counts = [one["counts"].get(column, 0) for column in columns]
        rows.append([one["class"], *map(words.number, counts), words.number(sum(counts))])
    return {
        "caption": words.say("split.by.fold" if folds else "split.by.part"),
        "heads": [words.say("split.class"), *heads, words.say("split.sum")],
        "rows": rows,
    }


def _frame_facts(told: Mapping[str, Any], words: Words) -> list[Fact]:
    def both(seconds: float, samples: int) -> Markup:
        return words.say("shown.both", time=words.time(seconds), n=samples)

    window = both(told["window_s"], told["window_samples"])
    facts: list[Fact] = [
        (words.say("shown.window"), window + ", " + words.known("window", told["window"])),
        (words.say("shown.hop"), both(told["hop_s"], told["hop_samples"])),
        (words.say("shown.transform"), words.say("shown.samples", n=told["transform_samples"])),
    ]
    if told["kind"] == "mfcc":
        facts.append((words.say("shown.coefficients"), words.number(told["bands"])))
    facts.append((words.say("shown.bands"), words.number(told.get("mel_bands", told["bands"]))))
    if "low_hz" in told:
        ends = {name: round(told[f"{name}_hz"]) for name in ("low", "high")}
        facts.append((words.say("shown.range"), words.say("shown.hertz", **ends)))
    apart = f"{words.time(told['window_s'])} × {words.frequency(told['resolution_hz'])}"
    facts.append((words.say("shown.resolution"), apart))
    return facts


def _shape(shape: Sequence[Sequence[Any]], words: Words) -> Markup:
    sizes = " × ".join(words.number(size) for _, size in shape)
    names = " × ".join(words.known("axis", name) for name, _ in shape)
    return words.say("shape.named", sizes=sizes, names=names)


def _sees(fields: Sequence[Sequence[Any]], words: Words) -> str:
    """A receptive field in units, `104 ms × 860 Hz`; in indices where an axis has no unit."""
    parts = []
    for _, indices, extent, unit in fields:
        if unit == "s":
            parts.append(words.time(extent))
        elif unit == "Hz":
            parts.append(words.frequency(extent))
        else:
            parts.append(words.number(indices))
    return " × ".join(parts)


def _formula(text: str, words: Words) -> list[str]:
    """How a size comes out, one line per axis, in the signs of a textbook; none if it stays."""
    if not text:
        return []
    pooled = _POOLED.fullmatch(text)
    if pooled:
        return [words.say("formula.pooled", values=int(pooled[1]), few=int(pooled[2]))]
    return [_line(line, words) for line in text.replace("-", "\u2212").split("; ")]


def _line(line: str, words: Words) -> str:
    axis, colon, size = line.partition(": ")
    for word, left, right in (("floor", "⌊", "⌋"), ("ceil", "⌈", "⌉")):
        size = re.sub(rf"^{word}\(\((.*)\)/(\d+)\)", rf"{left}(\1)/\2{right}", size)
    return f"{words.known('axis', axis)}{colon}{size}"


def _leak(one: Mapping[str, Any], words: Words) -> Markup:
    """A fact of the row of checks as a sentence of its own."""
    if one["state"] == "good":
        return words.say(f"leaks.{one['key']}", **_values(one))
    text = words.say(f"check.{one['key']}.{one['form']}", **_values(one))
    return Markup(text[:1].upper()) + text[1:] + "."


def _values(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key not in ("key", "state", "form")}
