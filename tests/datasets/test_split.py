"""Splits: nobody is heard on two sides, whatever the table looks like."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tonotope._errors import DataError
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import Split, split
from tonotope.datasets.split_plan import SplitPlan

PARTS = ("train", "validation", "test")


def manifest(rows: list[dict[str, str]]) -> Manifest:
    """A manifest of rows with `label`, `group` and perhaps `fold` and `part`."""
    return Manifest(
        tuple(
            Recording(
                id=row.get("id", f"{number}.wav"),
                path=Path(f"/sounds/{number}.wav"),
                start_s=0.0,
                duration_s=1.0,
                targets={"label": row["label"]} if row.get("label") else {},
                group=row["group"],
                fold=row.get("fold"),
                part=row.get("part"),
                sha256=f"{number:064x}",
                rate_hz=8000,
                channels=1,
            )
            for number, row in enumerate(rows)
        ),
        (),
        (),
        (),
        Path("/sounds"),
    )


def crossed(groups: int, classes: int, takes: int = 1) -> list[dict[str, str]]:
    """Every group says every class."""
    return [
        {"label": f"c{c}", "group": f"g{g:02}", "id": f"{g}-{c}-{t}"}
        for g in range(groups)
        for c in range(classes)
        for t in range(takes)
    ]


def nested(classes: int, groups: int, takes: int = 1) -> list[dict[str, str]]:
    """Every group belongs to one class."""
    return [
        {"label": f"c{c}", "group": f"c{c}g{g}", "id": f"{c}-{g}-{t}"}
        for c in range(classes)
        for g in range(groups)
        for t in range(takes)
    ]


def groups_of(rows: Manifest, ids: tuple[str, ...]) -> set[str]:
    wanted = set(ids)
    return {one.group for one in rows.recordings if one.id in wanted}


def assert_legal(rows: Manifest, made: Split, *, everything: bool = True) -> None:
    """No id and no group on two sides; something to learn every class from, something to judge."""
    ids = [*made.train, *made.validation, *made.test]
    assert len(ids) == len(set(ids))
    known = {one.id for one in rows.recordings}
    assert set(ids) == known if everything else set(ids) <= known
    sides = [groups_of(rows, getattr(made, part)) for part in PARTS]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]
    assert made.test
    label = {one.id: one.targets.get("label") for one in rows.recordings}
    assert {label[name] for name in made.train} >= {label[name] for name in ids}


def allowed(error: DataError, *reasons: str) -> None:
    """Some tables cannot be parted; then the reason is one of these."""
    assert any(reason in str(error) for reason in reasons), str(error)


rows_of_any_kind = st.lists(
    st.fixed_dictionaries(
        {
            "label": st.sampled_from(["dog", "cat", "rain", "Ωη", "a b"]),
            "group": st.sampled_from([f"group {n}" for n in range(12)]),
        }
    ),
    min_size=2,
    max_size=60,
)


def test_ties_do_not_hang_on_the_order_of_labels() -> None:
    """A table whose sums of costs, rounded in another order, once gave another split."""
    pairs = [
        "dog0",
        "dog0",
        "dog1",
        "dog2",
        "dog2",
        "dog3",
        "dog3",
        "dog4",
        "cat0",
        "cat1",
        "cat4",
        "Ωη1",
        "Ωη2",
        "cat3",
        "Ωη4",
    ]
    rows = [
        {"label": pair[:-1], "group": f"group {pair[-1]}", "id": f"{n}.wav"}
        for n, pair in enumerate(pairs)
    ]
    for seed in range(20):
        plan = SplitPlan(train=0.6, validation=0.2, test=0.2, seed=seed)
        splits = set()
        for shift in range(len(rows)):
            splits.update(split(manifest(rows[shift:] + rows[:shift]), plan, label="label"))
        assert len(splits) == 1


@settings(deadline=None, max_examples=200)
@given(rows_of_any_kind, st.integers(0, 5), st.randoms(use_true_random=False))
def test_shares_are_legal_and_blind_to_order(
    rows: list[dict[str, str]], seed: int, shuffler: random.Random
) -> None:
    rows = [row | {"id": f"{n}.wav"} for n, row in enumerate(rows)]
    given_order = manifest(rows)
    plan = SplitPlan(train=0.6, validation=0.2, test=0.2, seed=seed)
    try:
        (made,) = split(given_order, plan, label="label")
    except DataError as error:
        allowed(error, "takes two of them", "can be held out")
        return
    assert_legal(given_order, made)
    shuffler.shuffle(rows)
    (again,) = split(manifest(rows), plan, label="label")
    assert again == made


@settings(deadline=None, max_examples=100)
@given(rows_of_any_kind, st.integers(2, 5), st.sampled_from([None, 0.0, 0.25]))
def test_every_recording_judges_once_unless_it_must_stay(
    rows: list[dict[str, str]], folds: int, validation: float | None
) -> None:
    table = manifest(rows)
    try:
        made = split(table, SplitPlan(folds=folds, validation=validation), label="label")
    except DataError as error:
        allowed(error, "takes two of them", "folds were asked for", "no test part")
        return
    assert len(made) == len({one.fold for one in made}) == folds
    for one in made:
        assert_legal(table, one)
        assert validation or not one.validation
    judged = Counter(name for one in made for name in one.test)
    assert set(judged.values()) == {1}
    if any("never tested" in note for one in made for note in one.notes):
        assert len(judged) < len(table.recordings)
    else:
        assert len(judged) == len(table.recordings)


@settings(deadline=None, max_examples=50)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=60, max_size=120),
    share=st.sampled_from([0.05, 0.1, 0.2]),
    seed=st.integers(0, 3),
)
def test_shares_are_near_where_groups_allow(sizes: list[int], share: float, seed: int) -> None:
    rows = [
        {"label": "ab"[g % 2], "group": f"g{g}"}
        for g, size in enumerate(sizes)
        for _ in range(size)
    ]
    plan = SplitPlan(train=1 - 2 * share, validation=share, test=share, seed=seed)
    (made,) = split(manifest(rows), plan, label="label")
    for part in ("validation", "test"):
        # No further off than one of the largest groups.
        assert abs(len(getattr(made, part)) - share * len(rows)) <= 6


def test_labels_are_in_like_mix() -> None:
    rows = nested(classes=3, groups=40) + nested(classes=1, groups=120)[40:]
    (made,) = split(manifest(rows), SplitPlan(train=0.7, validation=0.2, test=0.1), label="label")
    mix = Counter(name.split("-")[0] for name in made.test)
    assert mix == {"0": 12, "1": 4, "2": 4}


def test_another_seed_makes_another_split() -> None:
    table = manifest(nested(classes=2, groups=50))
    first, again, other = (
        split(table, SplitPlan(seed=seed), label="label")[0] for seed in (0, 0, 1)
    )
    assert first == again
    assert set(first.test) != set(other.test)


def test_a_plain_table_keeps_its_split_for_ever() -> None:
    """A split is part of a published result: the same recordings give it on every machine."""
    (made,) = split(manifest(crossed(groups=8, classes=2)), SplitPlan(), label="label")
    assert made.test == ("0-0-0", "0-1-0")
    assert made.validation == ("6-0-0", "6-1-0")


def test_each_group_is_left_out_once() -> None:
    table = manifest(crossed(groups=6, classes=3))
    made = split(table, SplitPlan(folds=6), label="label")
    assert [one.fold for one in made] == [f"g{g:02}" for g in range(6)]
    assert [groups_of(table, one.test) for one in made] == [{f"g{g:02}"} for g in range(6)]
    assert all(one.validation == () for one in made)


def test_a_fold_is_not_named_by_a_group_that_makes_no_folder() -> None:
    rows = [row | {"group": f"../{row['group']}"} for row in crossed(groups=3, classes=2)]
    made = split(manifest(rows), SplitPlan(folds=3), label="label")
    assert [one.fold for one in made] == ["1", "2", "3"]


def test_validation_comes_out_of_the_remainder_only_when_asked() -> None:
    table = manifest(crossed(groups=10, classes=2))
    for one in split(table, SplitPlan(folds=5), label="label"):
        assert one.validation == ()
    for one in split(table, SplitPlan(folds=5, validation=0.25), label="label"):
        assert_legal(table, one)
        assert len(groups_of(table, one.validation)) == 2


def test_more_folds_than_groups_says_how_many_fit() -> None:
    table = manifest(crossed(groups=4, classes=2))
    with pytest.raises(DataError, match=r"9 folds .* there are 4 groups: at most 4 folds fit"):
        split(table, SplitPlan(folds=9), label="label")


def test_a_class_of_one_group_stays_in_training() -> None:
    table = manifest([*crossed(groups=6, classes=2), {"label": "rare", "group": "one"}])
    for plan in (SplitPlan(), SplitPlan(folds=3)):
        for one in split(table, plan, label="label"):
            assert_legal(table, one)
            assert "one" in groups_of(table, one.train)
            assert any("one" in note or "rare" in note for note in one.notes)
    with pytest.raises(DataError, match=r"7 groups, of which 1 must stay .* at most 6 folds fit"):
        split(table, SplitPlan(folds=7), label="label")


def test_a_class_of_three_groups_is_judged() -> None:
    table = manifest(nested(classes=20, groups=3))
    (made,) = split(table, SplitPlan(), label="label")
    assert_legal(table, made)
    assert {name.split("-")[0] for name in made.test} == {str(c) for c in range(20)}
    assert made.validation


def test_two_groups_train_and_judge() -> None:
    table = manifest(crossed(groups=2, classes=2))
    (made,) = split(table, SplitPlan(), label="label")
    assert len(groups_of(table, made.train)) == len(groups_of(table, made.test)) == 1
    assert made.validation == ()
    assert "the validation part is empty" in made.notes[0]


def test_one_group_cannot_be_parted() -> None:
    rows = [{"label": "dog", "group": "me"}, {"label": "cat", "group": "me"}]
    with pytest.raises(DataError, match=r"one group \(me\), so nothing .*data\.group"):
        split(manifest(rows), SplitPlan(), label="label")


def test_classes_of_one_recording_each_cannot_be_judged() -> None:
    with pytest.raises(DataError, match=r"each is the only one of some class .* two groups"):
        split(manifest(nested(classes=3, groups=1)), SplitPlan(), label="label")


def test_a_single_class_is_refused() -> None:
    with pytest.raises(DataError, match="every recording has the `label` `c0`: telling classes"):
        split(manifest(nested(classes=1, groups=9)), SplitPlan(), label="label")


def test_an_unknown_label_is_named() -> None:
    with pytest.raises(DataError, match=r"no recording has a target `labl`.*did you mean `label`"):
        split(manifest(nested(classes=2, groups=9)), SplitPlan(), label="labl")


def test_nothing_to_part() -> None:
    with pytest.raises(DataError, match="no recordings to part"):
        split(manifest([]), SplitPlan(), label="label")


def test_a_missing_label_is_in_no_part() -> None:
    table = manifest([*crossed(groups=10, classes=2), {"id": "what.wav", "group": "g01"}])
    (made,) = split(table, SplitPlan(), label="label")
    assert_legal(table, made, everything=False)
    assert "what.wav" not in (*made.train, *made.validation, *made.test)
    assert made.notes == ("without a `label`, so in no part: what.wav",)


def test_targets_that_are_no_classes_are_not_stratified() -> None:
    rows = [{"label": f"{n}.5", "group": f"g{n}"} for n in range(20)]
    (made,) = split(manifest(rows), SplitPlan(), label=None)
    assert (len(made.train), len(made.validation), len(made.test)) == (17, 2, 1)


def test_the_rule_tells_a_person() -> None:
    (made,) = split(manifest(crossed(groups=20, classes=2)), SplitPlan(), label="label")
    assert made.rule == (
        "by group, stratified by `label` (asked for 85% / 10% / 5%, seed 0): "
        "train 34 recordings in 17 groups, validation 4 recordings in 2 groups, "
        "test 2 recordings in 1 group"
    )


def test_shares_must_make_one() -> None:
    with pytest.raises(ValidationError, match=r"make 0.85, but .* 1: validation = 0.25 would do"):
        SplitPlan(train=0.7)
    with pytest.raises(ValidationError, match=r"0.9 \(train\) .* make 1.5, but the three shares"):
        SplitPlan(train=0.9, test=0.5)
    assert SplitPlan(train=0.8, validation=0, test=0.2).shares == (0.8, 0, 0.2)
    assert SplitPlan(train=0.7, folds=3).folds == 3
    with pytest.raises(ValidationError, match='folds = 3 and column = "part" exclude'):
        SplitPlan(folds=3, column="part")


def test_no_validation_may_be_asked_for() -> None:
    plan = SplitPlan(train=0.8, validation=0, test=0.2)
    (made,) = split(manifest(crossed(groups=10, classes=2)), plan, label="label")
    assert made.validation == () == made.notes


def test_an_id_cannot_be_in_a_split_twice() -> None:
    with pytest.raises(DataError, match=r"in a split more than once: a\.wav"):
        Split(train=("a.wav", "b.wav"), validation=(), test=("a.wav",), rule="by hand")


@pytest.mark.data
def test_real_sounds_are_in_like_mix(real_data: Path) -> None:
    import csv

    with (real_data / "esc10" / "esc10.csv").open() as file:
        rows = [
            {"id": row["file"], "label": row["label"], "group": row["source"], "fold": row["fold"]}
            for row in csv.DictReader(file)
        ]
    table = manifest(rows)
    labels = {row["id"]: row["label"] for row in rows}
    given_folds = split(table, SplitPlan(), label="label")
    assert [one.fold for one in given_folds] == sorted({row["fold"] for row in rows})
    for one in given_folds:
        assert_legal(table, one)
        assert set(Counter(labels[name] for name in one.test).values()) == {8}
    plain = manifest([{key: row[key] for key in ("id", "label", "group")} for row in rows])
    for one in split(plain, SplitPlan(folds=5), label="label"):
        counts = Counter(labels[name] for name in one.test)
        assert abs(len(one.test) - len(rows) / 5) <= 1
        assert max(counts.values()) - min(counts.values()) <= 2
