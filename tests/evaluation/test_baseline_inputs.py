from __future__ import annotations

import csv
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
import torch

from tonotope._errors import DataError
from tonotope.answers import baseline_methods
from tonotope.answers.baseline import BaselineInput
from tonotope.answers.baseline_methods import logistic_regression, majority
from tonotope.answers.classes import Predictions
from tonotope.evaluation import baseline_inputs
from tonotope.evaluation.baseline_inputs import BaselineData, mfcc_for, mfcc_statistics
from tonotope.evaluation.evaluate import evaluate
from tonotope.evaluation.plan import EvaluationPlan

NAMES = tuple(one.name for one in Predictions.baselines)


class Sounds:
    """Waves in memory, all at one rate."""

    def __init__(self, rate_hz: int, waves: Sequence[np.ndarray], ids: Sequence[str] = ()) -> None:
        self.rate_hz = rate_hz
        self.waves = [np.asarray(wave, dtype=np.float32) for wave in waves]
        self.ids = tuple(ids) or tuple(f"r{number}" for number in range(len(waves)))

    def __getitem__(self, number: int) -> np.ndarray:
        wave = self.waves[number].view()
        wave.flags.writeable = False  # as if mapped from the disk
        return wave


def tones(count: int, seed: int = 0) -> tuple[list[np.ndarray], list[str]]:
    """Low and high hums in noise, of different lengths."""
    rng = np.random.default_rng(seed)
    waves, labels = [], []
    for number in range(count):
        high = number % 2
        time_s = np.arange(rng.integers(2000, 9000)) / 8000
        hum = np.sin(2 * np.pi * (300 + 900 * high) * time_s + rng.random())
        waves.append(rng.uniform(0.05, 0.5) * (hum + 0.5 * rng.standard_normal(len(time_s))))
        labels.append("high" if high else "low")
    return waves, labels


def gathered(waves: Sequence[np.ndarray], labels: Sequence[str]) -> BaselineData:
    sounds = Sounds(8000, waves)
    groups = tuple(f"g{number // 2}" for number in range(len(waves)))
    return BaselineData(sounds.ids, tuple(labels), groups, mfcc_statistics(sounds))


def asked(pupils: BaselineData, ids: Sequence[str]) -> Predictions:
    """The test part as the network's predictions bring it, all of them wrong."""
    rows = [pupils.ids.index(name) for name in ids]
    labels = [pupils.labels[row] for row in rows]
    groups = [pupils.groups[row] for row in rows]
    return Predictions.of_labels(ids, labels, np.ones((len(ids), 1)), groups, [""] * len(ids), "?")


def test_colours_of_sound_are_told_apart_by_mfcc_alone() -> None:
    pupils = gathered(*tones(40))
    test = asked(pupils, pupils.ids[30:])
    heard = pupils.predict("mfcc-logistic-regression", pupils.ids[:30], test)
    assert (heard.ids, heard.groups) == (test.ids, test.groups)
    assert heard.classes == ("high", "low")
    assert heard.correct.all()
    np.testing.assert_allclose(heard.scores.sum(axis=1), 1, atol=1e-6)
    assert pupils.predict("majority", pupils.ids[:30], test).correct.mean() == 0.5


def test_a_baseline_learns_from_the_training_part_alone() -> None:
    """Labels outside the training part may say what they like."""
    waves, labels = tones(40)
    honest = gathered(waves, labels)
    lied = BaselineData(
        honest.ids, tuple(labels[:30]) + ("low",) * 10, honest.groups, honest.statistics
    )
    test = asked(honest, honest.ids[30:])
    for name in NAMES:
        a, b = (one.predict(name, honest.ids[:30], test) for one in (honest, lied))
        np.testing.assert_array_equal(a.scores, b.scores)
    other = honest.predict("mfcc-logistic-regression", honest.ids[:20], test)
    assert not np.array_equal(
        other.scores, honest.predict("mfcc-logistic-regression", honest.ids[:30], test).scores
    )


def test_the_same_is_said_every_time_and_no_warning_escapes() -> None:
    pupils = gathered(*tones(12))
    test = asked(pupils, pupils.ids[8:])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = [pupils.predict(NAMES[1], pupils.ids[:8], test).scores for _ in range(2)]
    np.testing.assert_array_equal(*said)


def given(features: Any, labels: Any, groups: Any, test: Any) -> BaselineInput:
    return BaselineInput(features, labels, np.array(groups, dtype=object), test, test)


def test_hardly_separable_classes_still_end_without_a_warning() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((60, 60)) * np.logspace(-8, 8, 60)
    features[:, 0] = 3.0  # says nothing at all
    labels = np.array([*"abc"] * 20, dtype=object)
    groups = np.array([str(number // 3) for number in range(60)], dtype=object)
    classes, scores = logistic_regression(given(features, labels, groups, features))
    assert classes == ("a", "b", "c")
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("groups", [["g"] * 6, [*"aabbcc"], [*"abcdef"]])
def test_odd_training_parts_are_learnt_from_all_the_same(groups: list[str]) -> None:
    """One group only; each class in one group; a class with a single example."""
    features = np.random.default_rng(0).standard_normal((6, 3))
    labels = np.array([*"aaaaab"], dtype=object)
    _, scores = logistic_regression(given(features, labels, groups, features))
    assert scores.shape == (6, 2)
    only = np.array(["a"] * 6, dtype=object)
    classes, scores = logistic_regression(given(features, only, groups, features[:2]))
    assert (classes, scores.tolist()) == (("a",), [[1.0], [1.0]])


def test_how_far_weights_are_held_back_is_chosen_on_groups_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where sixty numbers say little, the weights are held back; where one says all, also."""
    rng = np.random.default_rng(0)
    labels = np.array([*"ab"] * 60, dtype=object)
    groups = np.array([f"g{number // 8}" for number in range(120)], dtype=object)
    weak = (labels == "a")[:, None] * 0.8 + rng.standard_normal((120, 60))
    assert baseline_methods._strength(weak, labels, groups) < 10
    clear = (labels == "a")[:, None] * 1.0 + 0.01 * rng.standard_normal((120, 1))
    assert baseline_methods._strength(clear, labels, groups) == 0.01  # the smallest of equals
    monkeypatch.setattr(baseline_methods, "_MOST_WORK", 10)
    assert baseline_methods._strength(clear, labels, groups) == baseline_methods._USUAL_STRENGTH


def test_the_majority_is_named_always_and_ties_go_by_the_alphabet() -> None:
    classes, scores = majority(given(None, np.array([*"bbaac"]), [], [0, 1, 2]))
    assert classes == ("a", "b", "c")
    np.testing.assert_allclose(scores, [[0.4, 0.4, 0.2]] * 3)
    assert scores.argmax(axis=1).tolist() == [0, 0, 0]


def test_a_test_class_that_was_never_taught_counts_as_an_error() -> None:
    pupils = BaselineData((*"abc",), ("cat", "cat", "wolf"), (*"xyz",))
    heard = pupils.predict("majority", ["a", "b"], asked(pupils, ["c"]))
    assert heard.classes == ("cat", "wolf")
    assert not heard.correct.any()


@pytest.mark.parametrize("rate_hz", [20, 32, 250, 1000, 2000, 8000, 22_050, 44_100, 250_000, 10**7])
def test_every_rate_has_its_windows(rate_hz: int) -> None:
    mfcc = mfcc_for(rate_hz)
    waves = [np.random.default_rng(0).standard_normal(n) for n in (5, 2 * mfcc.window_samples)]
    found = mfcc_statistics(Sounds(rate_hz, waves))
    assert found.shape == (2, 3 * mfcc.coefficients)
    assert np.isfinite(found).all()
    assert (mfcc.band_weights().sum(axis=0) > 0).all()  # no empty band


def test_statistics_are_those_of_the_frames() -> None:
    wave = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    mfcc = mfcc_for(8000)
    with torch.no_grad():
        frames = mfcc.build(mfcc.clip_shape(8000))(torch.from_numpy(wave)[None])[0, 0].numpy()
    frames = frames.astype(np.float64)
    change = np.sqrt((np.diff(frames, axis=0) ** 2).mean(axis=0))
    wanted = np.concatenate([frames.mean(axis=0), frames.std(axis=0), change])
    np.testing.assert_allclose(mfcc_statistics(Sounds(8000, [wave]))[0], wanted, rtol=1e-5)


def test_long_recordings_are_heard_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    waves, _ = tones(4)
    whole = mfcc_statistics(Sounds(8000, waves))
    monkeypatch.setattr(baseline_inputs, "_FRAMES_AT_ONCE", 5)
    np.testing.assert_allclose(mfcc_statistics(Sounds(8000, waves)), whole, rtol=1e-5, atol=1e-5)


def test_silence_has_statistics_too() -> None:
    found = mfcc_statistics(Sounds(8000, [np.zeros(4000)]))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[0, 20:], 0, atol=1e-4)


def test_the_number_of_threads_is_put_back() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        mfcc_statistics(Sounds(8000, [np.zeros(4000)]))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_what_cannot_be_asked_is_refused() -> None:
    pupils = BaselineData(("a",), ("cat",), ("g",))
    test = asked(pupils, ["a"])
    with pytest.raises(DataError, match=r"no baseline is called `majorty`; .* mean `majority`"):
        pupils.predict("majorty", ["a"], test)
    with pytest.raises(DataError, match="the baseline does not know b"):
        pupils.predict("majority", ["a", "b"], test)
    with pytest.raises(DataError, match="gather the recordings' `mfcc_statistics` first"):
        BaselineData(("a", "b"), ("x", "y"), ("g", "h")).predict(NAMES[1], ["a", "b"], test)


def test_the_names_are_those_of_the_plan() -> None:
    assert EvaluationPlan(baselines=NAMES).baselines == NAMES


def test_describing_judging_and_tables_need_neither_torch_nor_scikit_learn() -> None:
    modules = [
        "evaluation.plan", "evaluation.evaluate", "evaluation.compare",
        "evaluation.baseline_inputs",
        "prediction.score_layout", "prediction.rows", "prediction.vote",
    ]  # fmt: skip
    code = f"import sys, {', '.join('tonotope.' + name for name in modules)}\n"
    code += "print([m for m in ('torch', 'sklearn', 'scipy', 'soxr') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.data
def test_environmental_sounds_from_their_colour(real_data: Path) -> None:
    """ESC-10: the published forest on MFCC and zero crossings reaches 72.7 % on five folds."""
    with (real_data / "esc10" / "esc10.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    waves = []
    for row in table:
        wave, rate_hz = soundfile.read(real_data / "esc10" / "audio" / Path(row["file"]).name)
        waves.append(soxr.resample(wave, rate_hz, 22_050))
    sounds = Sounds(22_050, waves, [row["file"] for row in table])
    labels, groups = (tuple(row[column] for row in table) for column in ("label", "source"))
    pupils = BaselineData(sounds.ids, labels, groups, mfcc_statistics(sounds))
    parts: dict[str, list[Predictions]] = {name: [] for name in NAMES}
    for fold in sorted({row["fold"] for row in table}):
        train = [row["file"] for row in table if row["fold"] != fold]
        test = asked(pupils, [row["file"] for row in table if row["fold"] == fold])
        for name in NAMES:
            parts[name].append(pupils.predict(name, train, test))
    judged = {name: Predictions.joined(found) for name, found in parts.items()}
    found = evaluate(judged[NAMES[1]], {"majority": judged["majority"]})
    assert 0.72 < found.score.value < 0.88
    assert found.difference.low > 0.5
