"""Decoding once: the same sound as read directly, found again, and safe among several writers."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tonotope._errors import DataError
from tonotope._progress import Progress
from tonotope.audio import reading
from tonotope.datasets import waveform_store
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.source import Data, open_source
from tonotope.datasets.waveform_store import decode_all


def tone(seconds: float, rate_hz: int, channels: int = 1, pitch_hz: float = 440.0) -> np.ndarray:
    """(time, channel): each channel a little softer than the one before."""
    wave = 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(round(seconds * rate_hz)) / rate_hz)
    return (wave[:, None] / np.arange(1, channels + 1)).astype(np.float32)


def recording(
    path: Path, name: str | None = None, start_s: float = 0.0, **part: float
) -> Recording:
    facts = reading.inspect(path)
    return Recording(
        id=name or path.name,
        path=path,
        start_s=start_s,
        duration_s=part.get("duration_s", facts.duration_s - start_s),
        targets={"label": "x"},
        group=path.name,
        fold=None,
        part=None,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        rate_hz=facts.rate_hz,
        channels=facts.channels,
    )


def manifest(*recordings: Recording) -> Manifest:
    return Manifest(recordings, (), (), (), Path("/sounds"))


@pytest.fixture
def sounds(tmp_path: Path) -> Manifest:
    soundfile.write(tmp_path / "a.wav", tone(1.0, 44100, 2), 44100)
    soundfile.write(tmp_path / "b.flac", tone(0.7, 16000), 16000)
    soundfile.write(tmp_path / "c.ogg", tone(0.5, 48000), 48000)
    return manifest(*(recording(tmp_path / name) for name in ("a.wav", "b.flac", "c.ogg")))


def test_each_is_mixed_and_resampled(sounds: Manifest, tmp_path: Path) -> None:
    waves, skipped, warnings = decode_all(sounds, 16000, cache=tmp_path / "cache")
    assert (skipped, warnings) == ((), ())
    assert waves.ids == ("a.wav", "b.flac", "c.ogg")
    assert waves.lengths.tolist() == [16000, 11200, 8000]
    for number, one in enumerate(sounds.recordings):
        samples, rate_hz = soundfile.read(one.path, dtype="float32", always_2d=True)
        expected = soxr.resample(samples.mean(axis=1), rate_hz, 16000, quality="HQ")
        np.testing.assert_allclose(waves[number], expected, atol=1e-6)
        assert waves[number].dtype == np.float32
    assert waves.index("c.ogg") == 2


def test_a_channel_may_be_chosen(sounds: Manifest, tmp_path: Path) -> None:
    first = manifest(sounds.recordings[0])
    mean, _, _ = decode_all(first, 44100, cache=tmp_path / "cache")
    second, _, _ = decode_all(first, 44100, channels=1, cache=tmp_path / "cache")
    np.testing.assert_allclose(second[0], mean[0] / 1.5, atol=1e-4)
    waves, skipped, _ = decode_all(sounds, 44100, channels=1, cache=tmp_path / "cache")
    assert waves.ids == ("a.wav",)
    assert [one.file for one in skipped] == ["b.flac", "c.ogg"]
    assert "channel 1 was asked for, but the sound has 1" in skipped[0].reason


def test_nothing_is_decoded_twice(
    sounds: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, _ = decode_all(sounds, 16000, cache=tmp_path / "cache")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(waveform_store, "read_parts", never)
    again, _, _ = decode_all(sounds, 16000, cache=tmp_path / "cache")
    for number in range(3):
        np.testing.assert_array_equal(first[number], again[number])
        assert first.sound_hash(number) == again.sound_hash(number)
    with pytest.raises(AssertionError, match="decoded again"):
        decode_all(sounds, 8000, cache=tmp_path / "cache")


def test_a_damaged_entry_is_made_again(sounds: Manifest, tmp_path: Path) -> None:
    first, _, _ = decode_all(sounds, 16000, cache=tmp_path / "cache")
    kept = [np.array(first[number]) for number in range(3)]
    damaged = sorted((tmp_path / "cache").rglob("*.npy"))
    damaged[0].write_bytes(damaged[0].read_bytes()[:-9])
    damaged[1].write_bytes(b"")
    damaged[2].unlink()
    again, skipped, _ = decode_all(sounds, 16000, cache=tmp_path / "cache")
    assert not skipped
    for number in range(3):
        np.testing.assert_array_equal(again[number], kept[number])


class Said(Progress):
    """Keeps the sentences."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, text: str) -> None:
        self.sentences.append(text)


def test_changed_sound_in_the_cache_is_decoded_again_and_counted(
    sounds: Manifest, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = decode_all(sounds, 16000, cache=cache)[0]
    entries = sorted(cache.rglob("*.npy"))
    kept = {path: path.read_bytes() for path in entries}
    for path, change in zip(entries, ("sample", "header"), strict=False):
        data = bytearray(kept[path])
        data[300 if change == "sample" else 20] ^= 4
        path.write_bytes(data)
    said = Said()
    again = decode_all(sounds, 16000, cache=cache, progress=said)[0]
    assert {path: path.read_bytes() for path in entries} == kept
    for number in range(3):
        np.testing.assert_array_equal(first[number], again[number])
    assert len(said.sentences) == 1
    assert "2 recordings in the cache had changed since it was written there" in said.sentences[0]
    assert said.sentences[0].endswith("decoded again")
    decode_all(sounds, 16000, cache=cache, progress=(quiet := Said()))
    assert not quiet.sentences


def test_an_event_is_its_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    ramp = np.linspace(-0.9, 0.9, 8000, dtype=np.float32)
    soundfile.write(path, ramp, 8000, subtype="FLOAT")
    events = manifest(
        recording(path, "a.wav@0.25-0.5", start_s=0.25, duration_s=0.25), recording(path)
    )
    waves, _, _ = decode_all(events, 8000, cache=tmp_path / "cache")
    np.testing.assert_array_equal(waves[0], ramp[2000:4000])
    np.testing.assert_array_equal(waves[1], ramp)


def test_the_same_sound_in_another_file_has_the_same_number(tmp_path: Path) -> None:
    quantised = np.round(tone(0.3, 16000) * 32767).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", quantised, 16000)
    soundfile.write(tmp_path / "b.flac", quantised, 16000)
    soundfile.write(tmp_path / "c.wav", tone(0.3, 16000, pitch_hz=441), 16000)
    table = manifest(*(recording(tmp_path / name) for name in ("a.wav", "b.flac", "c.wav")))
    waves, _, _ = decode_all(table, 22050, cache=tmp_path / "cache")
    assert waves.sound_hash(0) == waves.sound_hash(1) != waves.sound_hash(2)


def test_what_cannot_be_read_is_left_out_with_its_reason(sounds: Manifest, tmp_path: Path) -> None:
    sounds.recordings[1].path.write_bytes(b"<!DOCTYPE html><html>not found</html>")
    said: list[str] = []

    class Heard(Progress):
        steps = 0

        def advance(self, steps: int = 1, **facts: float | str) -> None:
            self.steps += steps

        def say(self, message: str) -> None:
            said.append(message)

    progress = Heard()
    waves, skipped, _ = decode_all(sounds, 8000, cache=tmp_path / "cache", progress=progress)
    assert waves.ids == ("a.wav", "c.ogg")
    assert [one.file for one in skipped] == ["b.flac"]
    assert str(sounds.recordings[1].path) not in skipped[0].reason
    assert said == [str(skipped[0])]
    assert progress.steps == 3


def test_nothing_readable_is_an_error(sounds: Manifest, tmp_path: Path) -> None:
    for one in sounds.recordings:
        one.path.write_bytes(b"")
    with pytest.raises(DataError, match=r"none of 3 recordings could be read; the first: a\.wav: "):
        decode_all(sounds, 8000, cache=tmp_path / "cache")
    with pytest.raises(DataError, match="there are no recordings to decode"):
        decode_all(manifest(), 8000, cache=tmp_path / "cache")


def test_doubtful_sound_warns_and_strictness_refuses(tmp_path: Path) -> None:
    wave = tone(0.2, 8000)
    wave[5] = np.nan
    soundfile.write(tmp_path / "nan.wav", wave, 8000, subtype="FLOAT")
    soundfile.write(tmp_path / "good.wav", tone(0.2, 8000), 8000)
    table = manifest(*(recording(tmp_path / name) for name in ("nan.wav", "good.wav")))
    cache = tmp_path / "cache"
    waves, skipped, warnings = decode_all(table, 8000, cache=cache)
    assert (waves.ids, warnings) == (("good.wav",), ())
    assert "1 non-finite sample" in skipped[0].reason
    for _ in range(2):  # decoded, then found
        waves, skipped, warnings = decode_all(table, 8000, repair="zero", cache=cache)
        assert not skipped
        assert waves[0][5] == 0.0
        assert len(warnings) == 1
        assert warnings[0].startswith("nan.wav: ")
    _, skipped, _ = decode_all(table, 8000, repair="zero", strict=True, cache=cache)
    assert [one.file for one in skipped] == ["nan.wav"]


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 48000])
@pytest.mark.parametrize("start_s", [0.0, 0.5])
def test_a_long_recording_in_blocks_is_the_same_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate_hz: int, start_s: float
) -> None:
    path = tmp_path / "long.wav"
    noise = np.random.default_rng(0).normal(0, 0.2, (30_011, 2)).astype(np.float32)
    soundfile.write(path, noise, 11025)
    table = manifest(recording(path, start_s=start_s))
    whole, _, _ = decode_all(table, rate_hz, cache=tmp_path / "whole")
    monkeypatch.setattr(waveform_store, "_WHOLE_SAMPLES", 10_000)
    parts, skipped, warnings = decode_all(table, rate_hz, cache=tmp_path / "parts")
    assert (skipped, warnings) == ((), ())
    assert abs(int(parts.lengths[0]) - int(whole.lengths[0])) <= 1
    shared = min(parts.lengths[0], whole.lengths[0])
    np.testing.assert_allclose(parts[0][:shared], whole[0][:shared], atol=2e-5)


def test_a_long_part_ends_where_it_should(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.wav"
    ramp = np.linspace(-0.9, 0.9, 40_000, dtype=np.float32)
    soundfile.write(path, ramp, 8000, subtype="FLOAT")
    monkeypatch.setattr(waveform_store, "_WHOLE_SAMPLES", 10_000)
    parts = manifest(
        recording(path, "first", duration_s=3.1), recording(path, "later", 0.5, duration_s=3.1)
    )
    waves, _, warnings = decode_all(parts, 8000, cache=tmp_path / "cache")
    assert warnings == ()
    np.testing.assert_array_equal(waves[0], ramp[:24_800])
    np.testing.assert_array_equal(waves[1], ramp[4000:28_800])


def test_a_long_recording_cut_short_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, tone(2.0, 8000), 8000)
    claimed = recording(path, duration_s=5.0)
    monkeypatch.setattr(waveform_store, "_WHOLE_SAMPLES", 10_000)
    waves, _, warnings = decode_all(manifest(claimed), 8000, cache=tmp_path / "cache")
    assert waves.lengths[0] == 16000
    assert warnings == ("long.wav: header says 5.0 s, file holds 2.0 s",)


def _decode_in_process(table: Manifest, cache: Path) -> list[str]:
    waves, _, _ = decode_all(table, 16000, cache=cache)
    return [waves.sound_hash(number) for number in range(len(waves))]


def test_several_writers_share_one_cache(sounds: Manifest, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(4) as pool:
        hashes = list(pool.map(lambda _: _decode_in_process(sounds, cache), range(4)))
    assert all(one == hashes[0] for one in hashes)
    assert len(list(cache.rglob("*.npy"))) == 3
    assert not list(cache.rglob(".writing-*"))


def test_the_users_cache_is_the_default(
    sounds: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "mine"))
    decode_all(sounds, 16000)
    assert len(list((tmp_path / "mine" / "waveforms").rglob("*.npy"))) == 3


@pytest.mark.data
def test_real_recordings_decode(real_data: Path, tmp_path: Path) -> None:
    paths = sorted((real_data / "esc10" / "audio").glob("*.ogg"))[:8]
    waves, skipped, warnings = decode_all(
        manifest(*map(recording, paths)), 22050, cache=tmp_path / "cache"
    )
    assert (skipped, warnings) == ((), ())
    for number, path in enumerate(paths):
        samples, rate_hz = soundfile.read(path, dtype="float32")
        expected = soxr.resample(samples, rate_hz, 22050, quality="HQ")
        np.testing.assert_allclose(waves[number], expected, atol=1e-6)


def test_two_events_that_differ_in_their_length_alone_are_two_entries(tmp_path: Path) -> None:
    """The key of the cache holds the length: a short event must not be heard as a long one."""
    path = tmp_path / "a.wav"
    soundfile.write(path, np.linspace(-0.9, 0.9, 8000, dtype=np.float32), 8000, subtype="FLOAT")
    for order in ((0.25, 0.5), (0.5, 0.25)):
        events = manifest(
            *(
                recording(path, f"a.wav@0.25-{0.25 + lasts}", start_s=0.25, duration_s=lasts)
                for lasts in order
            )
        )
        cache = tmp_path / f"cache-{order[0]}"
        for _ in range(2):  # decoded, then found
            waves, skipped, _ = decode_all(events, 8000, cache=cache)
            assert not skipped
            assert waves.lengths.tolist() == [round(8000 * lasts) for lasts in order]
        assert len([*cache.rglob("*.npy")]) == 2


@pytest.mark.parametrize("length", [1 << 23, 4000], ids=["whole", "in blocks"])
def test_channels_that_cancel_are_said_once_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(waveform_store, "_WHOLE_SAMPLES", length)
    wave = tone(1.0, 16_000)
    for name in "abcde":
        samples = np.hstack([wave, -0.99 * wave])
        soundfile.write(tmp_path / f"{name}.wav", samples, 16_000, subtype="FLOAT")
    found = manifest(*(recording(tmp_path / f"{name}.wav") for name in "abcde"))
    _, _, warnings = decode_all(found, 8000, cache=tmp_path / "cache")
    assert warnings == (
        "5 recordings: the mean of its channels is 46 dB below each of them: they cancel; "
        "data.channels = 0 takes one (a.wav, b.wav, c.wav and 2 more)",
    )
    assert decode_all(found, 8000, channels=0, cache=tmp_path / "cache")[2] == ()


def test_silence_is_said(tmp_path: Path) -> None:
    for name, level in (("low/a", 0.1), ("low/b", 0.0), ("high/c", 0.0), ("high/d", 0.1)):
        path = tmp_path / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, level * np.random.default_rng(len(name)).standard_normal(8000), 8000)
    manifest = open_source(Data(source=str(tmp_path)))
    waves, skipped, warnings = decode_all(manifest, 8000, cache=tmp_path / "cache")
    assert skipped == ()
    assert [one for one in warnings if "its samples do not move" in one] == [
        f"{name}: nothing is heard in it: its samples do not move"
        for name in ("high/c.wav", "low/b.wav")
    ]
    assert len(waves) == 4
