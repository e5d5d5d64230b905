"""What was heard and what is chosen agree: a choice follows, or a sentence with numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.experiment.test_heard_settings import own_warnings, written

from tonotope.experiment.check_data import check
from tonotope.experiment.data_warnings import data_warnings
from tonotope.experiment.proposal import Proposal
from tonotope.experiment.propose import propose
from tonotope.experiment.request import make_request

Sound = Callable[[float, int], np.ndarray]


def sweep(from_hz: float, to_hz: float, seconds: float, rate_hz: int) -> np.ndarray:
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * (from_hz * time + (to_hz - from_hz) * time**2 / 2 / seconds)
    return 0.5 * np.hanning(len(time)) * np.sin(phase)


def hiss(count: int, level: float, seed: int) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal(count)


def proposed(folder: Path, one: Sound, other: Sound, rate_hz: int) -> Proposal:
    waves = {
        name: [sound(1 + 0.01 * at, at + 50 * (name == "b")) for at in range(6)]
        for name, sound in (("a", one), ("b", other))
    }
    return propose(written(folder, waves, rate_hz))


def low_pair(
    folder: Path, one_hz: tuple[float, float], other_hz: tuple[float, float], hiss_level: float
) -> Proposal:
    def sound(span: tuple[float, float]) -> Sound:
        def make(factor: float, seed: int) -> np.ndarray:
            wave = np.tile(sweep(span[0] * factor, span[1] * factor, 4.0, 44_100), 2)
            return wave + hiss(len(wave), hiss_level, seed)

        return make

    return proposed(folder, sound(one_hz), sound(other_hz), 44_100)


LOW = [((14.0, 20.0), (25.0, 18.0)), ((20.0, 15.0), (60.0, 30.0)), ((8.0, 12.0), (35.0, 28.0))]


@pytest.mark.parametrize(("one", "other"), LOW)
def test_low_sound_alone_gets_a_rate_at_which_it_is_told_apart(
    tmp_path: Path, one: tuple[float, float], other: tuple[float, float]
) -> None:
    proposal = low_pair(tmp_path, one, other, 1e-5)
    found = proposal.experiment.representation
    highest = 1.05 * max(*one, *other)
    assert 2 * highest < found.rate_hz <= 200
    assert found.frequency_resolution_hz is not None
    assert found.frequency_resolution_hz < min(*one, *other) / 4
    assert proposal.doubts() == ()
    ends = [heard.high_hz for heard in proposal.manifest.heard]
    assert max(ends) <= highest
    assert min(heard.low_hz for heard in proposal.manifest.heard) >= 0.9 * min(*one, *other)


@pytest.mark.parametrize(("one", "other"), LOW[:2])
def test_low_sound_under_a_hiss_keeps_the_rate_and_is_doubted(
    tmp_path: Path, one: tuple[float, float], other: tuple[float, float]
) -> None:
    proposal = low_pair(tmp_path, one, other, 1e-3)
    assert proposal.experiment.representation.rate_hz == 22_050
    (said,) = proposal.doubts()
    assert said.startswith("all 12 files heard have most of their sound between 15 and ")
    assert f"# {said}\n" in proposal.text()
    assert said in own_warnings(tmp_path)
    assert said in check(tmp_path).report.notes
    rate_hz = int(said.partition("representation.rate_hz=")[2].split()[0])
    again = propose(tmp_path, sets=[f"representation.rate_hz={rate_hz}"])
    assert again.experiment.representation.empty_bands() == ()
    assert again.doubts() == ()


def windy(pitch_hz: float, level: float = 0.02) -> Sound:
    def make(factor: float, seed: int) -> np.ndarray:
        time = np.arange(2 * 44_100) / 44_100
        spectrum = np.fft.rfft(hiss(len(time), 1.0, seed))
        spectrum /= 1 + (np.fft.rfftfreq(len(time), 1 / 44_100) / 200) ** 2
        wind = np.fft.irfft(spectrum, len(time))
        song = level * np.sin(2 * np.pi * pitch_hz * factor * time)
        return 0.3 * wind / np.abs(wind).max() + song + hiss(len(time), 1e-3, seed)

    return make


@pytest.mark.parametrize(("one", "other"), [(14_000, 17_000), (12_500, 18_500), (13_000, 13_000)])
def test_songs_above_11_khz_are_heard_under_wind(tmp_path: Path, one: float, other: float) -> None:
    proposal = proposed(tmp_path, windy(one), windy(other), 44_100)
    low_hz, high_hz = proposal.experiment.representation.band_hz
    assert high_hz > 1.05 * max(one, other)
    assert low_hz == 0  # nor is the wind thrown away
    (said,) = proposal.unusual()
    assert "what stands out most in all 12 files heard lies above 11 kHz, from 1" in said
    assert proposal.doubts() == ()


def test_a_whistle_at_one_pitch_is_named_and_changes_nothing(tmp_path: Path) -> None:
    def make(_: float, seed: int) -> np.ndarray:
        return windy(15_625)(1.0, seed)

    proposal = proposed(tmp_path, make, make, 44_100)
    assert proposal.experiment.representation.rate_hz == 22_050
    (said,) = proposal.doubts()
    assert "(at one pitch everywhere it may be the whistle of a lamp or a screen)" in said
    assert said in check(tmp_path).report.notes


def calling(count: int, seconds: float, level: float = 1e-4, pitch_hz: float = 2000) -> Sound:
    def make(factor: float, seed: int) -> np.ndarray:
        wave = hiss(round(seconds * 16_000), level, seed)
        call = sweep(pitch_hz * factor, 1.5 * pitch_hz * factor, 0.5, 16_000)
        for number in range(count):
            at = round((0.3 + 5 * number + 10 * (seed % 3)) * 16_000) % (len(wave) - len(call))
            wave[at : at + len(call)] += call
        return wave

    return make


def test_windows_without_a_call_are_counted(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, calling(2, 60), calling(1, 60, pitch_hz=3500), 16_000)
    (said,) = proposal.doubts()
    expected = (
        "in 12 of 12 long recordings something stands out of the background in 18 of the 144 "
        "windows of 5 s that were heard; the other 126 carry the label of their recording"
    )
    assert said.startswith(expected)
    assert own_warnings(tmp_path) == [said]
    report = check(tmp_path).report
    assert said in report.warnings
    assert report.narrow == ()  # the hiss between the calls goes on


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (calling(12, 60), calling(12, 60)),  # a call in each window
        (calling(0, 60), calling(0, 60)),  # rain
        (calling(1, 8), calling(1, 8)),  # short recordings of a call
    ],
    ids=["always", "rain", "short"],
)
def test_recordings_full_of_their_sound_are_not_counted(
    tmp_path: Path, one: Sound, other: Sound
) -> None:
    assert proposed(tmp_path, one, other, 16_000).doubts() == ()


def rung(decay_s: float, level: float, seconds: float = 60, after_s: float = 0.0) -> Sound:
    """A bell or a quake: it begins at once and fades into the noise."""

    def make(factor: float, seed: int) -> np.ndarray:
        time = np.arange(round(seconds * 100)) / 100 - after_s
        tone = np.where(time >= 0, np.exp(-np.maximum(time, 0) / decay_s), 0.0)
        return tone * 0.5 * np.sin(2 * np.pi * 9 * factor * time) + hiss(len(time), level, seed)

    return make


@pytest.mark.parametrize(
    ("decay_s", "level"), [(20, 0.001), (20, 0.01), (12, 0.001), (8, 0.0005), (30, 0.02)]
)
def test_a_slow_decay_is_heard_until_it_has_passed(
    tmp_path: Path, decay_s: float, level: float
) -> None:
    proposal = proposed(tmp_path, rung(decay_s, level), rung(decay_s, level, after_s=5), 100)
    assert proposal.doubts() == ()
    assert not any("long recording" in said for said in check(tmp_path).report.warnings)


def test_what_has_decayed_early_leaves_background(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, rung(1.5, 0.001), rung(1.5, 0.001, after_s=5), 100)
    (said,) = proposal.doubts()
    assert "of 12 long recordings something stands out of the background" in said


def test_few_calls_are_told_alike_of_parts_and_of_the_whole(tmp_path: Path) -> None:
    def make(_: float, seed: int) -> np.ndarray:
        wave = hiss(300 * 8_000, 0.01, seed)
        for at in np.random.default_rng(seed).integers(0, 298, 15):
            wave[at * 8_000 : (at + 1) * 8_000] += sweep(1_000, 1_500, 1.0, 8_000)
        return wave

    proposal = proposed(tmp_path, make, make, 8_000)
    (said,) = proposal.doubts()
    (listened,) = [one for one in check(tmp_path).report.warnings if "long recording" in one]
    assert said.startswith("in 12 of 12 long recordings something stands out")
    assert listened.startswith("in 12 of 12 long recordings something stands out")


EVENTS = {
    "several": [(0.3, 0.8), (5.3, 5.8)],
    "one": [(5.3, 5.8)],
    "one from the beginning": [(0.0, 0.8)],
}


@pytest.mark.parametrize("events", EVENTS.values(), ids=EVENTS)
def test_of_events_no_table_of_events_is_asked_for(
    tmp_path: Path, events: list[tuple[float, float]]
) -> None:
    proposal = proposed(tmp_path, calling(2, 60), calling(1, 60, pitch_hz=3500), 16_000)
    assert proposal.doubts()
    rows = [
        f"{file.relative_to(tmp_path)},{start},{end},{file.parent.name}"
        for file in sorted(tmp_path.glob("*/*.wav"))
        for start, end in events
    ]
    (tmp_path / "calls.csv").write_text("\n".join(["file,start_s,end_s,label", *rows]))
    sets = ["data.start=start_s", "data.end=end_s"]
    proposal = propose(tmp_path / "calls.csv", sets=sets)
    assert len(proposal.manifest.recordings) == 12 * len(events)
    assert proposal.doubts() == ()
    request = make_request(tmp_path / "calls.csv", sets=sets).resolve()
    assert not any("long recording" in said for said in data_warnings(request))


@pytest.mark.parametrize("lead_s", [0.05, 0.3, 0.6])
def test_one_shots_after_silence_get_a_clip_that_holds_them(tmp_path: Path, lead_s: float) -> None:
    """What is silent before them does not count: clips are cut where something sounds."""

    def make(factor: float, seed: int) -> np.ndarray:
        time = np.arange(round((2 + 0.1 * (seed % 7)) * 22_050)) / 22_050
        shot = 0.8 * np.exp(-time / 0.1) * hiss(len(time), 0.3, seed)
        return np.concatenate([hiss(round(lead_s * 22_050), 1e-5, seed), shot])

    proposal = proposed(tmp_path, make, make, 22_050)
    clip_s = proposal.experiment.data.clip_s
    assert clip_s is not None
    assert 0.1 < clip_s < 0.31
    assert "sounds that begin at once" in proposal.text() or lead_s > 0.1


def in_stereo(folder: Path, cancelling: int, files: int = 8) -> Path:
    """Tones of two classes in stereo; the second channel of the first ones is upside down."""
    time = np.arange(8000) / 8000
    for number in range(files):
        wave = 0.5 * np.sin(2 * np.pi * (300 + 40 * number) * time)
        path = folder / "ab"[number % 2] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        other = -0.9999 * wave if number < cancelling else wave
        soundfile.write(path, np.stack([wave, other], axis=1), 8000)
    return folder


def test_where_the_channels_of_most_files_cancel_one_is_chosen(tmp_path: Path) -> None:
    proposal = propose(in_stereo(tmp_path / "all", 8))
    assert proposal.experiment.data.channels == 0
    why = "the channels of all 8 files heard cancel in their mean"
    assert f"channel 0 alone is heard: {why}" in proposal.doubts()
    assert re.search(rf"channels = 0 +# {why}", proposal.text())
    asked = propose(in_stereo(tmp_path / "all", 8), sets=['data.channels="mean"'])
    assert asked.experiment.data.channels == "mean"
    assert [one for one in asked.doubts() if "data.channels = 0 takes one" in one]


def test_where_the_channels_of_some_files_cancel_that_is_asked_about(tmp_path: Path) -> None:
    some = propose(in_stereo(tmp_path / "some", 2))
    assert some.experiment.data.channels == "mean"
    assert some.doubts()[0].startswith("the channels of 2 of 8 files heard cancel: ")
    none = propose(in_stereo(tmp_path / "none", 0))
    assert none.experiment.data.channels == "mean"
    assert not [one for one in none.doubts() if "channel" in one]
