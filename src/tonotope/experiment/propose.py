"""`tt.propose`, `tonotope new`: the text of a first experiment, with a reason for each choice.

The values come from `proposed_settings`. Here the recordings are looked at, a template and the
user's own changes take the place of proposed values, and all is written with its reason.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tonotope._errors import DataError, ExperimentError, did_you_mean
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.datasets.custom_source import CustomSource, named
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import Source, open_source
from tonotope.datasets.time_blocks import blocks_of_one_take, in_blocks
from tonotope.experiment import target_columns as asked_of
from tonotope.experiment import templates
from tonotope.experiment.choice import Choice
from tonotope.experiment.config import overrides
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.experiment_file import described, names_path
from tonotope.experiment.general_templates import TEMPLATES
from tonotope.experiment.heard_doubts import channel_to_take
from tonotope.experiment.proposal import Proposal
from tonotope.experiment.proposed_settings import choose_defaults
from tonotope.experiment.proposed_start import OF_PROBES, choose_start, of_one_layer
from tonotope.experiment.run_files import refuse_run_folder
from tonotope.experiment.spec import LONGEST_NAME, Experiment
from tonotope.heads import Task
from tonotope.representation.sample_rate import RateHz

# Each excludes the others; `validation` goes with all of them.
_WAYS_TO_SPLIT = ({"folds"}, {"column"}, {"train", "test"})


def propose(
    data: str | Path | Source,
    *,
    base: Path | None = None,
    sets: Iterable[str] = (),
    template: str | None = None,
    name: str = "",
    manifest: Manifest | None = None,
    blocks: bool = False,
    progress: Progress = SILENT,
) -> Proposal:
    """A first experiment for the recordings that `data` names.

    Args:
        data: a folder of class folders, a table, `orchestra`, `mirdata:NAME`, `soundata:NAME`, or
            a `Source` of one's own.
        base: the folder that the experiment's relative paths start from; the current one.
        sets: changes such as `data.label=species`.
        template: one of `TEMPLATES`, or a published network (`tonotope new --help` lists them).
        name: what the experiment is called; otherwise after the recordings.
        manifest: the recordings, where they were looked at already.
        blocks: where all events are of one recording, part them by blocks of time
            (`split.blocks_s`), since no other split is left.
        progress: reports each file.

    Raises:
        DataError: there are no recordings, or fewer than two classes.
        ExperimentError: no such template, or a template or a change does not fit.
    """
    sets = list(sets)
    base = Path(base) if base is not None else Path.cwd()
    source = named(data)
    refuse_run_folder(source)
    source = source if isinstance(source, CustomSource) else _told_from(str(data), base)
    first = described({"data": {"source": source}}, about_data(sets))
    wanted, head = first.data, first.head
    if manifest is None:
        manifest = open_source(wanted, asked_of.targets(head), base=base, progress=progress)
    blocks_s = first.split.blocks_s
    alone_s = blocks_of_one_take(manifest.recordings) if blocks and blocks_s is None else None
    manifest = in_blocks(manifest, blocks_s or alone_s)
    if asked_of.by_label(head):
        wanted = with_found_label(wanted, manifest)
        summary = DataSummary.of(manifest, wanted.label)
        refuse_single_class(summary, wanted.label)
    else:
        summary = DataSummary.of(manifest, None)
    asked_of.refuse_misfits(first.model_copy(update={"data": wanted}), manifest)
    known = template in templates.KINDS
    if known:
        templates.check_template_fits(template, summary, head, wanted.clip_s)
    made = choose_defaults(
        summary,
        wanted.clip_s or (templates.clip_s(template) if known else None),
        _asked_rate_hz(sets),
    )
    channel = channel_to_take(summary.heard)
    if channel and "channels" not in wanted.model_fields_set:
        made["data", "channels"] = channel
    if alone_s is not None and ("split", "column") not in made:
        made["split", "blocks_s"] = Choice(alone_s, "one take alone: blocks of time are its groups")
    made = _without_other_splits(made, sets)
    if not asked_of.by_label(head):
        del made["evaluation", "metric"]  # the head's own
        made = _suited(made, head)
    made = _with_ear(made, summary, template, head, sets)
    table = _table(wanted, made, name or _name(source))
    if known:
        table = templates.apply_template(table, template, wanted.clip_s)
    else:
        table = overrides.merged(Experiment, table, _template(template))
    changed, asked = overrides.changes(Experiment, table, sets)
    reasons: dict[tuple[str, ...], str] = {
        path: choice.why for path, choice in made.items() if _kept(table, path, choice)
    }
    if known:
        reasons |= _as_published(table, made, template)
    reasons |= {path: "as asked" for path, _ in asked if path[0] != "data"}
    experiment = described(table, sets)
    experiment = experiment.model_copy(update={"data": experiment.data.with_source_of(wanted)})
    return Proposal(experiment, manifest, changed, reasons)


def _without_other_splits(
    made: dict[tuple[str, ...], Choice], sets: Iterable[str]
) -> dict[tuple[str, ...], Choice]:
    """The choices, without a way to split that excludes the one that is asked for."""
    about = [text for text in sets if text.lstrip().startswith("split")]
    asked = overrides.changes(Experiment, {}, about)[0].get("split")
    ways = [way for way in _WAYS_TO_SPLIT if isinstance(asked, dict) and way & asked.keys()]
    others = set[str]().union(*_WAYS_TO_SPLIT).difference(*ways) if ways else set[str]()
    return {path: one for path, one in made.items() if path[0] != "split" or path[1] not in others}


def _asked_rate_hz(sets: Iterable[str]) -> int | None:
    """The rate that is asked for, which frames and bands are then chosen for; None where it is not.

    What is no rate is refused where the experiment is described, with the values that fit.
    """
    about = [text for text in sets if text.lstrip().startswith("representation")]
    asked = overrides.changes(Experiment, {}, about)[0].get("representation")
    rate_hz = asked.get("rate_hz") if isinstance(asked, dict) else None
    try:
        return TypeAdapter[int](RateHz).validate_python(rate_hz)
    except ValidationError:
        return None


def _changes_what_is_heard(sets: Iterable[str]) -> bool:
    """Whether a change asks for other layers or features than an ear has, or for another start."""
    first = ("network", "representation", "start")
    return any(text.lstrip().startswith(first) for text in sets)


def _with_ear(
    made: dict[tuple[str, ...], Choice],
    summary: DataSummary,
    template: str | None,
    head: Task,
    sets: Iterable[str],
) -> dict[tuple[str, ...], Choice]:
    """The choices, with an ear to begin with where one fits or is asked for."""
    if template == "ear":
        return of_one_layer(made, probe=_fits_a_probe(sets))
    if template is None and asked_of.by_label(head) and not _changes_what_is_heard(sets):
        return choose_start(summary, made, probe=_fits_a_probe(sets))
    return made


def _fits_a_probe(sets: Iterable[str]) -> bool:
    """Whether no change asks for a training in steps: for minutes, or for variation."""
    about = [text for text in sets if text.lstrip().startswith("training")]
    asked = overrides.changes(Experiment, {}, about)[0].get("training")
    return not isinstance(asked, dict) or (
        asked.keys() <= OF_PROBES and asked.get("optimizer", "lbfgs") == "lbfgs"
    )


def _suited(made: dict[tuple[str, ...], Choice], head: Task) -> dict[tuple[str, ...], Choice]:
    """The choices, with the network that a head asks for, and without what it rules out."""
    network = head.experiment_defaults.get("network")
    why = "suits the head: " + getattr(head, "kind", "")
    kept = {
        path: one
        for path, one in made.items()
        if not (network and path[0] == "network")
        and not (path[0] == "training" and head.incompatible_training({path[1]: one.value}))
    }
    return kept | {("network", key): Choice(one, why) for key, one in (network or {}).items()}


def with_found_label(data: Data, manifest: Manifest) -> Data:
    """`data` with the column of labels that was really taken.

    Raises:
        DataError: no recording has a label in that column; the columns there are, are named.
    """
    known = sorted({name for one in manifest.recordings for name in one.targets})
    if data.label in known:
        return data
    if len(known) == 1 and "label" not in data.model_fields_set:
        return data.model_copy(update={"label": known[0]})
    raise DataError(
        f"no recording has a label under `{data.label}`; known: {', '.join(known) or 'none'} "
        f"(data.label names the column){did_you_mean(data.label, known)}"
    )


def refuse_single_class(summary: DataSummary, label: str) -> None:
    """Refuse recordings from which nothing can be learnt, before any of them is decoded.

    Raises:
        DataError: fewer than two classes.
    """
    if len(summary.classes) < 2:
        named = f"only `{next(iter(summary.classes))}`" if summary.classes else "no label at all"
        among = counted(summary.recordings, "recording")
        cure = "add recordings of another class"
        if summary.events:
            cure = (
                "add recordings of another class, or take what no label covers for one "
                '(data.background = "unlabelled")'
            )
        raise DataError(
            f"there is {named} under `{label}` among {among}; two classes are the least that can "
            f"be told apart: {cure}"
        )


def _told_from(source: str, base: Path) -> str:
    """A path as given at the command line, told from the folder of the experiment file."""
    if not names_path(source) or source[:1] in ("~", "$") or Path(source).is_absolute():
        return source
    told = os.path.relpath(source, base)
    return f"{told}/" if Path(source).is_dir() else told


def about_data(sets: Iterable[str]) -> list[str]:
    """The changes that concern the recordings, their groups and what is asked of them."""
    first = ("data.", "head.", "split.blocks_s")
    return [text for text in sets if text.lstrip().startswith(first)]


def _name(source: str) -> str:
    """What to call an experiment on these recordings: the last word of where they are."""
    if isinstance(source, CustomSource):
        return type(source.source).__name__[:LONGEST_NAME]
    word = source.rstrip("/").rpartition(":")[2].rpartition("/")[2]
    return Path(word).stem[:LONGEST_NAME] if word not in ("", ".", "..") else "experiment"


def _table(data: Data, made: Mapping[tuple[str, ...], Choice], name: str) -> overrides.Table:
    """The table of an experiment: what was asked of the data, then what was chosen."""
    table: overrides.Table = {
        "name": name,
        "question": "",
        "hypothesis": "",
        "seed": 0,
        "data": data.model_dump(mode="json", exclude_unset=True),
    }
    for path, choice in made.items():
        table = overrides.merged(Experiment, table, overrides.placed(path, choice.value))
    return table


def _template(name: str | None) -> overrides.Table:
    if name is None:
        return {}
    if name not in TEMPLATES:
        known = "; ".join(f"{key} ({what})" for key, (what, _) in TEMPLATES.items())
        guess = did_you_mean(name, [*TEMPLATES, *templates.KINDS]) or ";"
        raise ExperimentError(
            f"no template is called {name!r}{guess} there are: {known};"
            f" and as they were published: {', '.join(templates.KINDS)}"
        )
    above: overrides.Table = {}
    for key, value in TEMPLATES[name][1].items():
        placed = overrides.placed(overrides.key_path(key), value)
        above = overrides.merged(Experiment, above, placed)
    return above


def _kept(table: Mapping[str, Any], path: tuple[str, ...], choice: Choice) -> bool:
    """Whether a template left a choice as it was, so that its reason still holds."""
    value: Any = table
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value == choice.value


def _as_published(
    table: Mapping[str, Any], made: Mapping[tuple[str, ...], Choice], kind: str
) -> dict[tuple[str, ...], str]:
    """The reasons for what a published network brought along."""
    reasons = {("network", "kind"): templates.source(kind)}
    if table["data"]["clip_s"] == templates.clip_s(kind):
        reasons["data", "clip_s"] = "as published"
    for key, value in table["representation"].items():
        path = ("representation", key)
        if path not in made or made[path].value != value:
            reasons[path] = "as published"
    return reasons
