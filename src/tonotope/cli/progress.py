"""Progress shown to a person, with the time left: a live line on a terminal, else plain lines."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tonotope._progress import Progress
from tonotope._wording import counted
from tonotope.cli import language, terminal
from tonotope.cli.grouped_messages import (
    EXAMPLES,
    FEW,
    MOST_KINDS,
    gathered,
    kind_of,
    name_in,
    of_other_kinds,
)
from tonotope.cli.one_screen import (
    LINES,
    MANY,
    Entry,
    fitted,
    kind_in_one_line,
    kind_whole,
    lines_of,
    screen_width,
    with_longer,
)
from tonotope.cli.wrapping import columns, width_of, wrapped

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

_EVERY_S = 15.0  # between two plain lines of training, and before the first of another task
_PREDICT_S = 60.0  # of `predict`, which may last for days
_LATEST_S = 600.0  # between two of another task, each of which lasts thrice as long as the last
_KEPT_FREE = 6  # lines for training, and for how it came out
_TRAINING = re.compile(r"\btrain\b")
_OF_FOLD = re.compile(r"fold (?P<name>.*) \((?P<at>\d+) of (?P<of>\d+)\): \w+")
_BAR = (8, 24)  # columns: the fewest that say anything, and the most
_TIME = 8  # columns of the time that is left, of up to 99 h


def watching(every: bool = False, *, holding: bool = False) -> Watching:
    """What shows progress where standard error goes: a moving bar, or plain lines.

    Args:
        every: show every message; otherwise those of one kind in few lines.
        holding: hold messages back until training begins, or the end, to fit them on one screen.
    """
    found = Live(every) if terminal.is_terminal(sys.stderr) else Plain(every)
    found.holding = holding
    return found


class Watching(Progress):
    """Shows nothing yet, but remembers what was said, so that nothing is said twice.

    Attributes:
        said: every line so far.
        holding: messages are held back in `waiting`, until training begins or all is over.
        waiting: the messages that are held back.
        inputs: how many files or recordings the largest task looked at.
        lines: how many lines were told so far.

    Args:
        every: show every message; otherwise the first of a kind, and when the task ends the names
            of two more and how many there are.
    """

    def __init__(self, every: bool = False) -> None:
        self.said: set[str] = set()
        self._every = every
        self._first: dict[str, str] = {}
        self._held: dict[str, list[str]] = {}
        self.holding = False
        self.waiting: list[str] = []
        self.inputs = self.lines = 0

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps begins; it ends the one before it."""
        if _TRAINING.search(task):
            self.release()
        else:
            self.inputs = max(self.inputs, total)

    def say(self, message: str) -> None:
        """One line worth keeping."""
        self.said.add(message)
        if self.holding:
            self.waiting.append(message)
            return
        kind = "" if self._every else kind_of(message)
        if kind and (kind in self._first or len(self._first) >= MOST_KINDS):
            self._held.setdefault(kind, []).append(message)
            return
        if kind:
            self._first[kind] = message
        self._show(terminal.one_line(message))

    def end(self) -> None:
        """The task is over: say what was held back, in one line for each kind that has many."""
        held, self._held = self._held, {}
        for kind in [kind for kind in held if kind in self._first]:
            messages = held.pop(kind)
            few = len(messages) < EXAMPLES
            for line in messages if few else [_like(self._first[kind], messages)]:
                self._show(terminal.one_line(line))
        others = [one for messages in held.values() for one in messages]
        if others and len(self.said) <= FEW:
            for line in others:
                self._show(terminal.one_line(line))
        elif others:
            self._show(terminal.one_line(of_other_kinds([*held.values()])))

    def release(self) -> None:
        """Tell what was held back: each in full where there is little, else on one screen."""
        self.holding = False
        waiting, self.waiting = self.waiting, []
        width = screen_width(sys.stderr)
        for line in _on_one_screen(waiting, self.inputs, LINES - _KEPT_FREE - self.lines, width):
            self._show(terminal.one_line(line))

    def _show(self, line: str, *, told: bool = False) -> None:
        """Show a line; one that is `told` is in the language of the terminal already."""
        self.lines += lines_of(line, screen_width(sys.stderr))
        terminal.say(line, told=told)


def _on_one_screen(messages: Sequence[str], inputs: int, lines: int, width: int) -> list[str]:
    """Messages in their order, those of one kind together; of many inputs only what fits."""
    kinds = gathered(dict.fromkeys(messages))
    whole = [line for alike in kinds for line in kind_whole(alike)]
    if not messages or inputs <= MANY or sum(lines_of(line, width) for line in whole) <= lines:
        return whole
    entries = [_entry(alike, width) for alike in kinds]
    shown, _ = fitted(entries, lines - 1, width)
    missing = sum(len(alike) for alike, text in zip(kinds, shown, strict=True) if not text)
    more = f"{counted(missing, 'more message')}; " if missing else ""
    return [*filter(None, shown), f"{more}all of it in full: `tonotope check` with --json"]


def _entry(alike: Sequence[str], width: int) -> Entry:
    """Messages of one kind in one line, and in two where one does not say what to do."""
    shortened = partial(kind_in_one_line, alike)
    short = shortened(width)
    return Entry(0, "", short, with_longer(short, alike[0], shortened, width))


def _like(first: str, messages: Sequence[str]) -> str:
    """How many more there are of a kind whose first was shown, and two of their names."""
    names = [name_in(one) for one in messages]
    shown, rest = ", ".join(names[: EXAMPLES - 1]), len(names) - (EXAMPLES - 1)
    return f"{len(names):,} more like {name_in(first)}: {shown} and {rest:,} more"


class Plain(Watching):
    """A line when a task ends, and one now and then while it goes on."""

    def __init__(self, every: bool = False) -> None:
        super().__init__(every)
        self._task = ""
        self._total = self._done = 0
        self._facts: dict[str, float | str] = {}
        self._began = self._next = 0.0
        self._trains = self._predicts = False

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps begins; it ends the one before it."""
        self.end()
        super().begin(task, total)
        self._task, self._total, self._done, self._facts = told_task(task), total, 0, {}
        self._predicts = task == "predict"
        self._began = time.monotonic()
        self._next, self._trains = self._began + _EVERY_S, bool(_TRAINING.search(task))

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """`steps` more are done."""
        self._done += steps
        self._facts.update(facts)
        now = time.monotonic()
        if self._task and now >= self._next:
            latest_s = _PREDICT_S if self._predicts else _LATEST_S
            pause_s = _EVERY_S if self._trains else min(2 * (now - self._began), latest_s)
            self._next = now + pause_s
            left = left_s(now - self._began, self._done, self._total)
            more = f", {terminal.seconds(left)} left" if left is not None else ""
            self._tell(f"{self._done} of {self._total}{more}")

    def end(self) -> None:
        """The task is over: say how long it took, if one could notice and nothing waits for it."""
        if self._task and not self.holding and time.monotonic() - self._began >= 1.0:
            ended = "done in" if self._done >= self._total else "ended after"
            self._tell(f"{ended} {terminal.seconds(time.monotonic() - self._began)}")
        self._task = ""
        super().end()

    def _tell(self, state: str) -> None:
        facts = ", ".join(spoken(self._facts))
        line = f"{self._task}: {language.told(state)}{f'  ({facts})' if facts else ''}"
        self._show(terminal.safe(line), told=True)


class Live(Watching):
    """One moving line on the terminal: what, how far, how long still; what else there is room for.

    Counter and time left come first: where the line is narrow, facts are left out, then the bar is
    short, then the name of the task.
    """

    def __init__(self, every: bool = False) -> None:
        super().__init__(every)
        self._bar: RichProgress | None = None
        self._task_id = None
        self._task = ""
        self._total = 0
        self._facts: dict[str, float | str] = {}

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps begins; it ends the one before it."""
        self.end()
        super().begin(task, total)
        self._bar = _rich_bar()
        self._task, self._total, self._facts = task, total, {}
        self._bar.start()
        self._task_id = self._bar.add_task(total=total or None, **self._fitted(self._bar))

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """`steps` more are done."""
        if self._bar is None or self._task_id is None:
            return
        self._bar.advance(self._task_id, steps)
        if facts:
            self._facts.update(facts)
            self._bar.update(self._task_id, **self._fitted(self._bar))

    def end(self) -> None:
        """The task is over; its line goes away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = None
        super().end()

    def _fitted(self, bar: RichProgress) -> dict[str, Any]:
        """What the line has room for, as wide as the terminal is now."""
        facts = spoken(self._facts)
        task, width, shown = fitted_line(bar.console.width, self._task, self._total, facts)
        return {
            "description": _plain_markup(task),
            "bar": width,
            "facts": _plain_markup(shown),
        }

    def _show(self, line: str, *, told: bool = False) -> None:
        """Above the moving line."""
        if self._bar is None:
            terminal.say(line, told=told)
        else:
            line = wrapped(line if told else language.told(line), columns(sys.stderr))
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def fitted_line(width: int, task: str, total: int, facts: Sequence[str]) -> tuple[str, int, str]:
    """What a moving line of `width` columns has room for: the task, the bar, the facts.

    Args:
        width: the columns of the terminal.
        task: its English name.
        total: its steps.
        facts: in the language of the terminal, those that matter first at the front.

    Returns:
        The name of the task, the columns of the bar (0 where there is none) and the facts.

    >>> fitted_line(60, "fold 3 (1 of 5): train", 400, ["all folds left 2 min 10 s", "epoch 1"])
    ('fold 3 (1 of 5): train', 19, '')
    >>> fitted_line(90, "fold 3 (1 of 5): train", 400, ["all folds left 2 min 10 s", "epoch 1"])
    ('fold 3 (1 of 5): train', 15, 'all folds left 2 min 10 s, epoch 1')
    """
    # There is a space between every two of the five parts.
    room = width - 4 - (2 * len(str(total)) + 1) - _TIME
    name = told_task(task)
    if width_of(name) > room:  # a long name of a fold
        name = _shorter(task, name, room)
    room -= width_of(name)
    shown = ""
    for fact in facts:
        longer = f"{shown}, {fact}" if shown else fact
        if width_of(longer) + (_BAR[0] if shown else 0) > room:
            break  # the first, which may be the time of all folds, matters more than the bar
        shown = longer
    room -= width_of(shown)
    return name, min(_BAR[1], room) if room >= _BAR[0] else 0, shown


def _shorter(task: str, told: str, room: int) -> str:
    """The name of a task in little room: the number of a fold stays, its name is cut."""
    fold = _OF_FOLD.fullmatch(task)
    if not fold:
        return _cut(told, room)
    place = f" {fold['at']}/{fold['of']}"
    begun = f"{language.word('fold')} {fold['name']}"
    return f"{_cut(begun, room - len(place))}{place}"


def _cut(text: str, room: int) -> str:
    """The beginning and the end of a text, in `room` columns or as few as make sense."""
    kept = list(text)
    while kept and width_of("".join(kept)) + 1 > max(room, 2):
        del kept[2 * len(kept) // 3 if len(kept) > 2 else -1]
    at = 2 * len(kept) // 3
    return f"{''.join(kept[:at]).rstrip()}…{''.join(kept[at:]).lstrip()}" if kept else "…"


def told_task(task: str) -> str:
    """The name of a task in the language of the terminal, also of one of several folds."""
    before, colon, what = task.rpartition(": ")
    return f"{language.told(before + ':')} {language.word(what)}" if colon else language.word(task)


def spoken(facts: dict[str, float | str]) -> list[str]:
    """Facts as one reads them at a glance, that on the time of all folds first.

    >>> spoken({"loss": 0.41234, "clips_per_s": 381.7, "validation_accuracy": 0.9})
    ['loss 0.412', 'clips per second 382', 'validation accuracy 0.900']
    >>> spoken({"epoch": 2, "all_folds_left_s": 200.0})
    ['all folds left 3 min 20 s', 'epoch 2']
    """
    ordered = sorted(facts.items(), key=lambda fact: fact[0] != "all_folds_left_s")
    return [f"{_name(key)} {_worth(key, value)}" for key, value in ordered]


def left_s(elapsed_s: float, done: int, total: int) -> float | None:
    """How long the rest will take at the pace so far; None before anything is done.

    >>> left_s(10.0, 2, 6), left_s(10.0, 0, 6)
    (20.0, None)
    """
    if done <= 0 or total <= 0:
        return None
    return elapsed_s * max(total - done, 0) / done


def _name(key: str) -> str:
    return language.word(key.replace("_per_s", " per second").removesuffix("_s").replace("_", " "))


def _worth(key: str, value: float | str) -> str:
    if isinstance(value, str):
        return value
    if key.endswith("_per_s"):
        return language.number(f"{value:,.1f}" if abs(value) < 10 else f"{value:,.0f}")
    if key.endswith("_s"):
        return language.told(terminal.seconds(value))
    whole = abs(value) >= 10 or isinstance(value, int)
    return language.number(f"{value:,.0f}" if whole else f"{value:.3f}")


def _plain_markup(text: str) -> str:
    return terminal.one_line(text).replace("[", "\\[")


def _rich_bar() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress
    from rich.progress import Task as RichTask

    class _Bar(BarColumn):
        """A bar that is as wide as its task says."""

        def render(self, task: RichTask) -> Any:
            bar = super().render(task)
            bar.width = task.fields["bar"]
            return bar if bar.width else ""

    return RichProgress(
        TextColumn("{task.description}"),
        _Bar(bar_width=_BAR[1]),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[facts]}"),
        console=Console(stderr=True),
        transient=True,
    )
