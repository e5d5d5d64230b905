"""Files without their noise: written whole, told row by row, and what cannot be read is named."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.prediction.test_denoiser import FRAMES, RATE_HZ, model, noise

from tonotope.datasets.manifest import Skipped
from tonotope.prediction.denoise_files import DenoisedFile, clean_files, write_cleaned
from tonotope.prediction.denoiser import Denoiser
from tonotope.representation import Magnitude


@pytest.fixture(scope="module")
def denoise() -> Denoiser:
    return Denoiser(model(Magnitude(**FRAMES)))


def test_what_is_written_is_the_sound_without_its_noise(denoise: Denoiser, tmp_path: Path) -> None:
    wave = noise(30_000)
    soundfile.write(tmp_path / "x.wav", wave, RATE_HZ, subtype="FLOAT")
    (row,) = clean_files(denoise, [tmp_path / "x.wav"], tmp_path / "out")
    assert isinstance(row, DenoisedFile)
    assert row.denoised == tmp_path / "out" / "x.denoised.wav"
    written, rate_hz = soundfile.read(row.denoised)
    wanted = denoise(wave)
    assert (rate_hz, row.duration_s) == (RATE_HZ, 15.0)
    np.testing.assert_allclose(written, wanted, atol=1e-4)
    removed = 10 * np.log10(np.sum((wave - wanted) ** 2) / np.sum(wave**2))
    assert row.removed_db == pytest.approx(removed, abs=0.02)


def test_rows_tell_of_each_file_and_bad_ones_are_left_out(
    denoise: Denoiser, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        soundfile.write(tmp_path / folder / "x.wav", noise(2000), RATE_HZ)
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    paths = [tmp_path / "a" / "x.wav", tmp_path / "bad.wav", tmp_path / "b" / "x.wav"]
    for to in ("csv", "jsonl"):
        out = io.StringIO()
        skipped = write_cleaned(clean_files(denoise, paths, tmp_path / "out"), out, to)
        assert [type(one) for one in skipped] == [Skipped]
        text = out.getvalue()
        rows = ([*csv.DictReader(io.StringIO(text))] if to == "csv"
                else [json.loads(line) for line in text.splitlines()])  # fmt: skip
        assert [Path(row["denoised"]).name for row in rows] == ["x.denoised.wav",
                                                               "x-2.denoised.wav"]  # fmt: skip
        assert [float(row["end_s"]) for row in rows] == [1.0, 1.0]
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "x-2.denoised.wav", "x.denoised.wav",
    ]  # fmt: skip


def test_silence_has_nothing_to_take_away(denoise: Denoiser, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", np.zeros(900), RATE_HZ)
    (row,) = clean_files(denoise, [tmp_path / "x.wav"], tmp_path)
    assert isinstance(row, DenoisedFile)
    assert row.removed_db is None
    assert not soundfile.read(row.denoised)[0].any()
