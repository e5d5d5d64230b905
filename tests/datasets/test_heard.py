"""Where a spectrum ends, where the sound lies and how long it lasts, for sounds that are known."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from tonotope.audio.open_sound import open_sound
from tonotope.audio.resampling import resample
from tonotope.audio.sound_file import SoundFile
from tonotope.datasets import heard_sample
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.heard import Heard, Listener, is_narrow, narrow_ones
from tonotope.datasets.source import Data, open_source


def heard(wave: np.ndarray, rate_hz: int, bits: int | None = None, blocks: int = 1) -> Heard:
    wave = np.atleast_2d(wave).astype(np.float32)
    listener = Listener(rate_hz, bits, wave.shape[1] / rate_hz)
    for block in np.array_split(wave, blocks, axis=1):
        listener.hear(block)
    found = listener.heard()
    assert found is not None
    return found


def word(seed: int, rate_hz: int = 8000, seconds: float = 0.5, level: float = 0.3) -> np.ndarray:
    """Noise that falls by 12 dB an octave and comes and goes, as a voice does."""
    rng = np.random.default_rng(seed)
    count = round(seconds * rate_hz)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.maximum(1, np.fft.rfftfreq(count, 1 / rate_hz) / 400) ** 2
    wave = np.fft.irfft(spectrum, count) * np.hanning(count) ** 0.5
    return (level * wave / np.abs(wave).max()).astype(np.float32)


def stored(wave: np.ndarray, rate_hz: int, kind: str, coding: str) -> tuple[np.ndarray, int | None]:
    """A sound as it comes back from a file of this kind, and the bits that rounded it."""
    file = io.BytesIO()
    soundfile.write(file, wave, rate_hz, format=kind, subtype=coding)
    file.seek(0)
    again, _ = soundfile.read(file, dtype="float32")
    return again, {"PCM_16": 16, "PCM_U8": 8}.get(coding)


STORED = [
    ("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("WAV", "PCM_U8"), ("WAV", "FLOAT"),
    ("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "coding"), STORED)
@pytest.mark.parametrize("rate_hz", [44_100, 22_050, 48_000])
@pytest.mark.parametrize("level", [0.3, 0.02])
def test_what_was_8_khz_ends_at_4_khz_whatever_it_lies_in(
    kind: str, coding: str, rate_hz: int, level: float
) -> None:
    if coding == "PCM_U8" and level < 0.1:
        level = 0.1  # five bits are left of it
    wave = np.clip(resample(word(1, level=level)[None], 8000, rate_hz)[0], -1, 1)
    again, bits = stored(wave, rate_hz, kind, coding)
    found = heard(again, rate_hz, bits)
    assert found.top_hz <= 4400
    if level == 0.3 and coding != "PCM_U8":
        assert found.top_hz >= 3400
        assert found.sharp
        assert is_narrow(found, 11_025)
    assert not is_narrow(found, 4000)


def _by_polyphase(wave: np.ndarray, old_hz: int, rate_hz: int) -> np.ndarray:
    return resample_poly(wave, rate_hz, old_hz)


def _by_lines(wave: np.ndarray, old_hz: int, rate_hz: int) -> np.ndarray:
    count = len(wave) * rate_hz // old_hz
    return np.interp(np.arange(count) * old_hz / rate_hz, np.arange(len(wave)), wave)


def _by_short_sinc(wave: np.ndarray, old_hz: int, rate_hz: int) -> np.ndarray:
    """A sinc of 32 samples under a Hann window, as quick converters have it."""
    at = np.arange(len(wave) * rate_hz // old_hz) * old_hz / rate_hz
    sound = np.zeros(len(at))
    for step in range(-15, 17):
        near = at.astype(int) + step
        far = at - near
        window = np.where(np.abs(far) < 16, 0.5 + 0.5 * np.cos(np.pi * far / 16), 0)
        inside = (near >= 0) & (near < len(wave))
        sound += np.where(inside, wave[near.clip(0, len(wave) - 1)], 0) * np.sinc(far) * window
    return sound


def _by_library(wave: np.ndarray, old_hz: int, rate_hz: int) -> np.ndarray:
    return resample(wave[None], old_hz, rate_hz)[0]


@pytest.mark.parametrize("resampler", [_by_polyphase, _by_lines, _by_short_sinc, _by_library])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
@pytest.mark.parametrize("old_hz", [8000, 11_025, 16_000, 22_050])
def test_mirror_images_of_a_resampler_are_no_sound(
    old_hz: int, rate_hz: int, resampler: Callable[[np.ndarray, int, int], np.ndarray]
) -> None:
    for seed in range(3):
        wave = resampler(word(seed, old_hz), old_hz, rate_hz).astype(np.float32)
        again, bits = stored(wave, rate_hz, "WAV", "PCM_16")
        found = heard(again, rate_hz, bits)
        assert 0.8 * old_hz / 2 < found.top_hz <= 1.1 * old_hz / 2
        assert found.sharp


@pytest.mark.parametrize("resampler", [_by_polyphase, _by_lines, _by_short_sinc, _by_library])
def test_an_mp3_of_what_was_8_khz_ends_at_4_khz(
    resampler: Callable[[np.ndarray, int, int], np.ndarray],
) -> None:
    tops_hz = []
    for seed in range(5):
        wave = resampler(word(seed), 8000, 44_100).astype(np.float32)
        tops_hz.append(heard(stored(wave, 44_100, "MP3", "MPEG_LAYER_III")[0], 44_100).top_hz)
    assert sorted(tops_hz)[-2] <= 4400  # four of five decide what `new` chooses


def _chords(rate_hz: int) -> np.ndarray:
    """Notes whose overtones lie on both sides of 4 kHz alike, falling away slowly."""
    time = np.arange(rate_hz) / rate_hz
    notes = (200, 500, 400, 1000, 250, 800, 160, 320)
    pitch = np.repeat(notes, -(-rate_hz // len(notes)))[:rate_hz]
    tones = [np.sin(2 * np.pi * n * pitch * time) / n**2 * (n * pitch < 9000) for n in range(1, 57)]
    return 0.3 * np.sum(tones, axis=0)


def _weak_highs(rate_hz: int) -> np.ndarray:
    """Low wind, and a faint bird that glides from 4 to 4.7 kHz."""
    time = np.arange(rate_hz) / rate_hz
    bird = np.sin(2 * np.pi * (4050 * time + 80 * np.sin(2 * np.pi * 3 * time)))
    bird += np.sin(2 * np.pi * (4500 * time + 60 * np.sin(2 * np.pi * 5 * time)))
    wind = word(7, rate_hz, seconds=1.0)
    return wind + 0.001 * bird * (1 + np.sin(2 * np.pi * 7 * time))


def _mixed(rate_hz: int) -> np.ndarray:
    """What was 8 kHz, and above it a sound of its own that comes and goes."""
    own = np.random.default_rng(9).standard_normal(rate_hz)
    spectrum = np.fft.rfft(own)
    hz = np.fft.rfftfreq(rate_hz, 1 / rate_hz)
    spectrum[(hz < 6000) | (hz > 9000)] = 0
    own = np.fft.irfft(spectrum, rate_hz) * np.abs(np.sin(np.arange(rate_hz) / 3000))
    return _by_polyphase(word(3, seconds=1.0), 8000, rate_hz) + 0.01 * own


def _brown(rate_hz: int) -> np.ndarray:
    wave = np.cumsum(np.random.default_rng(5).standard_normal(rate_hz))
    wave -= np.linspace(wave[0], wave[-1], rate_hz)
    return 0.5 * wave / np.abs(wave).max()


@pytest.mark.parametrize(
    ("make", "least_hz"), [(_chords, 8000), (_weak_highs, 4500), (_mixed, 8500), (_brown, 11_025)]
)
@pytest.mark.parametrize("kind", ["WAV", "MP3"])
def test_sound_of_its_own_above_an_old_rate_is_not_left_out(
    make: Callable[[int], np.ndarray], least_hz: float, kind: str
) -> None:
    coding = "PCM_16" if kind == "WAV" else "MPEG_LAYER_III"
    wave, bits = stored(make(44_100).astype(np.float32), 44_100, kind, coding)
    assert heard(wave, 44_100, bits).top_hz > least_hz


def test_those_are_narrow_that_end_well_below_where_others_go_on() -> None:
    def ending(top_hz: float) -> Heard:
        return Heard(44_100, top_hz, True, 80.0, 3500.0, False, None, False, -20.0)

    slopes = [ending(4005.0)] * 18 + [ending(4522.0)] * 77 + [ending(5500.0)]
    assert not any(narrow_ones(slopes, 5512.5))
    assert all(narrow_ones([ending(4005.0)] * 9, 11_025.0))
    told_apart = [ending(4005.0)] * 3 + [ending(10_500.0)]
    assert narrow_ones(told_apart, 11_025.0) == [True, True, True, False]


def test_a_spectrum_that_is_full_or_fades_is_not_narrow() -> None:
    rng = np.random.default_rng(0)
    for rate_hz in (8000, 22_050, 44_100):
        full = heard(0.1 * rng.standard_normal(rate_hz), rate_hz, 16)
        assert full.top_hz > 0.93 * rate_hz / 2
        fading = heard(word(2, rate_hz, seconds=1.0), rate_hz)
        assert not is_narrow(full, 11_025)
        assert not is_narrow(fading, 11_025)


def test_a_whistle_above_the_end_does_not_move_it() -> None:
    wave = resample(word(3, seconds=2.0)[None], 8000, 44_100)[0]
    wave += 0.003 * np.sin(2 * np.pi * 15_625 * np.arange(len(wave)) / 44_100).astype(np.float32)
    assert heard(wave, 44_100).top_hz < 4400


def test_blocks_do_not_change_what_is_heard() -> None:
    wave = np.concatenate([word(seed, 16_000) for seed in range(4)])
    whole, pieces = heard(wave, 16_000), heard(wave, 16_000, blocks=5)
    assert pieces.top_hz == pytest.approx(whole.top_hz, rel=0.05)
    assert pieces.lasts_s == pytest.approx(whole.lasts_s, abs=0.05)
    assert pieces.rms_db == pytest.approx(whole.rms_db, abs=0.1)


def calls(rate_hz: int, from_hz: float, to_hz: float, seed: int = 0) -> np.ndarray:
    """Twelve calls of 5 ms in a second of hiss, with a wind that is far louder than they are."""
    rng = np.random.default_rng(seed)
    wave = 0.003 * rng.standard_normal(rate_hz)
    slow = np.interp(np.arange(rate_hz), np.linspace(0, rate_hz, 400), rng.standard_normal(400))
    time = np.arange(round(0.005 * rate_hz)) / rate_hz
    sweep = 2 * np.pi * (from_hz * time + (to_hz - from_hz) * time**2 / 0.01)
    for number in range(12):
        at = round((0.04 + 0.08 * number) * rate_hz)
        wave[at : at + len(time)] += 0.05 * np.hanning(len(time)) * np.sin(sweep)
    return wave + 0.2 * slow


@pytest.mark.parametrize("rate_hz", [192_000, 256_000, 384_000])
def test_calls_above_hearing_are_found_below_wind_and_above_hiss(rate_hz: int) -> None:
    found = heard(calls(rate_hz, 60_000, 35_000), rate_hz, 16)
    assert found.high
    assert 33_000 < found.low_hz < 45_000
    assert 50_000 < found.high_hz < 64_000


def _band(rng: np.random.Generator, count: int, from_hz: float, to_hz: float) -> np.ndarray:
    """Noise between two frequencies, at 44.1 kHz."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / 44_100)
    return np.fft.irfft(np.where((hz >= from_hz) & (hz < to_hz), spectrum, 0), count)


def test_a_click_is_no_high_sound_where_an_encoder_left_nothing_behind_it() -> None:
    """Beside hiss up to 12 kHz it stands out most above, and it is heard below as well."""
    rng = np.random.default_rng(2)
    wave = 0.01 * _band(rng, 88_200, 0, 12_000)
    for at in range(4000, 88_000, 8000):
        wave[at : at + 400] += 0.3 * rng.standard_normal(400) * np.hanning(400)
    found = heard(wave, 44_100).outstanding_hz
    assert found is not None
    assert found[0] < 11_025


@pytest.mark.parametrize(("from_hz", "there"), [(16_050.0, False), (14_000.0, True)])
def test_a_band_that_an_encoder_switches_is_no_sound(from_hz: float, there: bool) -> None:
    """Rain up to 16 kHz; above it a band comes and goes, as in MP3 and Vorbis. A cricket counts."""
    rng = np.random.default_rng(3)
    wave = 0.1 * _band(rng, 88_200, 0, 12_000)
    chirps = 0.02 * _band(rng, 88_200, from_hz, from_hz + 1500)
    chirps *= (np.arange(88_200) // 2000 % 5 == 0).astype(float)
    found = heard(wave + chirps, 44_100).outstanding_hz
    assert (found is not None) == there


@pytest.mark.parametrize("pitch_hz", [18_000, 40_000, 90_000])
def test_a_steady_tone_is_where_its_energy_is(pitch_hz: int) -> None:
    rng = np.random.default_rng(1)
    time = np.arange(384_000) / 384_000
    wave = 0.3 * np.sin(2 * np.pi * pitch_hz * time) + 0.002 * rng.standard_normal(len(time))
    found = heard(wave, 384_000)
    assert found.high
    assert found.low_hz == pytest.approx(pitch_hz, rel=0.02)
    assert found.high_hz == pytest.approx(pitch_hz, rel=0.02)


def test_music_at_a_high_rate_is_not_high() -> None:
    wave = resample(word(4, 44_100, seconds=2.0)[None], 44_100, 192_000)[0]
    assert not heard(wave, 192_000).high
    assert not heard(0.1 * np.random.default_rng(0).standard_normal(48_000), 48_000).high


def test_how_long_it_lasts_and_whether_it_begins_at_once() -> None:
    time = np.arange(9 * 22_050) / 22_050
    rng = np.random.default_rng(0)
    crash = np.exp(-time / 0.6) * rng.standard_normal(len(time))
    found = heard(crash, 22_050)  # its energy falls by e in 0.3 s
    assert found.lasts_s == pytest.approx(0.3 * np.log(20), rel=0.1)
    assert found.at_once
    late = heard(np.concatenate([np.zeros(22_050), crash]), 22_050)
    assert late.lasts_s == pytest.approx(found.lasts_s, abs=0.02)
    assert not late.at_once


@pytest.mark.parametrize("wave", [np.zeros(8000), np.full(8000, 0.5), np.zeros(1), np.ones(3)])
def test_nothing_is_heard_in_silence(wave: np.ndarray) -> None:
    listener = Listener(8000, 16, len(wave) / 8000)
    listener.hear(wave[None].astype(np.float32))
    assert listener.heard() is None


def test_of_many_files_some_of_each_folder_are_heard_and_long_ones_in_parts(
    tmp_path: Path, sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        sound(tmp_path / "abc"[number % 3] / f"{number:02}x.wav", pitch=number)
    monkeypatch.setattr(heard_sample, "MOST_FILES", 9)
    read: list[tuple[float, float | None]] = []
    real = SoundFile.read

    def spy(self, start_s=0.0, duration_s=None, **how):
        read.append((start_s, duration_s))
        return real(self, start_s, duration_s, **how)

    monkeypatch.setattr(SoundFile, "read", spy)
    manifest = open_source(Data(source=str(tmp_path)))
    assert len(manifest.heard) == 9
    assert read == [(0.0, None)] * 9
    read.clear()
    sound(tmp_path / "long.wav", seconds=20.0)
    with open_sound(tmp_path / "long.wav") as file:
        found = heard_sample.listen(file)
    assert [round(at, 6) for at, _ in read] == [2.0, 9.0, 16.0]
    assert found is not None
    assert found.lasts_s is None


def _digits(folder: Path, upsampled: str, count: int = 12) -> None:
    for number in range(count):
        label, name = "ab"[number % 2], "klmnopqrstuv"[number]
        wave, rate_hz = word(number), 8000
        if label in upsampled:
            wave, rate_hz = resample(wave[None], 8000, 44_100)[0], 44_100
        elif upsampled:
            wave, rate_hz = word(number, 44_100), 44_100
            wave += 0.001 * np.random.default_rng(number).standard_normal(len(wave))
        (folder / label).mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / label / f"{name}.wav", wave, rate_hz)


def test_check_names_those_that_hold_nothing_where_the_network_listens(tmp_path: Path) -> None:
    _digits(tmp_path, upsampled="a")
    manifest = open_source(Data(source=str(tmp_path)))
    found = check_recordings(manifest, band_hz=(0.0, 11_025.0))
    assert [name for name, _ in found.narrow] == [f"a/{name}.wav" for name in "kmoqsu"]
    (said,) = [one for one in found.advice if "nothing above" in one]
    assert said.startswith("6 recordings hold nothing above 3,")
    assert "can learn that instead of the sound if it differs between classes: a/k.wav, a/m" in said
    quantities = {"age": {one.id: float(at) for at, one in enumerate(manifest.recordings)}}
    found = check_recordings(manifest, band_hz=(0.0, 11_025.0), quantities=quantities)
    (said,) = [one for one in found.advice if "nothing above" in one]
    assert "if it goes with what is asked for: a/k.wav" in said
    assert check_recordings(manifest, band_hz=(0.0, 4000.0)).narrow == ()
    assert check_recordings(manifest).narrow == ()


def test_check_names_those_whose_sound_the_network_does_not_hear(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / "ab"[number % 2]).mkdir(exist_ok=True)
        wave = calls(256_000, 70_000, 40_000 + 3000 * (number % 2), number)
        soundfile.write(tmp_path / "ab"[number % 2] / f"{'klmn'[number]}.wav", wave, 256_000)
    manifest = open_source(Data(source=str(tmp_path)))
    (said,) = [
        one
        for one in check_recordings(manifest, band_hz=(0.0, 11_025.0)).advice
        if "does not listen" in one
    ]
    assert said.startswith("4 recordings have most of the sound between 4")
    assert "(it does from 0 to 11,025 Hz): representation.rate_hz = 1" in said
    assert said.endswith(": a/k.wav, a/m.wav, b/l.wav and 1 more")
    assert check_recordings(manifest, band_hz=(20_000.0, 90_000.0)).unheard == ()
