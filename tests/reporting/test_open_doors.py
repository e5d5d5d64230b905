"""What is added from outside the package: a section, a language, a kind of answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import tonotope as tt
from tonotope import reporting
from tonotope._errors import ExperimentError
from tonotope.reporting.i18n import LANGUAGES, Words

ENGLISH = json.loads(
    (resources.files("tonotope.reporting") / "words" / "en.json").read_text(encoding="utf-8")
)


class Durations:
    """A section of the user's own."""

    name = "durations"
    template: str | Path = (
        '{% from "parts.html.j2" import facts %}\n'
        '<section class="aside"><div><h2>{{ say("durations.title") }}</h2></div>\n'
        "<div>{{ facts(pairs) }}</div></section>\n"
    )
    words: Mapping[str, Mapping[str, str]] = {
        "en": {"durations.title": "How long they are"},
        "es": {"durations.title": "Cuánto duran"},
    }

    def gather(self, run: Any, report: Mapping[str, Any]) -> object:
        longest = max(run.manifest.recordings, key=lambda one: one.duration_s)
        return {"longest_s": longest.duration_s, "file": longest.id, "n": report["score"]["n"]}

    def render(self, report: Mapping[str, Any], words: Words, pictures: object) -> dict[str, Any]:
        own = report["durations"]
        return {"pairs": [(own["file"], words.time(own["longest_s"]))]}


def _texts(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "title"), [("en", "How long they are"), ("es", "Cuánto duran")])
def test_a_section_of_ones_own_has_numbers_and_a_part_of_the_page(
    make_run: Callable[..., Path], lang: str, title: str
) -> None:
    folder = make_run(files=lambda index, label: f"{label}/<i>{index}</i>.wav")
    before = _texts(tt.report(folder, lang=lang))
    page = _texts(tt.report(folder, lang=lang, sections=[*tt.reporting.SECTIONS, Durations()]))
    numbers = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert list(numbers)[-1] == "durations"
    assert numbers["durations"]["longest_s"] == 0.5
    own = re.search(rf"<section[^>]*><div><h2>{title}.*?</section>\n", page, flags=re.DOTALL)
    assert own is not None
    assert "&lt;i&gt;" in own[0]  # what is put in is escaped
    assert page.replace(own[0], "", 1) == before  # nothing else has changed


def test_sections_can_be_left_out_and_their_numbers_stay(make_run: Callable[..., Path]) -> None:
    folder = make_run(audio=False)
    page = _texts(tt.report(folder, sections=reporting.SECTIONS[:2]))
    assert page.count("<section") < _texts(tt.report(folder)).count("<section")
    tt.report(folder, sections=[])
    assert {"checks", "model", "split"} <= json.loads((folder / "report.json").read_text()).keys()


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("<section><script>alert(1)</script></section>", "<script>"),
        ("<section><p onclick='go()'>x</p></section>", "onclick"),
        ("<section><img src='https://example.org/a.png'></section>", "src="),
        ("<section><p style='color: red'>x</p></section>", "style="),
        ("<section>{{ missing }}</section>", "'missing' is undefined"),
        ("<section>{% if %}</section>", "template cannot be used"),
        (Path("nowhere.j2"), "template cannot be used"),
    ],
)
def test_a_section_keeps_the_page_closed(
    make_run: Callable[..., Path], template: str | Path, complaint: str
) -> None:
    own = Durations()
    own.template = template
    folder = make_run(audio=False)
    with pytest.raises(ExperimentError, match=re.escape(complaint)) as refused:
        tt.report(folder, sections=[*tt.reporting.SECTIONS, own])
    assert "section 'durations'" in str(refused.value)
    assert not (folder / "report.html").exists()
    assert not (folder / "report.json").exists()


def test_a_section_cannot_replace_numbers_of_another_or_gather_what_json_cannot_hold(
    make_run: Callable[..., Path],
) -> None:
    own, folder = Durations(), make_run(audio=False)
    # A number of another section, one of the package's own that comes later, and its own twice.
    own_twice = [own, Durations()]
    for name, sections in (("split", [own]), ("pictures", [own]), ("durations", own_twice)):
        own.name = name
        with pytest.raises(ExperimentError, match=f"two parts called '{name}'; rename your"):
            tt.report(folder, sections=[*tt.reporting.SECTIONS, *sections])

    class Strange(Durations):
        def gather(self, run: Any, report: Mapping[str, Any]) -> object:
            return {"longest_s": {1, 2}}

    with pytest.raises(ExperimentError, match="what JSON cannot hold"):
        tt.report(folder, sections=[*tt.reporting.SECTIONS, Strange()])


def _words_file(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "pt.json"
    portuguese = {"language": "pt", "number.point": ",", "model.input": "entrada"}
    path.write_text(json.dumps(ENGLISH | portuguese | changes), encoding="utf-8")
    return path


def test_a_language_is_its_words_file(make_run: Callable[..., Path], tmp_path: Path) -> None:
    path = _words_file(tmp_path)
    for lang in (path, str(path)):
        page = _texts(tt.report(make_run(under=str(type(lang)), audio=False), lang=lang))
        assert '<html lang="pt">' in page
        assert "<td>entrada</td>" in page
        assert re.search(r">\d,\d{2}<", page)  # the decimal point of its file


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"drop": ["play", "stop"]}, "has no sentence for play, stop"),
        ({"pley": "Play"}, "has keys that the report does not know: pley"),
        ({"interval": "{low} a {hihg}"}, "in interval"),
        ({"interval": "{low} a {high"}, "in interval"),
        ({"split.all": {"one": "1", "other": "{n}"}}, "in split.all"),
        ({"scores.folds": "{n} folds"}, "in scores.folds"),
        ({"scores.folds": {"one": "its fold", "other": "its {m} folds"}}, "in scores.folds"),
        ({"scores.folds": {"other": "its {n} folds"}}, "in scores.folds"),
        ({"number.group.from": "many"}, "`number.group.from` must be a whole number"),
    ],
)
def test_a_words_file_must_be_complete(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    dropped = changes.pop("drop", [])
    path = _words_file(tmp_path, **changes)
    words = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({k: v for k, v in words.items() if k not in dropped}))
    with pytest.raises(ExperimentError, match=complaint) as refused:
        Words(path)
    assert str(path) in str(refused.value)


def test_a_words_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "xx.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"xx\.json: cannot be read as a words file"):
        Words(path)
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ExperimentError, match="a JSON object of keys and sentences"):
        Words(path)


def test_the_languages_are_the_files() -> None:
    folder = resources.files("tonotope.reporting") / "words"
    assert sorted(LANGUAGES) == sorted(one.name[:-5] for one in folder.iterdir())
    assert all(Words(lang).lang == lang for lang in LANGUAGES)


def test_a_kind_of_answer_that_is_not_known_shows_its_score(
    make_run: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = dict(tt.reporting.RESULTS)
    del results["class"]
    monkeypatch.setattr("tonotope.reporting.sections.results.RESULTS", results)
    folder = make_run(each=12, metric="macro-f1")
    page = _texts(tt.report(folder))
    numbers = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert "with a macro-F1 of <em>" in page
    assert f"{numbers['score']['value']:.3f}" in page
    assert '<table class="matrix' not in page
