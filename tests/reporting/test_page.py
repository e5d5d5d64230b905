"""The page as a whole: one file, closed to the outside, the same each time, in every language."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tonotope._errors import ExperimentError
from tonotope.reporting import RESULTS, SECTIONS, write_report

OWN = resources.files("tonotope.reporting")
TEMPLATES = sorted(Path(str(OWN)).rglob("*.j2"))
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


class Skeleton(HTMLParser):
    """Tags with their attributes in order, texts, and what scripts and styles hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.held: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""
        self._broken = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr" and not attrs:  # a long name may break here: still one text
            self._broken = True
            return
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [(tag, name, value or "") for name, value in attrs]
        self._inside = tag if tag in self.held else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.held[self._inside].append(data)
        elif self._broken:
            self.texts[-1] += data.strip()
        elif data.strip():
            self.texts.append(data.strip())
        self._broken = False


def _page(folder: Path, **choices: Any) -> str:
    return write_report(folder, **choices).read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_bytes(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12, folds=3, seconds=1.5)
    first = [write_report(folder).read_bytes(), (folder / "report.json").read_bytes()]
    assert [write_report(folder).read_bytes(), (folder / "report.json").read_bytes()] == first
    assert not list(folder.glob(".writing-*"))


def test_it_is_closed_to_the_outside(make_run: Callable[..., Path]) -> None:
    page = _page(make_run(each=12))
    skeleton = Skeleton(page)
    (policy,) = [
        value for _, name, value in skeleton.values if name == "content" and "src" in value
    ]
    data, script = skeleton.held["script"]
    (style,) = skeleton.held["style"]
    for kind, text in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data:; media-src data:;")
    assert "unsafe" not in policy
    assert not re.search(r"https?://|@import|url\(", page.replace("http-equiv", ""))
    names = {name for _, name, _ in skeleton.values}
    assert not any(name.startswith("on") or name in ("style", "href", "action") for name in names)
    assert all(
        value.startswith("data:image/png") for _, name, value in skeleton.values if name == "src"
    )
    assert all(one.startswith("data:audio/") for one in json.loads(data)["sounds"])


def test_the_script_sets_text_and_nothing_else() -> None:
    script = (OWN / "page.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(", script
    )


def test_hostile_names_stay_names(make_run: Callable[..., Path], hostile_run: Path) -> None:
    """Whatever a name holds, the page has the same tags with the same attributes."""
    kind = {"each": 12, "right": 0.6, "under": "kind", "environment": {}}
    hostile = json.loads((hostile_run / "environment.json").read_text("utf-8"))["command"]
    command = " ".join("c" for _ in hostile.split(" "))  # each word is a tag of its own
    gentle = make_run(
        **kind | {"environment": {"notes": ["n"], "warnings": ["w"], "command": command, "k": "v"}},
        classes=("c", 'quote"quote', "b"),  # in one order, to readers
        files=lambda index, label: f"{label}/{index}",
        groups=lambda index: f"g{index // 2}",
        question="q",
        hypothesis="h",
        skipped=[_skipped()],
    )
    tame, wild = Skeleton(_page(gentle)), Skeleton(_page(hostile_run))
    assert [tag for tag, _ in wild.tags] == [tag for tag, _ in tame.tags]
    assert wild.tags == tame.tags
    for language in ("en", "es"):
        page = _page(hostile_run, lang=language)
        assert "<script>document" not in page
        assert "\u202e" not in page  # a name cannot turn the reading direction around
        assert "\x00" not in page
        assert "&lt;script&gt;document" in page


def _skipped() -> object:
    from tonotope.datasets.manifest import Skipped

    return Skipped("s", 3, "r")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_nothing_hostile_runs_in_a_browser(hostile_run: Path, tmp_path: Path) -> None:
    control = tmp_path / "control.html"
    control.write_text("<script>document.documentElement.dataset.pwned=1</script>")
    assert 'data-pwned="1"' in _dumped(control)
    dump = _dumped(write_report(hostile_run))
    assert 'class="script"' in dump  # the page's own script ran
    assert "data-pwned=" not in re.sub(r"<script.*?</script>", "", dump, flags=re.DOTALL)
    assert dump.count("<script") == 2


def _dumped(page: Path) -> str:
    assert CHROMIUM is not None
    asked = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri())
    home = f"--user-data-dir={page.parent / 'browser'}"
    done = subprocess.run([CHROMIUM, home, *asked], capture_output=True, text=True, timeout=200)
    return done.stdout


def test_no_sentence_stands_in_a_template() -> None:
    """Every visible word comes from the words of a language, but for the name of the house."""
    shared = {OWN / f"{name}.html.j2" for name in ("page", "parts", "picture", "plots")}
    shared.add(OWN / "events" / "events.html.j2")
    own = {one.template for one in (*SECTIONS, *RESULTS.values())}
    assert set(TEMPLATES) == shared | own
    for template in TEMPLATES:
        source = template.read_text(encoding="utf-8")
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", source, flags=re.DOTALL)
        skeleton = Skeleton(bare)
        words = [text for text in skeleton.texts if re.search(r"[^\W\d_]", text)]
        assert set(words) <= {"tonotope", "· tonotope"}
        spoken = ("alt", "title", "aria-label", "placeholder")
        said = [value for _, name, value in skeleton.values if name in spoken]
        assert not any(re.search(r"[^\W\d_]", value) for value in said)


def test_both_languages_tell_the_same_page(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12, folds=3)
    english, spanish = Skeleton(_page(folder)), Skeleton(_page(folder, lang="es"))
    assert [tag for tag, _ in english.tags] == [tag for tag, _ in spanish.tags]
    assert ("html", "lang", "es") in spanish.values
    assert "Qué confunde" in spanish.texts
    told = (folder / "report.json").read_text(encoding="utf-8")
    own = {text for text in english.texts if json.dumps(text, ensure_ascii=False)[1:-1] not in told}
    sentences = {text for text in own if re.search(r"[a-z]{3,} [a-z]{2,}", text)}
    assert len(sentences) > 40
    assert sentences & set(spanish.texts) == set()


def test_an_unknown_language_writes_nothing(make_run: Callable[..., Path]) -> None:
    folder = make_run(audio=False)
    with pytest.raises(ExperimentError, match="not written in 'xx'"):
        write_report(folder, lang="xx")
    assert not (folder / "report.json").exists()


def test_every_number_is_in_report_json(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12)
    page = _page(folder)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["format_version"] == 1
    first = re.search(r"<em>(\d+) of (\d+)</em>", page)
    assert first is not None
    assert [int(one) for one in first.groups()] == [
        report["score"]["correct"],
        report["score"]["n"],
    ]
    assert f"{report['score']['value']:.3f}" in page
    for one in report["classes"]:
        assert f"<b>{one['recall']:.2f}</b>" in page
    assert f"{report['model']['multiply_adds']:,}" in page
    assert len(report["pictures"]) == len(report["mistakes"])


def test_sound_is_embedded_for_the_clip_that_bears_it(make_run: Callable[..., Path]) -> None:
    folder = make_run(each=12)
    data = json.loads(Skeleton(_page(folder)).held["script"][0])
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    by_file = {clip["file"]: clip["sound"] for clip in data["clips"]}
    assert report["sounds"]["embedded"] == len(data["sounds"]) == 12
    from tonotope.audio.clip import Clip
    from tonotope.experiment.run_folder import load
    from tonotope.reporting.embedded_sounds import encode
    from tonotope.reporting.spectrogram_png import data_address

    for recording in load(folder).manifest.recordings:
        if recording.id in by_file:
            own = data_address(*encode(Clip.read(recording.path)))
            assert data["sounds"][by_file[recording.id]] == own


def test_without_sound_the_page_stands_and_is_silent(make_run: Callable[..., Path]) -> None:
    page = _page(make_run(each=12, right=0.4, audio=False))
    assert "None can be heard" in page
    assert "data:audio" not in page
    assert "data-clip" not in page
    quiet = make_run(under="b", each=12)
    silent = write_report(quiet, sound_bytes=0).read_text(encoding="utf-8")
    assert "written without sounds" in silent
    assert "data:image/png" in silent


@pytest.mark.parametrize(
    "kind",
    [
        {"classes": ("heart", "murmur"), "each": 8},
        {
            "classes": tuple(f"a species with quite a long name {n}" for n in range(60)),
            "each": 3,
            "per_group": 1,
            "seconds": 0.1,
            "clip_s": 0.1,
            "epochs": 1,
        },
        {"right": 1.0, "each": 12, "baselines": False},
        {"right": 0.0, "each": 12, "epochs": 0},
        {"folds": 10, "each": 20, "seconds": 0.1, "clip_s": 0.1},
    ],
    ids=[
        "two classes",
        "sixty classes",
        "no mistake, no baseline",
        "all wrong, no epoch",
        "ten folds",
    ],
)
def test_runs_of_every_kind_have_a_page(
    make_run: Callable[..., Path], kind: dict[str, object]
) -> None:
    folder = make_run(**kind)
    for language in ("en", "es"):
        skeleton = Skeleton(_page(folder, lang=language))
        assert sum(tag == "section" for tag, _ in skeleton.tags) == len(SECTIONS) + 3
        assert not {"None", "nan", "NaN", "Undefined"} & set(skeleton.texts)


def test_the_report_needs_no_torch_to_be_imported() -> None:
    code = "import sys, tonotope.reporting; print('torch' in sys.modules, 'sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_can_be_read_by_day_and_by_night() -> None:
    """At least 4.5 : 1 between letters and their ground (WCAG 2.2, 1.4.3)."""
    style = (OWN / "style.css").read_text(encoding="utf-8")
    pattern = r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
    colours = {name: (day, night) for name, day, night in re.findall(pattern, style)}
    pairs = [(ink, "paper") for ink in ("ink", "soft", "accent", "good", "bad")]
    pairs += [("ink", "wash"), ("on-accent", "accent")]
    pairs += [(f"{kind}-{n}-ink", f"{kind}-{n}") for kind in ("hit", "miss") for n in (1, 2, 3, 4)]
    for letters, ground in pairs:
        for theme in (0, 1):
            high, low = sorted(
                (_luminance(colours[letters][theme]), _luminance(colours[ground][theme])),
                reverse=True,
            )
            assert (high + 0.05) / (low + 0.05) >= 4.5, (letters, ground, theme)
