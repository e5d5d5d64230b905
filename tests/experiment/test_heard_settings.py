"""What is heard decides: the same choices for the same sound, and never a warning of one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.datasets.test_heard import calls, word
from tests.experiment.test_proposed_settings import summary

from tonotope._translation import translation
from tonotope.audio.resampling import resample
from tonotope.datasets.heard import Heard
from tonotope.experiment.check_data import check
from tonotope.experiment.config.overrides import merged, placed
from tonotope.experiment.data_warnings import _without_highs, data_warnings
from tonotope.experiment.experiment_file import described
from tonotope.experiment.proposal import Proposal
from tonotope.experiment.propose import propose
from tonotope.experiment.proposed_settings import choose_clip_s, choose_defaults, choose_rate_hz
from tonotope.experiment.request import make_request
from tonotope.experiment.spec import Experiment
from tonotope.representation.coverage import measure_coverage

HEARD = Heard(44_100, 20_000.0, False, 80.0, 9000.0, False, None, False, -20.0)


def written(folder: Path, waves: dict[str, list[np.ndarray]], rate_hz: int, **how: Any) -> Path:
    for label, some in waves.items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for name, wave in zip("klmnopqrstuv", some, strict=False):
            path = folder / label / f"{name}{name}.{how.get('format', 'WAV').lower()}"
            soundfile.write(path, wave, rate_hz, **how)
    return folder


def choices(proposal: Proposal) -> dict[str, Any]:
    kept = proposal.experiment.model_dump(mode="json")
    kept["data"].pop("source")
    kept.pop("name")
    return kept


def own_warnings(folder: Path) -> list[str]:
    return data_warnings(make_request(folder).resolve())


STORED: list[tuple[int, dict[str, str]]] = [
    (44_100, {"format": "MP3"}),
    (48_000, {"subtype": "PCM_16"}),
    (22_050, {"format": "OGG"}),
    (44_100, {"format": "FLAC"}),
]


@pytest.mark.parametrize(("rate_hz", "how"), STORED)
def test_speech_at_8_khz_gets_the_same_choices_whatever_it_is_stored_as(
    tmp_path: Path, rate_hz: int, how: dict[str, str]
) -> None:
    words = {label: [word(seed + 20 * at) for seed in range(6)] for at, label in enumerate("ab")}
    first = propose(written(tmp_path / "first", words, 8000))
    stored = {
        label: [np.clip(resample(one[None], 8000, rate_hz)[0], -1, 1) for one in some]
        for label, some in words.items()
    }
    folder = written(tmp_path / "stored", stored, rate_hz, **how)
    again = propose(folder)
    assert again.experiment.representation.rate_hz == 8000
    mine, theirs = choices(first), choices(again)
    lengths = [one["data"].pop("clip_s") for one in (mine, theirs)]
    assert lengths[1] == pytest.approx(lengths[0], abs=0.06)  # an MP3 is filled up to whole frames
    assert {**mine, "training": None} == {**theirs, "training": None}
    text = again.text()
    assert "# heard in 12 files: the spectrum ends at about " in text
    assert f"though stored at {rate_hz:,} Hz" in text
    assert own_warnings(folder) == []
    (said,) = [one for one in check(folder).report.notes if "`run` listens" in one]
    assert said.startswith("`run` listens from 0 to 4,000 Hz: all 12 files heard end at about ")
    assert check(folder).report.narrow == ()


def test_a_rate_given_by_hand_stays_and_what_is_empty_is_said(tmp_path: Path) -> None:
    words = {
        label: [resample(word(seed + 20 * at)[None], 8000, 44_100)[0] for seed in range(6)]
        for at, label in enumerate("ab")
    }
    folder = written(tmp_path / "w", words, 44_100)
    sets = ["representation.rate_hz=22050"]
    assert propose(folder, sets=sets).experiment.representation.rate_hz == 22_050
    (said,) = [one for one in check(folder, sets).report.advice if "nothing above" in one]
    assert said.startswith("12 recordings hold nothing above 3,")
    assert "where the network listens up to 11,025 Hz; representation.rate_hz = 7" in said


@pytest.mark.parametrize("low", [1, 2])
def test_one_recording_that_ends_lower_is_no_difference_between_classes(
    tmp_path: Path, low: int
) -> None:
    def high(seed: int) -> np.ndarray:
        return word(seed, 44_100) + 0.001 * np.random.default_rng(seed).standard_normal(
            len(word(seed, 44_100))
        )

    words = {label: [high(seed + 20 * at) for seed in range(6)] for at, label in enumerate("ab")}
    words["a"][:low] = [resample(word(seed)[None], 8000, 44_100)[0] for seed in range(low)]
    folder = written(tmp_path / "w", words, 44_100)
    said = [one for one in own_warnings(folder) if "hold nothing above" in one]
    assert len(said) == (low > 1)
    (named,) = [one for one in check(folder).report.advice if "nothing above" in one]
    assert named.startswith(f"{low} recording{'s hold' if low > 1 else ' holds'} nothing above 3,")
    assert ("differs between classes" in named) == (low > 1)


@pytest.mark.parametrize("rate_hz", [192_000, 256_000, 384_000])
@pytest.mark.parametrize("steady", [False, True])
def test_bats_get_bands_where_they_call_and_frames_that_fit(
    tmp_path: Path, rate_hz: int, steady: bool
) -> None:
    def bat(seed: int, pitch_hz: float) -> np.ndarray:
        if not steady:
            return calls(rate_hz, pitch_hz + 15_000, pitch_hz, seed)
        time = np.arange(rate_hz) / rate_hz
        hiss = 0.005 * np.random.default_rng(seed).standard_normal(rate_hz)
        return 0.3 * np.sin(2 * np.pi * pitch_hz * time) + hiss

    waves = {name: [bat(seed, pitch) for seed in range(4)] for name, pitch in
             (("pip", 45_000.0), ("noc", 25_000.0))}  # fmt: skip
    folder = written(tmp_path / "bats", waves, rate_hz)
    proposal = propose(folder)
    found = proposal.experiment.representation
    low_hz, high_hz = found.band_hz
    assert 10_000 <= low_hz <= 25_000
    assert 46_000 <= high_hz <= found.rate_hz / 2 <= rate_hz / 2
    assert 0.002 <= found.window_samples / found.rate_hz <= 0.012
    assert found.hop_samples <= (found.window_samples + 1) / 2
    assert found.empty_bands() == ()
    assert own_warnings(folder) == []
    report = check(folder).report
    assert report.unheard == ()
    (said,) = [one for one in report.notes if "`run` listens" in one]
    assert "all 8 files heard have most of their sound above 11 kHz" in said
    spanish = translation("es")(said)
    assert "los 8 archivos escuchados tienen la mayor parte de su sonido por encima" in spanish
    proposal.experiment.trace()


@pytest.mark.parametrize("rate_hz", [20, 32, 50, 100, 125, 200, 250, 500, 1000, 2000, 4000, 6000])
@pytest.mark.parametrize("clip_s", [0.4, 1.0, 2.0, 8.0, 10.0])
def test_low_rates_have_no_empty_band_and_no_warning(rate_hz: int, clip_s: float) -> None:
    facts = summary(rates={rate_hz: 40}, durations_s=(clip_s,) * 40)
    table: dict[str, Any] = {}
    for path, choice in choose_defaults(facts).items():
        table = merged(Experiment, table, placed(path, choice.value))
    experiment = described(table)
    assert experiment.representation.empty_bands() == ()
    assert experiment.representation.rate_hz == rate_hz
    assert experiment.trace()
    if clip_s * rate_hz >= 100:
        assert experiment.representation.bands >= 4
        warnings = measure_coverage(experiment.representation, experiment.clip_samples).warnings
        assert [one for one in warnings if "did you mean" not in one] == []


def test_infrasound_is_told_apart_in_every_band(tmp_path: Path) -> None:
    time = np.arange(800) / 100
    rng = np.random.default_rng(0)
    waves = {
        name: [
            0.3 * np.sin(2 * np.pi * pitch * (1 + 0.02 * rng.standard_normal()) * time)
            + 0.005 * rng.standard_normal(800)
            for _ in range(8)
        ]
        for name, pitch in (("low", 8), ("high", 25))
    }
    folder = written(tmp_path / "infra", waves, 100)
    found = propose(folder).experiment.representation
    assert (found.rate_hz, found.window_s, found.bands) == (100, 1.28, 32)
    assert found.empty_bands() == ()
    assert own_warnings(folder) == []


def test_one_shots_get_windows_that_can_label_a_take(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)

    def shot(decay_s: float, seconds: float) -> np.ndarray:
        time = np.arange(round(seconds * 22_050)) / 22_050
        return 0.8 * np.exp(-time / decay_s) * rng.uniform(-1, 1, len(time))

    waves = {
        "kick": [shot(0.08, 0.4 + 0.05 * at) for at in range(8)],
        "hat": [shot(0.03, 0.3 + 0.05 * at) for at in range(8)],
        "crash": [shot(0.6, 2.0 + 0.9 * at) for at in range(8)],
    }
    folder = written(tmp_path / "kit", waves, 22_050)
    proposal = propose(folder)
    assert proposal.experiment.data.clip_s is not None
    assert 0.3 <= proposal.experiment.data.clip_s <= 1.2
    assert "sounds that begin at once: 4 of 5 have nearly passed after" in proposal.text()
    assert own_warnings(folder) == []


def test_sounds_that_last_begin_late_or_are_events_keep_their_clips() -> None:
    lengths = tuple(0.5 + 0.2 * at for at in range(40))
    usual = choose_clip_s(summary(durations_s=lengths), 16000).value
    sudden = replace(HEARD, lasts_s=0.6, at_once=True)

    def clip_s(one: Heard, **more: Any) -> float:
        return choose_clip_s(summary(durations_s=lengths, heard=(one,) * 20, **more), 16000).value

    assert usual > 8
    assert clip_s(sudden) == 0.6
    assert clip_s(replace(sudden, lasts_s=0.01)) == 0.3
    assert clip_s(replace(sudden, begins_s=3.0)) == 0.6  # clips are cut where it is
    for other in (
        replace(sudden, lasts_s=5.0),
        replace(sudden, at_once=False),
        replace(sudden, lasts_s=None),
    ):
        assert clip_s(other) == usual
    assert clip_s(sudden, events=True) == usual
    words = summary(durations_s=(0.4,) * 30 + (0.9,) * 10, heard=(sudden,) * 20)
    assert choose_clip_s(words, 16000).value == 0.9


@pytest.mark.parametrize(
    ("lasts_s", "sounds_s", "chosen"),
    [
        # notes of which one in twenty is long, tones with a long silence behind them
        ((2.0,) * 18 + (9.0,) * 2, (1.8,) * 18 + (8.5,) * 2, 1.8),
        ((6.0,) * 20, (1.2,) * 20, 1.2),
        ((6.0,) * 20, (0.05,) * 20, 0.3),
        # words with silence around them: nearly all are heard whole
        ((0.9,) * 20, (0.3,) * 12 + (0.5,) * 8, 0.58),
        ((0.9,) * 20, (0.3,) * 18 + (0.8,) * 2, 0.9),
        # rain, songs, and half of each
        ((5.0,) * 20, (4.8,) * 20, 5.0),
        ((30.0,) * 20, (None,) * 20, 5.0),
        ((6.0,) * 20, (0.4,) * 10 + (5.5,) * 10, 6.0),
        ((6.0,) * 20, (0.4,) * 15 + (None,) * 5, 6.0),
    ],
)
def test_the_clip_is_as_long_as_most_recordings_sound(
    lasts_s: tuple[float, ...], sounds_s: tuple[float | None, ...], chosen: float
) -> None:
    heard = tuple(replace(HEARD, sounding_s=one) for one in sounds_s)
    facts = summary(durations_s=tuple(sorted(lasts_s)), heard=heard)
    assert choose_clip_s(facts, 22_050).value == chosen
    assert (
        choose_clip_s(replace(facts, events=True), 22_050).value
        == choose_clip_s(replace(facts, heard=()), 22_050).value
    )


def test_notes_that_begin_late_and_are_followed_by_silence_are_heard_where_they_sound(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    time = np.arange(2 * 22_050) / 22_050

    def note(pitch_hz: float) -> np.ndarray:
        wave = 1e-4 * rng.standard_normal(7 * 22_050)
        begin = rng.integers(0, 4 * 22_050)
        rises = np.minimum(1, time / 0.4) * np.minimum(1, (2 - time) / 0.4)
        wave[begin : begin + len(time)] += 0.3 * rises * np.sin(2 * np.pi * pitch_hz * time)
        return wave

    waves = {name: [note(pitch) for _ in range(8)] for name, pitch in (("g", 392), ("a", 440))}
    proposal = propose(written(tmp_path / "notes", waves, 22_050))
    assert proposal.experiment.data.clip_s == pytest.approx(1.9, abs=0.2)
    assert "4 of 5 recordings sound for " in proposal.text()
    assert proposal.experiment.representation.hop_s == pytest.approx(0.018, abs=0.002)


@pytest.mark.parametrize(
    ("tops_hz", "rates", "chosen"),
    [
        ((4000.0,) * 20, {44_100: 40}, 8000),
        ((4000.0,) * 16 + (20_000.0,) * 4, {44_100: 40}, 8000),
        ((4000.0,) * 15 + (20_000.0,) * 5, {44_100: 40}, 22_050),
        ((5500.0,) * 20, {44_100: 40}, 11_025),
        ((7900.0,) * 20, {48_000: 40}, 16_000),
        ((10_000.0,) * 20, {48_000: 40}, 22_050),
        ((950.0,) * 20, {44_100: 40}, 2000),
        ((7900.0,) * 20, {16_000: 40}, 16_000),
        ((), {44_100: 40}, 22_050),
    ],
)
def test_the_rate_is_what_four_of_five_recordings_fill(
    tops_hz: tuple[float, ...], rates: dict[int, int], chosen: int
) -> None:
    some = tuple(replace(HEARD, top_hz=top) for top in tops_hz)
    assert choose_rate_hz(summary(rates=rates, heard=some)).value == chosen


@pytest.mark.parametrize(
    ("high", "rate_hz", "chosen"), [(5, 48_000, 44_100), (4, 48_000, 22_050), (20, 22_050, 22_050)]
)
def test_a_quarter_of_the_recordings_above_11_khz_raises_the_rate(
    high: int, rate_hz: int, chosen: int
) -> None:
    cricket = replace(HEARD, high=True, low_hz=13_000.0, high_hz=15_500.0)
    some = (cricket,) * high + (HEARD,) * (20 - high)
    facts = summary(rates={rate_hz: 40}, heard=some)
    assert choose_rate_hz(facts).value == chosen
    assert ("representation", "low_hz") not in choose_defaults(facts)  # others are low


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "chosen"),
    [("esc10", (22_050, 0.046, 0.023, 64, 5.0)), ("fsdd", (8000, 0.025, 0.007, 32, 0.53))],
)
def test_the_choices_for_known_sets_are_these(
    real_data: Path, name: str, chosen: tuple[float, ...]
) -> None:
    made = propose(real_data / name / f"{name}.csv").experiment
    found: Any = made.representation
    kept = (found.rate_hz, found.window_s, found.hop_s, found.bands, made.data.clip_s)
    assert kept == chosen
    assert found.band_hz == (0.0, chosen[0] / 2)


@pytest.mark.parametrize(
    ("head", "end"),
    [
        ({"kind": "denoise"}, None),
        ({"kind": "regress", "targets": ["pitch"]}, "if it goes with what is asked for"),
        ({"kind": "classify"}, "if it differs between classes"),
    ],
)
def test_what_some_recordings_lack_is_told_as_the_head_needs_it(
    tmp_path: Path, head: dict[str, Any], end: str | None
) -> None:
    for number in range(12):
        rate_hz = 8000 if number < 3 else 22_050
        (tmp_path / "ab"[number % 2]).mkdir(exist_ok=True)
        soundfile.write(
            tmp_path / "ab"[number % 2] / f"{number}.wav", word(number, rate_hz), rate_hz
        )
    request = make_request(tmp_path).resolve()
    recordings = request.manifest.recordings
    task = described({"data": {"source": str(tmp_path)}, "head": head}, {}).head
    (said,) = _without_highs(recordings, 11_025.0, task)
    assert "without sound above 4,000 Hz" in said
    assert (end or "up to 11,025 Hz: nothing is there to clean: a/0.wav, a/2.wav") in said
    assert end or "learn" not in said
    (said,) = _without_highs([one for one in recordings if one.rate_hz == 8000], 11_025.0, task)
    assert said.startswith("all 3 recordings are without sound above 4,000 Hz")
    assert said.endswith(": representation.rate_hz = 8000 would leave nothing empty")
