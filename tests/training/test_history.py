"""The lines of a history."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import TonotopeError
from tonotope.training.history import HISTORY, EpochSums, read_history, write_history


def test_means_are_per_clip_whatever_the_batches() -> None:
    sums = EpochSums()
    sums.add(3, 1.0, {"accuracy": 1.0}, 0.1, 0.4)
    sums.add(1, 5.0, {"accuracy": 0.0}, 0.1, 0.4)
    assert sums.means() == {"loss": 2.0, "accuracy": 0.75}
    assert sums.clips_per_s == pytest.approx(4.0)
    line = sums.line(7, 0.003, {"loss": 0.5}, validation_seconds=1.0)
    assert line["epoch"] == 7
    assert line["seconds"] == pytest.approx(2.0)
    assert (line["train_loss"], line["validation_loss"]) == (2.0, 0.5)
    assert "validation_accuracy" not in line


def test_lines_are_read_as_written(tmp_path: Path) -> None:
    lines = [{"epoch": 1, "train_loss": 0.1 + 0.2}, {"epoch": 2, "probe": "µs × ms"}]
    write_history(tmp_path, lines)
    assert read_history(tmp_path) == lines
    assert len((tmp_path / HISTORY).read_text().splitlines()) == 2


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    (tmp_path / HISTORY).write_text('{"epoch": 1}\n{"epo')
    with pytest.raises(TonotopeError, match=r"history\.jsonl: line 2 is damaged"):
        read_history(tmp_path)
    with pytest.raises(TonotopeError, match="cannot be read"):
        read_history(tmp_path / "nowhere")
