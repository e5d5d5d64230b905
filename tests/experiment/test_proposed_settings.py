"""The rules by which a first experiment is chosen, each on the recordings it is for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tonotope.experiment import proposed_settings as rules
from tonotope.experiment.config.overrides import merged, placed
from tonotope.experiment.experiment_file import described
from tonotope.experiment.proposed_settings import DataSummary, choose_defaults
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
    assert rules.choose_rate_hz(summary(rates=rates)).value == chosen


@pytest.mark.parametrize(
    ("durations", "chosen"),
    [
        ((5.0,) * 40, 5.0),
        ((4.99, 5.0, 5.01), 5.1),
        (tuple(0.2 + 0.01 * i for i in range(100)), 1.2),
        ((0.5,) * 50 + (0.6,) * 44 + (0.9,) * 5 + (7.0,), 0.9),
        ((0.5,) * 50 + (0.6,) * 46 + (7.0,) * 4, 0.6),
        ((30.0,) * 20, 5.0),
        ((1.0,) * 10 + (3600.0,) * 10, 5.0),
    ],
)
def test_a_clip_is_as_long_as_the_recordings_or_a_window_of_them(
    durations: tuple[float, ...], chosen: float
) -> None:
    assert rules.choose_clip_s(summary(durations_s=durations)).value == chosen


def test_published_folds_and_parts_are_taken() -> None:
    assert rules.choose_split(summary(folds=4))["folds"].value == 4
    assert rules.choose_split(summary(parts=True))["column"].value == "part"


def test_few_recordings_judge_in_turn() -> None:
    assert rules.choose_split(summary())["folds"].value == 5
    scarce = summary(groups_per_class={"a": 3, "b": 10, "c": 10, "d": 10})
    assert rules.choose_split(scarce)["folds"].value == 3


def test_each_of_a_few_speakers_judges_once() -> None:
    speakers = dict.fromkeys("abcd", 6)
    many = summary(durations_s=(0.5,) * 3000, groups=6, groups_per_class=speakers)
    assert rules.choose_split(many)["folds"].value == 6


def test_many_recordings_are_parted_once() -> None:
    many = summary(durations_s=(5.0,) * 5000, groups=5000)
    assert {key: one.value for key, one in rules.choose_split(many).items()} == {
        "train": 0.8,
        "validation": 0.1,
        "test": 0.1,
    }


def test_uneven_classes_weigh_and_count_the_same() -> None:
    uneven = summary(classes={"a": 100, "b": 10})
    made = choose_defaults(uneven)
    assert made["training", "class_weights"].value is True
    assert made["evaluation", "metric"].value == "balanced-accuracy"
    assert "10 to 100" in made["evaluation", "metric"].why
    assert ("training", "class_weights") not in choose_defaults(summary())


def test_slow_rates_have_fewer_bands_and_shorter_windows() -> None:
    slow, fast = (choose_defaults(summary(rates={rate: 40})) for rate in (8000, 22050))
    for key in ("window_s", "bands"):
        assert slow["representation", key].value < fast["representation", key].value


def test_every_clip_is_told_at_its_own_level() -> None:
    for length in (0.5, 5.0, 60.0):
        made = choose_defaults(summary(durations_s=(length,) * 40))
        assert made["representation", "level"].value == "clip"


def test_short_sounds_are_varied_as_voices_and_places_vary() -> None:
    short = choose_defaults(summary(durations_s=(0.5,) * 40))
    assert short["training", "time_stretch"].value > 1
    assert short["data", "fill"].value == "around"
    assert short["representation", "hop_s"].value < 0.01
    long = choose_defaults(summary())
    assert ("training", "time_stretch") not in long


def test_training_takes_about_as_long_whatever_the_clips() -> None:
    epochs = {
        count: choose_defaults(summary(durations_s=(5.0,) * count))["training", "epochs"].value
        for count in (40, 400, 4000)
    }
    assert epochs[40] == rules.MOST_EPOCHS
    assert epochs[4000] == rules.FEWEST_EPOCHS
    clips, values = 0.8 * 400, 5.0 / 0.023 * 64
    assert epochs[400] * clips * values == pytest.approx(rules.VALUES, rel=0.02)


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
    for path, choice in choose_defaults(found).items():
        table = merged(Experiment, table, placed(path, choice.value))
        assert choice.why
    experiment = described(table)
    assert experiment.trace()
    steps = experiment.training.epochs * max(1, count // experiment.training.batch_size)
    assert steps <= 1.3 * rules.MOST_STEPS
