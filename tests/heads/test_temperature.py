"""The temperature: found again where it is known, held near 1 where recordings are few."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tonotope.heads import Classify, Multitask, Regress
from tonotope.heads.classify import LABEL
from tonotope.heads.multitask import Part
from tonotope.heads.temperature import HIGHEST, LOWEST, fit_temperature, temper
from tonotope.prediction.calibrate import with_temperature
from tonotope.prediction.from_features import WindowScores


def _scores(rng: np.random.Generator, count: int, classes: int = 4) -> np.ndarray:
    return torch.from_numpy(rng.normal(0, 2, (count, classes))).softmax(1).numpy()


def _labels(rng: np.random.Generator, honest: np.ndarray) -> np.ndarray:
    return (rng.random(len(honest))[:, None] > honest.cumsum(1)).sum(1).clip(max=3)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_makes_scores_true_is_found(temperature: float) -> None:
    rng = np.random.default_rng(1)
    scores = _scores(rng, 6000)
    truth = _labels(rng, temper(scores, temperature))
    found = fit_temperature(scores, np.arange(6000), truth)
    assert found == pytest.approx(temperature, rel=0.06)


def test_recordings_of_several_clips_are_judged_by_the_mean_of_their_clips() -> None:
    rng = np.random.default_rng(2)
    scores, recording = _scores(rng, 60000), np.repeat(np.arange(20000), 3)
    honest = temper(scores, 2.0).reshape(20000, 3, 4).mean(1)
    found = fit_temperature(scores, recording, _labels(rng, honest))
    assert found == pytest.approx(2.0, rel=0.08)


def test_clips_count_as_they_do_in_the_answer_for_their_recording() -> None:
    rng = np.random.default_rng(6)
    scores, recording = _scores(rng, 900), np.repeat(np.arange(300), 3)
    labels = _labels(rng, temper(scores[::3], 2.0))
    first = fit_temperature(scores, recording, labels, np.tile([1.0, 0.0, 0.0], 300))
    assert first == fit_temperature(scores[::3], np.arange(300), labels)
    assert first != fit_temperature(scores, recording, labels)
    assert fit_temperature(scores, recording, labels, np.full(900, 1 / 3)) == fit_temperature(
        scores, recording, labels
    )


def test_windows_without_sound_do_not_move_the_temperature() -> None:
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 4, 60)
    head = Classify(classes=("a", "b", "c", "d"))
    target = {LABEL: torch.from_numpy(np.eye(4, dtype=np.float32)[truth])}
    scores = _scores(rng, 120)
    loud = WindowScores(scores[::2], np.arange(60), 60, np.ones(60))
    all_ = WindowScores(scores, np.repeat(np.arange(60), 2), 60, np.tile([1.0, 0.0], 60))
    expected = with_temperature(head, [loud], [target])
    assert with_temperature(head, [all_], [target]) == expected
    equal = all_._replace(weight=np.ones(120))
    assert with_temperature(head, [equal], [target]) != expected


def test_it_is_the_lowest_cost_of_all() -> None:
    rng = np.random.default_rng(3)
    scores, truth = _scores(rng, 50), rng.integers(0, 4, 50)
    found = fit_temperature(scores, np.arange(50), truth)
    assert found is not None

    def cost(t: float) -> float:
        return -np.log(temper(scores, t)[np.arange(50), truth]).sum() + np.log(t) ** 2 / 2

    every = [cost(t) for t in np.geomspace(LOWEST, HIGHEST, 2001)]
    assert cost(found) <= min(every) + 1e-6


def test_a_few_recordings_that_are_all_right_do_not_make_certainty() -> None:
    scores = np.tile([0.7, 0.1, 0.1, 0.1], (8, 1))
    few = fit_temperature(scores, np.arange(8), np.zeros(8, int))
    many = fit_temperature(np.tile(scores, (100, 1)), np.arange(800), np.zeros(800, int))
    assert few is not None
    assert many is not None
    assert 0.3 < few < 0.8
    assert many < few * 0.6


def test_recordings_of_unknown_class_have_no_say() -> None:
    rng = np.random.default_rng(4)
    scores = _scores(rng, 200)
    truth = _labels(rng, temper(scores, 3.0))
    known = np.where(np.arange(200) < 100, truth, -1)
    assert fit_temperature(scores, np.arange(200), known) == fit_temperature(
        scores[:100], np.arange(100), truth[:100]
    )
    assert fit_temperature(scores, np.arange(200), np.full(200, -1)) is None


def test_the_class_of_a_clip_never_changes_and_rows_sum_to_1() -> None:
    scores = _scores(np.random.default_rng(5), 500)
    scores[0] = [1.0, 0.0, 0.0, 0.0]
    for temperature in (LOWEST, 0.7, 3.0, HIGHEST):
        found = temper(scores, temperature)
        np.testing.assert_array_equal(found.argmax(1), scores.argmax(1))
        np.testing.assert_allclose(found.sum(1), 1.0)


def test_classify_divides_its_outputs_by_the_temperature() -> None:
    outputs = {"label": torch.randn(6, 3, generator=torch.Generator().manual_seed(0))}
    plain = Classify(classes=("a", "b", "c"))
    warm = plain.model_copy(update={"temperature": 2.0})
    torch.testing.assert_close(warm.scores(outputs)["label"], (outputs["label"] / 2).softmax(1))
    torch.testing.assert_close(
        warm.temper(plain.scores(outputs))["label"], warm.scores(outputs)["label"]
    )
    assert warm.uncalibrated() == plain
    assert plain.uncalibrated() is plain


def test_a_file_says_a_temperature_only_where_there_is_one() -> None:
    plain = Classify(classes=("a", "b"))
    assert plain.model_dump(mode="json") == {"kind": "classify", "classes": ["a", "b"]}
    warm = Classify(classes=("a", "b"), temperature=1.5)
    assert Classify.model_validate(warm.model_dump(mode="json")) == warm


def test_a_given_temperature_is_kept() -> None:
    task = Classify(classes=("a", "b"), temperature=1.0)
    scores = {"label": torch.tensor([[0.6, 0.4]] * 50)}
    targets = {"label": torch.tensor([[1.0, 0.0]] * 50)}
    fitted = task.fit_temperature(scores, torch.arange(50), targets)
    assert fitted.temperature == 1.0
    open_ = Classify(classes=("a", "b")).fit_temperature(scores, torch.arange(50), targets)
    assert open_.temperature is not None
    assert open_.temperature < 0.5


def test_each_task_has_its_own_temperature_and_quantities_have_none() -> None:
    task = Multitask(
        tasks=(
            Part(name="one", head=Classify(classes=("a", "b"))),
            Part(name="pitch", head=Regress(targets=("hz",))),
            Part(name="two", head=Classify(classes=("x", "y"))),
        )
    )
    rng = torch.Generator().manual_seed(1)
    scores = {
        "one": torch.rand(300, 2, generator=rng).double().softmax(1),
        "pitch": torch.rand(300, 1, generator=rng).double(),
        "two": torch.tensor([[0.99, 0.01]] * 300).double(),
    }
    targets = {
        "one": torch.nn.functional.one_hot(scores["one"].argmax(1), 2).double(),
        "pitch": scores["pitch"],
        "two": torch.nn.functional.one_hot(torch.arange(300) % 2, 2).double(),
    }
    fitted = task.fit_temperature(scores, torch.arange(300), targets)
    one, pitch, two = (answer.temperature for answer in fitted.answers)
    assert one is not None
    assert two is not None
    assert one < 0.2 < 1 < two
    assert pitch is None
    tempered = fitted.temper(scores)
    torch.testing.assert_close(tempered["pitch"], scores["pitch"])
    assert tempered["two"].max() < 0.7
    assert fitted.uncalibrated() == task
