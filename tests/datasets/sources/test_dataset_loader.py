"""The adapter against stand-ins that show the face of a loader, with every fault one may have."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tonotope._errors import DataError
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import Data, open_source


class Dataset:
    """What a loader gives: an index on the disk and tracks that speak of themselves."""

    def __init__(self, home: Path, tracks: dict[str, dict]) -> None:
        self.data_home = str(home)
        self.index_path = str(home / "package" / "toy_index.json")
        self.tracks = tracks

    @property
    def track_ids(self) -> list[str]:
        return json.loads(Path(self.index_path).read_text())

    def track(self, name: str) -> SimpleNamespace:
        path = f"{self.data_home}/{name}.wav"
        return SimpleNamespace(**{"track_id": name, "audio_path": path} | self.tracks[name])


@pytest.fixture
def toy(tmp_path: Path, sound, monkeypatch):
    """Install a stand-in for mirdata with one data set, and open it."""

    def install(tracks: dict[str, dict], *, index: str = "package", **asked) -> Manifest:
        for number, name in enumerate(tracks):
            sound(tmp_path / f"{name}.wav", pitch=number)
        if index:
            place = tmp_path / index / "toy_index.json"
            place.parent.mkdir(exist_ok=True)
            place.write_text(json.dumps([*tracks]))
        package = ModuleType("mirdata")
        vars(package).update(
            list_datasets=lambda: ["toy", "toys"],
            initialize=lambda name, data_home=None: Dataset(Path(data_home or tmp_path), tracks),
            __version__="9.9",
        )
        monkeypatch.setitem(sys.modules, "mirdata", package)
        return open_source(Data(source="mirdata:toy", home=str(tmp_path), **asked))

    return install


def tags(*labels: str) -> SimpleNamespace:
    return SimpleNamespace(labels=[*labels])


def test_tracks_speak_of_themselves(toy) -> None:
    tracks = {
        f"t{n}": {
            "genre": "rock" if n % 2 else "folk",
            "artist": f"a{n // 2 % 3}",
            "split": "train",
        }
        for n in range(12)
    }
    manifest = toy(tracks)
    one = manifest.recordings[3]
    assert (one.id, one.group, one.part, one.targets) == (
        "t3.wav",
        "a1",
        "train",
        {"genre": "rock"},
    )
    assert manifest.notes[0].startswith("mirdata 9.9: toy in ")
    assert (
        "understood: label from `genre`, group from `artist`, part from `split`" in manifest.notes
    )
    assert "groups are from `artist`: 3 groups" in manifest.notes


def test_a_label_may_be_a_text_a_number_or_one_tag(toy) -> None:
    tracks = {
        "a": {"tags": tags("dog"), "fold": 1},
        "b": {"tags": tags("cat"), "fold": 2},
        "c": {"tags": tags("cat"), "fold": 2},
        "d": {"tags": tags("cat", "dog"), "fold": 2},
        "e": {"tags": None, "fold": 2},
    }
    manifest = toy(tracks)
    found = {one.id: (one.targets["tags"], one.fold) for one in manifest.recordings}
    assert found == {"a.wav": ("dog", "1"), "b.wav": ("cat", "2"), "c.wav": ("cat", "2")}
    assert [str(one) for one in manifest.skipped] == ["d.wav: has no label", "e.wav: has no label"]
    assert toy(tracks, label="fold").classes("fold") == ("1", "2")


def test_an_attribute_that_is_not_there(toy) -> None:
    tracks = {"a": {"genre": "x"}, "b": {"genre": "y"}}
    with pytest.raises(DataError) as caught:
        toy(tracks, label="gerne")
    assert str(caught.value) == (
        'mirdata:toy: data.label = "gerne", but its tracks have no such attribute; they have '
        "audio_path, genre, track_id; did you mean `genre`?"
    )
    with pytest.raises(DataError, match="no attribute of its tracks was recognised as a label"):
        toy({"a": {"mood_swing": "x"}})
    assert {one.group for one in toy(tracks, group="file").recordings} == {"a", "b"}


def test_an_artist_that_cannot_be_a_group_is_dropped(toy) -> None:
    tracks = {f"t{n}": {"genre": "xy"[n % 2], "artist": "ab"[n % 2]} for n in range(8)}
    manifest = toy(tracks)
    assert len({one.group for one in manifest.recordings}) == 8
    assert "`artist` was not used as group: there would be 2 groups in all" in manifest.warnings[-1]
    assert not any("was not used as group" in one for one in manifest.notes)  # said once
    assert any("no score can tell whether the network hears" in one for one in manifest.warnings)
    assert {one.group for one in toy(tracks, group="artist").recordings} == {"a", "b"}


def test_an_artist_who_plays_all_of_one_genre_is_named_and_the_others_stay_whole(toy) -> None:
    tracks = {f"t{n}": {"genre": "xy"[n % 2], "artist": "abc"[n // 2 % 3]} for n in range(12)}
    tracks |= {f"r{n}": {"genre": "z", "artist": "b"} for n in range(3)}
    manifest = toy(tracks)
    assert {one.group for one in manifest.recordings} == {"a", "b", "c"}
    assert any(
        one.startswith("`z` (3 recordings, all of `b`) has one `artist` alone: it is learnt and")
        for one in manifest.warnings
    )


def test_broken_and_absent_tracks_are_left_out(toy, tmp_path: Path) -> None:
    tracks = {name: {"genre": "xy"[n % 2]} for n, name in enumerate("abcd")}
    tracks["n"] = {"genre": "x", "audio_path": None}
    toy(tracks)
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    (tmp_path / "b.wav").unlink()
    manifest = open_source(Data(source="mirdata:toy", home=str(tmp_path)))
    assert [one.id for one in manifest.recordings] == ["c.wav", "d.wav"]
    assert {one.file: one.reason.split(" (")[0] for one in manifest.skipped} == {
        "n": "its index names no sound for it",
        "a.wav": "too short to be audio",
        "b.wav": "no such file",
    }
    assert manifest.warnings[0] == "1 track of 4 is not on the disk: b"


def test_nothing_on_the_disk_says_what_to_download(toy, tmp_path: Path) -> None:
    toy({"a": {"genre": "x"}})
    (tmp_path / "a.wav").unlink()
    with pytest.raises(DataError) as caught:
        open_source(Data(source="mirdata:toy", home=str(tmp_path)))
    assert str(caught.value) == (
        f"mirdata:toy: none of its 1 track is on the disk (looked for {tmp_path}/a.wav); download "
        'it where there is a network: python -c "import mirdata; '
        f"mirdata.initialize('toy', data_home='{tmp_path}').download()\", or set data.home to the "
        "folder that holds it"
    )


def test_the_index_may_lie_beside_the_sound_or_nowhere(toy, tmp_path: Path) -> None:
    tracks = {"a": {"genre": "x"}, "b": {"genre": "y"}}
    manifest = toy(tracks, index=".")
    assert len(manifest.recordings) == 2
    assert f"its index is {tmp_path}/toy_index.json" in manifest.notes
    (tmp_path / "toy_index.json").unlink()
    with pytest.raises(DataError) as caught:
        toy(tracks, index="")
    told = str(caught.value)
    assert f"its index is not on this machine ({tmp_path}/package/toy_index.json)" in told
    assert "elsewhere put toy_index.json and the sounds into that folder, or set data.home" in told
    (tmp_path / "toy_index.json").write_text("{half")
    with pytest.raises(DataError, match=r"cannot be read .*; delete it and download it again"):
        toy(tracks, index="")


def test_an_unknown_data_set_offers_the_nearest(toy, tmp_path: Path) -> None:
    toy({"a": {"genre": "x"}, "b": {"genre": "y"}})
    with pytest.raises(
        DataError, match=r"mirdata has no data set `tyos`; did you mean `toys`. it has toy, toys$"
    ):
        open_source(Data(source="mirdata:tyos", home=str(tmp_path)))


def test_a_table_of_tracks_that_is_not_there(toy, tmp_path: Path, monkeypatch) -> None:
    toy({"a": {"genre": "x"}, "b": {"genre": "y"}})

    class Mute(SimpleNamespace):
        @property
        def genre(self) -> str:
            raise FileNotFoundError("Metadata not found. Did you run .download()?")

    monkeypatch.setattr(Dataset, "track", lambda self, name: Mute(track_id=name, audio_path="x"))
    with pytest.raises(DataError, match="the table that describes the tracks is not on the disk"):
        open_source(Data(source="mirdata:toy", home=str(tmp_path)))
