"""One cached recording: whole, named by what decides it, and rebuilt where it is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.audio import waveform_cache
from tonotope.audio.waveform_cache import cache_path, look_up, store


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, samples).astype(np.float32)


def test_what_is_stored_is_found(tmp_path: Path) -> None:
    path = cache_path(tmp_path, "sha", 0.0, 22050)
    wave = noise(1000)
    stored = store(path, [wave[:300], wave[300:]], ["a doubt"])
    found = look_up(path)
    assert found == stored
    assert found is not None
    assert found.warnings == ("a doubt",)
    np.testing.assert_array_equal(found.mapped(), wave)
    np.testing.assert_array_equal(np.load(path), wave)


@pytest.mark.parametrize("samples", [0, 1, 9, 10, 99_999, 100_000])
def test_any_length_fits_its_header(tmp_path: Path, samples: int) -> None:
    path = tmp_path / "x.npy"
    store(path, [noise(samples)], [])
    found = look_up(path)
    assert found is not None
    assert len(found.mapped()) == found.samples == samples


def test_the_place_depends_on_all_that_decides(tmp_path: Path) -> None:
    places = {
        cache_path(tmp_path, *key) for key in [("a", 1), ("a", 2), ("b", 1), ("a", "1"), ("a1",)]
    }
    assert len(places) == 5


def test_a_cut_or_foreign_file_is_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    assert look_up(path) is None
    store(path, [noise(50)], [])
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert look_up(path) is None, length
    for foreign in (b"", b"RIFF", np.zeros(3, np.int16).tobytes(), whole[:-3] + b"\xff{]"):
        path.write_bytes(foreign)
        assert look_up(path) is None
    np.save(path, noise(50).astype(np.float64))
    assert look_up(path) is None


def test_every_flipped_bit_is_found_and_counted(tmp_path: Path) -> None:
    """In the header, in the samples, in the facts: another sound must not be taken for this one."""
    path = tmp_path / "x.npy"
    written = store(path, [noise(50)], ["a doubt"])
    whole = path.read_bytes()
    for at in range(len(whole)):
        for bit in (0, 5):
            changed = bytearray(whole)
            changed[at] ^= 1 << bit
            path.write_bytes(changed)
            damaged: list[Path] = []
            assert look_up(path, damaged) is None, (at, bit)
            # Beside `crc32` under another name the facts are those of an earlier version.
            assert damaged or b'"crc32"' not in changed
    path.write_bytes(whole)
    assert look_up(path, damaged := []) == written
    assert not damaged
    path.unlink()
    assert look_up(path, damaged) is None
    assert not damaged


def test_the_checksum_is_compared_once_and_again_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.npy"
    store(path, [noise(50)], [])
    whole, compared = path.read_bytes(), []
    plain = waveform_cache._checksum
    monkeypatch.setattr(
        waveform_cache, "_checksum", lambda *how: compared.append(how) or plain(*how)
    )
    assert look_up(path) == look_up(path) == look_up(path)
    assert len(compared) == 1
    path.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert look_up(path) is None


def test_writing_to_the_samples_stays_private(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    entry = store(path, [noise(50)], [])
    mine = entry.mapped()
    mine[:] = 7.0
    np.testing.assert_array_equal(entry.mapped(), noise(50))


def test_equal_sound_has_an_equal_number(tmp_path: Path) -> None:
    wave = np.rint(noise(50) * 32767).astype(np.float32) / np.float32(32767)
    nearly_equal = wave + np.float32(1e-6)
    first = store(tmp_path / "1.npy", [wave], [])
    nearly = store(tmp_path / "2.npy", [nearly_equal[:20], nearly_equal[20:]], ["x"])
    other = store(tmp_path / "3.npy", [noise(50, seed=1)], [])
    assert first.sound == nearly.sound != other.sound


def test_a_cache_emptied_in_use_is_said(tmp_path: Path) -> None:
    entry = store(tmp_path / "x.npy", [noise(50)], [])
    entry.path.unlink()
    with pytest.raises(DataError, match=r"gone from the cache.*the same command again"):
        entry.mapped()
