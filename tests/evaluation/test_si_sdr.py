"""How near a sound came: the published figure, and plain methods that need no learning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.answers.denoising_baselines import noise_power
from tonotope.answers.si_sdr import mse, si_sdr_db
from tonotope.answers.sound import Restored
from tonotope.evaluation.compare import compare
from tonotope.evaluation.evaluate import evaluate
from tonotope.evaluation.plan import EvaluationPlan

RATE_HZ = 8000
METHODS = {one.name: one.method for one in Restored.baselines}


def test_the_ratio_does_not_hear_the_level_and_says_what_is_beside_the_sound() -> None:
    rng = np.random.default_rng(0)
    clean, noise = rng.standard_normal((2, 5000))
    noise -= (noise @ clean) / (clean @ clean) * clean  # exactly beside it
    noise *= np.sqrt((clean @ clean) / (noise @ noise))
    for db in (-10.0, 0.0, 30.0):
        estimate = clean + 10 ** (-db / 20) * noise
        assert si_sdr_db(estimate, clean) == pytest.approx(db)
        assert si_sdr_db(-7 * estimate, clean) == pytest.approx(db)


def test_the_ends_of_the_scale() -> None:
    clean = np.array([1.0, -1.0, 1.0, -1.0])
    assert si_sdr_db(clean, clean) == 100.0
    assert si_sdr_db(np.zeros(4), clean) == -100.0
    assert si_sdr_db(np.array([1.0, 1.0, -1.0, -1.0]), clean) == -100.0
    assert np.isnan(si_sdr_db(clean, np.zeros(4)))
    assert mse(clean, np.zeros(4)) == 1.0


@pytest.mark.parametrize("name", ["wiener", "spectral-subtraction"])
@pytest.mark.parametrize("seconds", [1.0, 31.0])
def test_steady_noise_is_turned_down(name: str, seconds: float) -> None:
    rng = np.random.default_rng(0)
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    clean = 0.3 * np.sin(2 * np.pi * 440 * time) * (np.sin(2 * np.pi * 3 * time) > 0)
    noisy = (clean + 0.1 * rng.standard_normal(len(time))).astype(np.float32)
    told = METHODS[name](noisy, RATE_HZ)
    assert (told.shape, told.dtype) == (noisy.shape, np.float32)
    assert si_sdr_db(told, clean) > si_sdr_db(noisy, clean) + 6.0


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("samples", [1, 100, 600])
def test_sounds_of_any_length_and_silence_come_through(name: str, samples: int) -> None:
    told = METHODS[name](np.zeros(samples, np.float32), RATE_HZ)
    assert told.shape == (samples,)
    assert not told.any()


def test_a_lasting_tone_is_not_taken_for_noise() -> None:
    rng = np.random.default_rng(0)
    power = rng.exponential(1.0, (400, 129))
    power[:, 40] += 1e4
    found = noise_power(power)
    np.testing.assert_allclose(found, 1.0, atol=0.35)


def restored(after: list[list[float]], before: list[list[float]] | None = None) -> Restored:
    before = before or [[5.0, 0.1], [7.0, 0.2], [9.0, 0.3]]
    count = len(after)
    return Restored(
        ids=tuple("abc"[:count]), truth=np.array(before), predicted=np.array(after),
        groups=("p", "q", "r")[:count], folds=("",) * count, columns=("si-sdr", "mse"),
        units=("dB", ""),
    )  # fmt: skip


AFTER = [[10.0, 0.01], [14.0, 0.02], [12.0, 0.06]]


def test_figures_are_means_over_recordings_with_the_gain_beside_them() -> None:
    noisy = restored([[5.0, 0.1], [7.0, 0.2], [9.0, 0.3]])
    plan = EvaluationPlan(metric="si-sdr", baselines=("noisy",), resamples=100)
    told = evaluate(restored(AFTER), {"noisy": noisy}, plan).to_json()
    assert (told["kind"], told["unit"], told["lower_is_better"]) == ("sound", "dB", False)
    assert told["value"] == pytest.approx(12.0)
    metrics = told["metrics"]
    assert metrics["si-sdr-gain"]["value"] == pytest.approx(5.0)  # type: ignore[index]
    assert metrics["mse"]["value"] == pytest.approx(0.03)  # type: ignore[index]
    assert told["difference"]["value"] == pytest.approx(5.0)  # type: ignore[index]
    assert told["high"] > 12.0  # type: ignore[operator]
    assert told["baselines"][0]["value"] == pytest.approx(7.0)  # type: ignore[index]


def test_of_an_error_the_smaller_is_better() -> None:
    noisy = restored([[5.0, 0.1], [7.0, 0.2], [9.0, 0.3]])
    plan = EvaluationPlan(metric="mse", baselines=("noisy",), resamples=100)
    told = evaluate(restored(AFTER), {"noisy": noisy}, plan).to_json()
    assert (told["value"], told["unit"]) == (pytest.approx(0.03), "")
    assert told["difference"]["value"] == pytest.approx(0.17)  # type: ignore[index]


def test_a_silent_recording_counts_for_nothing() -> None:
    before = [[np.nan, 0.0], [7.0, 0.2], [9.0, 0.3]]
    told = evaluate(restored([[0.0, 0.0], *AFTER[1:]], before), {}).to_json()
    assert told["value"] == pytest.approx(13.0)


def test_runs_are_compared_where_they_heard_the_same_noise() -> None:
    plan = EvaluationPlan(metric="si-sdr", baselines=(), resamples=100)
    worse = restored([[9.0, 0.02], [15.0, 0.02], [11.0, 0.06]])
    (one,) = compare({"a": worse, "b": restored(AFTER)}, plan).differences
    assert (one.run, one.only_run, one.only_other) == ("b", 2, 1)
    other = restored(AFTER, [[5.1, 0.1], [7.0, 0.2], [9.0, 0.3]])
    with pytest.raises(DataError, match="another truth for 1 recording"):
        compare({"a": other, "b": restored(AFTER)}, plan)


def test_the_table_comes_back_from_its_file(tmp_path: Path) -> None:
    table = restored(AFTER)
    table.write_csv(tmp_path / "predictions.csv")
    again = Restored.read_csv(tmp_path / "predictions.csv")
    assert (again.columns, again.units) == (table.columns, table.units)
    np.testing.assert_array_equal(again.predicted, table.predicted)
    np.testing.assert_array_equal(again.gained, [5.0, 7.0, 3.0])
    head = (tmp_path / "predictions.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head == "id,group,fold,noisy:si-sdr [dB],denoised:si-sdr [dB],noisy:mse,denoised:mse"
