"""Sound files in hostile places, of hostile lengths and names: robustness, table 5.1."""

from __future__ import annotations

import csv
import io
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.cli.conftest import OPTIONS, Ended, ran
from tests.reliability.hostile_folder import (
    GOOD,
    NOISE,
    Checked,
    checked,
    coded,
    day_of_silence,
    good_sounds,
    no_python,
    sentences,
    tone,
)

from tonotope._escape import from_cell
from tonotope.audio import reading
from tonotope.experiment.run_folder import Run, load

NAMES = (
    *("é.wav", "e\u0301x.wav", "🐕.wav", "two\nlines.wav", "tab\t.wav", "return\r.wav"),
    *('quo"te.wav', "<script>alert(1)<.wav", "-rf.wav", os.fsdecode(b"\xff\xfe.wav"), "CON.wav"),
    *("dot.", "x" * 251 + ".wav", "=cmd|' !A0.wav", "%s%n.wav", "\u202egnp.wav", "a,b;c.wav"),
)
CODINGS = ("PCM_U8", "PCM_24", "FLOAT", "DOUBLE", "ALAW", "ULAW", "IMA_ADPCM", "MS_ADPCM")


def id3(content: bytes, major: int = 3) -> bytes:
    size = bytes(len(content) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([major, 0, 0]) + size + content


def cover(size: int) -> bytes:
    """A tag with a picture whose bytes look like the beginnings of MP3 frames."""
    picture = b"\0image/jpeg\0\x03\0" + b"\xff\xfb\x90\x64" * (size // 4)
    return id3(b"APIC" + struct.pack(">I", len(picture)) + b"\0\0" + picture)


def flac_picture(size: int) -> bytes:
    words = struct.pack(">II10sIIIIII", 3, 10, b"image/jpeg", 0, 1, 1, 24, 0, size)
    return b"\x06" + (len(words) + size).to_bytes(3, "big") + words + b"\xff" * size


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sounds that are all used, however odd they, their tags, codings and names are."""
    root = good_sounds(tmp_path_factory.mktemp("odd") / "set")
    wave = NOISE[:4000]
    mp3, wav = (coded(np.tile(NOISE, 2), 16_000, format=kind) for kind in ("MP3", "WAV"))
    flac, data = coded(wave, format="FLAC"), wav.index(b"data")
    tag = id3(bytes(1024), 4)
    contents = {
        "silent.wav": coded(0 * wave),
        "constant.wav": coded(0 * wave + 0.5),
        "clipped.wav": coded(np.clip(30 * wave, -1, 1)),
        "sample.wav": coded(np.array([0.1, 0.2], np.float32)[:1]),
        "short.wav": coded(wave[:50]),
        "bat.wav": coded(tone(220, 90, 96_000), 384_000),
        "pulse.wav": coded(tone(220, 91, 1000), 4000),
        "crowd.wav": coded(np.stack([tone(220, 92 + n) for n in range(32)], 1)),
        "rf64.wav": coded(tone(220, 80), format="RF64"),
        "wide.w64": coded(tone(220, 81), format="W64"),
        "cover.mp3": cover(200_000) + mp3,
        "before.wav": tag + coded(tone(220, 82)),
        "inside.wav": wav[:data] + b"id3 " + struct.pack("<I", len(tag)) + tag + wav[data:],
        "picture.flac": flac[:42] + flac_picture(50_000) + flac[42:],
        **{f"{coding}.wav": coded(tone(220, 70), subtype=coding) for coding in CODINGS},
        **{name: coded(tone(220, 100 + number)) for number, name in enumerate(NAMES)},
    }
    for name, content in contents.items():
        (root / "low" / name).write_bytes(content)
    with (root / "low/tagged.mp3").open("wb") as file:  # 100 MB of tag, nothing on the disk
        size = bytes(100_000_000 >> shift & 127 for shift in (21, 14, 7, 0))
        file.write(b"ID3\x04\0\0" + size)
        file.seek(100_000_000, os.SEEK_CUR)
        file.write(coded(tone(220, 83, 22_050), 22_050, format="MP3"))
    return root


@pytest.fixture(scope="module")
def told(odd: Path) -> Ended:
    return sentences(odd, "data.group=file")


@pytest.fixture(scope="module")
def doctor(odd: Path) -> Checked:
    return checked(odd, "data.group=file")


@pytest.fixture(scope="module")
def trained(odd: Path) -> Ended:
    sets = ("--set", "data.group=file", "--set", "data.clip_s=0.25")
    return ran("run", odd, *OPTIONS, *sets, "--out", odd.parent / "runs")


@pytest.fixture(scope="module")
def run(trained: Ended) -> Run:
    return load(Path(trained.out.strip()))


@pytest.mark.parametrize(
    "said",
    [
        "look: 1 recording without any sound: low/silent.wav; leave them out, or call them silence",
        "look: 1 recording of one value throughout: low/constant.wav; leave them out: a cable was",
        "look: 1 recording of fewer than 32 samples: low/sample.wav; leave them out, and see where",
        "look: 1 recording clipped for more than 5 %: low/clipped.wav; record them again at a low",
        "look: above 2,000 Hz 1 recording holds",
        "1 recording has several channels, and their mean is heard; data.channels = 0 takes the f",
    ],
)
def test_what_deserves_a_look_is_said(told: Ended, doctor: Checked, said: str) -> None:
    assert said in told.out
    assert doctor.found["skipped"] == []


@pytest.mark.parametrize(
    "said",
    [
        "2 of {} recordings are shorter than the 0.25 s that the network hears at once, and fill",
        "1 of {} recordings is without sound above 2,000 Hz, where the network listens up to 4,00",
        "recordings are heard up to 4,000 Hz only, though there is room for sound up to 192,000 H",
        "1 recording has several channels, and their mean is heard; data.channels = 0 takes the f",
    ],
)
def test_what_the_network_does_not_hear_is_said_once(trained: Ended, run: Run, said: str) -> None:
    no_python(trained)
    assert trained.err.count(said.format(len(run.manifest.recordings))) == 1


@pytest.mark.parametrize("coding", CODINGS)
def test_every_coding_is_what_its_decoder_makes_of_it(odd: Path, coding: str) -> None:
    expected, _ = soundfile.read(odd / f"low/{coding}.wav", dtype="float32")
    np.testing.assert_array_equal(reading.read(odd / f"low/{coding}.wav")[0].samples[0], expected)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        *(("tagged.mp3", 1.0), ("cover.mp3", 2.0), ("before.wav", 0.25), ("inside.wav", 2.0)),
        *(("picture.flac", 0.5), ("rf64.wav", 0.25), ("wide.w64", 0.25), ("crowd.wav", 0.25)),
    ],
)
def test_tags_and_pictures_are_no_sound(odd: Path, doctor: Checked, name: str, seconds: float):
    clip, doubts = reading.read(odd / "low" / name)
    assert clip.samples.shape[1] / clip.rate_hz == pytest.approx(seconds, abs=0.03)
    assert doubts == doctor.doubts(f"low/{name}") == []
    assert np.abs(clip.samples).max() < 1.0  # noise would be made of a picture


@pytest.fixture(scope="module")
def labelled(odd: Path, run: Run) -> Ended:
    return ran("predict", run.folder, *(odd / "low" / name for name in NAMES))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_every_name_works_and_comes_back(run: Run, labelled: Ended, name: str) -> None:
    (one,) = [one for one in run.manifest.recordings if one.id == f"low/{name}"]
    assert one.id in run.predictions.ids
    rows = csv.DictReader(io.StringIO(labelled.out))
    assert name in [Path(from_cell(row["file"])).name for row in rows]
    assert "<script>alert" not in (run.folder / "report.html").read_text(encoding="utf-8")
    no_python(labelled)


Put = Callable[[Path], object]


def link(target: str) -> Put:
    return lambda path: path.symlink_to(target)


def loudless(rate_hz: int, seconds: int) -> Put:
    """A FLAC of silence: a file of some kB that lasts for hours."""
    data = coded(np.zeros(rate_hz * seconds, np.int16), rate_hz, format="FLAC")
    return lambda path: path.write_bytes(data)


OUT = "a link out of the folder, which is not followed; copy the file here"
NOWHERE = "a link that leads nowhere or to itself"
PLACES: dict[str, tuple[str, Put, str]] = {
    "24 h": (
        "day.wav",
        day_of_silence,
        "lasts 24.0 h, more than data.max_duration_s = 10800; cut it, or r",
    ),
    "blow-up": ("blown.flac", loudless(100, 11_160), "lasts 3.1 h, more than data.max_duration"),
    "loop": ("loop.wav", link("loop.wav"), NOWHERE),
    "two links in a loop": ("one.wav", link("../low/one.wav"), NOWHERE),
    "link to nothing": ("gone.wav", link("nowhere.wav"), NOWHERE),
    "link out": ("out.wav", link("/etc/hostname"), OUT),
    "link to a device": ("zero.wav", link("/dev/zero"), OUT),
    "link to a folder": ("above", link(".."), "a link to a folder, which is not followed; move"),
    "pipe": ("pipe.wav", os.mkfifo, "a pipe, not a file; it was not opened"),
    "folder": ("folder.wav", Path.mkdir, "a folder, though it is named like a sound file"),
}


@pytest.mark.skipif(os.name != "posix", reason="pipes and such links are Unix's")
@pytest.mark.parametrize("case", PLACES)
def test_what_should_not_be_opened_is_named_and_the_rest_goes_on(tmp_path: Path, case: str) -> None:
    name, make, expected = PLACES[case]
    root = good_sounds(tmp_path)
    make(root / "low" / name)
    found = checked(root)
    assert found.ended.status == 1
    assert found.reason(f"low/{name}").startswith(expected)
    assert f"low/{name}: {expected}" in found.ended.err
    assert found.found["recordings"] == len(GOOD)


def test_a_link_inside_the_folder_is_followed_once(tmp_path: Path) -> None:
    root = good_sounds(tmp_path)
    (root / ".kept").mkdir()
    (root / ".kept/x.wav").write_bytes(coded(tone(220, 99)))
    (root / "low/link.wav").symlink_to("../.kept/x.wav")
    found = checked(root)
    assert (found.ended.status, found.found["recordings"]) == (0, len(GOOD) + 1)
