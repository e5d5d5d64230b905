"""A folder full of broken sounds, checked, trained on and labelled: each is named, the rest counts.

The table of what is broken and what it should be told is in `hostile`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.cli.conftest import OPTIONS, Ended, ran
from tests.cli.hostile import DOUBTED, NAMES, REFUSED, USED, write

import tonotope
from tonotope._escape import escaped, unescaped, unguarded
from tonotope.experiment.run_folder import Run, load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and names of bytes are Unix's")

SETS = (*OPTIONS, "--set", "data.clip_s=0.25")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The working folder, with the sounds in `set`."""
    home = tmp_path_factory.mktemp("hostile")
    write(home / "set")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        yield home


@pytest.fixture(scope="module")
def trained(home: Path) -> Ended:
    return ran("run", "set", *SETS)


@pytest.fixture(scope="module")
def run(trained: Ended) -> Run:
    return load(Path(trained.out.strip()))


@pytest.fixture(scope="module")
def checked(home: Path) -> Ended:
    return ran("check", "set")


@pytest.fixture(scope="module")
def labelled(home: Path, run: Run) -> Ended:
    (home / "set/low/day.wav").unlink()  # it would be labelled, hour by hour
    (home / "set/low/blown-up.flac").unlink()
    return ran("predict", run.folder, "set", "set/nowhere.wav", "/dev/zero")


@pytest.mark.parametrize("name", REFUSED)
def test_every_broken_sound_is_named_once_with_its_reason(
    trained: Ended, checked: Ended, run: Run, name: str
) -> None:
    for ended in (trained, checked):
        lines = [line.removeprefix("left out: ") for line in ended.err.splitlines()]
        (line,) = [line for line in lines if line.startswith(f"{name}: ")]
        assert line.startswith(f"{name}: {REFUSED[name]}")
    (entry,) = [one for one in run.skipped if one["file"] == name]
    assert entry["reason"].startswith(REFUSED[name])
    assert entry["row"] is None


def test_the_rest_is_trained_on_and_reported(trained: Ended, run: Run) -> None:
    assert trained.status == 1
    assert trained.out == f"{run.folder}/report.html\n"  # data alone on standard output
    assert "Traceback" not in trained.err
    assert f"{len(REFUSED)} inputs were left out; each is named above with its reason" in (
        trained.err
    )
    assert len(run.skipped) == len(REFUSED)
    assert {*run.predictions.ids} == USED
    assert run.finished
    assert (run.folder / "report.html").is_file()


def test_the_same_in_python(home: Path, trained: Ended, run: Run) -> None:
    sets = [one for one in SETS if one != "--set"]
    again = tonotope.run("set", sets=sets)
    assert again.folder == run.folder
    assert {one["file"] for one in again.skipped} == {*REFUSED}


@pytest.mark.parametrize("name", DOUBTED)
def test_what_is_doubtful_is_used_and_said(
    trained: Ended, checked: Ended, labelled: Ended, run: Run, name: str
) -> None:
    said = f"{name}: {DOUBTED[name]}"
    assert said in trained.err
    assert said in checked.out
    assert f"set/{said}" in labelled.err
    assert any(warning.startswith(said) for warning in run.environment["warnings"])


@pytest.mark.parametrize(
    "said",
    [
        "2 of 56 recordings are shorter than the 0.25 s that the network hears at once, and filled "
        'up with silence on both sides (data.fill = "around"): low/sample.wav, low/short.wav',
        "1 of 56 recordings is without sound above 2,000 Hz, where the network listens up to 4,000 "
        "Hz, and it can learn that instead of the sound if it differs between classes: high/pulse",
        "5 of 56 recordings are heard up to 4,000 Hz only, though there is room for sound up to "
        "192,000 Hz (representation.rate_hz): high/bat.wav, high/cut.flac, high/cut.mp3, high/cut",
    ],
)
def test_what_the_network_will_not_hear_is_said_once(trained: Ended, run: Run, said: str) -> None:
    assert trained.err.count(said) == 1
    assert sum(said in note for note in run.environment["notes"]) == 1


@pytest.mark.parametrize(
    "said",
    [
        "look: 1 recording without any sound: low/silence.wav;",
        "look: 1 recording of one value throughout: low/constant.wav;",
        "look: 1 recording of fewer than 32 samples: low/sample.wav; leave them out, and see where",
        "look: 1 recording clipped for more than 5 %: low/clipped.wav;",
        "look: above 2,000 Hz 1 recording holds",
        "channels: 1 (53), 32 (1)",
    ],
)
def test_the_doctor_tells_what_deserves_a_look(checked: Ended, said: str) -> None:
    assert checked.status == 1
    assert said in checked.out
    assert "Traceback" not in checked.err


def test_every_sound_that_can_be_read_is_labelled(labelled: Ended) -> None:
    assert labelled.status == 1
    rows = list(csv.DictReader(io.StringIO(labelled.out)))
    files = {unescaped(unguarded(row["file"])) for row in rows}
    assert files == {f"set/{name}" for name in USED} | {"set/loose.wav"}
    left_out = REFUSED.keys() - {"loose.wav", "low/day.wav", "low/blown-up.flac"}
    for name in left_out:
        assert len(re.findall(rf"^left out: (?:set/)?{name}: .", labelled.err, re.M)) == 1
    assert "left out: set/nowhere.wav: no such file" in labelled.err
    assert "left out: /dev/zero: a device, not a file; it was not opened" in labelled.err


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_every_name_comes_back_from_every_table(home: Path, run: Run, name: str) -> None:
    (one,) = [one for one in run.manifest.recordings if one.path.name == name]
    assert one.path.is_file()
    assert one.id == f"high/{name}"
    assert one.id in run.predictions.ids
    assert any(one.id in part.test for part in run.splits)
    for table in ("manifest.csv", "predictions.csv", "split.csv"):
        text = (run.folder / table).read_bytes().decode("utf-8")
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)


class Page(HTMLParser):
    """The tags of a page with the names of their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_names_are_text_on_the_page_and_in_the_terminal(
    trained: Ended, checked: Ended, labelled: Ended, run: Run
) -> None:
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<script") == 2  # the page's own
    assert "onerror" not in Page(page).attributes
    assert "\u202e" not in page
    assert "\x1b" not in page
    report = json.loads((run.folder / "report.json").read_text(encoding="utf-8"))
    shown = {clip["file"] for clip in report["clips"]}
    assert len(shown) > 20
    assert shown <= {escaped(one) for one in run.predictions.ids}
    for ended in (trained, checked, labelled):
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", ended.err + ended.out)


def test_where_it_is_asked_for_the_first_broken_sound_is_fatal(home: Path) -> None:
    ended = ran("run", "set", *SETS, "--set", "data.strict=true", "--out", "strict")
    assert (ended.status, ended.out) == (2, "")
    assert re.search(r"^tonotope: low/[\w-]+\.\w+: .", ended.err, re.M)
    assert not (home / "strict").exists()
