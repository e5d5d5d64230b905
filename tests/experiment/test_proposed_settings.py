"""The rules by which a first experiment is chosen, each on the recordings it is for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tonotope._errors import DataError
from tonotope.datasets.source import Data, open_source
from tonotope.datasets.split import split
from tonotope.experiment import proposed_settings as rules
from tonotope.experiment import proposed_training as training_rules
from tonotope.experiment.config.overrides import merged, placed
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.experiment_file import described
from tonotope.experiment.propose import propose
from tonotope.experiment.proposed_settings import choose_defaults
from tonotope.experiment.spec import Experiment
from tonotope.representation.coverage import measure_coverage

RARE = {"rare": 1, "rarer": 1, "rarest": 1}


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
    assert rules.choose_clip_s(summary(durations_s=durations), 16000).value == chosen


def test_much_padding_is_told_and_little_is_not() -> None:
    def why(*durations_s: float) -> str:
        return choose_defaults(summary(durations_s=durations_s))["data", "clip_s"].why

    assert "of what is heard fills" not in why(*(0.8,) * 30, *(1.2,) * 10)
    # 30 of 40 clips are filled up by two thirds.
    assert "; so 50% of what is heard fills up shorter ones" in why(*(0.4,) * 30, *(1.2,) * 10)


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


@pytest.mark.parametrize(
    ("facts", "folds"),
    [
        # One class at one place, the others at seven more: each of the seven tests once.
        ({"groups": 8, "alone": 1, "groups_per_class": {"a": 7, "b": 7, "rare": 1}}, 7),
        # The place of the rare class has the others too, and trains them.
        ({"groups": 6, "alone": 1, "groups_per_class": {"a": 6, "b": 6, "rare": 1}}, 5),
        ({"groups": 9, "alone": 1, "groups_per_class": {"a": 4, "b": 4, "rare": 1}}, 4),
        ({"groups": 23, "alone": 3, "groups_per_class": {"a": 9, "b": 8, **RARE}}, 5),
        # Three groups are all that can be tested.
        ({"groups": 30, "alone": 27, "groups_per_class": {"a": 30, "b": 20}}, 3),
    ],
)
def test_a_class_of_one_group_decides_nothing_about_the_others(
    facts: dict[str, Any], folds: int
) -> None:
    made = rules.choose_split(summary(**facts))
    assert made["folds"].value == folds
    assert made["folds"].why.endswith("; a group that alone has some class only trains")


@pytest.mark.parametrize(
    "facts",
    [
        {"groups": 2, "alone": 2, "groups_per_class": {"a": 1, "b": 1}},
        {"groups": 3, "alone": 2, "groups_per_class": {"a": 3, "b": 1, "c": 1}},
        {"groups": 1, "alone": 1, "groups_per_class": {"a": 1, "b": 1}},
    ],
)
def test_folds_need_two_groups_that_can_be_tested(facts: dict[str, Any]) -> None:
    assert "folds" not in rules.choose_split(summary(**facts))


def test_groups_alone_with_a_class_are_counted_once(tmp_path, sound) -> None:
    rows = ["file,label,site"]
    for site in range(4):
        for label in ("dog", "cat", *(("bat", "owl") if site == 0 else ())):
            sound(tmp_path / f"{label}{site}.wav", pitch=200 + 37 * len(rows))
            rows.append(f"{label}{site}.wav,{label},s{site}")
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n")
    manifest = open_source(Data(source=str(tmp_path / "t.csv"), group="site"))
    found = DataSummary.of(manifest, "label")
    assert (found.groups, found.alone) == (4, 1)
    experiment = propose(tmp_path / "t.csv", sets=["data.group=site"]).experiment
    splits = split(manifest, experiment.split, label="label")
    assert [one.test for one in splits] == [(f"cat{n}.wav", f"dog{n}.wav") for n in (1, 2, 3)]
    assert all({"bat0.wav", "owl0.wav"} <= {*one.train} for one in splits)


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
        for count in (40, 400, 4000, 40_000)
    }
    assert epochs[40] == training_rules.MOST_EPOCHS
    assert epochs[40_000] == training_rules.FEWEST_EPOCHS_OF_MANY
    values = 5.0 / 0.023 * 64
    assert epochs[400] * 320 * values == pytest.approx(training_rules.VALUES, rel=0.02)
    alone = training_rules.SINGLE_SPLIT * training_rules.VALUES  # folds share the time
    assert epochs[4000] * 3200 * values == pytest.approx(alone, rel=0.03)


def test_what_is_heard_a_few_times_is_varied_little() -> None:
    def training(count: int, length_s: float) -> dict[str, Any]:
        made = choose_defaults(summary(durations_s=(length_s,) * count))
        return {path[1]: one.value for path, one in made.items() if path[0] == "training"}

    often, rarely = training(40, 0.5), training(200_000, 0.5)
    assert (often["time_stretch"], often["noise_db"]) == (1.4, -30.0)
    assert {"mixup", "label_smoothing"}.isdisjoint(often)  # as they are by default
    assert rarely["epochs"] == training_rules.FEWEST_EPOCHS_OF_MANY
    assert (rarely["mixup"], rarely["time_mask_width"], rarely["frequency_roll"]) == (0, 0, 0)
    assert {"time_stretch", "noise_db", "equaliser_db"}.isdisjoint(rarely)
    between = training(12_000, 0.5)
    assert training_rules.HEARD_RARELY < between["epochs"] < training_rules.HEARD_OFTEN
    assert 0 < between["mixup"] < 0.4
    assert 1 < between["time_stretch"] < 1.4
    assert between["noise_db"] < -30
    # Few long recordings in many clips are heard often, though there are few epochs.
    assert "mixup" not in training(1000, 30.0)
    long = training(12_000, 5.0)
    assert long["mixup"] < 0.4
    assert {"time_stretch", "noise_db", "equaliser_db"}.isdisjoint(long)


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
    alone = training_rules.SINGLE_SPLIT if experiment.split.folds is None else 1
    assert steps <= 1.3 * alone * training_rules.MOST_STEPS


@pytest.mark.parametrize("rate_hz", [20, 100, 1000, 8000, 16000, 44_100, 192_000, 384_000, 500_000])
def test_what_is_chosen_can_be_trained_and_loses_nothing_however_short_recordings_are(
    rate_hz: int,
) -> None:
    for duration_s in (0.001, 0.005, 0.019, 0.025, 0.05, 0.1, 0.3, 1.0, 4.0, 30.0):
        if duration_s * rate_hz < 20:
            continue
        chosen = rules.choose_defaults(summary(rates={rate_hz: 20}, durations_s=(duration_s,) * 20))
        table: dict[str, dict[str, Any]] = {"head": {"kind": "classify", "classes": ["a", "b"]}}
        for (name, key), choice in chosen.items():
            table.setdefault(name, {})[key] = choice.value
        table["data"]["source"] = "x"
        experiment = described(table)
        experiment.trace()  # raises where a clip is shorter than a frame
        assert table["data"]["clip_s"] >= min(duration_s, 5.0) - 0.001, duration_s
        assert table["data"]["clip_s"] / table["representation"]["hop_s"] >= 5
        heard = measure_coverage(experiment.representation, experiment.clip_samples)
        assert heard.warnings == (), (duration_s, heard.warnings)


def test_a_rate_below_the_lowest_is_refused_with_a_way_on() -> None:
    slow = summary(rates={1: 20}, durations_s=(60.0,) * 20)
    with pytest.raises(DataError, match="most recordings have 1 Hz, and sound is heard at 20 Hz"):
        rules.choose_defaults(slow)
    chosen = rules.choose_defaults(slow, given_rate_hz=20)
    assert chosen["representation", "rate_hz"].value == 20
