"""The numbers of `check` in words: lengths that are alike, counts of one, files left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope.datasets.check_advice import doubt_sentences
from tonotope.datasets.check_report import durations
from tonotope.datasets.manifest import Recording


def recordings(lengths_s: list[float]) -> list[Recording]:
    return [
        Recording(
            id=f"{at}.wav",
            path=Path(f"{at}.wav"),
            start_s=0.0,
            duration_s=length_s,
            targets={"label": "owl"},
            group=f"g{at}",
            fold=None,
            part=None,
            sha256="",
            rate_hz=8000,
            channels=1,
        )
        for at, length_s in enumerate(lengths_s)
    ]


@pytest.mark.parametrize(
    "lengths_s",
    [
        [6.0 - 4.1, 1.9],  # a start and an end of one decimal
        [0.3 - 0.1, 0.2, 0.7 - 0.5],
        [86400.1 - 86400.0, 0.1],
        [12.3, 12.3],
    ],
)
def test_lengths_that_differ_by_rounding_alone_are_one_length(lengths_s: list[float]) -> None:
    found = durations(recordings(lengths_s))
    assert found.counts == (len(lengths_s),)
    assert found.sentence() == f"each lasts {lengths_s[-1]:.2f} s"


def test_lengths_that_differ_by_a_sample_have_a_histogram() -> None:
    found = durations(recordings([1.0, 1.0, 1.0 + 1 / 384_000]))
    assert found.counts == (2, *[0] * 10, 1)


def test_one_decimal_more_than_is_printed_is_one_length() -> None:
    assert durations(recordings([1.3, 1.301, 1.302])).sentence() == "each lasts 1.30 s"
    assert durations(recordings([1.3, 1.3, 1.31])).sentence() == (
        "they last from 1.30 to 1.31 s, the median is 1.30 s"
    )


def test_times_of_a_table_that_round_differently_can_be_checked(tmp_path, sound) -> None:
    import tonotope

    rows = ["file,onset,offset,label"]
    for name in ("a.wav", "b.wav"):
        sound(tmp_path / name, seconds=9.0, pitch=300 + 50 * len(rows))
        rows += [f"{name},4.1,6.0,owl", f"{name},1.2,3.1,fox", f"{name},6.3,8.2,owl"]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n")
    report = tonotope.check(tmp_path / "t.csv").report
    assert report.recordings == 6
    assert report.durations.shortest_s == pytest.approx(1.9)
    assert "each lasts 1.90 s" in report.sentences()[0]


def test_many_doubts_of_one_kind_are_one_sentence_and_three_names() -> None:
    doubtful = [(f"{at}.wav", f"header says {at}.0 s, file holds 0.5 s") for at in range(5)]
    doubtful += [(f"n{at}.wav", "it hums") for at in range(2)] + [("last.wav", "it hisses")]
    assert doubt_sentences(doubtful) == [
        "5 recordings to look at: header says 0.0 s, file holds 0.5 s (the numbers differ): "
        "0.wav, 1.wav, 2.wav and 2 more",
        "2 recordings to look at: it hums: n0.wav, n1.wav",
        "1 recording to look at: last.wav: it hisses",
    ]


def test_of_many_kinds_of_doubts_the_most_common_are_told() -> None:
    doubtful = [
        (f"{letter}{at}.wav", f"it is {letter}")
        for number, letter in enumerate("abcdefghij")
        for at in range(number + 1)
    ]
    told = doubt_sentences(doubtful)
    assert len(told) == 9
    assert told[0] == "10 recordings to look at: it is j: j0.wav, j1.wav, j2.wav and 7 more"
    assert told[8] == "3 doubts of 2 other kinds (all of them: --json): b0.wav, b1.wav, a0.wav"


def test_few_doubts_keep_their_numbers() -> None:
    doubtful = [(f"{at}.wav", f"header says {at}.0 s") for at in range(2)]
    assert doubt_sentences(doubtful) == [
        "2 recordings to look at: 0.wav: header says 0.0 s; 1.wav: header says 1.0 s"
    ]
