"""Live sound gets the answers of the same sound in a file; labels are held; nothing is late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from tests.live.conftest import Said, noise, odd_blocks

import tonotope as tt
from tonotope.answers import table_of
from tonotope.live import mono_stream
from tonotope.live.listening import Listening
from tonotope.live.sound_source import ArraySource
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.stream import predict

Build = Callable[..., Any]


def listening(model: Any, wave: np.ndarray, rate_hz: int = 8000, **options: Any) -> Listening:
    ensemble = model if isinstance(model, Ensemble) else Ensemble(model)
    return Listening(ensemble, ArraySource(odd_blocks(wave), rate_hz, "x.wav"), **options)


def check_same(found: list[Any], rows: list[Any], rtol: float = 0) -> None:
    assert [one.row.start_s for one in found] == [row.start_s for row in rows]
    assert [one.row.end_s for one in found] == [row.end_s for row in rows]
    live = np.array([one.row.scores for one in found])
    np.testing.assert_allclose(live, [row.scores for row in rows], rtol=rtol, atol=1e-6)
    assert [one.row.label for one in found] == [row.label for row in rows]


@pytest.mark.parametrize("rate_hz", [8000, 44_100])
@pytest.mark.parametrize("seconds", [0.3, 1.0, 6.37])
@pytest.mark.parametrize("settings", [{"fill": "repeat"}, {"level": "clip"}])
def test_windows_are_those_of_the_same_sound_in_a_file(
    build: Build, tmp_path: Path, rate_hz: int, seconds: float, settings: dict[str, str]
) -> None:
    both = Ensemble([build(seed, **settings) for seed in (0, 1)])
    wave = noise(seconds, rate_hz)
    soundfile.write(tmp_path / "x.wav", wave, rate_hz, subtype="FLOAT")
    rows = list(predict(both, [tmp_path / "x.wav"], per="window", hop_s=0.15))
    found = listening(both, wave, rate_hz, hop_s=0.15)
    check_same(list(found), rows)
    assert (found.skipped, found.answers) == (0, len(rows))
    assert found.heard_s == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize("channels", ["mean", 1])
def test_channels_become_one_as_in_a_file(
    build: Build, tmp_path: Path, channels: str | int
) -> None:
    wave = np.stack([noise(2.0), noise(2.0, seed=3)])
    soundfile.write(tmp_path / "x.wav", wave.T, 8000, subtype="FLOAT")
    one: Any = channels
    model = Ensemble(build())
    rows = list(predict(model, [tmp_path / "x.wav"], per="window", hop_s=0.25, channels=one))
    check_same(list(listening(model, wave, hop_s=0.25, channels=one)), rows)


HEADS = {
    "tags": tt.Tag(labels=("rain", "wind", "car")),
    "numbers": tt.Regress(targets=("pitch", "level"), means=(0, 0), spreads=(1, 9)),
    "both": tt.Multitask(tasks=(
        tt.Part(name="what", head=tt.Classify(classes=("a", "b"))),
        tt.Part(name="how", head=tt.Regress(targets=("pitch",), means=(200,), spreads=(50,))),
    )),
}  # fmt: skip


@pytest.fixture(params=HEADS)
def other_head(request: pytest.FixtureRequest) -> Any:
    representation = tt.LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=16)
    layers: Any = ["conv 6 3x3", "relu", "globalpool time mean+max"]
    model = tt.Model.build(
        representation, tt.Layers(layers=layers), HEADS[request.param], clip_samples=8000, seed=0
    )
    for weight in model.head.parameters():
        torch.nn.init.normal_(weight, std=0.5)
    return model.eval()


def test_every_kind_of_answer_is_that_of_a_file(other_head: Any, tmp_path: Path) -> None:
    wave = noise(4.0)
    soundfile.write(tmp_path / "x.wav", wave, 8000, subtype="FLOAT")
    model = Ensemble(other_head)
    found = listening(model, wave, hop_s=0.2)
    readings = list(found)
    check_same(readings, list(predict(model, [tmp_path / "x.wav"], per="window", hop_s=0.2)),
               rtol=1e-5)  # fmt: skip
    labelled = [table_of(one) for one in model.layout.answers]
    assert any(found.labels) == any(one.one_label or one.yes_or_no for one in labelled)
    # The rows of changes are of the same form, whatever is held.
    for one in readings:
        row = one.held_row(model.layout).to_json(model.layout)
        assert row.keys() == one.row.to_json(model.layout).keys()


def test_a_label_is_held_until_it_falls_below_four_fifths_of_its_threshold(build: Build) -> None:
    model = Ensemble(build())
    wave = noise(20.0)
    scores = np.array([one.row.scores for one in listening(model, wave)])
    most = float(np.quantile(scores.max(axis=1), 0.6))
    held = ""
    changes = 0
    for one in listening(model, wave, threshold=most):
        best = int(one.row.scores.argmax())
        if one.row.scores[best] >= most:
            expected = model.classes[best]
        elif held and one.row.scores[model.classes.index(held)] >= 0.8 * most:
            expected = held
        else:
            expected = ""
        assert one.label == expected
        assert one.changed == (one.label != held or changes == 0)
        changes += one.changed
        held = expected
        row = one.held_row(model.layout)
        assert row.label == row.outcomes["label"] == expected
        assert row.score == one.row.scores[model.classes.index(expected) if expected else best]
    assert changes > 3


def test_digital_silence_holds_no_label_and_is_told(build: Build) -> None:
    said = Said()
    wave = np.concatenate([noise(2.0), np.zeros(5 * 8000, np.float32)])
    readings = list(listening(build(), wave, threshold=0.01, progress=said))
    assert all(one.label for one in readings if one.row.start_s < 1.9)
    assert not any(one.label for one in readings if one.row.start_s > 2.01)
    assert sum("is the microphone muted?" in line for line in said.lines) == 1
    assert readings[-1].level_dbfs < -60
    said.lines.clear()
    list(listening(build(), noise(7.0), progress=said))
    assert not [line for line in said.lines if "muted" in line]


def test_clipping_and_samples_that_are_no_numbers_are_told(build: Build) -> None:
    said = Said()
    wave = noise(2.0)
    wave[8000:8010] = 1.0
    wave[9000] = np.nan
    found = listening(build(), wave, progress=said)
    assert all(np.isfinite(one.row.scores).all() for one in found)
    found.close()
    assert sum("clipping" in line for line in said.lines) == 1
    assert any(note.startswith("8 samples clipped") for note in found.notes)
    assert "1 non-finite sample (NaN or infinite) made zero" in found.notes


def test_a_slow_network_leaves_windows_out_and_says_so(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a time of the test's own: a block every 0.1 s, and a network that takes 0.35 s."""
    now = 1000.0
    monkeypatch.setattr(mono_stream, "time", SimpleNamespace(monotonic=lambda: now))
    model, said = Ensemble(build()), Said()
    wave = noise(10.0)
    found = Listening(model, ArraySource([wave[:0]], 8000), hop_s=0.1, progress=said)

    class Feed:
        live = True

        @property
        def received_s(self) -> float:
            return min(10.0, now - 1000.0)

        def blocks(self, patience_s: float) -> Iterator[Any]:
            from tonotope.live.feed import Block

            nonlocal now
            del patience_s
            for at in range(100):
                due = 1000.0 + 0.1 * (at + 1)
                now = max(now, due)
                yield Block(wave[None, 800 * at : 800 * (at + 1)], due)

        def close(self) -> None: ...

    feed: Any = Feed()
    found.sound._feed = feed

    def slow(*given: Any) -> np.ndarray:
        nonlocal now
        now += 0.35
        return np.full((1, 3), 1 / 3)

    monkeypatch.setattr(found, "_warm_up", lambda: setattr(found, "_needed_s", 0.35))
    monkeypatch.setattr(model, "scores", slow)
    late = [now - one.arrived_s for one in found]
    assert found.skipped > 50
    assert found.answers + found.skipped >= 90
    # A hop, the network, the rest of a block; nothing newer waits behind the last two.
    assert max(late[:-2]) < 0.1 + 0.35 + 0.1 + 1e-6
    assert len([line for line in said.lines if "slower than a hop" in line]) == 1


def test_sound_that_comes_faster_than_real_time_loses_nothing(build: Build) -> None:
    found = listening(build(), noise(30.0), hop_s=0.05)
    readings = list(found)
    assert found.skipped == 0
    assert len(readings) > 29 / 0.05
    assert not found.in_real_time


def test_what_does_not_fit_is_refused_before_any_sound_is_taken(build: Build) -> None:
    def never() -> Iterator[np.ndarray]:
        raise AssertionError
        yield

    model = build()
    with pytest.raises(tt.ExperimentError, match="a hop of 2 s: it must be above 0"):
        tt.listen(model, ArraySource(never(), 8000), hop_s=2)
    with pytest.raises(tt.ExperimentError, match="a threshold of 7"):
        tt.listen(model, ArraySource(never(), 8000), threshold=7.0)
    with pytest.raises(tt.ExperimentError, match="a rate of 0 Hz"):
        ArraySource(never(), 0)


def test_no_sound_at_all_is_a_sentence(build: Build) -> None:
    with pytest.raises(tt.DataError, match=r"x\.wav: it ended before any sound came"):
        list(listening(build(), np.zeros(0, np.float32)))


def test_what_the_source_raises_is_raised_where_readings_are_taken(build: Build) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield noise(2.0)
        raise tt.DataError("the cable broke")

    readings = []
    with (
        tt.listen(build(), ArraySource(broken(), 8000)) as found,
        pytest.raises(tt.DataError, match="the cable broke"),
    ):
        readings.extend(found)
    assert found.answers > 5


def test_a_rate_far_too_low_is_told(build: Build) -> None:
    said = Said()
    list(listening(build(), noise(2.0, 2000), 2000, progress=said))
    assert "its rate of 2,000 Hz holds nothing above 1,000 Hz" in "\n".join(said.lines)


def test_a_window_does_not_wait_for_others(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = []
    whole = Ensemble._answered

    def answered(self: Ensemble, model: Any, block: Any, progress: Any) -> np.ndarray:
        passed.append(len(block))
        return whole(self, model, block, progress)

    monkeypatch.setattr(Ensemble, "_answered", answered)
    assert len(list(tt.listen(build(), ArraySource([noise(2.0)], 8000)))) > 5
    assert {*passed} == {1}
