from __future__ import annotations

import pytest

from tonotope._errors import DataError
from tonotope.datasets.sources.infer_groups import FileName, Grouping, infer_groups


def of(names: list[str], asked: str | None = None, sides: dict[str, str] | None = None) -> Grouping:
    """Group files named `class/.../name`."""
    files = []
    for name in names:
        levels = name.split("/")
        folder = levels[1] if len(levels) > 2 else ""
        files.append(FileName(name, levels[0], folder, (sides or {}).get(name)))
    return infer_groups(files, asked)


def test_folders_below_the_class_are_groups_over_all_classes() -> None:
    names = [
        f"{c}/{who}/{n}.wav" for c in ("yes", "no") for who in ("ann", "bob", "eve") for n in "12"
    ]
    grouping = of(names)
    assert set(grouping.groups) == {"ann", "bob", "eve"}
    assert grouping.note == (
        "groups are inferred from the folders below the classes: 3 groups "
        '(ann, bob, eve, …); group = "file" would make each file its own'
    )


def test_published_names_tell_their_source() -> None:
    names = [f"{c}/1-{source}-{take}.wav" for c, s in (("dog", "12"), ("cat", "34")) for source in
             (f"{s}00", f"{s}01") for take in "AB"]  # fmt: skip
    assert set(of(names).groups) == {"1200", "1201", "3400", "3401"}
    assert "names like ESC-50's (1-1200-A)" in of(names).note
    names = [f"{c}/{c}{source}-3-0-{n}.wav" for c in "12" for source in "345" for n in "12"]
    assert set(of(names).groups) == {"13", "14", "15", "23", "24", "25"}
    assert "UrbanSound8K" in of(names).note


def test_names_that_differ_in_a_last_number_alone_are_one_group() -> None:
    digits = [f"{d}/{d}_{who}_{n}.wav" for d in "01" for who in ("ann", "bob", "eve") for n in "12"]
    grouping = of(digits)
    assert set(grouping.groups) == {"ann", "bob", "eve"}  # one speaker, whatever the digit
    assert "names that differ in their last number or letter alone" in grouping.note
    songs = [f"{c}/{c}{s}_part{n}.wav" for c in ("rock", "folk") for s in "abc" for n in "12"]
    assert len(set(of(songs).groups)) == 6
    copies = [f"{c}/{c}{s} ({n}).wav" for c in ("rock", "folk") for s in "abc" for n in "12"]
    assert len(set(of(copies).groups)) == 6


@pytest.mark.parametrize(
    ("names", "why"),
    [
        # Numbered within the class: the name says nothing.
        ([f"{c}/{c}.{n:05d}.wav" for c in ("jazz", "rock") for n in range(6)], None),
        ([f"{c}/{n:03d}.wav" for c in ("jazz", "rock") for n in range(6)], None),
        ([f"{c}/take-{n}.wav" for c in ("jazz", "rock") for n in range(6)], "1 group in all"),
        # A kind of bark is no source: nearly all of a class would be one group.
        (
            [f"dog/bark_{n}.wav" for n in range(6)]
            + [f"dog/howl_{n}.wav" for n in range(2)]
            + [f"cat/{name}.wav" for name in ("one", "two", "three")],
            "6 of 8 files of `dog` would be one, `bark`",
        ),
        (
            [f"dog/x/{n}.wav" for n in range(3)] + [f"cat/{w}/1.wav" for w in ("y", "z")],
            "`dog` would be one group alone",
        ),
        ([f"{c}/{w}_{n}.wav" for c in "ab" for w in ("x", "y") for n in "123"], "2 groups in all"),
    ],
)
def test_a_guess_that_cannot_be_used_is_dropped_and_that_is_said(
    names: list[str], why: str | None
) -> None:
    grouping = of(names)
    assert grouping.groups == names
    own = "no group is given or can be read from the names: each file is its own"
    assert grouping.note.startswith(own)
    if why is None:
        assert grouping.note == own
    else:
        assert why in grouping.note


def test_a_guess_never_joins_what_published_folds_part() -> None:
    names = [f"{c}/{who}_{n}.wav" for c in "ab" for who in ("x", "y", "z") for n in "12"]
    assert len(set(of(names).groups)) == 3
    grouping = of(names, sides={name: name[-5] for name in names})
    assert grouping.groups == names
    assert "x, y, z would lie in several folds or parts" in grouping.note


def test_parts_of_one_recording_that_stand_alone_are_told() -> None:
    names = [*(f"dog/walk_part{n}.wav" for n in (1, 2)), "cat/miaow.wav", "cat/purr.wav"]
    grouping = of(names)
    assert grouping.groups == names
    assert grouping.warning == (
        "dog/walk_part1.wav and dog/walk_part2.wav look like parts of one recording (1 such "
        'family), but each file is its own group; group = "name" keeps them together'
    )


def test_what_is_asked_for_is_done() -> None:
    names = ["dog/x/walk_1.wav", "dog/x/walk_2.wav", "cat/y/purr.wav"]
    assert of(names, "file").groups == names
    assert of(names, "folder").groups == ["x", "x", "y"]
    assert of(names, "name").groups == ["walk", "walk", "cat/y/purr.wav"]
    with pytest.raises(
        DataError, match=r'group = "folders": .* known are "file", "folder" and "na'
    ):
        of(names, "folders")


@pytest.mark.parametrize(
    "begin",
    [
        *("{n:03d}_", "{c}_{n:03d}_", "{n}-"),
        *("take_{n}_", "rec{n:02d}_", "Track {n}-", "{c}_sample-{n}_", "ZOOM{n:04d}_", "{n:06d}_"),
        *("Grabación {n} ", "toma{n}_", "Aufnahme_{n}_", "New Recording {n}-", "track_{n}_take_"),
    ],
)
def test_a_running_number_that_crosses_classes_is_no_group(begin: str) -> None:
    names = [
        f"{c}/{begin.format(c=c, n=n)}{take}.wav" for c in ("can", "metal") for n in range(6)
        for take in range(2)
    ]  # fmt: skip
    grouping = of(names)
    assert grouping.groups == names
    assert "is in files of several classes and may be a running number" in grouping.note


@pytest.mark.parametrize(
    "who",
    ["ann bob eve", "p225 p226 p227", "bird1 bird2 bird3", "song-a1 song-b7 song-c2",
     "20240501 20240502 20240611", "speaker_01 speaker_02 speaker_03"],
)  # fmt: skip
def test_a_name_that_crosses_classes_is_a_source(who: str) -> None:
    names = [f"{c}/{one}_{n}.wav" for c in ("yes", "no") for one in who.split() for n in range(3)]
    grouping = of(names)
    assert len({*grouping.groups}) == 3
    assert grouping.groups[:9] == grouping.groups[9:]  # the same ones in both classes
    assert "groups are inferred from names" in grouping.note
    assert grouping.warning is None


@pytest.mark.parametrize("form", ["{c}/{who}/{n}.wav", "{c}/{who}_{n}.wav"])
def test_a_rare_class_at_one_site_does_not_part_the_sites_of_the_others(form: str) -> None:
    names = [
        form.format(c=c, who=who, n=n) for c in ("owl", "wren") for who in ("oak", "fen", "moor")
        for n in range(4)
    ]  # fmt: skip
    names += [form.format(c="crane", who="fen", n=n) for n in range(3)]
    names += [form.format(c="bittern", who=who, n=n) for who, n in (("fen", 1), ("oak", 1))]
    names += [form.format(c="bittern", who="fen", n=n) for n in range(2, 5)]  # 4 of 5 at one site
    grouping = of(names)
    assert {*grouping.groups} == {"oak", "fen", "moor"}
    assert grouping.warning is not None
    assert grouping.warning.startswith(
        "`crane` (3 recordings, all of `fen`) has one group alone: it is learnt and never tested"
    )


def test_ids_of_published_names_that_only_count_are_no_sources() -> None:
    names = [f"{c}/{n}-1-0-{k}.wav" for c in "ab" for n in range(5) for k in range(2)]
    assert of(names).groups == names
    names = [f"{c}/{n}-1-0-{k}.wav" for at, c in enumerate("ab") for n in range(5 * at, 5 * at + 5)
             for k in range(2)]  # fmt: skip
    names += ["b/4-1-0-9.wav"]  # one source heard in two classes
    assert len({*of(names).groups}) == 10
