"""Progress is told: live on a terminal, in plain lines elsewhere, never on standard output."""

from __future__ import annotations

import io
import re

import pytest

from tonotope.cli import language, progress
from tonotope.experiment import eta
from tonotope.runtime.executor import Event


class Terminal(io.StringIO):
    """A screen that keeps what is shown on it."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


def test_plain_lines_come_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, plain = Clock(monkeypatch), progress.Plain()
    plain.begin("train", 50)
    for _ in range(50):
        clock.now += 1
        plain.advance(1, loss=0.5, clips_per_s=381.0)
    plain.end()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "train: 15 of 50, 35 s left  (loss 0.500, clips per second 381)",
        "train: 30 of 50, 20 s left  (loss 0.500, clips per second 381)",
        "train: 45 of 50, 5.0 s left  (loss 0.500, clips per second 381)",
        "train: done in 50 s  (loss 0.500, clips per second 381)",
    ]


def test_what_takes_no_time_needs_no_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Clock(monkeypatch)
    plain = progress.Plain()
    plain.begin("decode", 3)
    plain.advance(3)
    plain.end()
    assert capsys.readouterr().err == ""


def test_what_is_said_is_harmless_and_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    plain = progress.Plain()
    plain.say("a.wav\x1b[2J: empty")
    assert capsys.readouterr().err == "a.wav\\x1b[2J: empty\n"
    assert plain.said == {"a.wav\x1b[2J: empty"}


def test_live_shows_task_facts_and_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("TTY_INTERACTIVE", "1")
    live = progress.Live()
    live.say("before")
    live.begin("fold [1] of 2", 10)
    live.advance(3, loss=0.25)
    live.say("name with [brackets]")
    live.advance(1)
    live.begin("next", 0)
    live.end()
    live.end()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "before" in captured.err
    assert "name with [brackets]" in captured.err


def test_a_terminal_gets_the_bar_and_a_pipe_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress.sys, "stderr", Terminal())
    assert isinstance(progress.watching(), progress.Live)
    monkeypatch.setattr(progress.sys, "stderr", io.StringIO())
    assert isinstance(progress.watching(), progress.Plain)


FOLDS = {2: ("casa1", "casa2"), 5: tuple("12345"), 10: tuple(map(str, range(1, 11)))}
LONG = "Parque Natural de la Sierra de Guadarrama y alrededores"


def lines_of(
    monkeypatch: pytest.MonkeyPatch, width: int, lang: str, names: tuple[str, ...]
) -> list[str]:
    """What a terminal of `width` columns shows while folds are trained."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TTY_INTERACTIVE", "1")
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", screen)
    language.choose(["--lang", lang], {})
    live = progress.Live()
    monkeypatch.setattr(eta.FoldProgress, "_left_s", lambda _: 200.0)
    watched = eta.FoldProgress(live, names)
    for name in names:
        watched.receive(Event(name, "begin", ["train", 1200]))
        for epoch in (1, 2):
            facts = {"epoch": epoch, "loss": 1.049, "r2": -0.049, "clips_per_s": 21.0}
            watched.receive(Event(name, "advance", [600, facts]))
            assert live._bar is not None
            live._bar.refresh()
    live.end()
    language.choose([], {})
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", screen.getvalue())
    return [line.rstrip() for line in re.split(r"[\r\n]+", plain) if "/1200" in line or "…" in line]


@pytest.mark.parametrize("folds", FOLDS)
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_live_line_of_a_fold_shows_counter_and_time_left_at_any_width(
    monkeypatch: pytest.MonkeyPatch, width: int, lang: str, folds: int
) -> None:
    names, train = FOLDS[folds], {"en": "train", "es": "entrenar"}[lang]
    fold, of = {"en": ("fold", "of"), "es": ("partición", "de")}[lang]
    found = lines_of(monkeypatch, width, lang, names)
    assert {line[: len(fold)] for line in found} == {fold}
    for line in found:
        assert len(line) < width
        assert "…" not in line
        assert re.match(rf"{fold} \w+ \(\d+ {of} {folds}\): {train} ", line)
        assert re.search(r" ━*[╸╺]?━* ? *(0|600|1200)/1200 [-\d:]{7}", line)
    if (width, lang) not in ((60, "en"), (60, "es"), (80, "es")):
        left = "quedan en total" if lang == "es" else "all folds left"
        assert f"{left} 3 min 20 s" in found[-1]
    if width == 120:
        assert ("pérdida 1,049" if lang == "es" else "loss 1.049") in found[-1]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_long_name_of_a_fold_is_cut_and_its_number_is_not(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    found = lines_of(monkeypatch, width, "es", (LONG, "b"))
    first = next(line for line in found if "600/1200" in line)
    assert len(first) < width
    assert "1/2" in first or "(1 de 2)" in first
    assert re.search(r"600/1200 [-\d:]{7}", first)


def test_progress_of_folds_is_spanish_in_every_word_and_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock(monkeypatch)
    language.choose(["--lang", "es"], {})
    plain = progress.Plain()
    for task in ("train", "predict"):
        plain.begin(f"fold casa1 (1 of 2): {task}", 40)
        for _ in range(2):
            clock.now += 1200.4
            plain.advance(10, epoch=26, loss=0.735, clips_per_s=8.932, all_folds_left_s=4.8)
    plain.end()
    language.choose([], {})
    said = capsys.readouterr().err
    assert "partición casa1 (1 de 2): entrenar: 10 de 40, faltan 1 h 00 min" in said
    assert "partición casa1 (1 de 2): predecir: " in said
    facts = "(quedan en total 4,8 s, época 26, pérdida 0,735, fragmentos por segundo 8,9)"
    assert facts in said
    assert not re.search(r"\b(train|predict|fold|left|loss)\b|\d\.\d", said)
