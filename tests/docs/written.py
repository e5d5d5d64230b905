"""Parts of pages that are written from the code: what they should say today.

    <!-- written from ...: choices -->
    ...
    <!-- end -->

`TONOTOPE_WRITE_DOCS=1 pytest tests/docs` writes them anew.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.files import list_of_files

from tonotope.experiment.config.toml_writer import literal
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.proposed_settings import choose_defaults
from tonotope.network import ARCHITECTURES


class Collection(NamedTuple):
    """Recordings one may have: what they are, and what the rules look at."""

    name: str
    summary: DataSummary


def _collection(
    name: str, counts: tuple[int, ...], lengths: tuple[float, ...], rate: int, groups: int,
    *, per_class: int, **more: Any
) -> Collection:  # fmt: skip
    """Classes of so many recordings; `per_class` of the groups hold each of them."""
    labels = [str(number) for number in range(len(counts))]
    durations = (lengths * sum(counts))[: sum(counts)]
    summary = DataSummary(
        rates=Counter({rate: sum(counts)}),
        durations_s=tuple(sorted(durations)),
        classes=dict(zip(labels, counts, strict=True)),
        groups=groups,
        groups_per_class=dict.fromkeys(labels, per_class),
        **more,
    )
    return Collection(name, summary)


COLLECTIONS = (
    _collection(
        "ten words by six speakers, 300 of each under a second, 8 kHz",
        *((300,) * 10, (0.3, 0.35, 0.4, 0.5, 0.7), 8000, 6), per_class=6,
    ),
    _collection(
        "ten kinds of sound, 40 of each, 5 s, 44.1 kHz, five folds",
        *((40,) * 10, (5.0,), 44100, 400), per_class=40, folds=5,
    ),
    _collection(
        "ten genres, 100 songs of each, 30 s, 22.05 kHz",
        *((100,) * 10, (30.0,), 22050, 1000), per_class=100,
    ),
    _collection(
        "eight birds, 100 to 4,000 calls of each, 1 to 8 s, 48 kHz, 200 nights",
        *((4000, 2000, 1500, 1000, 800, 400, 200, 100), (1.0, 1.5, 2.0, 3.0, 8.0), 48000, 200),
        per_class=25,
    ),
)  # fmt: skip


def table_of_choices() -> str:
    """What the rules choose for four collections: a row for each key, a column for each."""
    made = [
        {
            ".".join(path): literal(choice.value)
            for path, choice in choose_defaults(one.summary).items()
        }
        for one in COLLECTIONS
    ]
    keys = list(dict.fromkeys(key for one in made for key in one))
    sections = list(dict.fromkeys(key.partition(".")[0] for key in keys))
    keys.sort(key=lambda key: sections.index(key.partition(".")[0]))
    rows = [["", *(one.name for one in COLLECTIONS)]]
    rows += [[f"`{key}`", *(one.get(key, "") for one in made)] for key in keys]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---|" + "---|" * len(COLLECTIONS))
    return "\n".join(lines)


def table_of_networks() -> str:
    """Every published network: its input, its source, its parameters; a row for each."""
    lines = ["| name | published for | source | parameters |", "|---|---|---|--:|"]
    for name, kind in ARCHITECTURES.items():
        published = kind.model_validate({"kind": name}).published
        if published is None:
            continue
        if published.representation:
            rate_hz = published.representation["rate_hz"]
            length = f"{published.clip_samples / rate_hz:.3g} s at {rate_hz:,} Hz"
            bands = published.representation.get("bands")
            fits = f"{length}, {f'{bands} mel bands' if bands else 'waveform'}"
        else:
            *_, frames, bands = published.sizes
            fits = f"images of {frames} × {bands}; of sound, {bands} mel bands"
        source = re.split(r"(?<=\d{4}), ", published.source)[0]
        lines.append(f"| `{name}` | {fits} | {source} | {published.parameters:,} |")
    return "\n".join(lines)


WRITTEN = {"choices": table_of_choices, "files": list_of_files, "networks": table_of_networks}


def written(page: Path) -> dict[str, tuple[str, str]]:
    """The parts of a page that are written from the code: what stands there, what should."""
    text = page.read_text(encoding="utf-8")
    found: dict[str, tuple[str, str]] = {}
    for match in _part().finditer(text):
        found[match["name"]] = (match["text"].strip(), WRITTEN[match["name"]]())
    if os.environ.get("TONOTOPE_WRITE_DOCS"):
        page.write_text(
            _part().sub(
                lambda one: f"{one['begin']}\n{WRITTEN[one['name']]()}\n{one['end']}", text
            ),
            encoding="utf-8",
        )
        found = {name: (should, should) for name, (_, should) in found.items()}
    return found


def _part() -> re.Pattern[str]:
    begin = r"(?P<begin><!-- written from [^:>]+: (?P<name>\w+) -->)"
    return re.compile(begin + r"(?P<text>.*?)(?P<end><!-- end -->)", re.DOTALL)
