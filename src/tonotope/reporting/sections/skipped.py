"""Inputs that were left out, with the reasons, and warnings about those that were used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope._escape import escaped
from tonotope.datasets.manifest import left_out_by_wish
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.short_names import shortened_paths

SKIPPED_SHOWN = 50
EXAMPLES = 3
NAME_LETTERS = 48


class Skipped:
    """Inputs left out, and warnings about those that were used."""

    name = "skipped"
    template = Path(__file__).with_name("skipped.html.j2")

    def gather(self, run: Run, report: Report) -> list[dict[str, Any]]:
        """Every input that was left out: file, row, reason."""
        return [
            {
                "file": escaped(str(one.get("file", ""))),
                "row": one.get("row"),
                "reason": escaped(str(one.get("reason", ""))),
            }
            for one in run.skipped
        ]

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The first inputs that were left out, and how many more there are."""
        rows = report["skipped"]
        numbered = any(one["row"] is not None for one in rows)
        heads = ["skipped.file", *(["skipped.row"] if numbered else []), "skipped.reason"]
        kinds = by_reason(rows)
        rest = sum(map(len, kinds[SKIPPED_SHOWN:]))
        wished = [words.told(one) for one in left_out_by_wish(report.get("notes") or [])]
        about = words.say("skipped.some", n=len(rows)) if rows else ""
        if not rows:
            about = words.say("skipped.unread" if wished else "skipped.none")
        return {
            "about": about,
            "wished": wished,
            "more": words.say("skipped.more", n=rest) if rest > 0 else "",
            "files": {
                "heads": [words.say(head) for head in heads],
                "rows": [_cells(kind, words, numbered=numbered) for kind in kinds[:SKIPPED_SHOWN]],
            },
        }


def by_reason(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Inputs that were left out for one reason, more than three of them together.

    Reasons are one where they differ in their numbers alone.

    >>> rows = [{"file": f"{at}.wav", "reason": "has no label"} for at in range(4)]
    >>> [len(kind) for kind in by_reason([*rows, {"file": "x.wav", "reason": "text, not sound"}])]
    [4, 1]
    """
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for one in rows:
        kinds.setdefault(re.sub(r"\d[\d.,]*", "0", one["reason"]), []).append(one)
    return [
        part
        for same in kinds.values()
        for part in ([same] if len(same) > EXAMPLES else [[one] for one in same])
    ]


def _cells(kind: Sequence[Mapping[str, Any]], words: Words, *, numbered: bool) -> list[Any]:
    """File, row and reason of one input, or of many that were left out for one reason."""
    first = kind[:EXAMPLES]
    names = shortened_paths([one["file"] for one in first], NAME_LETTERS)
    files = Markup(", ").join(
        Markup('<bdi title="{}">{}</bdi>').format(one["file"], names[one["file"]]) for one in first
    )
    if len(kind) > EXAMPLES:
        files = words.say("skipped.many", n=len(kind), names=files)
    told = [one["row"] for one in first if one["row"] is not None]
    at = ", ".join(map(words.text, told)) + " …" * (len(kind) > EXAMPLES and bool(told))
    return [files, *([at or "–"] if numbered else []), words.told(kind[0]["reason"])]
