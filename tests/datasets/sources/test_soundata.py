"""The real package, on folders laid out as ESC-50's and UrbanSound8K's, with short sounds."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.source import Data, open_source

pytestmark = pytest.mark.soundata


@pytest.fixture(autouse=True)
def _installed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("soundata")


def test_esc50_with_its_sources_and_folds(tmp_path: Path, sound) -> None:
    rows = ["filename,fold,target,category,esc10,src_file,take"]
    for number in range(12):
        source, fold = 1000 + number // 2, number // 2 % 3 + 1
        name = f"{fold}-{source}-{'AB'[number % 2]}-{number % 4 // 2}.wav"
        sound(tmp_path / "audio" / name, pitch=number)
        label = ("dog", "rooster")[number // 2 % 2]
        rows.append(f"{name},{fold},0,{label},True,{source},{'AB'[number % 2]}")
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "esc50.csv").write_text("\n".join(rows))
    manifest = open_source(Data(source="soundata:esc50", home=str(tmp_path)))
    assert len(manifest.recordings) == 12
    assert manifest.classes("category") == ("dog", "rooster")
    one = manifest.recordings[0]
    assert (one.id, one.group, one.fold) == ("audio/1-1000-A-0.wav", "1000", "1")
    assert len({one.group for one in manifest.recordings}) == 6
    (tmp_path / "meta" / "esc50.csv").unlink()
    with pytest.raises(DataError, match="the table that describes the clips is not on the disk"):
        open_source(Data(source="soundata:esc50", home=str(tmp_path)))


def test_urbansound8k_with_its_sources_and_folds(tmp_path: Path, sound) -> None:
    rows = ["slice_file_name,fsID,start,end,salience,fold,classID,class"]
    for number in range(12):
        source, fold = 100 + number // 2, number // 2 % 3 + 1
        name = f"{source}-{number % 2}-0-{number}.wav"
        sound(tmp_path / "audio" / f"fold{fold}" / name, pitch=number)
        rows.append(f"{name},{source},0.5,4.5,1,{fold},0,{('siren', 'drilling')[number % 2]}")
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "UrbanSound8K.csv").write_text("\n".join(rows))
    manifest = open_source(Data(source="soundata:urbansound8k", home=str(tmp_path)))
    assert manifest.classes("class_label") == ("drilling", "siren")
    one = manifest.recordings[0]
    assert (one.id, one.group, one.fold) == ("audio/fold1/100-0-0-0.wav", "100", "1")


def test_a_data_set_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="soundata:esc50: its index is not on this machine"):
        open_source(Data(source="soundata:esc50", home=str(tmp_path)))
