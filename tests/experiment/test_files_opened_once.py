"""Each recording is opened once by a first run, by a second run and by `check`."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.opened_files import opened_below

from tonotope.audio import kept_files
from tonotope.cli.exit_status import status_of
from tonotope.datasets.waveform_store import decode_all
from tonotope.experiment.check_data import check
from tonotope.experiment.request import make_request
from tonotope.experiment.run import run


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))


def test_a_run_opens_each_file_once(tones: Path, quick: tuple[str, ...], tmp_path: Path) -> None:
    with opened_below(tones) as opened:
        first = run(tones, sets=quick, out=tmp_path / "first")
    assert len(opened) == 24
    assert set(opened.values()) == {1}
    with opened_below(tones) as opened:  # the sha256 says whether the cache holds it
        second = run(tones, sets=quick, out=tmp_path / "second")
    assert len(opened) == 24
    assert set(opened.values()) == {1}
    assert first.evaluation == second.evaluation


def test_the_command_opens_each_file_once(quick: tuple[str, ...], tmp_path: Path) -> None:
    tones = tmp_path / "tones"
    for label, hertz in (("low", 300), ("high", 2000)):
        (tones / label).mkdir(parents=True)
        for name in "abcdef":
            noise = 0.01 * np.random.default_rng(ord(name)).standard_normal(8000)
            tone = 0.3 * np.sin(2 * np.pi * hertz * np.arange(8000) / 8000)
            soundfile.write(tones / label / f"{name * 3}.wav", tone + noise, 8000)
    line = ["run", str(tones), "--out", str(tmp_path / "runs")]
    for one in (*quick, "representation.rate_hz=8000"):
        line += ["--set", one]
    with opened_below(tones) as opened:
        assert status_of(line) == 0
    assert len(opened) == 12
    assert set(opened.values()) == {1}  # the report plays what the run has decoded


def test_beyond_the_memory_a_file_is_opened_to_look_and_to_decode(
    tones: Path, quick: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = run(tones, sets=quick, out=tmp_path / "kept")
    shutil.rmtree(tmp_path / "cache")
    small = min(path.stat().st_size for path in tones.rglob("*.*"))
    monkeypatch.setattr(kept_files, "MOST_BYTES", small - 1)
    with opened_below(tones) as opened:
        other = run(tones, sets=quick, out=tmp_path / "other")
    assert len(opened) == 24
    assert set(opened.values()) == {2, 3}  # once more where one may be the sound of another
    assert kept.evaluation == other.evaluation


def test_check_opens_each_file_once(tones: Path) -> None:
    with opened_below(tones) as opened:
        check(str(tones))
    assert len(opened) == 24
    assert set(opened.values()) == {1}


@pytest.mark.parametrize("most_bytes", [0, 1 << 20])
def test_the_events_of_a_file_share_one_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(kept_files, "MOST_BYTES", most_bytes)
    folder = tmp_path / "calls"
    folder.mkdir()
    rows = ["file,label,group,start,end"]
    for name in "abcdef":
        noise = np.random.default_rng(ord(name)).uniform(-0.5, 0.5, 32_000)
        soundfile.write(folder / f"{name}.wav", noise, 8000)
        rows += [f"{name}.wav,{'xy'[at % 2]},{name},{at},{at + 1}" for at in range(4)]
    (folder / "calls.csv").write_text("\n".join(rows))
    with opened_below(folder) as opened, kept_files.kept_files():
        manifest = make_request(folder / "calls.csv", sets=["training.epochs=1"]).manifest
        assert manifest is not None
        sounds, skipped, _ = decode_all(manifest, 8000)
    assert (len(sounds), skipped) == (24, ())
    opens = {name: count for name, count in opened.items() if name.endswith(".wav")}
    assert len(opens) == 6
    assert set(opens.values()) == {1 if most_bytes else 2}
    with opened_below(folder) as opened:  # `check` measures events one after the other too
        check(str(folder / "calls.csv"))
    opens = {name: count for name, count in opened.items() if name.endswith(".wav")}
    assert set(opens.values()) == {1 if most_bytes else 2}


def test_nothing_is_kept_outside_a_run(tones: Path) -> None:
    assert make_request(tones).manifest is not None
    kept = kept_files.current_kept_files()
    assert kept.left == 0
    with kept_files.kept_files(10) as kept:
        kept.keep(Path("a"), "1", b"12345678")
        kept.keep(Path("b"), "2", b"1234")  # no room
        assert kept.take(Path("b"), "2") is None
        assert kept.take(Path("a"), "other bytes") is None
        assert kept.take(Path("a"), "1") == b"12345678"
        assert kept.left == 10
