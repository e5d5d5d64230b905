"""`write_report`: the HTML page made of the sections; its content security policy.

The page is one file. It loads nothing, sends nothing and runs one script, whose checksum is in its
security policy; so a file name that looks like a script is not run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope import _files
from tonotope._progress import SILENT, Progress
from tonotope.experiment.run_folder import Run, load
from tonotope.reporting.embedded_sounds import BUDGET_BYTES, EmbeddedSound
from tonotope.reporting.i18n import Words
from tonotope.reporting.media import add_media
from tonotope.reporting.report_json import gather, to_json
from tonotope.reporting.section import Pictures, Report, Section
from tonotope.reporting.sections import SECTIONS
from tonotope.reporting.sections.results import playing_task, results_of, tasks_of
from tonotope.reporting.short_names import shortened_paths, with_times
from tonotope.reporting.spectrogram_png import data_address
from tonotope.reporting.templates import fill, fill_foreign

NAME_LETTERS = 56
# What the script says by itself.
_SPOKEN = ("play", "stop", "scroll.across", "scroll.down", "scroll.both")


def write_report(
    run_folder: Path | str | Run,
    *,
    lang: str | Path = "en",
    progress: Progress = SILENT,
    sound_bytes: int = BUDGET_BYTES,
    sections: Sequence[Section] = SECTIONS,
) -> Path:
    """Write `report.json` and `report.html` of a finished run, from its files alone.

    The same run gives the same bytes. Sounds come from the files that the manifest names, if they
    are still there.

    Args:
        run_folder: the folder of the run; or a `Run`, such as one loaded with its head.
        lang: the language of the page: `en`, `es`, or the path of a words file of your own (JSON
            with the keys of `tonotope/reporting/words/en.json`).
        progress: is called for each picture and each sound.
        sound_bytes: how much sound the page may carry; 0 for none.
        sections: the sections of the page in their order. Add your own with
            `[*tonotope.reporting.SECTIONS, MySection()]`; see `tonotope.reporting.Section`.

    Returns:
        The path of the page.

    Raises:
        TonotopeError: the folder has no finished run, a file of it is damaged, the language is not
            known, its words are not complete, or a section cannot be shown.
    """
    run = run_folder if isinstance(run_folder, Run) else load(run_folder)
    words = Words(lang)
    report = gather(run, sections)
    pictures, sounds = add_media(run, report, sound_bytes, progress)
    numbers = _writable(to_json(report))
    html = render(report, words, pictures, sounds, sections)
    _files.write_text(run.folder / "report.json", numbers)
    page = run.folder / "report.html"
    _files.write_text(page, html)
    return page


def render(
    report: Report,
    words: Words,
    pictures: Pictures,
    sounds: Iterable[EmbeddedSound],
    sections: Sequence[Section] = SECTIONS,
) -> str:
    """The page in one language, with all names and texts of the run escaped."""
    addresses = {one.number: data_address(one.kind, one.body) for one in sounds}
    return closed_page(
        words,
        name=report["run"]["name"],
        version=report["tonotope"],
        footer=words.say("footer", version=report["tonotope"]),
        data=script_data(report, addresses, words),
        sections=[_section(section, report, words, pictures) for section in sections],
    )


def closed_page(
    words: Words,
    *,
    name: str,
    version: str,
    footer: Markup,
    data: Mapping[str, Any],
    sections: Sequence[Markup],
    style: str = "",
    script: str = "",
) -> str:
    """A page with the look of the report, closed to the outside.

    Args:
        words: the language.
        name: what the page is about, at its top.
        version: of tonotope.
        footer: its last line.
        data: for the script, as `script_data` makes it.
        sections: its sections.
        style: further style, of this page alone.
        script: a further script.
    """
    style, script = _own("style.css") + style, _own("page.js") + script
    page = fill(
        _own("page.html.j2"),
        words,
        name=name,
        version=version,
        footer=footer,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        data=data,
        sections=sections,
    )
    return _writable(page)


def spoken(words: Words) -> dict[str, str]:
    """What the page's script says by itself."""
    return {key: words.say(key).unescape() for key in _SPOKEN}


def script_data(report: Report, addresses: Mapping[int, str], words: Words) -> dict[str, Any]:
    """The data for the page's script: clips, cells and sounds, with texts in the language."""
    places = {number: place for place, number in enumerate(sorted(addresses))}
    tasks = tasks_of(report)
    short = shortened_paths([clip["file"] for clip in report["clips"]], NAME_LETTERS)
    clips = [
        {
            "file": clip["file"],
            "short": with_times(short[clip["file"]], words),
            "about": Markup(" · ")
            .join(results_of(tasks[clip.get("task", 0)]).clip_line(clip, words))
            .unescape(),
            "sound": places.get(number),
        }
        for number, clip in enumerate(report["clips"])
    ]
    playing = playing_task(report)
    return {
        "clips": clips,
        "cells": results_of(playing).script_cells(playing, words) if playing else {},
        "sounds": [addresses[number] for number in sorted(addresses)],
        "words": spoken(words),
    }


def _section(section: Section, report: Report, words: Words, pictures: Pictures) -> Markup:
    words = words.extended(getattr(section, "words", {}))
    values = {"report": report, **section.render(report, words, pictures)}
    if section in SECTIONS:
        return fill(section.template, words, **values)
    return fill_foreign(section.name, section.template, words, **values)


def _policy(style: str, script: str) -> str:
    """The page's security policy: nothing from outside, one style, one script."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        "default-src 'none'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'"
    )


def _own(name: str) -> str:
    return (resources.files("tonotope.reporting") / name).read_text(encoding="utf-8")


def _writable(text: str) -> str:
    """The text with invalid bytes of file names spelled out, so that it is valid UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
