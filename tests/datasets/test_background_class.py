"""Classes that may be meant as background are named, with what to do, in every source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope.datasets.background_class import is_background
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import Data, open_source


@pytest.fixture
def classes(tmp_path: Path, sound):
    """Class folders, or a table of them, with files of some lengths."""

    def write(lengths_s: dict[str, list[float]], *, table: bool = False) -> Manifest:
        rows = ["file,label"]
        for label, own_s in lengths_s.items():
            for number, seconds in enumerate(own_s):
                name = f"{label}/{'abcdefghij'[number] * 3}.wav"
                sound(tmp_path / name, pitch=len(rows), seconds=seconds)
                rows.append(f"{name},{label}")
        if table:
            (tmp_path / "t.csv").write_text("\n".join(rows))
        return open_source(Data(source=str(tmp_path / "t.csv" if table else tmp_path)))

    return write


SPEECH = {"yes": [1.0] * 4, "no": [1.0] * 4}


@pytest.mark.parametrize("table", [False, True])
def test_the_background_noise_of_speech_commands_is_named(classes, table: bool) -> None:
    manifest = classes({**SPEECH, "_background_noise_": [12.0, 61.0]}, table=table)
    (said,) = [one for one in manifest.warnings if "background" in one]
    assert said == (
        "`_background_noise_` (2 recordings of 12.0 s to 61.0 s, where the other classes last "
        "about 1.0 s) is taken for a class like any other, and the network will name it; each of "
        "these takes is one recording, learnt or tested as a whole: if it is only to be heard "
        "behind the others, move it away or leave its rows out; if it is to mean none of the "
        "others, give its pieces of that length in a table (file,label,start,end)"
    )
    assert len(manifest.classes("label")) == 3  # nothing is left out by itself


@pytest.mark.parametrize(
    ("label", "own_s", "named"),
    [
        ("_background_noise_", [1.0] * 4, True),  # by its name alone
        ("_noise_", [1.0] * 4, True),
        ("_Ruído_", [1.0] * 4, True),
        ("background noise", [1.0] * 4, True),  # nothing else is called so
        ("Hintergrundgeräusche", [1.0] * 4, True),
        ("bruit_de_fond", [1.0] * 4, True),
        ("Fondo", [1.0], True),  # by its name, and there are few
        ("rain", [30.0, 40.0], True),  # by its length alone
        ("background", [1.0] * 4, False),  # a class of its own, as somebody meant it
        ("noise", [1.0] * 4, False),
        ("drawl", [3.0] * 4, False),
        ("rain", [1.0, 1.0, 1.0, 30.0], False),  # one long take among short ones
    ],
)
def test_other_background(classes, label: str, own_s: list[float], named: bool) -> None:
    manifest = classes({**SPEECH, label: own_s})
    assert any(f"`{label}` (" in one for one in manifest.warnings) == named
    assert not any("`yes`" in one for one in manifest.warnings)


def test_names_of_background_in_six_languages() -> None:
    named = ["_background_noise_", "Background-Noise", "ruido_de_fondo", "Hintergrundrauschen"]
    named += ["Bruit de fond", "RUIDO DE FUNDO", "rumore_di_fondo", "_Geräusche_", "_bruit_"]
    named += ["Hintergrundgera\u0308usche", "hintergrundgeraeusch", "BackgroundNoise", "_rumore_"]
    assert all(map(is_background, named))
    assert not any(map(is_background, ["owl", "noise", "silence", "backgammon"]))


def test_lists_of_a_published_split_beside_the_folders_are_named(classes, tmp_path: Path) -> None:
    (tmp_path / "testing_list.txt").write_text("yes/aaa.wav")
    (tmp_path / "validation_list.txt").write_text("yes/bbb.wav")
    (tmp_path / "LICENSE.txt").write_text("free")
    assert classes(SPEECH).warnings == (
        "testing_list.txt, validation_list.txt may tell a published split, and are not read: a "
        "table with the columns file,label,split would say it",
    )
