"""The report of a finished run: all its numbers as `report.json`, and the page made of them.

The page is one file. It loads nothing, sends nothing and runs one script, whose checksum stands
in its own security policy; so a name that looks like a program stays a name.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tonotope import _files
from tonotope._progress import SILENT, Progress
from tonotope.answers.classes import Predictions
from tonotope.datasets.manifest import Recording
from tonotope.experiment.run_folder import Run, load
from tonotope.reporting import model_summary
from tonotope.reporting.checks import check
from tonotope.reporting.embedded_sounds import BUDGET_BYTES, Sound, Wish, embed
from tonotope.reporting.gather import tabulate
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Glance, Picture, look
from tonotope.reporting.sections import (
    classes,
    columns,
    methods,
    mistakes,
    sound,
    training,
    verdict,
)
from tonotope.reporting.training_curves import learning

HITS_PER_CLASS = 6


def write_report(
    run_folder: Path | str,
    *,
    lang: str = "en",
    progress: Progress = SILENT,
    sound_bytes: int = BUDGET_BYTES,
) -> Path:
    """Write `report.json` and `report.html` of a finished run, from its files alone.

    The same run gives the same bytes. Sounds are taken from the files that the manifest names,
    as far as they are still there.

    Args:
        run_folder: the folder of the run.
        lang: the language of the page: `en` or `es`.
        progress: hears of the pictures and sounds as they are made.
        sound_bytes: how much sound the page may carry; 0 for none.

    Returns:
        The path of the page.

    Raises:
        TonotopeError: no finished run is there, a file of it is damaged, or the language is not
            one of the page's.
    """
    words = Words(lang)
    run = load(run_folder)
    report = gather(run)
    recordings = {one.id: one for one in run.manifest.recordings}
    pictures = {one.number: one for one in look(run, _glances(run, report, recordings), progress)}
    pictures |= {one.number: one for one in sound.pictures(run, report)}
    wishes = _wishes(run, report, recordings, pictures)
    sounds = embed(wishes, sound_bytes, progress) if sound_bytes else []
    report["pictures"] = [
        {"clip": one.number, "start_s": round(one.start_s, 6), "span_s": one.span_s}
        for one in pictures.values()
    ]
    report["sounds"] = {
        "asked": bool(sound_bytes),
        "embedded": len(sounds),
        "numbers": sorted(one.number for one in sounds),
    }
    _files.write_text(run.folder / "report.json", _json(report))
    page = run.folder / "report.html"
    _files.write_text(page, render(report, pictures, sounds, words))
    return page


def gather(run: Run) -> dict[str, Any]:
    """Every number of the report but those of its pictures and sounds."""
    from tonotope.model.serialise import read_description

    report = tabulate(run)
    report["examples"], sounds = sound.examples(run)
    report["clips"] = report["clips"] or sounds
    report["shown"] = model_summary.shown(run.experiment)
    description, _ = read_description(run.part(run.folds[0] if run.folds else None))
    report["model"] = model_summary.layers(description)
    report["learning"] = learning(run)
    report["checks"] = check(run, report, report["shown"]["coverage"])
    return report


def render(
    report: Mapping[str, Any],
    pictures: Mapping[int, Picture],
    sounds: Iterable[Sound],
    words: Words,
) -> str:
    """The page in one language; names and texts of the run are escaped wherever they stand."""
    environment = Environment(
        loader=PackageLoader("tonotope.reporting", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["say"] = words.say
    style, script = _own("style.css"), _own("page.js")
    addresses = {one.number: one.address for one in sounds}
    page = environment.get_template("page.html.j2").render(
        words=words,
        report=report,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        data=classes.data(report, addresses, words),
        verdict=verdict.verdict(report, words),
        checks=verdict.checks(report, words),
        sections=_sections(report, pictures, words),
        **_making(report, words),
    )
    return _writable(page)


def _sections(
    report: Mapping[str, Any], pictures: Mapping[int, Picture], words: Words
) -> list[dict[str, Any]]:
    """The results of each task; of one alone, without its name."""
    if not report["tasks"]:
        return [_section(report, pictures, words) | {"task": "", "plays": True}]
    listened = classes.listened(report)
    return [
        _section({**report, **task}, pictures, words)
        | {"task": task["task"], "plays": task is listened}
        for task in report["tasks"]
    ]


def _section(
    report: Mapping[str, Any], pictures: Mapping[int, Picture], words: Words
) -> dict[str, Any]:
    own = {
        "kind": report["kind"],
        "verdict": verdict.verdict(report, words),
        "alone": not report["baselines"],
        "metric": words.known("metric", str(report["score"]["metric"])),
        "confidence": words.percent(report["score"]["confidence"]),
        "scores": classes.scores(report, words),
        "score_axis": classes.score_axis(report, words),
    }
    if report["kind"] == "sound":
        plots = columns.plots(report, words)
        return own | {"plots": plots, "restored": sound.told(report, pictures, words)}
    hardest = mistakes.mistakes(report, pictures, words)
    own |= {
        "mistakes_title": hardest["title"],
        "mistakes_about": hardest["about"],
        "cards": hardest["cards"],
    }
    of_kind = _classes if report["kind"] == "class" else _columns
    return own | of_kind(report, words)


def _columns(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    return {
        "columns": columns.columns(report, words),
        "plots": columns.plots(report, words),
    }


def _classes(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    return {
        "names": [one["name"] for one in report["classes"]],
        "share_axis": classes.share_axis(words),
        "matrix": classes.matrix(report, words),
        "pairs": classes.pairs(report, words),
        "sounds_note": classes.sounds_note(report, words),
        "classes": classes.classes(report, words),
        "classes_absent": classes.undefined(report, words),
    }


def _making(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    course = training.learning(report, words)
    return {
        "learning_about": course["about"],
        "learning_figures": course["figures"],
        "learning_table": course["table"],
        "split": methods.split(report, words),
        "leaks": methods.leaks(report, words),
        "skipped": methods.skipped(report, words),
        "shown": methods.shown(report, words),
        "model": methods.model(report, words),
        "environment": report["environment"],
    }


def _glances(
    run: Run, report: Mapping[str, Any], recordings: Mapping[str, Recording]
) -> Iterable[Glance]:
    tables = [*run.tables.values()]
    for number in _hardest(report):
        clip = report["clips"][number]
        predictions, row = tables[clip["task"]], clip["row"]
        recording = recordings.get(predictions.ids[row])
        if recording is not None:
            named = isinstance(predictions, Predictions)
            heard = predictions.labels[row] if named else ""
            yield Glance(number, recording, predictions.folds[row] or None, heard)


def _hardest(report: Mapping[str, Any]) -> list[int]:
    """The clips that the page shows as the worst of any task."""
    return [number for task in report["tasks"] or [report] for number in task["mistakes"]]


def _wishes(
    run: Run,
    report: Mapping[str, Any],
    recordings: Mapping[str, Recording],
    pictures: Mapping[int, Picture],
) -> list[Wish]:
    """What the page would like to play: the mistakes it shows, all others, then hits by class."""
    wishes = sound.wishes(run, report)
    tables = [*run.tables.values()]
    for number in _order(report):
        clip = report["clips"][number]
        recording = recordings.get(tables[clip["task"]].ids[clip["row"]])
        if recording is None:
            continue
        picture = pictures.get(number)
        part = (picture.start_s, picture.span_s) if picture else ()
        wishes.append(Wish(number, recording, *part))
    return wishes


def _order(report: Mapping[str, Any]) -> list[int]:
    """The numbers of the clips in the order in which they get room: cells take turns."""
    clips = report["clips"]
    cells = (classes.listened(report) or {"cells": {}})["cells"].values()
    order = dict.fromkeys(_hardest(report))
    for hit in (False, True):
        own = [c["clips"] for c in cells if c["clips"] and _is_hit(clips[c["clips"][0]]) == hit]
        longest = max(map(len, own), default=0)
        for turn in range(min(longest, HITS_PER_CLASS) if hit else longest):
            order |= dict.fromkeys(cell[turn] for cell in own if turn < len(cell))
    return list(order)


def _is_hit(clip: Mapping[str, Any]) -> bool:
    return clip["truth"] == clip["heard"]


def _policy(style: str, script: str) -> str:
    """The page's own security policy: nothing from outside, one style, one script."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        "default-src 'none'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'"
    )


def _own(name: str) -> str:
    return (resources.files("tonotope.reporting") / name).read_text(encoding="utf-8")


def _json(report: Mapping[str, Any]) -> str:
    return _writable(json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)) + "\n"


def _writable(text: str) -> str:
    """Text that is valid UTF-8: bytes of a name that are not are spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
