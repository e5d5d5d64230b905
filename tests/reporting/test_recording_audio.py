"""The report takes sound from the waveform store, and opens a file once at most."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.opened_files import opened_below

from tonotope.audio.clip import Clip
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.waveform_store import decode_all
from tonotope.experiment.run_folder import load
from tonotope.reporting import write_report
from tonotope.reporting.embedded_sounds import SoundRequest, embed_sounds, encode, played_rate_hz
from tonotope.reporting.recording_audio import RecordingAudio


@pytest.fixture
def empty_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path_factory.mktemp("cache")))


def _with_digests(folder: Path) -> Manifest:
    """Give the run's manifest the true digests of its files."""
    run = load(folder)
    recordings = tuple(
        replace(one, sha256=hashlib.sha256(one.path.read_bytes()).hexdigest())
        for one in run.manifest.recordings
    )
    manifest = Manifest(recordings, (), (), (), run.manifest.root)
    manifest.write_csv(folder / "manifest.csv")
    return manifest


@pytest.mark.usefixtures("empty_cache")
def test_each_file_is_opened_once_and_none_where_the_store_has_it(
    make_run: Callable[..., Path],
) -> None:
    folder = make_run(each=12, right=0.5, seconds=1.5, clip_s=0.5)
    manifest = _with_digests(folder)
    sounds = manifest.recordings[0].path.parent
    with opened_below(sounds) as opened:
        decoded = write_report(folder).read_bytes()
    assert len(opened) == 12
    assert set(opened.values()) == {1}
    decode_all(manifest, 8000)
    with opened_below(sounds) as opened:
        assert write_report(folder).read_bytes() == decoded
    assert not opened
    shutil.rmtree(sounds)
    assert write_report(folder).read_bytes() == decoded  # the run's own sound is still there


def _recording(path: Path, wave: np.ndarray, rate_hz: int) -> Recording:
    Clip(wave, rate_hz).write(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    channels, samples = np.atleast_2d(wave).shape
    return Recording(
        path.name, path, 0.0, samples / rate_hz, {}, "g", None, None, digest, rate_hz, channels
    )


def _noise(seconds: float, rate_hz: int, channels: int = 1) -> np.ndarray:
    return 0.1 * np.random.default_rng(1).standard_normal((channels, round(seconds * rate_hz)))


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize(("network_hz", "channels"), [(8000, 1), (8000, 2), (22050, 2), (44100, 2)])
def test_what_is_played_is_the_recording_and_not_the_input_of_the_network(
    tmp_path: Path, network_hz: int, channels: int
) -> None:
    one = _recording(tmp_path / "a.wav", _noise(14.0, 44100, channels), 44100)
    decode_all(Manifest((one,), (), (), (), tmp_path), network_hz)
    audio = RecordingAudio(network_hz)
    with opened_below(tmp_path) as opened:
        assert audio.network_input(one) is not None
    assert not opened
    with opened_below(tmp_path) as opened:
        requests = [SoundRequest(0, one), SoundRequest(1, one, 2.0, 0.5)]
        long, short = embed_sounds(requests, audio)
    assert opened == {str(one.path): 1}  # for the search of the loudest part and both sounds
    for sound in (long, short):
        part = Clip.read(one.path, sound.start_s, sound.duration_s)
        assert (sound.kind, sound.body) == encode(part)


@pytest.mark.usefixtures("empty_cache")
def test_where_the_store_has_what_the_page_plays_it_serves(tmp_path: Path) -> None:
    whole = _recording(tmp_path / "whole.wav", _noise(3.0, 44100, 2), 44100)
    same = _recording(tmp_path / "same.wav", _noise(14.0, 22050), 22050)
    decode_all(Manifest((whole, same), (), (), (), tmp_path), 22050)
    assert played_rate_hz(44100) == 22050
    with opened_below(tmp_path) as opened:
        requests = [SoundRequest(0, whole), SoundRequest(1, same), SoundRequest(2, same, 2.0, 0.5)]
        sounds = embed_sounds(requests, RecordingAudio(22050))
    assert not opened
    for sound, one in zip(sounds, (whole, same, same), strict=True):
        assert (sound.kind, sound.body) == encode(
            Clip.read(one.path, sound.start_s, sound.duration_s)
        )


@pytest.mark.usefixtures("empty_cache")
def test_an_event_is_cut_where_a_reader_of_the_file_would_cut_it(tmp_path: Path) -> None:
    file = _recording(tmp_path / "a.wav", _noise(9.0, 11025), 11025)
    # 13,611.35 samples, and the first part adds 0.44: a reader of the file rounds their sum.
    event = replace(file, start_s=1.23459, duration_s=5.4321)
    audio = RecordingAudio(8000)
    audio.network_input(event)  # decodes the event, and keeps it
    for start, duration in ((0.00004, 0.5), (1.11111, 2.0), (4.9321, 0.5)):
        found = audio.original(event, start, duration)
        expected = Clip.read(file.path, event.start_s + start, duration)
        np.testing.assert_array_equal(found.samples, expected.samples)


@pytest.mark.usefixtures("empty_cache")
def test_one_channel_of_the_network_is_not_played_for_both(tmp_path: Path) -> None:
    one = _recording(tmp_path / "a.wav", _noise(3.0, 44100, 2), 44100)
    decode_all(Manifest((one,), (), (), (), tmp_path), 22050, channels=0)
    (sound,) = embed_sounds([SoundRequest(0, one)], RecordingAudio(22050, 0))
    assert (sound.kind, sound.body) == encode(Clip.read(one.path))


@pytest.mark.usefixtures("empty_cache")
def test_a_part_that_was_kept_serves_for_what_lies_in_it_and_for_nothing_else(
    tmp_path: Path,
) -> None:
    one = _recording(tmp_path / "a.wav", _noise(9.0, 11025), 11025)
    audio = RecordingAudio(8000)
    audio.original(one, 2.0, 4.0)
    for start, duration, opened_again in ((3.0, 1.5, 0), (2.0, 4.0, 0), (1.0, 2.0, 1)):
        with opened_below(tmp_path) as opened:
            found = audio.original(one, start, duration)
        assert sum(opened.values()) == opened_again
        np.testing.assert_array_equal(found.samples, Clip.read(one.path, start, duration).samples)


@pytest.mark.usefixtures("empty_cache")
def test_what_is_kept_and_what_is_drawn_have_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _recording(tmp_path / "a.wav", _noise(3.0, 8000), 8000)
    other = _recording(tmp_path / "b.wav", _noise(3.5, 8000), 8000)
    audio = RecordingAudio(8000)
    monkeypatch.setattr("tonotope.reporting.recording_audio._KEPT_SAMPLES", 30000)
    for recording in (one, other):
        audio.original(recording, 0.0, 3.0)
    with opened_below(tmp_path) as opened:
        audio.original(other, 0.0, 3.0)
        audio.original(one, 0.0, 3.0)  # was forgotten for the other
    assert opened == {str(one.path): 1}
    monkeypatch.setattr("tonotope.reporting.recording_audio._LONGEST_INPUT_S", 1.0)
    decode_all(Manifest((one,), (), (), (), tmp_path), 8000)
    for recording in (one, other):  # from the store, and from the file
        drawn = RecordingAudio(8000).network_input(recording)
        assert drawn is not None
        assert len(drawn) == 8000
