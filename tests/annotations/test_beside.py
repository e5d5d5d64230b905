"""Which label file goes with which recording."""

from __future__ import annotations

import pytest

from tonotope.annotations.beside import beside


@pytest.mark.parametrize(
    "label",
    ["take.txt", "take.Table.1.selections.txt", "take.BirdNET.results.csv", "take.csv",
     "take.BirdNET.selection.table.txt", "take.selections.txt", "take.jams", "take.srt",
     "take_labels.txt", "take.labels.csv", "TAKE.TXT", "take.wav.txt", "take.jsonl",
     "take.Band Limited Energy Detector.selections.txt", "take.BirdNET.results.kaleidoscope.csv",
     "take.parquet"],
)  # fmt: skip
def test_a_label_file_goes_with_the_recording_of_its_name(label: str) -> None:
    found = beside(["a/take.wav", "a/other.wav"], [f"a/{label}"])
    assert found.labels_of == {"a/take.wav": f"a/{label}"}
    assert found.without_labels == ("a/other.wav",)
    assert (found.without_sound, found.doubts) == ((), ())


@pytest.mark.parametrize(
    "label", ["take 2.txt", "retake.txt", "take.py", "take2.csv", "b/take.txt"]
)
def test_others_do_not(label: str) -> None:
    found = beside(["take.wav"], [label])
    assert found.labels_of == {}
    assert found.without_sound == (label,)


def test_two_that_fit_are_a_doubt() -> None:
    found = beside(["take.wav", "b.wav"], ["take.txt", "take.csv", "b.txt"])
    assert found.labels_of == {"b.wav": "b.txt"}
    assert found.doubts == ("take.wav has several label files, take.txt, take.csv: keep one",)
    assert (found.without_labels, found.without_sound) == ((), ())


def test_two_recordings_of_one_name_are_a_doubt() -> None:
    found = beside(["take.wav", "take.flac"], ["take.txt"])
    assert found.labels_of == {}
    assert found.doubts == ("take.txt may be about take.wav, take.flac: rename it, or one of them",)
    told = beside(["take.wav", "take.flac"], ["take.wav.txt", "take.flac.txt"])
    assert told.labels_of == {"take.wav": "take.wav.txt", "take.flac": "take.flac.txt"}


def test_a_doubt_leaves_nothing_unsaid() -> None:
    found = beside(["take.wav", "take.flac"], ["take.txt", "take.wav.csv"])
    assert found.labels_of == {}
    assert any("take.wav.csv is left aside" in doubt for doubt in found.doubts)


def test_the_longest_name_counts() -> None:
    found = beside(["a.wav", "a.labels.wav"], ["a.labels.txt", "a.txt"])
    assert found.labels_of == {"a.wav": "a.txt", "a.labels.wav": "a.labels.txt"}


def test_letters_as_they_are_count_before_other_case() -> None:
    found = beside(["take.wav", "Take.wav"], ["take.txt", "Take.txt"])
    assert found.labels_of == {"take.wav": "take.txt", "Take.wav": "Take.txt"}
