"""Copies, and files that change or cannot be read: robustness, table 5.1."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import ran
from tests.reliability.hostile_folder import (
    GOOD,
    checked,
    coded,
    day_of_silence,
    good_sounds,
    no_python,
    sentences,
    tone,
)

from tonotope.audio import file_type

SAME = np.round(tone(220, 50, 8000) * 32768).astype(np.int16)
Change = Callable[[Path], None]


def as_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def in_parts(root: Path, *copies: tuple[str, bytes]) -> Path:
    """A published split, train and test, with sounds of its own in each part, and the copies."""
    for part in ("train", "test"):
        for number, name in enumerate(GOOD):
            wave = tone(220 if "low" in name else 2200, number + 40 * (part == "test"))
            as_file(root / part / name, coded(wave))
    for name, data in copies:
        as_file(root / name, data)
    return root


COPIES = {
    "the same bytes": coded(SAME),
    "another container": coded(SAME, format="FLAC"),
    "another header": coded(SAME, format="AIFF"),
    "more bits": coded(SAME, subtype="PCM_24"),
    "floats": coded((SAME / 32768).astype(np.float32), subtype="FLOAT"),
}


@pytest.mark.parametrize("case", COPIES)
def test_a_copy_across_the_split_is_refused(tmp_path: Path, case: str) -> None:
    root = in_parts(tmp_path, ("train/low/x.wav", coded(SAME)), ("test/low/y.wav", COPIES[case]))
    found, said = checked(root), sentences(root)
    assert (found.ended.status, said.status) == (2, 2)
    assert "refused: the same sound lies in two parts, so the score would be untrue" in said.out
    assert "test/low/y.wav (test) and train/low/x.wav (train) are the same " in said.out
    trained = ran("run", root, "--out", tmp_path / "runs")
    no_python(trained)
    assert (trained.status, trained.out) == (2, "")
    assert "test/low/y.wav (test) and train/low/x.wav (train) are the same " in trained.err


@pytest.mark.parametrize("case", COPIES)
def test_a_copy_inside_one_part_is_a_warning(tmp_path: Path, case: str) -> None:
    root = in_parts(tmp_path, ("train/low/x.wav", coded(SAME)), ("train/low/y.wav", COPIES[case]))
    said = sentences(root)
    assert said.status == 0
    assert "x.wav" in said.out
    assert "y.wav" in said.out
    assert "there twice" in said.out or "the same bytes" in said.out


def test_a_copy_of_another_class_is_refused_by_both_names(tmp_path: Path) -> None:
    root = good_sounds(tmp_path)
    as_file(root / "low/x.wav", coded(SAME))
    as_file(root / "high/y.wav", coded(SAME))
    found = sentences(root)
    assert found.status == 2
    assert "low/x.wav" in found.out
    assert "high/y.wav" in found.out
    assert "`low`" in found.out


@pytest.mark.parametrize("kind", ["MP3", "OGG"])
def test_a_near_copy_across_groups_is_named(tmp_path: Path, kind: str) -> None:
    root = good_sounds(tmp_path)
    wave = np.concatenate([tone(300 + 90 * n, 60 + n, 3000) for n in range(9)])
    as_file(root / "low/x.wav", coded(wave, 16_000))
    as_file(root / f"low/y.{kind.lower()}", coded(0.5 * wave[500:], 16_000, format=kind))
    said = sentences(root, "data.group=file")
    assert "look: 1 pair sounds nearly the same though from different groups: low/x.wav and " in (
        said.out
    )
    assert "listen, and give them one group if they are" in said.out


def test_clips_of_one_recording_share_a_group_by_their_names(tmp_path: Path) -> None:
    for label, people in {"low": ("ann", "bob"), "high": ("eve", "joe")}.items():
        for number, name in enumerate(people):
            for take in range(3):
                wave = tone(220 if label == "low" else 2200, 9 * number + take)
                as_file(tmp_path / f"{label}/{name}_{take}.wav", coded(wave))
    said = sentences(tmp_path)
    assert (
        "groups are inferred from names that differ in their last number or letter alone: 4 "
        in (said.out)
    )
    assert "12 recordings in 4 groups" in said.out


def vanish(path: Path) -> None:
    path.unlink()


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(coded()[44:])


def empty(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (vanish, "low/x.wav: no such file (moved or deleted since, or a link that leads nowhere)"),
        (empty, "low/x.wav: empty file (0 bytes); copy or download it again"),
        (grow, ""),
    ],
)
def test_a_file_that_changes_while_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, said: str
) -> None:
    """Once it was found, and before it is opened."""
    root = good_sounds(tmp_path)
    as_file(root / "low/x.wav", coded(SAME))
    real = file_type.open_regular_file

    def opened(path: Path) -> tuple[int, os.stat_result]:
        if path.name == "x.wav" and path.exists():
            change(path)
        return real(path)

    monkeypatch.setattr(file_type, "open_regular_file", opened)
    found = checked(root)
    assert found.ended.status == bool(said)
    assert said in found.ended.err
    assert found.found["recordings"] == len(GOOD) + (not said)


@pytest.mark.parametrize(
    ("error", "said", "tries"),
    [
        (PermissionError(13, "Permission denied"), "may not be read; grant permission (chmod", 1),
        (OSError(5, "Input/output error"), "cannot be read (Input/output error)", 2),
        (TimeoutError(110, "Connection timed out"), "cannot be read (Connection timed out)", 2),
        (OSError(116, "Stale file handle"), "cannot be read (Stale file handle)", 2),
        (OSError(40, "Too many levels of symbolic links"), "a link that leads to itself", 1),
    ],
)
def test_what_the_system_refuses_is_tried_again_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str, tries: int
) -> None:
    """Mode 000, a disk that fails, a network that stalls: as the system says them."""
    root = good_sounds(tmp_path)
    as_file(root / "low/x.wav", coded(SAME))
    real, tried = os.open, []

    def opened(path: object, *how: int, **more: int) -> int:
        if str(path).endswith("x.wav"):
            tried.append(path)
            raise error
        return real(path, *how, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", opened)
    found = checked(root)
    assert (found.ended.status, found.found["recordings"]) == (1, len(GOOD))
    assert f"low/x.wav: {said}" in found.ended.err
    assert len(tried) == tries


MEMORY = """
import resource, sys
from tonotope.audio import reading
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
next(iter(reading.stream(sys.argv[1], 1.0)))
before, samples = peak(), 0
for clip in reading.stream(sys.argv[1]):
    samples += clip.samples.shape[1]
print(samples, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
def test_a_day_is_streamed_in_constant_memory(tmp_path: Path) -> None:
    """As one file whose samples alone are 345 MB, and in blocks of a minute."""
    path = tmp_path / "day.wav"
    day_of_silence(path, 1000)
    ended = subprocess.run(
        [sys.executable, "-c", MEMORY, path], capture_output=True, text=True, check=True
    )
    samples, grown_mb = map(int, ended.stdout.split())
    assert samples == 86_400_000
    assert grown_mb < 100
