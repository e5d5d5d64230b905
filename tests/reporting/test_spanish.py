"""A Spanish report has no English left: notes, warnings, reasons and words of the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.experiment.conftest import QUICK

import tonotope

# Small words that no Spanish sentence has, and hardly any English one lacks.
_ENGLISH = set(
    re.findall(
        r"\w+",
        """
        the of and is are was were with without from by that which this it its in at to not only
        as for be been has have says holds file files recording recordings group groups class
        classes row rows fold folds each every all there more than used left out one two read sound
        """,
    )
)
_NOT_READ = {"style", "script", "pre", "code", "template", "title"}


class _Texts(HTMLParser):
    """The visible texts of a page, without names of files, code and settings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "img", "link", "path", "rect", "circle", "line"):
            self.open.append(tag)
        self.texts += [value for name, value in attrs if name in ("aria-label", "alt") and value]

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _NOT_READ & set(self.open) and data.strip():
            self.texts.append(" ".join(data.split()))


def english(html: str) -> list[str]:
    """The visible texts in which an English word stands."""
    return [
        text
        for text in _Texts(html).texts
        if _ENGLISH & set(re.findall(r"\w+", re.sub(r"[`\"“][^`\"”]*[`\"”]", "", text.lower())))
    ]


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table whose recordings deserve many notes."""
    folder = tmp_path_factory.mktemp("doubtful")
    rng = np.random.default_rng(0)
    rows = ["Archivo;Etiqueta;hablante;extra"]
    for at in range(24):
        label, rate = ("grave", 8000) if at % 2 else ("agudo", 16000)
        time = np.arange(int((0.2 + 0.02 * at) * rate)) / rate
        wave = 0.3 * np.sin(2 * np.pi * (220 if at % 2 else 900) * time)
        wave = wave + 0.02 * rng.standard_normal(len(time))
        if at == 3:
            wave = np.stack([wave, -wave], axis=1)
        if at == 4:
            wave = np.clip(20 * wave, -1, 1)
        if at == 5:
            wave = 0 * wave
        soundfile.write(folder / f"{at:02}.wav", wave, rate)
        rows.append(f"{at:02}.wav;{label};h{at % 8};x")
    (folder / "00.wav").write_bytes((folder / "16.wav").read_bytes())
    (folder / "vacio.wav").write_bytes(b"")
    (folder / "07.wav").write_bytes((folder / "07.wav").read_bytes()[:-400])
    rows += ["vacio.wav;grave;h1;x", "falta.wav;agudo;h2;x", "01.wav;grave;h1;x", "06.wav;agudo"]
    rows += ["lejos/otro.wav;Agudo ;h3;x", "08.WAV;agudo;h0;x"]
    table = folder / "tabla.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return table


@pytest.fixture(scope="module")
def report(doubtful: Path) -> str:
    sets = [*QUICK, "data.clip_s=0.5"]
    run = tonotope.run(doubtful, sets=sets, out=doubtful.parent / "runs", report=False)
    return tonotope.report(run.folder, lang="es").read_text(encoding="utf-8")


def test_no_english_is_left_in_a_report_with_many_notes(report: str) -> None:
    assert "\n".join(english(report)) == ""


def test_the_notes_are_there_in_spanish(report: str) -> None:
    texts = _Texts(report).texts
    assert "tabla.csv es UTF-8, separado por punto y coma; sus columnas: Archivo, Etiqueta, " in (
        "\n".join(texts)
    )
    assert any("archivo vacío (0 bytes)" in one for one in texts)


def test_the_search_finds_english(report: str) -> None:
    assert english(report.replace("archivo vacío (0 bytes)", "empty file (0 bytes)"))
