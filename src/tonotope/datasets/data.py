"""`Data`, the table `[data]`: source, columns, clip length, padding, channels, doubtful files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from tonotope._shapes import Description
from tonotope.audio.header_faults import MOST_CHANNELS
from tonotope.audio.padding import Fill
from tonotope.datasets.custom_source import CustomSource, named

Seconds = Annotated[float, Field(gt=0)]


def _source(value: Any, check: ValidatorFunctionWrapHandler) -> str:
    value = named(value)
    return value if isinstance(value, CustomSource) else check(value)


_OF_RECORDINGS = ("file", "fold", "part", "start", "end", "home", "annotations", "background")
SourceName = Annotated[str, Field(min_length=1), WrapValidator(_source)]


class Data(Description):
    """Where the recordings are, which column says what, and what to do with doubtful ones.

    Attributes:
        source: a folder of class folders or of sounds beside their label files, one such sound, a
            table (CSV or TSV), `mirdata:NAME`, `soundata:NAME`, or `orchestra`, the embedded
            default; in Python also an object of one's own, see
            `tonotope.datasets.custom_source`. A relative path starts at the experiment file;
            `$NAME` and `${NAME}` stand for environment variables.
        file: the table's column of file names; None finds it.
        label: the table's column of labels, and the name of the target. Where it is left to its
            default and no column is called so, the likeliest column is taken, with a note, and
            the target is called after that column.
        group: the table's column of groups (speaker, artist, patient, source), which are never
            split up; None finds one or infers it from names, with a note. `file` makes
            every file its own group. For a folder: `file`, `folder` (folders below the class) or
            `name` (names without their trailing number). `name 2` takes the second part of every
            name, between `_`, `-`, `.` and spaces; `name -1` the last.
        fold: the table's column of published folds; None takes one called `fold`.
        part: the table's column that says train, validation or test; None takes `part` or `split`.
        start: the table's column of event starts in seconds.
        end: the table's column of event ends in seconds.
        annotations: the folder of the label files (Audacity, Raven and others; `docs/labels.md`) of
            the sounds in `source`, each where its sound lies there and called after it; it starts
            at the experiment file, or else in `source`. None takes those that lie beside the
            sounds, `none` leaves them aside.
        background: `unlabelled` makes examples of none of the classes (a class `background`; for
            tags, recordings without a tag) of stretches that no label covers, where labels have
            times. None of the classes may be heard there. `none` learns nothing from there.
        clip_s: how much sound the network hears at once; None chooses from the data.
        hop_s: the step between clips of a long recording when predicting; None is half a clip.
        fill: what a recording shorter than a clip is filled up with: `silence` at its end, silence
            on both sides (`around`), or itself again and again (`repeat`).
        channels: `mean` of all, or the number of one, counted from 0.
        repair: NaN and infinite samples `refuse` a recording or become `zero`.
        strict: make the first input that cannot be used fatal, instead of leaving it out.
        max_duration_s: longer recordings are left out; None sets no limit.
        home: the folder that a published data set lies in; None asks its package.
        notes: how many notes the orchestra plays; None leaves it to the orchestra.
    """

    source: SourceName = "orchestra"
    file: str | None = None
    label: str = Field("label", min_length=1)
    group: str | None = None
    fold: str | None = None
    part: str | None = None
    start: str | None = None
    end: str | None = None
    annotations: Annotated[str, Field(min_length=1)] | None = None
    background: Literal["none", "unlabelled"] = "none"
    clip_s: Seconds | None = None
    hop_s: Seconds | None = None
    fill: Fill = "silence"
    channels: Literal["mean"] | Annotated[int, Field(ge=0, lt=MOST_CHANNELS)] = "mean"
    repair: Literal["refuse", "zero"] = "refuse"
    strict: bool = False
    max_duration_s: Seconds | None = 10_800.0
    home: str | None = None
    notes: Annotated[int, Field(ge=1, le=100_000)] | None = None

    @property
    def lost_source(self) -> str:
        """What is wrong where columns are named and no source: the orchestra would play."""
        asked = [name for name in _OF_RECORDINGS if name in self.model_fields_set]
        if "label" in self.model_fields_set and self.label == "label":
            asked.append("label")  # the orchestra has other targets too, and groups by them
        if "source" in self.model_fields_set or not asked:
            return ""
        return (
            f"[data] has {', '.join(asked)} and no source, so the toy orchestra would play: add "
            'source = "FOLDER", "TABLE.csv" or another'
        )

    def with_source_of(self, other: Data) -> Data:
        """The same; a source written in Python, which no table can hold, is the other's."""
        if not isinstance(other.source, CustomSource) or self.source != other.source:
            return self
        return self.model_copy(update={"source": other.source})
