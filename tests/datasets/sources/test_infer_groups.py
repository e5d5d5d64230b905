from __future__ import annotations

import pytest

from tonotope._errors import DataError
from tonotope.cli.one_screen import in_one_line
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
        '(ann, bob, eve); group = "file" would make each file its own'
    )


def test_two_folders_are_groups_where_every_class_has_both() -> None:
    names = [f"{c}/{day}/{n}.wav" for c in ("rain", "hail") for day in ("d1", "d2") for n in "123"]
    grouping = of(names)
    assert grouping.groups == [name.split("/")[1] for name in names]
    assert "folders below the classes: 2 groups (d1, d2)" in grouping.note
    uneven = [*names, *(f"rain/d1/{n}.wav" for n in "456789")]
    assert set(of(uneven).groups) == {"d1", "d2"}  # each day is heard in both classes
    alone = [name for name in names if not name.startswith("hail/d2")]
    assert set(of(alone).groups) == {*alone}
    assert "were not used: there would be 2 groups in all" in of(alone).note
    loose = [f"{c}/{n}.wav" for c in ("rain", "hail") for n in "78"]  # in no folder: their own
    assert set(of([*names, *loose]).groups) == {"d1", "d2", *loose}


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


FEELINGS = ("angry", "happy", "sad")
CODES = {"angry": "ANG", "happy": "HAP", "sad": "SAD"}
WHO = ("ana", "bea", "carl", "dora")


@pytest.mark.parametrize(
    ("form", "groups"),
    [
        ("{c}_{who}_{n}", 4), ("{who}_{c}_{n}", 4), ("{who} {n} {c}", 4), ("{who}.{c}.{n}", 4),
        ("{who}_{code}_{n}", 4), ("{code}-{who}-{n}", 4), ("{who}_{n}_{code}", 4),
        ("{who}_{c}_{n}_aug1", 4), ("{who}_{c}_{n}_mic2", 4),
    ],
)  # fmt: skip
def test_the_class_and_a_word_for_it_are_left_aside_wherever_they_stand(
    form: str, groups: int
) -> None:
    names = [
        f"{c}/{form.format(c=c, who=who, n=n, code=CODES[c])}.wav"
        for c in FEELINGS for who in WHO for n in range(3)
    ]  # fmt: skip
    grouping = of(names)
    assert {*grouping.groups} == {*WHO}
    assert len({*grouping.groups}) == groups
    assert grouping.warning is None


def test_a_digit_is_left_aside_where_all_names_have_it_and_as_a_take_it_is_not() -> None:
    names = [f"{d}/{d}_{who}_{n}.wav" for d in range(3) for who in WHO for n in range(4)]
    assert {*of(names).groups} == {*WHO}
    names = [f"{d}/{who}_{d}_{n}.wav" for d in range(3) for who in WHO for n in range(4)]
    assert {*of(names).groups} == {*WHO}
    names = [f"{c}/{c}.{n:05d}.{k}.wav" for c in ("jazz", "rock") for n in range(4) for k in "012"]
    assert len({*of(names).groups}) == 8  # the songs of GTZAN are counted in each class


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        ([f"{c}/03-01-0{at}-01-0{s}-01-{who:02}" for at, c in enumerate(FEELINGS, 3)
          for s in "12" for who in range(1, 5)], ["01", "02", "03", "04"]),
        ([f"{c}/{who}_DFA_{CODES[c]}_XX" for c in FEELINGS for who in range(1001, 1005)],
         ["1001", "1002", "1003", "1004"]),
        ([f"{c}/{c}_acoustic_00{who}-06{n}-100" for c in ("brass", "flute") for who in "01"
          for n in "67"], [f"{c}_acoustic_00{who}" for c in ("brass", "flute") for who in "01"]),
        ([f"{c}/p22{who}_00{n}_mic{mic}" for c in FEELINGS for who in "567" for n in "12"
          for mic in "12"], ["p225", "p226", "p227"]),
        ([f"{c}/{who}-5056{n}-000{n}" for c in FEELINGS for who in (84, 174, 251) for n in "12"],
         ["174", "251", "84"]),
        ([f"{c}/{who}_back_{c}" for c in FEELINGS for who in ("OAF", "YAF")], ["OAF", "YAF"]),
        ([f"{c}/0.9{n}_{n}_{who}_2024_{n}.0s_{n + 3}.0s" for c in FEELINGS for n in (0, 3)
          for who in ("fen", "oak")], ["fen_2024", "oak_2024"]),
        ([f"{c}/XC{n}{at}_{k}" for at, c in enumerate(FEELINGS) for n in (123, 456) for k in "12"],
         [f"XC{n}{at}" for n in (123, 456) for at in range(3)]),
        ([f"sad/03-01-04-01-01-01-{who:02}" for who in (1, 2)]
         + [f"happy/03-01-03-01-01-01-{who:02}" for who in (1, 2)]
         + [f"{c}/1001_DFA_{CODES[c]}_XX" for c in ("sad", "happy")],
         ["CREMA-D 1001", "RAVDESS 01", "RAVDESS 02"]),
    ],
)  # fmt: skip
def test_published_names_tell_who_or_what_was_recorded(names: list[str], groups: list[str]) -> None:
    grouping = of([f"{name}.wav" for name in names])
    assert sorted({*grouping.groups}) == groups
    assert "groups are inferred from the source in names like" in grouping.note
    assert grouping.warning is None


def test_a_published_speaker_of_one_class_alone_is_said() -> None:
    grouping = of(["sad/OAF_back_sad.wav", "sad/OAF_bar_sad.wav", "happy/YAF_back_happy.wav"])
    assert len({*grouping.groups}) == 3
    assert grouping.warning is not None
    assert "in names like TESS's (OAF_back_sad) was not used as group" in grouping.warning


@pytest.mark.parametrize(
    "end",
    ["aug{n}", "pitch{n:+d}", "speed0.{n}", "mic{n}", "chunk{n:03d}", "teil{n}", "{n}.0s_{m}.0s",
     "{n}0_{m}0", "window-{n}"],
)  # fmt: skip
def test_copies_and_pieces_of_a_recording_are_one_group(end: str) -> None:
    names = [
        f"{c}/{c[0]}1{take}_{end.format(n=n, m=n + 1)}.wav"
        for c in FEELINGS for take in range(4) for n in range(3)
    ]  # fmt: skip
    grouping = of(names)
    assert {*grouping.groups} == {f"{c[0]}1{take}" for c in FEELINGS for take in range(4)}
    assert "names without their last number and what marks a copy" in grouping.note


def test_words_for_copies_join_only_what_another_name_shares() -> None:
    names = [f"{c}/{c}{n}_{how}.wav" for c in FEELINGS for n in range(3)
             for how in ("orig", "noise", "stretch")]  # fmt: skip
    assert {*of(names).groups} == {f"{c}{n}" for c in FEELINGS for n in range(3)}
    names = [f"{c}/street{n}_{c}.wav" for c in ("noise", "music") for n in range(3)]
    assert of(names).groups == names  # a class is no copy
    alone = ["dog/ann_noise.wav", "dog/bob.wav", "dog/eve.wav", "cat/purr.wav"]
    assert of(alone).groups == alone


def test_a_running_number_of_copies_joins_them_in_each_class_and_is_asked_about() -> None:
    names = [f"{c}/rec{n}_{c}_chunk{k:03}.wav" for c in FEELINGS for n in range(4) for k in "01"
             for k in (int(k),)]  # fmt: skip
    grouping = of(names)
    assert {*grouping.groups} == {f"{c}/rec{n}_{c}" for c in FEELINGS for n in range(4)}
    assert grouping.warning == (
        "rec0, rec1, rec2 and 1 more in several classes are taken for different recordings; if "
        'each is one, group = "name" in [data] keeps it together'
    )
    assert {*of(names, "name").groups} == {f"rec{n}" for n in range(4)}
    names = [f"{c}/{c}_{n}_pitch{k:+d}.wav" for c in FEELINGS for n in range(4) for k in (-1, 0, 1)]
    assert len({*of(names).groups}) == 12
    assert of(names).warning is None  # the class says what is counted


@pytest.mark.parametrize(
    ("form", "part", "own"),
    [
        ("{at:02}-{n:02}-{a:02}", 3, True), ("{a:02}-{at:02}-{n:02}", 1, True),
        ("{n}_{who}", 2, True), ("{who}_{c}", 1, True), ("{who}_DFA{n}_{c}_XX", 1, True),
        ("violin_{a:03}-06{n}-100", 2, False), ("site{a}_2024050{n}_1", 1, False),
        ("{who}_near{n}_{n}", 1, False),
    ],
)  # fmt: skip
def test_a_part_of_the_names_that_comes_again_is_asked_about(
    form: str, part: int, own: bool
) -> None:
    names = [
        f"{c}/{form.format(c=c, at=at, who=who, n=n, a=a)}.wav"
        for at, c in enumerate(FEELINGS, 1) for a, who in enumerate(WHO) for n in range(1, 4)
    ]  # fmt: skip
    names = [*dict.fromkeys(names)]
    if not own:
        names += [name.replace(".wav", "2.wav") for name in names]
    grouping = of(names)
    assert (grouping.groups == names) is own
    assert grouping.warning is not None
    assert f"part {part} (" in grouping.warning
    assert 'group = "name ' in grouping.warning
    assert len({*of(names, f"name {part}").groups}) == 4


@pytest.mark.parametrize(
    "form", ["{c}.{n:05d}", "{c}_{n}", "{n:03d}", "XC{c}{n} - Owl", "ZOOM{n:04d}", "1-{at}{n}-A-0"]
)
def test_names_that_only_count_are_not_asked_about(form: str) -> None:
    names = [f"{c}/{form.format(c=c, at=at, n=n)}.wav" for at, c in enumerate(("jazz", "rock"), 1)
             for n in range(9)]  # fmt: skip
    assert of(names).groups == names
    assert of(names).warning is None


def test_a_part_of_the_names_is_taken_as_asked() -> None:
    names = ["dog/1_ann-x.wav", "dog/2_bob-x.wav", "cat/3_bob-y.wav"]
    assert of(names, "name 2").groups == ["ann", "bob", "bob"]
    assert of(names, "name -1").groups == ["x", "x", "y"]
    assert of(names, "name 2 3").groups == ["ann x", "bob x", "bob y"]
    assert "part 2 of the names, as asked: 2 groups (bob, ann);" in of(names, "name 2").note
    for number in ("4", "0", "-4"):
        with pytest.raises(DataError, match=f"1_ann-x has 3 parts .* and no part {number}"):
            of(names, f"name {number}")


def test_a_day_that_crosses_classes_is_a_source_however_it_is_written() -> None:
    for day in ("2024-05-0{d}", "2024_05_0{d}", "0{d}.05.2024", "2024050{d}"):
        names = [f"{c}/{day.format(d=d)} {n}.wav" for c in FEELINGS for d in "123" for n in "12"]
        assert len({*of(names).groups}) == 3


def test_a_cure_is_offered_only_where_it_leaves_several_groups() -> None:
    grouping = of([f"{c}/Recording ({n}).wav" for c in FEELINGS for n in range(6)])
    assert "there would be 1 group in all" in grouping.note
    assert grouping.warning is None
    grouping = of([f"{c}/walk_part{n}.wav" for c in FEELINGS for n in range(2)])
    assert grouping.warning is not None
    assert grouping.warning.endswith("but each file is its own group")


def asked_about(form: str, folders: tuple[str, ...], count: int = 4) -> str:
    files = [
        FileName(f"{label}/2024/{folder}/{form.format(number)}.wav", label, "2024")
        for label in ("owl", "wren", "jay")
        for folder in folders
        for number in range(1, count + 1)
    ]
    return infer_groups(files).warning or ""


@pytest.mark.parametrize(
    "form", ["New Recording {}", "grabación {}", "Llamada {}", "IMG_{:04}", "REC-{:03}", "DR_{:02}"]
)
@pytest.mark.parametrize("folders", [("day1", "day2"), ("north", "south/2024-05-01")])
def test_a_counter_that_begins_anew_in_each_folder_is_not_asked_about(
    form: str, folders: tuple[str, ...]
) -> None:
    assert "may say" not in asked_about(form, folders)


@pytest.mark.parametrize("form", ["speaker {}", "Hablante_{:02}", "site-{}"])
def test_a_number_beside_a_word_for_a_source_is_asked_about(form: str) -> None:
    said = asked_about(form, ("day1", "day2"))
    assert said.startswith("part 2 (")
    assert 'recorded: group = "name 2"' in in_one_line(said, 74)


def test_a_number_that_comes_again_in_a_folder_is_asked_about() -> None:
    files = [
        FileName(f"{label}/2024/{day}/{who}_{word}.wav", label, "2024")
        for label in ("owl", "wren")
        for day in ("day1", "day2")
        for who in (1, 2, 3)
        for word in ("near", "far", "mid")
    ]
    assert "may say who" in (infer_groups(files).warning or "")


@pytest.mark.parametrize(
    "marks",
    [
        ("_pitch1", "_pitch2"), ("_aug1", "_aug2"), ("_speed0.9", "_speed1.1"),
        ("_denoised", "_normalized"), (" copy", " copy 2"), (" (1)", " (2)"), (".L", ".R"),
        (" - Copy", " - Copy (2)"), (" - copia", " (copia)"), (" - Kopie", " - Kopie (2)"),
        (" - Copie (2)",), ("_1", "_2"), (" (Anna's conflicted copy 2024-03-01)", " (1)"),
        (".sync-conflict-20240301-101522-ABC",), ("_part1", "_part2"), ("-reverb", "_16k"),
        ("_mejorado", "_mejorado2"), (" - コピー", " - 副本"), ("_mic1",), (" (copy)", "_edit"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{c}{who}", "rec{n}{c}", "{c}site_{n}", "{c} {n}", "ZOOM{c}_{n}"])
def test_an_original_belongs_to_its_copies(form: str, marks: tuple[str, ...]) -> None:
    labels = {"cat": "k", "dog": "h"}
    whole = {
        f"{label}/{form.format(c=c, n=n, who=who)}": ("", *marks)
        for label, c in labels.items() for n, who in enumerate(WHO)
    }  # fmt: skip
    names = [f"{name}{mark}.wav" for name, ends in whole.items() for mark in ends]
    groups = of(names).groups
    assert len({*groups}) == 8
    for at in range(0, len(names), len(marks) + 1):
        assert len({*groups[at : at + len(marks) + 1]}) == 1


@pytest.mark.parametrize(
    "form",
    ["Copy of {}", "Copia de {}", "Kopie von {}", "Copy (2) of {}", "aug1_{}", "denoised-{}",
     "aug1/{}", "noisy/{}"],
)  # fmt: skip
def test_a_copy_may_be_marked_before_the_name_and_by_its_folder(form: str) -> None:
    names = [
        f"{c}/{one.format(c[0] + who)}.wav" for c in ("cat", "dog") for who in WHO
        for one in ("{}", form)
    ]  # fmt: skip
    groups = of(names).groups
    assert len({*groups}) == 8
    assert groups[::2] == groups[1::2]


@pytest.mark.parametrize(
    ("take", "tracks"),
    [
        ("ZOOM{n:04d}_{}", "Tr1 Tr2 LR"), ("REC{n:03d}_{}", "MIC LINE MIX"),
        ("TASCAM_{n:04d}{}", "S12 S34"), ("2405{n:02d}_{n:03d}_{}", "Tr1 Tr2 TrLR"),
        ("4CH-{n:03d}{}", "M I"), ("take{n}_{}", "boom lav"), ("{n:03d}-{}", "XY ORTF Mix"),
    ],
)  # fmt: skip
def test_tracks_of_a_take_are_one_group(take: str, tracks: str) -> None:
    for first in (0, 10):  # numbered through, and anew in each class
        names = [
            f"{c}/{take.format(track, n=n + first * at)}.wav" for at, c in enumerate("ab")
            for n in range(1, 6) for track in tracks.split()
        ]  # fmt: skip
        if first == 0 and take.startswith("2405"):
            continue  # two classes on one day are one group
        grouping = of(names)
        assert len({*grouping.groups}) == 10
        size = len(tracks.split())
        assert all(len({*grouping.groups[at : at + size]}) == 1 for at in range(0, 10, size))
        assert "who or what was recorded" not in (grouping.warning or "")


def test_what_says_nothing_and_a_class_are_no_originals() -> None:
    names = ["dog/recording.wav", "dog/recording_ann.wav", "dog/recording_bob.wav",
             "cat/sound.wav", "cat/sound_ann.wav", "cat/sound_bob.wav", "dog/dog.wav",
             "dog/dog_big.wav", "cat/cat.wav", "cat/cat_big.wav"]  # fmt: skip
    names += [f"{c}/{c[0]}{who}.wav" for c in ("dog", "cat") for who in WHO]
    assert of(names).groups == names
    names = ["dog/bella.wav", "dog/bella_luna.wav", "dog/rex.wav", "cat/tom.wav", "cat/milo.wav"]
    assert of(names).groups == names  # one name alone says nothing of copies


def test_copies_of_published_names_tell_the_source_too() -> None:
    names = [
        f"{c}/03-01-0{at}-01-0{s}-01-{who:02}{mark}.wav" for at, c in enumerate(FEELINGS, 3)
        for s in "12" for who in range(1, 5) for mark in ("", "_pitch1", "_noise")
    ]  # fmt: skip
    assert sorted({*of(names).groups}) == ["01", "02", "03", "04"]


@pytest.mark.parametrize(
    ("day", "take"),
    [("24Y05M0{}", "T{n:02}_{t}"), ("2024-0{}-11", "take{n}_{t}"), ("2405{:02}", "scene{n}x_{t}"),
     ("{:02}.05.2024", "walk{n}_{t}")],
)  # fmt: skip
def test_a_day_is_no_word_for_the_class(day: str, take: str) -> None:
    names = [
        f"{c}/{day.format(5 + at)}_{take.format(n=n, t=t)}.wav" for at, c in enumerate("ab")
        for n in range(1, 6) for t in (1, 2)
    ]  # fmt: skip
    groups = of(names).groups
    assert len({*groups}) == 10
    assert groups[::2] == groups[1::2]


@pytest.mark.parametrize(
    ("form", "asked", "groups"),
    [
        ("{who} Smith - {title}", "name 1", 4), ("{key} - 12{t} - {who} - {title}", "name 3", 4),
        ("{t:02} {who} Li - {title} (Original Mix)", "name 2", 4),
        ("set-{split}-{who}_{t:08}x{c}", "name 3", 4), ("{who}_{t}bpm_{key}m_{title}", "name 1", 4),
        ("rec 2024-03-{day:02} 10.{t:02}.22", "name 2 3 4", 3),
        ("202403{day:02}_1{t:03}00{who}", "name 1", 3), ("{who}{t}", "name", 4),
    ],
)  # fmt: skip
def test_splits_keys_tempos_and_pieces_of_days_are_not_asked_about(
    form: str, asked: str, groups: int
) -> None:
    names: list[str] = []
    for at, c in enumerate(("House", "Techno")):
        for t in range(12):
            number = 12 * at + t
            stem = form.format(
                c=c, t=number, who=WHO[t % 4], title=("Shake", "Blue", "Gone")[t // 4],
                key=("8A", "9A", "10B")[t % 3], split=("train", "validation", "test")[t // 4],
                day=1 + t % 3,
            )  # fmt: skip
            names.append(f"{c}/{stem}.wav")
    warning = of(names).warning
    assert warning is not None
    assert f'group = "{asked}" in [data]' in warning
    assert ("may tell a published split" in warning) is ("split" in form)
    assert len({*of(names, asked).groups}) == groups


def test_a_class_that_nothing_parts_from_the_rest_is_left_aside() -> None:
    for form in ("{who}{c}", "{c}{who}", "{who}{c}{n}"):
        names = [
            f"{c}/{form.format(c=c, who=who, n=n)}.wav" for c in ("ae", "iy", "u")
            for who in ("m01", "m02", "w01", "w02") for n in (1, 2)
        ]  # fmt: skip
        names = [*dict.fromkeys(names)] if form != "{c}{who}" else [
            name.replace("ae/ae", "ae/7ae").replace("iy/iy", "iy/7iy").replace("u/u", "u/7u")
            for name in dict.fromkeys(names)
        ]  # fmt: skip
        if form == "{c}{who}":
            assert of(names).groups == names  # letters on both sides may be another word
        else:
            assert {*of(names).groups} == {"m01", "m02", "w01", "w02"}
    names = [f"{c}/{c}{n}.wav" for c in ("dog", "cat") for n in range(6)]
    assert of(names).groups == names


def test_many_names_that_share_nothing_are_told() -> None:
    names = [f"{c}/{who}_{n}.wav" for c in ("yes", "no") for who in WHO for n in (1, 2)]
    assert of(names).warning is None
    names += [f"{c}/{c} {at}{n} (C#).wav" for c in ("yes", "no") for at in "xyz" for n in (1, 2)]
    warning = of(names).warning
    assert warning is not None
    assert warning.startswith("12 of 28 files share no name with another, and each is its own")


def test_parts_are_listed_once_each() -> None:
    names = [f"{c}/{who}_{how}_{c}{n}.wav" for c in ("yes", "no") for who in WHO
             for how in ("soft", "firm", "wild") for n in (1, 2)]  # fmt: skip
    warning = of([*names, "yes/ana_soft_x_yes.wav"]).warning
    assert warning is not None
    assert "part 1 (ana, bea, carl and 1 more) of the names may say" in warning
    assert warning.endswith("; so may part 2 (firm, soft, wild); so may part 3 (x, no1, no2 and "
                            "2 more)")  # fmt: skip


def test_a_letter_that_runs_anew_in_each_class_is_not_asked_about() -> None:
    names = [f"{c}/{c} {letter}.wav" for c in ("kick", "snare") for letter in "avwxyz"]
    assert of(names).warning is None
    names = [f"{c}/{n}{c}_{letter}_x{n}{c}.wav" for c in "12" for letter in "vwz" for n in "pq"]
    assert "part 2 (v, w, z)" in (of(names).warning or "")


@pytest.mark.parametrize(
    "form",
    ["file-{n:02}-of-12", "{n} of 12", "{n:05}-of-00012", "{n}von12", "{n} de 12", "{n}_sur_12"],
)  # fmt: skip
def test_the_number_of_how_many_is_a_running_number(form: str) -> None:
    names = [f"{c}/{form.format(n=n)}.wav" for c in ("owl", "rail") for n in range(1, 13)]
    assert of(names).groups == names
    parts = [f"{c}/{who} {n} of 3.wav" for c in ("owl", "rail") for who in WHO for n in (1, 2, 3)]
    assert {*of(parts).groups} == {*WHO}


@pytest.mark.parametrize(
    "counted",
    ["A B C D", "uno dos tres cuatro", "eins zwei drei", "i ii iii iv", "high mid low",
     *("grab1 grab2 grab3", "signal1 signal2 signal3", "x1 x2 x3", "Export1 Export2 Export3"),
     *("bounce1 bounce2 bounce3", "Mix1 Mix2 Mix3", "id1 id2 id3", "neu0 neu1 neu2"),
     *("Enregistrement1 Enregistrement2 Enregistrement3", "aufn0 aufn1 aufn2")],
)  # fmt: skip
def test_what_counts_without_digits_or_says_how_is_no_source(counted: str) -> None:
    names = [
        f"{c}/{one}_{n}.wav" for c in ("owl", "rail") for one in counted.split() for n in "012"
    ]
    grouping = of(names)
    assert grouping.groups == names
    assert "in files of several classes and may be" in grouping.note
    assert 'group = "name" takes it' in grouping.note


def test_roman_numerals_count_takes() -> None:
    names = [
        f"{c}/{who}_{n}.wav" for c in ("owl", "rail") for who in WHO for n in ("i", "ii", "iv")
    ]
    assert {*of(names).groups} == {*WHO}


@pytest.mark.parametrize("form", ["{who}{C}{n}", "{who}{c}{n}", "{c}{who}{n}", "{who}{C}_{n}"])
@pytest.mark.parametrize("asked", ["name", None])
def test_a_class_that_touches_letters_is_left_aside(form: str, asked: str | None) -> None:
    names = [
        f"{c}/{form.format(c=c, C=c.title(), who=who, n=n)}.wav"
        for c in ("owl", "rail") for who in WHO for n in range(3)
    ]  # fmt: skip
    assert {*of(names, asked).groups} == {*WHO}
