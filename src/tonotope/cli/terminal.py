"""Output: data on stdout, messages on stderr, JSON, colours, aligned tables, safe names.

Colour is only for what is good or bad, and only where a person looks: nothing when piped, nothing
where `NO_COLOR` is set. Names come from files and may hold anything; what could steer a terminal
is shown, not obeyed. What is for a person is said in the language of the terminal.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from tonotope.cli import language
from tonotope.cli.language import number
from tonotope.cli.wrapping import columns, width_of, wrapped

_GOOD, _BAD, _SOFT, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


def out(text: str = "") -> None:
    """A line of data, on standard output."""
    _write(sys.stdout, text)


def tell(text: str) -> None:
    """A line for a person, on standard output, broken where the terminal ends."""
    _write(sys.stdout, wrapped(language.told(text), columns(sys.stdout)))


def say(text: str = "", *, whole: bool = False, told: bool = False) -> None:
    """A line for a person, on standard error, broken where the terminal ends.

    Args:
        text: the line.
        whole: leave it in one piece: a command, to be copied.
        told: it is in the language of the terminal already: a number is not read twice.
    """
    text = text if told else language.told(text)
    _write(sys.stderr, text if whole else wrapped(text, columns(sys.stderr)))


def complain(text: str) -> None:
    """A short lesson on what was wrong, on standard error."""
    say(f"{bad('tonotope:', sys.stderr)} {safe(text)}")


def out_json(value: Any) -> None:
    """A value for a machine to read, on standard output."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    # What could steer a terminal lies inside strings, where JSON has an escape for it.
    out("".join(one if _shown(one) == one else f"\\u{ord(one):04x}" for one in text))


def safe(text: object) -> str:
    r"""Text of unknown origin, harmless to a terminal: control characters are shown as escapes.

    >>> safe("a\x1b[31mred\nline")
    'a\\x1b[31mred\nline'
    """
    text = str(text)
    return text if text.isprintable() else "".join(map(_shown, text))


def one_line(text: object) -> str:
    r"""Like `safe`, and on one line.

    >>> one_line("two\nlines")
    'two\\nlines'
    """
    return safe(text).replace("\n", "\\n")


def good(text: str, stream: TextIO | None = None) -> str:
    """`text` as something good."""
    return _coloured(text, _GOOD, stream or sys.stdout)


def bad(text: str, stream: TextIO | None = None) -> str:
    """`text` as something bad."""
    return _coloured(text, _BAD, stream or sys.stdout)


def soft(text: str, stream: TextIO | None = None) -> str:
    """`text` that may be overlooked."""
    return _coloured(text, _SOFT, stream or sys.stdout)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at `stream`."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def one_place() -> bool:
    """Whether what is said on standard output and on standard error is read in the same place."""
    try:
        return os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):  # no files, as in a notebook
        return False


def table(
    rows: Iterable[Sequence[object]],
    header: Sequence[str] = (),
    indent: int = 0,
    decimals: int | None = None,
) -> list[str]:
    """Rows as aligned lines: text to the left, numbers to the right.

    With `decimals` every number that is not whole has so many; otherwise four digits that count.

    >>> for line in table([("dog", 12, 0.5), ("rooster", 4, 11.25)], ("label", "clips", "s")):
    ...     print(line)
    label    clips      s
    dog         12    0.5
    rooster      4  11.25
    """
    rows = [list(row) for row in rows]
    cells = [
        [_number_told(value, decimals) or one_line(_cell(value)) for value in row] for row in rows
    ]
    if header:
        cells.insert(0, list(header))
    if not cells:
        return []
    places = range(max(map(len, cells)))
    widths = [
        max((width_of(row[at]) for row in cells if at < len(row)), default=0) for at in places
    ]
    right = [
        all(_is_number(row[at]) for row in rows if at < len(row)) and bool(rows) for at in places
    ]
    lines = []
    for row in cells:
        padded = [_padded(cell, widths[at], right[at]) for at, cell in enumerate(row)]
        lines.append((" " * indent + "  ".join(padded)).rstrip())
    return lines


def seconds(duration_s: float) -> str:
    """A length of time as one says it.

    >>> seconds(4.2), seconds(75), seconds(3720), seconds(200000)
    ('4.2 s', '1 min 15 s', '1 h 02 min', '55 h 33 min')
    """
    if duration_s < 60:
        return f"{duration_s:.1f} s" if duration_s < 10 else f"{duration_s:.0f} s"
    minutes, rest = divmod(round(duration_s), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def _write(stream: TextIO, text: str) -> None:
    # A name with bytes that are no text, or a terminal that knows only ASCII, must not end a run.
    encoding = stream.encoding or "utf-8"
    line = f"{text.encode(encoding, 'backslashreplace').decode(encoding)}\n"
    try:
        stream.write(line)
    except BrokenPipeError:
        raise
    except OSError:
        if stream is not sys.stderr:
            raise  # data; a message that nobody can read must not end a run


def _coloured(text: str, colour: str, stream: TextIO) -> str:
    text = language.told(text)
    if os.environ.get("NO_COLOR") or not is_terminal(stream):
        return text
    return f"{colour}{text}{_PLAIN}"


def _shown(letter: str) -> str:
    if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return letter
    if letter in "\u200c\u200d\ufe0f":  # joiners of real scripts and emoji
        return letter
    return letter.encode("unicode_escape").decode("ascii")


def _cell(value: object, decimals: int | None = None) -> str:
    if value is None:
        return "–"
    if isinstance(value, float) and decimals is not None:
        return f"{value:,.{decimals}f}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e6 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return str(value)


def _number_told(value: object, decimals: int | None = None) -> str:
    return number(_cell(value, decimals)) if _is_number(value) and value is not None else ""


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _padded(text: str, width: int, right: bool) -> str:
    room = " " * (width - width_of(text))
    return room + text if right else text + room
