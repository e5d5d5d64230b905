"""The real package, on a folder laid out as GTZAN's and filled with short synthesised tracks."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.source import Data, open_source
from tonotope.datasets.split import split
from tonotope.datasets.split_plan import SplitPlan

pytestmark = pytest.mark.mirdata


@pytest.fixture(autouse=True)
def _installed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("mirdata")


@pytest.fixture
def gtzan(tmp_path: Path, sound) -> Path:
    for number in range(12):
        genre = ("blues", "hiphop", "jazz")[number % 3]
        name = f"gtzan_genre/genres/{genre}/{genre}.{number // 3:05d}.wav"
        sound(tmp_path / name, pitch=number, rate=22_050)
    return tmp_path


def test_gtzan_is_read_from_its_folders_where_the_index_was_never_downloaded(gtzan: Path) -> None:
    manifest = open_source(Data(source="mirdata:gtzan_genre", home="."), base=gtzan)
    assert len(manifest.recordings) == 12
    assert manifest.classes("genre") == ("blues", "hip-hop", "jazz")
    one = manifest.recordings[0]
    assert (one.id, one.group) == ("gtzan_genre/genres/blues/blues.00000.wav", "blues.00000")
    assert one.rate_hz == 22_050
    assert any("12 tracks were listed from" in note for note in manifest.notes)
    assert any("GTZAN does not say who plays" in warning for warning in manifest.warnings)


def test_gtzan_is_read_by_an_index_beside_it_and_its_broken_track_left_out(gtzan: Path) -> None:
    names = ["blues.00000", "hiphop.00000", "jazz.00000", "jazz.00054", "jazz.00099"]
    paths = {name: f"gtzan_genre/genres/{name.split('.')[0]}/{name}.wav" for name in names}
    index = {
        name: {"audio": [path, "0" * 32], "beats": [None, None], "tempo": [None, None]}
        for name, path in paths.items()
    }
    (gtzan / "gtzan_genre_index_1.0.json").write_text(
        json.dumps({"version": "1.0", "tracks": index})
    )
    (gtzan / paths["jazz.00054"]).write_bytes(b"\0" * 500)
    manifest = open_source(Data(source="mirdata:gtzan_genre", home=str(gtzan)))
    assert len(manifest.recordings) == 3
    assert [one.reason.split(";")[0] for one in manifest.skipped] == [
        "zero bytes alone, no sound (was a copy interrupted?)",
        "no such file (moved or deleted since, or a link that leads nowhere)",
    ]
    assert manifest.warnings[0] == "1 track of 5 is not on the disk: jazz.00099"


def test_a_track_that_is_there_twice_can_be_learnt_and_judged_all_the_same(gtzan: Path) -> None:
    """GTZAN has such tracks, one pair of them under two genres; nobody can edit its index."""
    genres = gtzan / "gtzan_genre/genres"
    for copy in ("blues/blues.00003.wav", "jazz/jazz.00002.wav"):
        (genres / copy).write_bytes((genres / "blues/blues.00000.wav").read_bytes())
    manifest = open_source(Data(source="mirdata:gtzan_genre", home="."), base=gtzan)
    groups = {one.id.rpartition("/")[2]: one.group for one in manifest.recordings}
    twins = [groups[f"{name}.wav"] for name in ("blues.00000", "blues.00003", "jazz.00002")]
    assert len(set(twins)) == 1
    assert len(set(groups.values())) == 10
    (said,) = [one for one in manifest.notes if "the bytes of another one" in one]
    assert said.startswith("2 recordings have the bytes of another one: they share a group (")
    assert "blues.00000.wav` and `gtzan_genre/genres/blues/blues.00003.wav" in said
    for part in split(manifest, SplitPlan(folds=3), label="genre"):
        assert any(
            "with different labels (`blues` and `jazz`)" in told
            for told in refuse_leaks(manifest, part)
        )


def test_a_data_set_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        open_source(Data(source="mirdata:gtzan_genre", home=str(tmp_path)))
    told = str(caught.value)
    assert "mirdata:gtzan_genre: its index is not on this machine" in told
    assert f"mirdata.initialize('gtzan_genre', data_home='{tmp_path}').download()" in told
    assert "put gtzan_genre_index_1.0.json from https://zenodo.org/" in told
    with pytest.raises(DataError, match="no data set `gtzan_gener`; did you mean `gtzan_genre`"):
        open_source(Data(source="mirdata:gtzan_gener"))
    with pytest.raises(DataError, match="mirdata:gtzan_genre@7: Invalid version 7"):
        open_source(Data(source="mirdata:gtzan_genre@7"))
