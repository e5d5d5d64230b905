"""Mutated run folders: every command goes on, or names the file and what is wrong in it.

python -m tests.reliability.mutated_run_folder 2000 [SEED]
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tonotope as tt
from tonotope._errors import TonotopeError
from tonotope.cli.exit_status import status_of

SLOW_S = 30.0
JSON = ("evaluation.json", "environment.json", "fold-1/model.json", "model.json")
LINES = ("fold-1/history.jsonl", "skipped.jsonl")
TABLES = ("predictions.csv", "manifest.csv", "split.csv")
TEXT = ("experiment.toml",)
FILES = (*JSON, *LINES, *TABLES, *TEXT)
# What a value may become.
ODD: tuple[Any, ...] = (
    None, True, "", "x", "nan", -1, 0, 1.5, 10**400, -1e308, float("nan"), float("inf"), [], {},
    [None], {"a": 1}, [[]], "\ud800", "\0", "<b>",
)  # fmt: skip
CELLS = ("", "x", "nan", "inf", "-1", "1e999", "9" * 30, "\0", "=1+1", "\u202e", "1,5")


def mutated(name: str, data: bytes, draw: random.Random) -> bytes:
    """The content of one file of a run, changed in one place as an editor or a disk would."""
    if draw.random() < 0.25:
        return _damaged(data, draw)
    text = data.decode("utf-8")
    if name in JSON:
        return _dumped(_changed(json.loads(text), draw))
    if name in LINES:
        lines = text.splitlines() or ["{}"]
        at = draw.randrange(len(lines))
        lines[at] = _dumped(_changed(json.loads(lines[at]), draw)).decode("utf-8", "replace")
        return "\n".join(lines).encode("utf-8", "replace")
    if name in TABLES:
        return _changed_table(text, draw)
    return _changed_toml(text, draw)


def _damaged(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data or b"\n")
    match draw.randrange(5):
        case 0:
            return b""
        case 1:
            return data[: draw.randrange(len(data) + 1)]
        case 2:
            for _ in range(draw.choice((1, 3, 20))):
                changed[draw.randrange(len(changed))] = draw.randrange(256)
        case 3:
            return draw.choice((b"\xff\xfe", b"[]", b"null", b"{}", b"[" * 50_000, b"\0" * 100))
        case _:
            at = draw.randrange(len(changed))
            changed[at:at] = draw.randbytes(draw.choice((1, 100)))
    return bytes(changed)


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "backslashreplace")


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where everything lies in a tree of JSON."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, key))


def _changed(tree: Any, draw: random.Random) -> Any:
    """One to three entries lost, of another kind, doubled or under another name."""
    for _ in range(draw.choice((1, 1, 1, 3))):
        known = [*places(tree)] if isinstance(tree, dict | list) else []
        if not known or draw.random() < 0.03:
            return draw.choice(ODD)
        *path, key = draw.choice(known)
        table = tree
        for step in path:
            table = table[step]
        match draw.randrange(4):
            case 0:
                del table[key]
            case 1 if isinstance(table, dict):
                table[f"{key}x"] = table.pop(key)
            case 1 if isinstance(table, list):
                table.extend([*table])
            case _:
                table[key] = draw.choice(ODD)
    return tree


def _changed_table(text: str, draw: random.Random) -> bytes:
    rows = [*csv.reader(io.StringIO(text))]
    for _ in range(draw.choice((1, 1, 4))):
        row = draw.randrange(len(rows))
        column = draw.randrange(len(rows[row]) or 1)
        match draw.randrange(6):
            case 0:
                rows = [[*cells[:column], *cells[column + 1 :]] for cells in rows]
            case 1:
                del rows[row]
            case 2:
                rows.insert(row, [*rows[draw.randrange(len(rows))]])
            case 3:
                rows[row] = rows[row][:column]
            case _ if rows[row]:
                rows[row][min(column, len(rows[row]) - 1)] = draw.choice(CELLS)
        if not rows:
            return b""
    found = io.StringIO()
    csv.writer(found, lineterminator="\n").writerows(rows)
    return found.getvalue().encode("utf-8", "backslashreplace")


def _changed_toml(text: str, draw: random.Random) -> bytes:
    lines = text.splitlines()
    at = draw.choice([number for number, line in enumerate(lines) if line.strip()])
    key, equals, _ = lines[at].partition("=")
    match draw.randrange(3):
        case 0:
            del lines[at]
        case 1 if equals:
            odd = ("nan", "1e308", "-1", '""', "[]", "{}", "true", "9" * 40, '"\\u0000"')
            lines[at] = f"{key}= {draw.choice(odd)}"
        case _:
            lines[at] = f"x{lines[at]}"
    return "\n".join(lines).encode()


def commands(run: Path, whole: Path, audio: Path) -> dict[str, Callable[[], object]]:
    """What a person does with a run folder."""

    def typed(*words: object) -> Callable[[], object]:
        return lambda: _typed([*map(str, words)])

    return {
        "report": typed("report", run),
        "compare": typed("compare", run, whole),
        "predict": typed("predict", run, audio),
        "load": lambda: _read_all(run),
    }


def _typed(words: list[str]) -> None:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = status_of(words)
    err.seek(0)
    said = err.read()
    if "went wrong inside" in said or "Traceback" in said:
        raise RuntimeError(said)
    if status == 2:
        raise TonotopeError(said)


def _read_all(run: Path) -> None:
    """Every attribute of a run, in Python."""
    found = tt.load(run)
    for name in ("experiment", "manifest", "splits", "folds", "environment", "evaluation"):
        getattr(found, name)
    assert repr(found)
    assert str(found.evaluation)
    found.evaluation.to_json()
    found.predictions.to_dataframe()
    found.history(next(iter(found.folds), None)).to_dataframe()
    found.models()
    assert isinstance(found.skipped, list)


def outcome(command: Callable[[], object], name: str) -> str:
    """What one command came to: `went on`, `named`, or what was wrong."""
    begun = time.monotonic()
    try:
        command()
    except TonotopeError as error:
        said = str(error)
        # A fold or a recording of another name is told by what is then missing, or not compared.
        instead = {"split.csv": "no model is here", "predictions.csv": "only it has judged"}
        named = name.rpartition("/")[2] in said or instead.get(name, name) in said
        named = named or ("groups its recordings otherwise" in said and name in TABLES)
        result = "named" if named else f"unnamed: {said}"
    except Exception as error:
        result = f"raw error: {error!r}"
    else:
        result = "went on"
    return result if time.monotonic() - begun < SLOW_S else f"slow: {result}"


def try_all(count: int, seed: int, whole: Path, audio: Path) -> Counter[str]:
    """Mutate one file of a run `count` times and use the run; the outcomes, with how often."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder, whole.name)
        for number in range(count):
            shutil.copytree(whole, run)
            name = draw.choice([one for one in FILES if (run / one).is_file()])
            data = mutated(name, (whole / name).read_bytes(), draw)
            (run / name).write_bytes(data)
            command = draw.choice((*commands(run, whole, audio).items(),))
            result = outcome(command[1], name)
            found[result if result in ("went on", "named") else result.partition(":")[0]] += 1
            if result not in ("went on", "named"):
                print(f"{command[0]}, {name}, number {number} of seed {seed}: {result[:600]}",
                      flush=True)  # fmt: skip
                if keep := sys.argv[3:]:
                    shutil.copytree(run, Path(keep[0], f"{number}"), dirs_exist_ok=True)
            shutil.rmtree(run)
    return found


def finished(folder: Path) -> tuple[Path, Path]:
    """A finished run on tones, and one of its recordings."""
    from tests.experiment.conftest import QUICK, write_tones

    tones = write_tones(folder / "tones")
    run = tt.run(tones, sets=[*QUICK, "training.epochs=1"], out=folder / "runs")
    return run.folder, tones / "low/aaa.wav"


if __name__ == "__main__":
    asked, chosen = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as made:
        print(asked, dict(try_all(asked, chosen, *finished(Path(made)))))
