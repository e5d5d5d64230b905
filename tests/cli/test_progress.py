"""Progress is told: live on a terminal, in plain lines elsewhere, never on standard output."""

from __future__ import annotations

import io

import pytest

from tonotope.cli import progress


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
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress.sys, "stderr", Terminal())
    assert isinstance(progress.watching(), progress.Live)
    monkeypatch.setattr(progress.sys, "stderr", io.StringIO())
    assert isinstance(progress.watching(), progress.Plain)
