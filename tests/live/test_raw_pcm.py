"""Raw PCM as other programs write it: formats, channels, odd ends, headers."""

from __future__ import annotations

import io
import os
import struct
import threading

import numpy as np
import pytest

import tonotope as tt
from tonotope.live.raw_pcm import RawPCM, as_bytes


def heard(data: bytes, **options: object) -> tuple[np.ndarray, RawPCM]:
    given: dict = {"rate_hz": 8000, **options}
    source = RawPCM(io.BytesIO(data), **given)
    return np.concatenate([*source.blocks()], axis=1), source


def test_whole_numbers_and_floats() -> None:
    found, _ = heard(struct.pack("<4h", 0, 16384, -32768, 32767))
    assert found.tolist() == [[0.0, 0.5, -1.0, 32767 / 32768]]
    found, _ = heard(struct.pack("<3f", 0.25, -1.5, 1e-3), form="f32")
    assert found[0].tolist() == pytest.approx([0.25, -1.5, 1e-3])


def test_channels_lie_side_by_side() -> None:
    found, _ = heard(struct.pack("<6h", 1, 2, 3, 4, 5, 6), channels=2)
    assert (found * 32768).tolist() == [[1, 3, 5], [2, 4, 6]]


@pytest.mark.parametrize("size", [1, 3, 5, 4095])
def test_a_pipe_that_gives_bytes_in_odd_pieces(size: int) -> None:
    """Also in pieces that end within a sample."""
    values = np.random.default_rng(0).integers(-32768, 32767, (3000, 2)).astype("<i2")
    reading, writing = os.pipe()
    data = values.tobytes()

    def write() -> None:
        for at in range(0, len(data), size):
            os.write(writing, data[at : at + size])
        os.close(writing)

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reading, "rb") as file:
        source = RawPCM(file, rate_hz=8000, channels=2)
        found = [*source.blocks()]
    thread.join()
    np.testing.assert_array_equal(np.concatenate(found, axis=1) * 32768, values.T)
    assert source.notes == []


def test_what_is_less_than_a_sample_at_the_end_is_told() -> None:
    found, source = heard(struct.pack("<4h", 1, 2, 3, 4) + b"\7", channels=2)
    assert found.shape == (2, 2)
    assert source.notes[0].startswith("standard input ended within a sample: 1 byte left")
    _, source = heard(struct.pack("<5h", 1, 2, 3, 4, 5), channels=2)
    assert "2 bytes left over" in source.notes[0]


def test_one_sample_is_heard() -> None:
    found, source = heard(b"\0\x40")
    assert found.tolist() == [[0.5]]
    assert source.notes == []


@pytest.mark.parametrize("head", [b"RIFF", b"fLaC", b"OggS", b"ID3\x04"])
def test_a_file_with_a_header_is_no_raw_sound(head: bytes) -> None:
    with pytest.raises(tt.DataError, match=r"begins like an? \w+ file.*ffmpeg"):
        heard(head + bytes(100))


def test_what_fits_no_sound_is_refused() -> None:
    with pytest.raises(tt.ExperimentError, match=r"a format `s24`: s16 .* or f32"):
        heard(b"", form="s24")
    with pytest.raises(tt.ExperimentError, match="0 channels: from 1 to 64"):
        heard(b"", channels=0)
    with pytest.raises(tt.ExperimentError, match="from 1,000 to 768,000 Hz"):
        heard(b"", rate_hz=16)


def test_what_is_written_comes_back() -> None:
    wave = np.array([0.0, 0.5, -1.0, 2.0, -3.0, 0.123], np.float32)
    found, _ = heard(as_bytes(wave, "s16"))
    np.testing.assert_allclose(found[0], np.clip(wave, -1, 32767 / 32768), atol=1 / 65536)
    found, _ = heard(as_bytes(wave, "f32"), form="f32")
    np.testing.assert_array_equal(found[0], wave)
