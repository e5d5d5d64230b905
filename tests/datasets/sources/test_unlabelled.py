"""`data.background`: which stretches without a label become examples, and what is told of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope._errors import DataError, ExperimentError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.source import open_source
from tonotope.datasets.sources.free_stretches import alike_lengths, free_spans, spread_over
from tonotope.datasets.time_blocks import in_blocks
from tonotope.experiment.propose import propose
from tonotope.experiment.spec import Experiment
from tonotope.heads import Tag

Label = tuple[float, float, str]


def data_of(source: object, background: str = "unlabelled", **asked: Any) -> Data:
    return Data.model_validate({"source": str(source), "background": background, **asked})


def track(labels: list[Label]) -> str:
    return "".join(f"{begin:.6f}\t{end:.6f}\t{text}\n" for begin, end, text in labels)


@pytest.fixture
def takes(tmp_path: Path, sound: Callable[..., Path]) -> Callable[..., Manifest]:
    """Sounds of 60 s, each with its labels, opened with `data.background`."""

    def write(
        labels: dict[str, list[Label] | str], targets: list[str] | None = None, **asked: Any
    ) -> Manifest:
        for number, (name, own) in enumerate(labels.items()):
            if not (tmp_path / f"{name}.wav").exists():
                sound(tmp_path / f"{name}.wav", pitch=number, seconds=60.0)
            (tmp_path / f"{name}.txt").write_text(own if isinstance(own, str) else track(own))
        return open_source(data_of(tmp_path, **asked), targets)

    return write


def parted(manifest: Manifest, column: str = "label") -> tuple[list[Recording], list[Recording]]:
    """The labelled recordings, and those of the background."""
    own = [one for one in manifest.recordings if one.targets[column] == "background"]
    return [one for one in manifest.recordings if one not in own], own


def end_s(one: Recording) -> float:
    return one.start_s + one.duration_s


def random_labels(seed: int, count: int) -> list[Label]:
    rng = np.random.default_rng(seed)
    begins = np.sort(rng.uniform(0, 57, count))
    return [(float(at), float(at + rng.uniform(0.4, 2)), "owl" if at < 30 else "rail")
            for at in begins]  # fmt: skip


# -- what is taken ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_no_stretch_is_near_a_label_or_lies_on_another(takes, seed: int) -> None:
    labels = {name: random_labels(10 * seed + at, 5 + 3 * at) for at, name in enumerate("abc")}
    events, own = parted(takes(labels))
    lengths = sorted(one.duration_s for one in events)
    margin_s = float(np.median(lengths)) / 2
    assert own
    for one in own:
        assert one.group == one.path.name
        assert 0 <= one.start_s < end_s(one) <= 60
        assert lengths[0] - 0.001 <= one.duration_s <= lengths[-1] + 0.001
        for begin, end, _ in labels[one.path.stem]:
            assert one.start_s >= end + margin_s - 0.003 or end_s(one) <= begin - margin_s + 0.003
    for first, second in itertools.pairwise(sorted(own, key=lambda one: (one.id[0], one.start_s))):
        assert first.path != second.path or end_s(first) <= second.start_s + 1e-9


def test_there_are_as_many_as_the_usual_class_has_in_all_sounds_and_over_all_time(takes) -> None:
    labels = {name: [(20.0 + 2 * at, 21.0 + 2 * at, "owl" if at else "rail") for at in range(4)]
              for name in "abcd"}  # fmt: skip
    manifest = takes(labels)
    events, own = parted(manifest)
    assert Counter(one.targets["label"] for one in events) == {"owl": 12, "rail": 4}
    assert len(own) == 8  # the median of 12 and 4
    assert Counter(one.path.stem for one in own) == dict.fromkeys("abcd", 2)
    assert min(one.start_s for one in own) < 20
    assert max(one.start_s for one in own) > 40
    assert (
        "8 stretches that no label covers (of 1 s, from 4 of 4 sounds, 0.5 s or more from every "
        "label) became the class `background`: none of the others may be heard there"
    ) in manifest.notes
    assert not [one for one in manifest.warnings if "background" in one]


def test_their_lengths_are_those_of_the_labels_so_that_length_tells_nothing(takes) -> None:
    lengths = (0.5, 0.5, 1.0, 1.0, 3.0, 3.0)
    labels = [(4.0 * at + 1, 4.0 * at + 1 + own, ["owl", "rail"][at % 2])
              for at, own in enumerate(lengths)]  # fmt: skip
    _, own = parted(takes({"a": labels}))
    assert sorted(round(one.duration_s, 6) for one in own) == [0.5, 1.0, 3.0]


def test_the_same_labels_always_give_the_same_stretches(takes) -> None:
    labels = {"a": random_labels(1, 6), "b": random_labels(2, 9)}
    first = takes(labels)
    assert takes(labels).digest == first.digest
    assert parted(first)[1][0].id.startswith("a.wav@")


def test_labels_that_are_not_learnt_from_cover_what_they_lie_on(takes) -> None:
    """A moment, one without a meaning and one that is there twice: something is heard there."""
    labels: list[Label] = [
        *((0.0, 1.0, "owl"), (1.0, 2.0, "rail"), (10.0, 40.0, "nan"), (5.0, 5.0, "owl")),
        *((41.0, 59.0, "owl"), (41.0, 59.0, "owl")),
    ]
    manifest = takes({"a": labels})
    assert len(manifest.skipped) == 3
    _, own = parted(manifest)
    assert own
    for one in own:
        assert end_s(one) <= 5.0 or (one.start_s >= 5.0 and end_s(one) <= 10.0)


def test_a_sound_with_a_label_that_cannot_be_placed_gives_none(takes) -> None:
    labels = [(5.0, 6.0, "owl"), (20.0, 21.0, "rail")]
    manifest = takes({"a": labels, "b": track(labels) + "40.0\t30.0\tgull\n"})
    assert {one.path.stem for one in parted(manifest)[1]} == {"a"}
    assert (
        "1 sound with a label that could not be read, which may lie anywhere: no stretch without "
        "a label is taken from there (b.txt row 3)"
    ) in manifest.warnings
    with pytest.raises(DataError, match=r"in every sound there is a label that could not be read"):
        takes({"a": track(labels) + "40.0\t30.0\tgull\n", "b": track(labels) + "4\t3\tgull\n"})


def test_a_label_file_without_a_label_says_that_nothing_is_heard(takes) -> None:
    labels = {
        "a": [(0.0, 9.0, "owl"), (10.0, 19.0, "rail"), (20.0, 60.0, "owl")],
        "b": "",
        "c": [(1.0, 60.0, "owl")],
    }
    manifest = takes(labels)
    assert [(one.path.stem, one.group) for one in parted(manifest)[1]] == [("b", "b.wav")] * 2
    assert not [one for one in manifest.warnings if "holds no label" in one]
    without = takes(labels, background="none")
    assert [one for one in without.warnings if "1 label file holds no label" in one]
    assert "b.wav" not in {one.group for one in without.recordings}


@pytest.mark.parametrize("constant", [0.0, 0.25])
def test_digital_silence_is_no_example(takes, tmp_path: Path, constant: float) -> None:
    labels = [(1.0, 3.0, "owl"), (5.0, 7.0, "rail"), (50.0, 52.0, "owl"), (54.0, 56.0, "rail")]
    wave = 0.1 * np.random.default_rng(0).standard_normal(60 * 8000)
    wave[8 * 8000 : 40 * 8000] = constant
    soundfile.write(tmp_path / "a.wav", wave, 8000)
    manifest = takes({"a": labels})
    _, own = parted(manifest)
    assert len(own) == 2
    assert all(one.start_s >= 38 for one in own)
    told = [one for one in manifest.notes if "digital silence is no example: " in one]
    assert len(told) == 1
    wave[:] = constant
    soundfile.write(tmp_path / "a.wav", wave, 8000)
    with pytest.raises(DataError, match="all that no label covers is digital silence"):
        takes({"a": labels})


def test_where_there_is_little_room_it_is_said_with_numbers(takes) -> None:
    tight = [(0.0, 25.0, "owl"), (26.0, 60.0, "rail")]
    with pytest.raises(DataError) as refused:
        takes({"a": tight})
    assert str(refused.value) == (
        'data.background = "unlabelled": no label covers 1.0 s of 60.0 s, and what lies 14.8 s '
        "or more from every label lasts 0 s at most, where 25 s are needed (the shortest label); "
        "leave it out, or give more of the sound around the labels"
    )
    crowded = [(2.0 * at, 2.0 * at + 1.5, "owl" if at % 2 else "rail") for at in range(28)]
    manifest = takes({"a": crowded})
    assert "there is room for 2 stretches that no label covers, and the usual class has 14" in (
        " ".join(manifest.warnings)
    )


# -- where it does not fit --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["background", "Ruido de fondo", "_noise_"])
def test_a_class_of_that_name_is_refused(takes, name: str) -> None:
    with pytest.raises(DataError, match=f"a class is called `{name}` already"):
        takes({"a": [(1.0, 2.0, name), (5.0, 6.0, "owl")]})


def test_recordings_without_times_are_refused(tmp_path: Path, sound) -> None:
    for name in ("owl/1.wav", "owl/2.wav", "rail/1.wav", "rail/2.wav"):
        sound(tmp_path / name)
    (tmp_path / "table.csv").write_text("file,label\nowl/1.wav,owl\nrail/1.wav,rail\n")
    for source in (str(tmp_path), str(tmp_path / "table.csv"), "orchestra"):
        with pytest.raises(DataError, match="here each recording is labelled as a whole"):
            open_source(data_of(source))


@pytest.mark.parametrize(
    "head", [{"kind": "regress", "targets": ["pitch"]},
             {"kind": "multitask", "tasks": [
                 {"name": "a", "head": {"kind": "tag", "column": "x"}},
                 {"name": "b", "head": {"kind": "tag", "column": "y"}}]}],
)  # fmt: skip
def test_heads_without_a_class_for_it_are_refused(head: dict[str, Any]) -> None:
    data = {"source": "takes", "background": "unlabelled"}
    with pytest.raises((ExperimentError, ValueError), match=r"goes with head\.kind = "):
        Experiment.model_validate({"data": data, "head": head})
    Experiment.model_validate({"data": data, "head": {"kind": "tag", "column": "label"}})


def test_asking_for_it_makes_another_experiment() -> None:
    plain = Experiment.model_validate({"data": {"source": "takes"}})
    asked = Experiment.model_validate({"data": {"source": "takes", "background": "unlabelled"}})
    assert plain.digest == "253d1c3c" != asked.digest  # as before there was such a key


def test_one_class_alone_is_told_of_it(takes, tmp_path: Path) -> None:
    takes({"a": [(5.0 * at, 5.0 * at + 1, "owl") for at in range(8)]})
    with pytest.raises(DataError, match=r"take what no label covers for one \(data\.background"):
        propose(tmp_path)
    made = propose(tmp_path, sets=["data.background=unlabelled"], blocks=True)
    assert made.manifest.classes("label") == ("background", "owl")
    assert 'background = "unlabelled"' in made.text()


def test_much_time_without_a_label_is_offered_once(takes, tmp_path: Path) -> None:
    much = [(5.0 * at, 5.0 * at + 1, "owl" if at % 2 else "rail") for at in range(8)]
    manifest = takes({"a": much}, background="none")
    offer = (
        "no label covers 52.0 s of 60.0 s, and nothing is learnt from there; if none of the "
        'classes is heard there, data.background = "unlabelled" makes examples of it'
    )
    assert manifest.notes.count(offer) == 1
    assert f"# {offer}\n" in propose(tmp_path, blocks=True).text()
    assert parted(manifest)[1] == []
    assert not [one for one in takes({"a": much}).notes if "nothing is learnt from there" in one]
    full = [(6.0 * at, 6.0 * at + 5, "owl" if at % 2 else "rail") for at in range(10)]
    assert not [one for one in takes({"a": full}, background="none").notes if "no label" in one]


# -- tables, tags, blocks of time -------------------------------------------------------------


TABLE = """file,start,end,label,place,split
a.wav,5,7,owl,north,train
a.wav,20,22,rail,north,train
a.wav,30,45,,north,train
b.wav,5,7,owl,south,test
b.wav,20,22,rail,south,test
b.wav,30,32,gull,south,unused
"""


def test_a_table_of_events(tmp_path: Path, sound) -> None:
    for name in "ab":
        sound(tmp_path / f"{name}.wav", seconds=60.0)
    (tmp_path / "events.csv").write_text(TABLE)
    data = data_of(tmp_path / "events.csv", group="place")
    manifest = open_source(data)
    _, own = parted(manifest)
    assert [(one.group, one.part) for one in own] == [("north", "train"), ("south", "test")]
    assert not any(one.start_s < 46 and end_s(one) > 29 for one in own if one.path.stem == "a")
    (tmp_path / "events.csv").write_text(TABLE.replace(",30,45,,", ",30,soon,,"))
    assert {one.group for one in parted(open_source(data))[1]} == {"south"}


def test_each_belongs_to_the_label_that_is_nearest(tmp_path: Path, sound) -> None:
    sound(tmp_path / "a.wav", seconds=60.0)
    (tmp_path / "t.csv").write_text(
        "file,start,end,label,bird,fold\na.wav,5,7,owl,o1,1\na.wav,50,52,rail,r1,2\n"
        "a.wav,9,11,owl,o1,1\na.wav,54,56,rail,r1,2\n"
    )
    events, own = parted(open_source(data_of(tmp_path / "t.csv", group="bird")))
    assert len(own) == 2
    assert {(one.group, one.fold) for one in own} == {("o1", "1"), ("r1", "2")}
    for one in own:
        near = min(events, key=lambda other: max(other.start_s - end_s(one),
                                                 one.start_s - end_s(other)))  # fmt: skip
        assert one.group == near.group


def test_a_table_does_not_doubt_what_it_did_not_name(tmp_path: Path, sound) -> None:
    for name in "ab":
        sound(tmp_path / f"{name}.wav", seconds=60.0)
    (tmp_path / "events.csv").write_text(TABLE.replace("unused", "train"))
    source = str(tmp_path / "events.csv")
    without = open_source(data_of(source, background="none"))
    asked = open_source(data_of(source))
    assert asked.warnings == without.warnings
    assert asked.skipped == without.skipped


@pytest.mark.parametrize("mark", ["|", ";", ","])
def test_of_tags_such_a_stretch_has_none(tmp_path: Path, sound, mark: str) -> None:
    sound(tmp_path / "a.wav", seconds=60.0)
    quoted = f'"owl{mark}rail"'
    (tmp_path / "t.csv").write_text(
        f"file,start,end,tags\na.wav,5,7,owl\na.wav,20,22,rail\na.wav,30,32,{quoted}\n"
    )
    data = data_of(tmp_path / "t.csv")
    manifest = open_source(data, ("tags",))
    rows = [dict(one.targets) for one in manifest.recordings]
    tag = Tag(column="tags")
    tag.check(rows, [one.id for one in manifest.recordings])
    tag = tag.fit_targets(rows)
    assert (tag.labels, tag.separator) == (("owl", "rail"), mark)
    assert tag.encode_targets(rows)["tags"].tolist() == [[1, 0], [0, 1], [1, 1], [0, 0], [0, 0]]
    assert [one for one in manifest.notes if "became examples of no tag: none of them may" in one]


def test_of_tags_in_columns_it_has_a_nought_in_each(tmp_path: Path, sound) -> None:
    sound(tmp_path / "a.wav", seconds=60.0)
    (tmp_path / "t.csv").write_text(
        "file,start,end,owl,rail,pitch\na.wav,5,7,1,0,3\na.wav,20,22,0,1,4\na.wav,30,32,1,,5\n"
    )
    data = data_of(tmp_path / "t.csv")
    manifest = open_source(data, ("owl", "rail"))
    assert [dict(one.targets) for one in manifest.recordings[3:]] == [{"owl": "0", "rail": "0"}] * 2
    with pytest.raises(DataError, match="`pitch` holds numbers, and where no label lies"):
        open_source(data, ("pitch",))


def test_label_files_with_tags(takes) -> None:
    labels: list[Label] = [(5.0, 7.0, "owl"), (5.0, 7.0, "rail"), (20.0, 22.0, "rail")]
    manifest = takes({"a": labels}, ["label"])
    tag = Tag(column="label").fit_targets(
        rows := [dict(one.targets) for one in manifest.recordings]
    )
    assert tag.encode_targets(rows)["tags"].tolist() == [[1, 1], [0, 1], [0, 0], [0, 0]]


def test_blocks_of_one_long_take_hold_them(takes) -> None:
    labels = [(5.0 * at, 5.0 * at + 1, "owl" if at % 2 else "rail") for at in range(12)]
    manifest = in_blocks(takes({"a": labels}), 15.0)
    events, own = parted(manifest)
    assert len({one.group for one in own}) > 2
    assert {one.group for one in own} <= {one.group for one in events}
    spans: dict[str, tuple[float, float]] = {}
    for one in manifest.recordings:
        begin, end = spans.get(one.group, (one.start_s, 0.0))
        spans[one.group] = (min(begin, one.start_s), max(end, end_s(one)))
    for (_, before), (after, _) in itertools.pairwise(sorted(spans.values())):
        assert before <= after


def test_no_class_is_taken_for_noise_to_be_moved_away(takes) -> None:
    """A rare class called background would be asked about, if nobody had asked for it."""
    labels = [(1.0 + at, 1.5 + at, "owl" if at % 2 else "rail") for at in range(40)]
    manifest = takes({"a": labels})
    few = parted(manifest)[1][:2]
    manifest = replace(manifest, recordings=(*parted(manifest)[0], *few))
    assert not [one for one in manifest.warnings if "is taken for a class like any other" in one]


# -- the arithmetic ---------------------------------------------------------------------------


def test_free_spans_at_the_edges() -> None:
    assert free_spans(1000, [], 100) == [(0, 1000)]
    assert free_spans(1000, [(0, 1000)], 0) == []
    assert free_spans(1000, [(50, 60), (900, 2000)], 100) == [(160, 800)]
    assert free_spans(1000, [(2000, 3000)], 100) == [(0, 1000)]


def test_what_one_sound_has_no_room_for_goes_to_the_others() -> None:
    free = {"a": [(0, 1000)], "b": [(0, 10_000)], "c": []}
    placed = spread_over(free, [900] * 6, 900, lambda *_: True)
    assert {name: len(one.stretches) for name, one in placed.items()} == {"a": 1, "b": 5, "c": 0}
    spread = [begin for begin, _ in placed["b"].stretches]
    assert all(after - before >= 900 for before, after in itertools.pairwise(spread))


@pytest.mark.parametrize("wanted", [1, 2, 7, 40])
def test_fewer_than_there_are_sounds_are_spread_over_them(wanted: int) -> None:
    free = {f"{at:02d}": [(0, 5000)] for at in range(40)}
    placed = spread_over(free, alike_lengths([400, 600], wanted), 400, lambda *_: True)
    taken = [int(name) for name, one in placed.items() if one.stretches]
    assert len(taken) == wanted
    assert all(after - before >= 40 // wanted for before, after in itertools.pairwise(taken))


def test_silence_is_tried_once_and_never_again() -> None:
    asked: list[tuple[str, tuple[int, int]]] = []

    def sounds(name: str, span: tuple[int, int]) -> bool:
        asked.append((name, span))
        return name != "still"

    placed = spread_over({"still": [(0, 5000)], "loud": [(0, 5000)]}, [1000] * 4, 1000, sounds)
    assert (len(placed["loud"].stretches), placed["still"].stretches) == (4, [])
    assert len(set(asked)) == len(asked)
    assert placed["still"].silent == sum(name == "still" for name, _ in asked)
