from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from tonotope._errors import DataError, MissingPackageError
from tonotope.datasets.source import Data, open_source


@pytest.fixture
def root(tmp_path: Path, sound) -> Path:
    for number, name in enumerate(("dog/1.wav", "dog/2.wav", "cat/3.wav")):
        sound(tmp_path / "recordings" / name, pitch=number)
    return tmp_path


def test_a_folder_a_table_and_the_folder_of_a_table(root: Path) -> None:
    ids = ["cat/3.wav", "dog/1.wav", "dog/2.wav"]
    manifest = open_source(Data(source="recordings/"), base=root)
    assert [one.id for one in manifest.recordings] == ids
    assert manifest.recordings[0].path == root / "recordings" / "cat" / "3.wav"
    table = root / "recordings" / "dog" / "all.csv"
    table.write_text("file,label\n1.wav,a\n2.wav,b\n")
    manifest = open_source(Data(source="recordings/dog/all.csv"), base=root)
    assert [one.id for one in manifest.recordings] == ["1.wav", "2.wav"]
    manifest = open_source(Data(source="recordings/dog"), base=root)
    assert [one.id for one in manifest.recordings] == ["1.wav", "2.wav"]
    assert manifest.notes[0].endswith("holds no class folders, but the table all.csv")


def test_class_folders_come_before_a_table_beside_them(root: Path) -> None:
    (root / "recordings" / "notes.csv").write_text("file,label\nx.wav,y\n")
    manifest = open_source(Data(source=str(root / "recordings")))
    assert {one.targets["label"] for one in manifest.recordings} == {"dog", "cat"}


def test_paths_start_from_the_base_and_are_whole(root: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(root))
    assert open_source(Data(source="~/recordings")).root == root / "recordings"
    monkeypatch.chdir(root / "recordings")
    manifest = open_source(Data(source="../recordings"))
    assert all(one.path.is_absolute() for one in manifest.recordings)
    assert manifest.root == root / "recordings"
    with pytest.raises(DataError, match="~nobody-here/x"):
        open_source(Data(source="~nobody-here/x"))


def test_variables_of_the_environment_are_filled_in(root: Path, monkeypatch) -> None:
    monkeypatch.setenv("HERE", str(root))
    monkeypatch.setenv("WHAT", "ord")
    for source in ("$HERE/recordings", "${HERE}/rec${WHAT}ings"):
        assert open_source(Data(source=source), base=root / "elsewhere").root == root / "recordings"
    monkeypatch.delenv("WHAT")
    with pytest.raises(DataError, match=r"variable WHAT is not set; .* export WHAT=/where"):
        open_source(Data(source="rec${WHAT}ings"), base=root)
    (root / "recordings").rename(root / "rec$WHAT")
    assert open_source(Data(source="rec$WHAT"), base=root).root == root / "rec$WHAT"


def test_nothing_of_that_name_offers_the_nearest(root: Path) -> None:
    with pytest.raises(DataError) as caught:
        open_source(Data(source="recordigns"), base=root)
    assert str(caught.value).startswith(
        f'source = "recordigns": there is no {root}/recordigns; did you mean `recordings`? '
        "A source is a folder of class folders (dog/1.wav, cat/1.wav), sounds beside their label "
        "files (take.wav, take.txt), a table (CSV with the columns file,label), "
    )
    assert '"mirdata:NAME"' in str(caught.value)
    with pytest.raises(DataError, match="did you mean `orchestra`"):
        open_source(Data(source="orchester"), base=root)
    with pytest.raises(
        DataError, match=r"1\.wav: a single sound, and no label file beside it: 1\."
    ):
        open_source(Data(source="recordings/dog/1.wav"), base=root)


def test_a_source_without_one_usable_recording_is_refused(tmp_path: Path) -> None:
    for name in ("dog", "cat"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.wav").write_bytes(b"")
    with pytest.raises(DataError, match=r"not one recording can be used \(2 inputs left out, the "
                       r"first of them cat/x\.wav: empty file"):  # fmt: skip
        open_source(Data(source=str(tmp_path)))


@pytest.mark.parametrize("package", ["mirdata", "soundata"])
def test_a_package_that_is_not_installed_is_named(monkeypatch, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError, match=rf"pip install {package}$"):
        open_source(Data(source=f"{package}:anything"))


@pytest.mark.parametrize(
    "wrong",
    [
        *({"source": ""}, {"channels": -1}, {"channels": "left"}, {"repair": "maybe"}),
        *({"clip_s": 0}, {"hop_s": -1}, {"max_duration_s": 0}, {"labels": "x"}, {"notes": 0}),
    ],
)
def test_what_data_cannot_be_is_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Data(**wrong)


def test_data_is_described_without_touching_sound() -> None:
    code = "import tonotope.datasets.source, sys; print({'torch', 'soundfile'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"
