"""The rules by which a first experiment is chosen, each on the recordings it is for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tonotope.experiment import choices as rules
from tonotope.experiment.choices import DataSummary, choices
from tonotope.experiment.load import described
from tonotope.experiment.overrides import merged, placed
from tonotope.experiment.spec import Experiment


def summary(**changes: Any) -> DataSummary:
    """Forty recordings of 5 s at 44.1 kHz, four classes, each recording its own group."""
    facts: dict[str, Any] = {
        "rates": {44100: 40},
        "durations_s": (5.0,) * 40,
        "classes": {"a": 10, "b": 10, "c": 10, "d": 10},
        "groups": 40,
        "groups_per_class": {"a": 10, "b": 10, "c": 10, "d": 10},
    }
    return DataSummary(**{**facts, **changes})


@pytest.mark.parametrize(
    ("rates", "chosen"),
    [({44100: 9, 8000: 1}, 22050), ({8000: 9, 48000: 2}, 8000), ({16000: 5, 22050: 5}, 22050)],
)
def test_the_rate_is_that_of_most_and_at_most_22_khz(rates: dict[int, int], chosen: int) -> None:
    assert rules.rate_hz(summary(rates=rates)).value == chosen


@pytest.mark.parametrize(
    ("durations", "chosen"),
    [
        ((5.0,) * 40, 5.0),
        ((4.99, 5.0, 5.01), 5.1),
        (tuple(0.2 + 0.01 * i for i in range(100)), 1.2),
        ((30.0,) * 20, 5.0),
        ((1.0,) * 10 + (3600.0,) * 10, 5.0),
    ],
)
def test_a_clip_is_as_long_as_the_recordings_or_a_window_of_them(
    durations: tuple[float, ...], chosen: float
) -> None:
    assert rules.clip_s(summary(durations_s=durations)).value == chosen


def test_published_folds_and_parts_are_taken() -> None:
    assert rules.split(summary(folds=4))["folds"].value == 4
    assert rules.split(summary(parts=True))["column"].value == "part"


def test_few_recordings_judge_in_turn() -> None:
    assert rules.split(summary())["folds"].value == 5
    scarce = summary(groups_per_class={"a": 3, "b": 10, "c": 10, "d": 10})
    assert rules.split(scarce)["folds"].value == 3


def test_each_of_a_few_speakers_judges_once() -> None:
    speakers = dict.fromkeys("abcd", 6)
    many = summary(durations_s=(0.5,) * 3000, groups=6, groups_per_class=speakers)
    assert rules.split(many)["folds"].value == 6


def test_many_recordings_are_parted_once() -> None:
    many = summary(durations_s=(5.0,) * 5000, groups=5000)
    assert {key: one.value for key, one in rules.split(many).items()} == {
        "train": 0.8,
        "validation": 0.1,
        "test": 0.1,
    }


def test_uneven_classes_weigh_and_count_the_same() -> None:
    uneven = summary(classes={"a": 100, "b": 10})
    made = choices(uneven)
    assert made["training", "class_weights"].value is True
    assert made["evaluation", "metric"].value == "balanced-accuracy"
    assert "10 to 100" in made["evaluation", "metric"].why
    assert ("training", "class_weights") not in choices(summary())


def test_slow_rates_have_longer_windows_in_proportion_and_fewer_bands() -> None:
    made = choices(summary(rates={8000: 40}, durations_s=(0.5,) * 40))
    assert made["representation", "window_s"].value == 0.032
    assert made["representation", "bands"].value == 40
    assert made["network", "widths"].value == [24, 48, 96]


@pytest.mark.parametrize("clip_s", [0.1, 0.5, 1.0, 2.0, 5.0, 10.0])
@pytest.mark.parametrize("rate", [4000, 8000, 16000, 44100])
@pytest.mark.parametrize("count", [6, 40, 400, 4000])
def test_whatever_the_recordings_the_choices_make_a_network_that_fits(
    clip_s: float, rate: int, count: int
) -> None:
    found = summary(
        rates=Counter({rate: count}),
        durations_s=(clip_s,) * count,
        classes={"a": count // 2, "b": count // 2},
        groups=count,
        groups_per_class={"a": count // 2, "b": count // 2},
    )
    table: dict[str, Any] = {}
    for path, choice in choices(found).items():
        table = merged(Experiment, table, placed(path, choice.value))
        assert choice.why
    experiment = described(table)
    assert experiment.trace()
    steps = experiment.training.epochs * max(1, count // experiment.training.batch_size)
    assert steps <= 2500
