"""Folds and parts that a table prescribes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import split
from tonotope.datasets.split_plan import SplitPlan


def table(*rows: tuple[str, str, str | None, str | None]) -> Manifest:
    """A manifest of (label, group, fold, part)."""
    recordings = tuple(
        Recording(
            id=f"{number}.wav",
            path=Path(f"/sounds/{number}.wav"),
            start_s=0.0,
            duration_s=1.0,
            targets={"label": label},
            group=group,
            fold=fold,
            part=part,
            sha256=f"{number:064x}",
            rate_hz=8000,
            channels=1,
        )
        for number, (label, group, fold, part) in enumerate(rows)
    )
    return Manifest(recordings, (), (), (), Path("/sounds"))


def folds_of(*folds: str | None) -> Manifest:
    """A dog and a cat in every fold, in groups of their own."""
    return table(
        *(
            (label, f"{label}{number}", fold, None)
            for number, fold in enumerate(folds)
            for label in ("dog", "cat")
        )
    )


def parts_of(*parts: str | None) -> Manifest:
    """A dog and a cat in every part, in groups of their own."""
    return table(
        *(
            (label, f"{label}{number}", None, part)
            for number, part in enumerate(parts)
            for label in ("dog", "cat")
        )
    )


def test_each_given_fold_judges_once_in_a_persons_order() -> None:
    made = split(folds_of("10", "2", "1", "b"), SplitPlan(), label="label")
    assert [one.fold for one in made] == ["1", "2", "10", "b"]
    assert made[1].test == ("2.wav", "3.wav")
    assert made[1].rule.startswith(
        "fold 2 of 4 given folds is the test part: train 6 recordings in 6 groups"
    )


def test_folds_given_and_asked_for_in_equal_number_are_the_given() -> None:
    manifest = folds_of("1", "2", "3")
    assert split(manifest, SplitPlan(folds=3), label="label")[0].test == ("0.wav", "1.wav")


def test_another_number_of_folds_is_made() -> None:
    made = split(folds_of("1", "2", "3", "3"), SplitPlan(folds=2), label="label")
    assert len(made) == 2
    assert "folds of whole groups" in made[0].rule


def test_a_group_in_two_folds_is_a_leak() -> None:
    rows = [("dog", "rex", "1", None), ("dog", "rex", "2", None), ("cat", "tom", "1", None)]
    with pytest.raises(
        DataError,
        match=r"in two parts.*`rex` in 1 \(0\.wav\) and 2 \(1\.wav\)\. Give .* one fold",
    ):
        split(table(*rows, ("cat", "kit", "2", None)), SplitPlan(), label="label")


def test_one_fold_is_none() -> None:
    with pytest.raises(DataError, match=r"one fold alone \(1\).*leave data.fold out"):
        split(folds_of("1", "1"), SplitPlan(), label="label")


def test_a_recording_without_a_fold_is_in_no_part() -> None:
    made = split(folds_of("1", "2", None), SplitPlan(), label="label")
    assert all(len(one.train) == len(one.test) == 2 for one in made)
    assert made[0].notes == ("without a fold, so in no part: 4.wav, 5.wav",)


def test_a_class_of_one_fold_stays_in_training() -> None:
    rows = [(label, f"{label}{n}", str(n % 2), None) for n in range(4) for label in ("dog", "cat")]
    rare = [("owl", "owl1", "1", None), ("owl", "owl2", "1", None), ("owl", "owl2", "1", None)]
    made = split(table(*rows, *rare), SplitPlan(), label="label")
    assert all("8.wav" in one.train for one in made)  # the smaller of its groups
    assert {"9.wav", "10.wav"} <= set(made[1].test)
    assert "never tested, because a class" in made[0].notes[0]
    assert "owl1" in made[0].notes[0]


def test_a_fold_of_nothing_but_rare_classes_is_refused() -> None:
    manifest = table(("dog", "rex", "1", None), ("cat", "tom", "2", None))
    with pytest.raises(DataError, match=r"fold 1 has no test part.*rex"):
        split(manifest, SplitPlan(), label="label")


@pytest.mark.parametrize("word", ["validation", "valid", "val", "dev", "Development", " VAL "])
def test_a_column_is_followed_in_its_own_spelling(word: str) -> None:
    plan = SplitPlan(column="part")
    (made,) = split(parts_of("training", word, "Test"), plan, label="label")
    assert made.train == ("0.wav", "1.wav")
    assert made.validation == ("2.wav", "3.wav")
    assert made.test == ("4.wav", "5.wav")
    assert made.rule.startswith("as the column `part` says: train 2 recordings in 2 groups")


def test_a_column_may_be_a_target() -> None:
    manifest = table(("train", "a", None, None), ("test", "b", None, None))
    (made,) = split(manifest, SplitPlan(column="label"), label=None)
    assert made.test == ("1.wav",)


def test_validation_is_taken_from_a_columns_training_when_asked() -> None:
    manifest = parts_of("train", "train", "train", "train", "test")
    assert split(manifest, SplitPlan(column="part"), label="label")[0].validation == ()
    (made,) = split(manifest, SplitPlan(column="part", validation=0.25), label="label")
    assert (len(made.train), len(made.validation), len(made.test)) == (6, 2, 2)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("train", "tset"), r"2\.wav: the column `part` says `tset`; .* did you mean `test`"),
        (("train", "val"), "names no `test` part, only train and validation"),
        (("dev", "test"), "names no `train` part, only test and validation"),
        ((None, None), "no recording has a part in the column `part`"),
    ],
)
def test_a_column_that_cannot_be_followed(parts: tuple[str | None, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        split(parts_of(*parts), SplitPlan(column="part"), label="label")


def test_a_group_in_two_parts_is_a_leak() -> None:
    rows = [("dog", "rex", None, "train"), ("cat", "tom", None, "train")]
    rows += [("dog", "rex", None, "test"), ("cat", "kit", None, "dev")]
    with pytest.raises(DataError, match=r"`rex` in test \(2\.wav\) and train \(0\.wav\).*one part"):
        split(table(*rows), SplitPlan(column="part"), label="label")


def test_only_the_first_leaks_are_named() -> None:
    rows = [("dog", f"g{n}", str(fold), None) for n in range(5) for fold in (1, 2)]
    rows += [("cat", "tom", "1", None)]
    with pytest.raises(DataError, match=r"`g2` in .*; and 2 more\."):
        split(table(*rows), SplitPlan(), label="label")


def test_a_class_that_could_not_be_learnt_is_refused() -> None:
    rows = [("dog", "a", None, "train"), ("cat", "b", None, "train"), ("owl", "c", None, "test")]
    with pytest.raises(DataError, match="nothing in its train part to learn these from: owl"):
        split(table(*rows), SplitPlan(column="part"), label="label")


def test_a_recording_without_a_part_is_left_out() -> None:
    (made,) = split(parts_of("train", "test", None), SplitPlan(column="part"), label="label")
    assert made.notes == ("without a part, so in no part: 4.wav, 5.wav",)


def test_the_column_that_tells_the_parts_is_named_as_it_is_called() -> None:
    manifest = replace(parts_of("train", "train", "test"), parts_from="the column `usage`")
    for column in ("part", "usage"):
        (made,) = split(manifest, SplitPlan(column=column), label="label")
        assert made.rule.startswith("as the column `usage` says: train 4 recordings in 4 groups")
    folders = replace(manifest, parts_from="the folders around the classes")
    (made,) = split(folders, SplitPlan(column="part"), label="label")
    assert made.rule.startswith(
        "as the folders around the classes say: train 4 recordings in 4 groups"
    )
    with pytest.raises(DataError) as refused:
        split(manifest, SplitPlan(column="subset"), label="label")
    assert str(refused.value) == (
        'split.column = "subset", but the parts are told by the column `usage`: take column = '
        '"part" in [split] for these, or name the other one in [data] (part = "subset")'
    )


def test_a_target_that_is_asked_for_is_the_one_that_is_used() -> None:
    manifest = replace(parts_of("train", "test", "test"), parts_from="the column `split`")
    second = [{**one.targets, "second": word} for one, word in zip(
        manifest.recordings, ["test", "test", "train", "train", "train", "train"], strict=True
    )]  # fmt: skip
    recordings = tuple(
        replace(one, targets=row) for one, row in zip(manifest.recordings, second, strict=True)
    )
    manifest = replace(manifest, recordings=recordings)
    (made,) = split(manifest, SplitPlan(column="second"), label="label")
    assert made.test == ("0.wav", "1.wav")
    assert made.rule.startswith("as the column `second` says")
    (made,) = split(manifest, SplitPlan(column="split"), label="label")
    assert made.train == ("0.wav", "1.wav")
    assert made.rule.startswith("as the column `split` says")


@pytest.mark.parametrize(
    ("plan", "taken"),
    [(SplitPlan(train=0.5, validation=0, test=0.5), "a split by shares was"),
     (SplitPlan(folds=2), "2 folds were")],
)  # fmt: skip
def test_parts_that_are_not_used_are_said(plan: SplitPlan, taken: str) -> None:
    manifest = replace(parts_of("train", "train", "test"), parts_from="the column `split`")
    assert (
        f"the column `split` says which recordings train and which test, but {taken} taken; "
        'column = "part" in [split] takes what is said there'
    ) in split(manifest, plan, label="label")[0].notes
    manifest = folds_of("1", "2", "3", "4")
    said = "the 4 given folds are not used, since split.folds = 3; split.folds = 4 in its place"
    said += " takes them"
    assert said in split(manifest, SplitPlan(folds=3), label="label")[0].notes
    assert not split(manifest, SplitPlan(), label="label")[0].notes


def test_shares_that_give_way_to_folds_or_a_column_are_said() -> None:
    folds = folds_of("1", "2", "3", "4")
    shares = SplitPlan(train=0.7, validation=0.1, test=0.2)
    told = (
        "the shares that were asked for (split.train = 0.7, split.test = 0.2) are not used, since"
    )
    (said,) = split(folds, shares, label="label")[0].notes
    assert said == f"{told} the 4 given folds are; without that the split is by shares"
    notes = split(folds, replace_plan(shares, folds=2), label="label")[0].notes
    assert f"{told} split.folds = 2 is; without that the split is by shares" in notes
    column = replace_plan(shares, column="part")
    notes = split(parts_of("train", "train", "test"), column, label="label")[0].notes
    assert f'{told} split.column = "part" is; without that the split is by shares' in notes
    assert not split(folds, SplitPlan(validation=0.1), label="label")[0].notes


def replace_plan(plan: SplitPlan, **changed: object) -> SplitPlan:
    return SplitPlan(**{**plan.model_dump(), **changed})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            ("train", "val"),
            "no `test` part, only train and validation: call what is to be judged on `test` there",
        ),
        (
            ("test", "test"),
            "no `train` part, only test: call what is to be learnt from `train` there",
        ),
        (("dev", "test"), "no `train` part, only test and validation: call what is to be learnt"),
    ],
)
def test_a_part_that_is_missing_has_two_ways_out(parts: tuple[str, ...], said: str) -> None:
    manifest = replace(parts_of(*parts), parts_from="the column `split`")
    with pytest.raises(DataError, match=re.escape(f"the column `split` names {said}")) as refused:
        split(manifest, SplitPlan(column="part"), label="label")
    assert str(refused.value).endswith("folds made (split.folds = 5, in place of split.column)")
    (made, *_) = split(manifest, SplitPlan(folds=2), label="label")
    assert any(note.startswith("the column `split` names only ") for note in made.notes)
    assert any(note.endswith(", so 2 folds were taken") for note in made.notes)
    assert not any("which test" in note for note in made.notes)


def test_one_fold_names_its_column_and_what_to_set() -> None:
    manifest = replace(folds_of("1", "1", "1"), folds_from="the column `Falte`")
    said = r"the column `Falte` tells one fold alone \(1\): .*; split\.folds = 5 has folds made"
    with pytest.raises(DataError, match=said):
        split(manifest, SplitPlan(), label="label")
    (made, _) = split(manifest, SplitPlan(folds=2), label="label")
    assert made.notes == ("the column `Falte` tells one fold alone, so it is not used",)


@pytest.mark.parametrize(("given", "offered"), [(2, 5), (5, 6)])
def test_folds_that_leak_offer_another_number_than_theirs(given: int, offered: int) -> None:
    rows = [("dog", "rex", str(n % given), None) for n in range(given)]
    rows += [("cat", f"tom{n}", str(n % given), None) for n in range(given)]
    with pytest.raises(DataError, match=rf"or set split\.folds = {offered} to have folds made"):
        split(table(*rows), SplitPlan(), label="label")
