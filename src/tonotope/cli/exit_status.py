"""From an error to an exit status and a sentence, not a traceback; usage errors; crashes.

0    done
1    done, but some inputs were left out; each was named with its reason
2    the request was wrong, or could not be carried out; one short lesson, no traceback
130  interrupted, with the state saved and the line that continues it
"""

from __future__ import annotations

import difflib
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from tonotope import _files
from tonotope._errors import ShapeError, TonotopeError
from tonotope.cli import language, standard_streams, terminal
from tonotope.cli.app import DONE, INTERRUPTED, WRONG, SeenEnough
from tonotope.cli.commands import app
from tonotope.cli.wrapping import columns

_POSSIBLE = re.compile(r"No such option: (\S+) \(Possible options: ([^)]*)\)")
_PLAINER = (
    (r"Input should be a valid number.*", "it takes a number"),
    (r"Input should be a valid integer.*", "it takes a whole number"),
    (r"Input should be greater than or equal to (\S+)", r"it takes at least \1"),
    (r"Input should be less than or equal to (\S+)", r"it takes at most \1"),
    (r"Input should be greater than (\S+)", r"it takes more than \1"),
)


def status_of(arguments: Sequence[str] | None = None) -> int:
    """Run the command and turn whatever happened into a status, with its sentence on stderr."""
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except (SeenEnough, BrokenPipeError):
        # Whoever read the output has seen enough: no complaint, and none when Python shuts down.
        standard_streams.drop_output()
        return DONE
    except OSError as error:
        return _output_lost(error.strerror or str(error))
    return status


def _output_lost(why: str) -> int:
    """Standard output took no more: say so, and that files were not touched."""
    standard_streams.drop_output()
    terminal.complain(
        f"standard output cannot be written ({why}): what it holds ends early. Make room and give "
        "the command again, with > or --out to another disk; run folders and other files are whole"
    )
    return WRONG


def _run(arguments: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    language.choose(given)
    try:
        returned = app(given, prog_name="tonotope", standalone_mode=False, obj={"line": given})
    except TonotopeError as error:
        terminal.complain(_message(error))
    except KeyboardInterrupt:  # before or after the command itself
        terminal.say("Interrupted.")
        return INTERRUPTED
    except (SeenEnough, BrokenPipeError):
        raise
    except MemoryError:
        terminal.complain(
            "there is not enough memory for this; see training.batch_size, data.clip_s"
        )
    except Exception as error:
        if _is_usage(error):
            return _usage(error, given)
        if isinstance(error, OSError) and (why := standard_streams.why_not_written()):
            return _output_lost(why)
        if os.environ.get("TONOTOPE_TRACEBACK"):
            raise
        terminal.complain(_crash(error))
    else:
        return returned if isinstance(returned, int) else DONE
    return WRONG


def _message(error: TonotopeError) -> str:
    """What was wrong; a table of layers is as wide, and in the words, as the terminal has them."""
    if not (isinstance(error, ShapeError) and error.layers):
        return str(error)
    from tonotope.network import table

    before = str(error).split("\n")[: -len(error.layers) - 1]
    width = columns(sys.stderr)
    rows = table(error.layers, width=width, told=language.word, number=language.number)
    return "\n".join([*before, rows])


def _is_usage(error: Exception) -> bool:
    """Whether the argument parser refused the line; its classes move about between versions."""
    return callable(getattr(error, "format_message", None))


def _usage(error: Exception, given: Sequence[str]) -> int:
    says: Callable[[], str] = error.format_message  # pyright: ignore[reportAttributeAccessIssue]
    message = says()
    for jargon, plain in _PLAINER:
        message = re.sub(jargon, plain, message)
    message = _POSSIBLE.sub(_nearest, message)
    if "\n" in message:  # the help itself: a bare `tonotope`
        terminal.say(message)
        return WRONG
    command = given[0] if given and re.fullmatch(r"[a-z]+", given[0]) else ""
    known = command and "No such command" not in message
    terminal.complain(f"{message} (see: tonotope {f'{command} ' if known else ''}--help)")
    return WRONG


def _nearest(listed: re.Match[str]) -> str:
    """The nearest of the options that the argument parser lists; nothing where none is near."""
    known = {one.lstrip("-"): one for one in listed[2].split(", ")}
    near = difflib.get_close_matches(listed[1].lstrip("-"), known, n=1, cutoff=0.6)
    if near:
        return f"No such option: {listed[1]}. Did you mean {known[near[0]]}?"
    return listed[0].partition(" (")[0]


def _crash(error: Exception) -> str:
    """Keep the traceback in a file and say where; a person gets one sentence."""
    said = f"something went wrong inside tonotope ({type(error).__name__}: {error})"
    if isinstance(error, OSError) and error.filename and error.strerror:
        said = f"{error.filename}: {error.strerror}"  # the system's refusal, not our fault
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    log: Path = _files.cache_folder() / "crashes" / name
    try:
        _files.write_text(log, "".join(traceback.format_exception(error)))
    except (TonotopeError, UnicodeError):
        return f"{said}; TONOTOPE_TRACEBACK=1 shows more"
    return f"{said}; the details are in {log}"
