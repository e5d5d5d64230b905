from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope.cli.one_screen import in_one_line
from tonotope.datasets import data_checks, near_duplicates, wave_pairs
from tonotope.datasets.check_report import CheckReport
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.source import Data, open_source

RATE = 16_000


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """Recordings with everything that recordings may suffer from."""
    time = np.arange(RATE) / RATE
    rng = np.random.default_rng(0)
    sick = {
        "dog/healthy-a.wav": 0.3 * np.sin(2 * np.pi * 300 * time)
        + 0.01 * rng.standard_normal(RATE),
        "dog/silent.wav": np.zeros(RATE),
        "dog/cable.wav": np.full(RATE, 0.5),
        "dog/offset.wav": 0.1 * np.sin(2 * np.pi * 500 * time) + 0.1,
        "cat/clipped.wav": np.clip(3 * np.sin(2 * np.pi * 700 * time), -1, 1),
        "cat/quiet.wav": 1e-4 * np.sin(2 * np.pi * 900 * time),
        "cat/nan.wav": np.full(RATE, np.nan),
        "cat/well.wav": 0.3 * np.sin(2 * np.pi * 1100 * time),
    }
    for name, wave in sick.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, wave, RATE, subtype="FLOAT")
    low = rng.standard_normal(4000) * 0.1
    soundfile.write(tmp_path / "cat" / "low.flac", np.stack([low, low], 1), 8000)
    data = (tmp_path / "dog" / "healthy-a.wav").read_bytes()
    (tmp_path / "dog" / "twin.wav").write_bytes(data)
    (tmp_path / "dog" / "cut.wav").write_bytes(data[: len(data) // 2])
    (tmp_path / "dog" / "empty.wav").write_bytes(b"")
    return tmp_path


@pytest.fixture
def found(ward: Path) -> CheckReport:
    return check_recordings(open_source(Data(source=str(ward))))


def test_every_ailment_is_named(found: CheckReport) -> None:
    assert found.silent == ("dog/silent.wav",)
    assert found.constant == ("dog/cable.wav",)
    assert found.offset == ("dog/offset.wav",)
    assert found.clipped == ("cat/clipped.wav",)
    assert found.quiet == ("cat/quiet.wav",)
    assert found.duplicates == ((("dog/healthy-a.wav", "dog/twin.wav"), "the same bytes"),)
    ((name, doubt),) = found.doubtful
    assert name == "dog/cut.wav"
    assert doubt.startswith("header says 1.0 s, file holds 0.5 s")
    assert {one.file: one.reason.split(" (")[0] for one in found.skipped} == {
        "dog/empty.wav": "empty file",
        "cat/nan.wav": "16,000 non-finite samples",
    }


def test_what_there_is_is_counted(found: CheckReport) -> None:
    assert found.recordings == 10
    assert [tuple(one) for one in found.classes] == [("cat", 4, 4, 3.5), ("dog", 6, 5, 5.499)]
    assert found.rates == {16_000: 9, 8000: 1}
    assert found.channels == {1: 9, 2: 1}
    assert found.formats == {"WAV FLOAT": 9, "FLAC PCM_16": 1}
    assert found.durations.shortest_s == pytest.approx(0.5, abs=1e-3)
    assert found.durations.median_s == 1.0
    assert sum(found.durations.counts) == 10
    assert len(found.durations.edges_s) == len(found.durations.counts) + 1


def test_it_is_said_in_sentences_with_what_to_do(found: CheckReport) -> None:
    told = "\n".join(found.sentences())
    assert told.startswith(
        "10 recordings in 9 groups, 2 classes, 9.0 s in all; they last from 0.50 to 1.00 s"
    )
    for sentence in (
        "sample rates: 16,000 Hz (9), 8,000 Hz (1); channels: 1 (9), 2 (1); formats: WAV FLOAT (9)",
        "1 recording is there twice (dog/healthy-a.wav and dog/twin.wav are the same bytes)",
        "1 recording without any sound: dog/silent.wav; leave them out, or call them silence",
        "1 recording clipped for more than 5 %: cat/clipped.wav; record them again at a lower gain",
        "above 4,000 Hz 1 recording holds",
        "1 recording to look at: dog/cut.wav: header says 1.0 s",
        "every recording is its own group: if several come from one speaker, place or session",
    ):
        assert sentence in told


def test_it_can_be_written_as_json(found: CheckReport) -> None:
    plain = json.loads(json.dumps(found.to_json()))
    assert plain["classes"][0] == {
        "label": "cat",
        "recordings": 4,
        "groups": 4,
        "duration_s": 3.5,
    }
    assert plain["rates"] == {"16000": 9, "8000": 1}
    assert plain["skipped"][0].keys() == {"file", "row", "reason"}
    assert plain["twins"] == [
        {"ids": ["dog/healthy-a.wav", "dog/twin.wav"], "how": "the same bytes"}
    ]


def test_repaired_samples_are_sound_again(ward: Path) -> None:
    found = check_recordings(open_source(Data(source=str(ward))), repair="zero")
    assert "cat/nan.wav" in found.silent
    assert any("16,000 non-finite samples" in doubt for _, doubt in found.doubtful)


def test_another_codec_of_a_sound_in_another_group_is_heard(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    time = np.arange(2 * RATE) / RATE
    for number in range(6):
        wave = np.zeros(2 * RATE)
        for frequency in rng.uniform(200, 3600, 20):
            wave += np.interp(time, np.linspace(0, 2, 12), rng.random(12)) * np.sin(
                2 * np.pi * frequency * time
            )
        path = tmp_path / "ab"[number % 2] / f"sound{'xyzuvw'[number]}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, 0.02 * wave, RATE)
        if number == 4:
            soundfile.write(tmp_path / "a" / "again.ogg", 0.02 * wave, RATE)
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert found.similar == (("a/again.ogg", "a/soundv.wav"),)
    names = ["a/again.ogg,a,one", "a/soundv.wav,a,one", "b/soundy.wav,b,two"]
    (tmp_path / "t.csv").write_text("\n".join(["file,label,group", *names]))
    told = open_source(Data(source=str(tmp_path / "t.csv"), group="group"))
    assert not check_recordings(told).similar  # in one group it is meant to be so
    assert any(
        "1 pair sounds nearly the same though from different groups: a/again.ogg and a/soundv.wav"
        in said
        for said in found.advice
    )


def noise(path: Path, seed: int, *cut_s: float, rate: int = RATE, seconds: float = 3.0) -> None:
    wave = 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * rate))
    path.parent.mkdir(exist_ok=True)
    first, last = cut_s or (0.0, seconds)
    soundfile.write(path, wave[round(first * rate) : round(last * rate)], rate)


def test_excerpts_of_other_recordings_are_named_in_the_order_of_the_files(tmp_path: Path) -> None:
    for number in range(4):
        noise(tmp_path / "a" / f"sound{'xyzuvw'[number]}.wav", number)
    noise(tmp_path / "b" / "late.wav", 2, 1.1, 2.8)
    noise(tmp_path / "b" / "short.wav", 0, 1.3, 1.8)  # its bits alone are too few
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert found.similar == (("a/soundx.wav", "b/short.wav"), ("a/soundz.wav", "b/late.wav"))
    assert found.not_compared == ()


def test_what_has_no_fingerprint_is_not_compared(tmp_path: Path) -> None:
    noise(tmp_path / "a" / "one.wav", 1)
    noise(tmp_path / "b" / "slow.wav", 2, rate=4000)
    noise(tmp_path / "b" / "tiny.wav", 3, seconds=0.05)
    soundfile.write(tmp_path / "b" / "silent.wav", np.zeros(RATE), RATE)
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert found.not_compared == ("b/slow.wav", "b/tiny.wav")


def test_where_the_first_seconds_alone_are_compared_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        noise(tmp_path / "ab"[number % 2] / f"sound{'xyzu'[number]}.wav", number)
    source = open_source(Data(source=str(tmp_path)))
    assert not any("were compared" in one for one in check_recordings(source).warnings)
    monkeypatch.setattr(near_duplicates, "_MOST_MOMENTS", 4 * 4 * 100)
    (said,) = [one for one in check_recordings(source).warnings if "were compared" in one]
    assert said.startswith("of 4 recordings only the first 2.4 s each were compared")


def test_where_too_many_waveforms_would_be_compared_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise(tmp_path / "a" / "long.wav", 0)
    for name, first_s in (("b/x", 0.2), ("b/y", 1.3), ("b/z", 2.2)):
        noise(tmp_path / f"{name}.wav", 0, first_s, first_s + 0.5)
    source = open_source(Data(source=str(tmp_path)))
    assert len(check_recordings(source).similar) == 3
    monkeypatch.setattr(wave_pairs, "_MOST_PAIRS", 0)
    found = check_recordings(source)
    assert len(found.similar) < 3
    (said,) = [one for one in found.warnings if "wave by wave" in one]
    assert said.startswith(f"there may be more copies: 0 of {3 - len(found.similar)} pairs that")
    assert "pairs that are alike were compared" in in_one_line(said, 76)


def test_classes_that_cannot_be_judged_are_named(tmp_path: Path, sound) -> None:
    rows = ["file,label,group"]
    for number in range(12):
        label = "rare" if number == 0 else "common"
        sound(tmp_path / f"{number}.wav", pitch=number)
        rows.append(f"{number}.wav,{label},g{number // 4}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    found = check_recordings(open_source(Data(source=str(tmp_path / "t.csv"), group="group")))
    assert found.advice[:3] == (
        "rare: one group alone, so it can be in training or in the test, not in both; record it "
        "elsewhere too",
        "common: fewer than five groups; scores will be unsure",
        "`common` has 11 recordings and `rare` 1: look at the balanced accuracy and at each class, "
        "not at accuracy alone",
    )


def test_the_label_is_the_one_there_is(tmp_path: Path, sound) -> None:
    for number in range(2):
        sound(tmp_path / f"{number}.wav", pitch=number)
    (tmp_path / "t.csv").write_text("file,genre\n0.wav,rock\n1.wav,folk\n")
    found = check_recordings(open_source(Data(source=str(tmp_path / "t.csv"))))
    assert found.label == "genre"
    assert [one.label for one in found.classes] == ["folk", "rock"]


@pytest.mark.data
def test_esc10_holds_one_sound_twice(real_data: Path) -> None:
    """Two of its crackling fires are one recording, uploaded twice: correlation 0.97 at lag 0."""
    manifest = open_source(Data(source=str(real_data / "esc10" / "esc10.csv")))
    fires = [
        one
        for one in manifest.recordings
        if one.targets["label"] == "fire_crackling" and one.fold == "2"
    ]
    some = type(manifest)(tuple(fires), (), (), (), manifest.root)
    assert check_recordings(some).similar == (("audio/2-28314-A.ogg", "audio/2-30322-A.ogg"),)


def test_where_all_are_alike_a_thousand_pairs_say_so(tmp_path: Path) -> None:
    wave = np.random.default_rng(0).standard_normal(RATE // 2) * 0.1
    for number in range(50):
        path = tmp_path / "ab"[number % 2] / f"sound{number:06d}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, wave * (1 - number / 100), RATE)
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert len(found.similar) == 1000
    assert "the search for copies ended at 1,000 pairs; there may be more" in found.warnings


def test_where_there_are_too_many_to_compare_that_is_said(
    tmp_path: Path, sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        path = tmp_path / "ab"[number % 2] / f"{number}.wav"
        path.parent.mkdir(exist_ok=True)
        sound(path, pitch=number)
    source = open_source(Data(source=str(tmp_path)))
    assert not any("not compared" in one for one in check_recordings(source).warnings)
    monkeypatch.setattr(data_checks, "_MOST_COMPARED", 3)
    found = check_recordings(source)
    assert any(one.startswith("4 recordings were not compared") for one in found.warnings)
    assert found.similar == ()


def test_an_offset_counts_by_the_level_that_float_samples_have(tmp_path: Path) -> None:
    time = np.arange(RATE) / RATE
    for name, offset in (("a", 3.0), ("b", 2000.0)):
        wave = 20_000 * np.sin(2 * np.pi * 500 * time) + offset
        (tmp_path / name).mkdir()
        soundfile.write(tmp_path / name / f"{name}.wav", wave, RATE, subtype="FLOAT")
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert found.offset == ("b/b.wav",)


@pytest.mark.parametrize("left_over", [0.0, 1e-4])
def test_stereo_that_cancels_is_named_as_that_and_not_as_copies(
    tmp_path: Path, left_over: float
) -> None:
    rng = np.random.default_rng(0)
    for name in ("x/a", "x/b", "y/c", "y/d"):
        wave = 0.2 * rng.standard_normal(RATE)
        path = tmp_path / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        both = np.stack([wave, left_over * rng.standard_normal(RATE) - wave], axis=1)
        soundfile.write(path, both, RATE, subtype="PCM_24")
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert (found.duplicates, found.similar) == ((), ())
    assert len(found.doubtful) == 4
    assert all("they cancel; data.channels = 0 takes one" in doubt for _, doubt in found.doubtful)


@pytest.mark.parametrize(("samples", "rate_hz"), [(1, 16_000), (2, 16_000), (16, 16_000), (20, 8)])
def test_a_few_samples_are_neither_a_broken_cable_nor_an_offset(
    tmp_path: Path, sound, samples: int, rate_hz: int
) -> None:
    for number in range(4):
        sound(tmp_path / "ab"[number % 2] / f"{'klmn'[number]}.wav", pitch=300 + 50 * number)
    time = np.arange(samples) / rate_hz
    for name, wave in (("one", np.full(samples, 0.4)), ("half", 0.3 + 0.1 * time)):
        soundfile.write(tmp_path / "a" / f"{name}.wav", wave, rate_hz, subtype="FLOAT")
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert found.brief == ("a/half.wav", "a/one.wav")
    assert found.constant == ()
    assert found.offset == (() if samples / rate_hz < 0.1 else ("a/half.wav",))
    (said,) = [one for one in found.advice if "samples" in one]
    assert said == (
        "2 recordings of fewer than 32 samples: a/half.wav, a/one.wav; leave them out, and see "
        "where they were cut"
    )


@pytest.mark.parametrize(("seconds", "named"), [(0.02, False), (0.09, False), (0.2, True)])
def test_an_offset_is_known_of_what_lasts_two_periods(
    tmp_path: Path, seconds: float, named: bool
) -> None:
    for number in range(4):
        wave = 0.3 + 0.1 * np.sin(2 * np.pi * 400 * np.arange(round(16_000 * seconds)) / 16_000)
        (tmp_path / "ab"[number % 2]).mkdir(exist_ok=True)
        soundfile.write(tmp_path / "ab"[number % 2] / f"{'klmn'[number]}.wav", wave, 16_000)
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert bool(found.offset) == named
    assert (f"each lasts {1000 * seconds:.0f} ms" in found.sentences()[0]) == (not named)


@pytest.mark.parametrize(
    ("rate_hz", "pitch_hz", "band_hz", "cure"),
    [
        (48_000, 23_000, (0.0, 11_025.0), "representation.rate_hz = 48000 would reach it"),
        (48_000, 15_000, (0.0, 11_025.0), "representation.rate_hz = 331"),
        (16_000, 300, (1000.0, 8000.0), "representation.low_hz = 2"),
    ],
)
def test_what_would_reach_the_sound_is_there_to_be_set(
    tmp_path: Path, rate_hz: int, pitch_hz: float, band_hz: tuple[float, float], cure: str
) -> None:
    for number in range(4):
        wave = 0.3 * np.sin(2 * np.pi * pitch_hz * np.arange(rate_hz) / rate_hz)
        (tmp_path / "ab"[number % 2]).mkdir(exist_ok=True)
        soundfile.write(tmp_path / "ab"[number % 2] / f"{'klmn'[number]}.wav", wave, rate_hz)
    found = check_recordings(open_source(Data(source=str(tmp_path))), band_hz=band_hz)
    (said,) = [one for one in found.advice if "does not listen" in one]
    assert said.startswith("4 recordings have most of the sound between ")
    assert f"Hz): {cure}" in said
