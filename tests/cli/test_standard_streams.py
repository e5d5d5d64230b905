"""Standard output that is not UTF-8, full or closed, and Ctrl-C before anything has begun."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tonotope

BIRD, OWL = "\u9ce5.wav", "b\u00faho \u2192.wav"
FULL = Path("/dev/full")
SOURCE = str(Path(tonotope.__file__).parents[1])


def typed(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, on a system whose code page is that of Windows."""
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", **options.pop("env", {})}
    command = [sys.executable, "-m", "tonotope", *map(str, arguments)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(command, env=environment, check=False, **options)


@pytest.fixture
def heard(finished_once: Path, tmp_path: Path) -> Path:
    """A folder of recordings whose names cp1252 lacks."""
    folder = tmp_path / "heard"
    folder.mkdir()
    sound = next((finished_once.parent.parent / "tones").rglob("*.wav"))
    for name in (BIRD, OWL, "z.wav"):
        shutil.copy(sound, folder / name)
    return folder


def test_every_row_is_written_whatever_the_code_page(finished_once: Path, heard: Path) -> None:
    told = typed("predict", finished_once, heard)
    assert told.returncode == 0, told.stderr
    rows = list(csv.DictReader(told.stdout.decode("utf-8").splitlines()))
    assert {Path(row["file"]).name for row in rows} == {BIRD, OWL, "z.wav"}
    assert b"went wrong" not in told.stderr


def test_names_in_messages_are_spelled_where_the_code_page_lacks_them(tmp_path: Path) -> None:
    told = typed("run", tmp_path / "\u9ce5")
    assert told.returncode == 2
    assert b"\\u9ce5" in told.stderr
    assert b"went wrong" not in told.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("rows", [1, 3000])
def test_a_full_disk_is_one_sentence(finished_once: Path, heard: Path, rows: int) -> None:
    crashes = heard.parent / "cache"
    many = [heard] if rows == 1 else [heard / BIRD] * 300
    with FULL.open("wb") as full:
        told = typed("predict", finished_once, *many, stdout=full,
                     env={"TONOTOPE_CACHE": str(crashes)})  # fmt: skip
    said = told.stderr.decode("cp1252")
    assert told.returncode == 2
    assert "standard output cannot be written (No space left on device)" in said
    assert "went wrong" not in said
    assert "Exception ignored" not in said
    assert not (crashes / "crashes").exists()


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize("line", ["--version", "--help", "shapes vgg", "doctor --json"])
def test_so_it_is_for_every_command(line: str, tmp_path: Path) -> None:
    with FULL.open("wb") as full:
        told = typed(*line.split(), stdout=full, env={"TONOTOPE_CACHE": str(tmp_path / "cache")})
    assert told.returncode == 2
    assert told.stderr.count(b"standard output cannot be written") == 1
    assert not (tmp_path / "cache" / "crashes").exists()


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_messages_that_cannot_be_written_end_nothing(finished_once: Path, heard: Path) -> None:
    (heard / "broken.wav").write_bytes(b"no sound")
    with FULL.open("wb") as full:
        told = typed("predict", finished_once, heard, stderr=full)
    assert told.returncode == 1
    assert len(told.stdout.splitlines()) == 4


def test_a_closed_output_is_no_crash() -> None:
    command = f'"{sys.executable}" -m tonotope shapes lenet5 >&-'
    told = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert (told.returncode, told.stderr) == (0, b"")


_INTERRUPTED = """
import os, signal, sys
class Loading:
    def find_spec(self, name, *rest):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Loading())
import tonotope.cli
sys.argv = ["tonotope", "doctor"]
tonotope.cli.main()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize(
    "loaded", ["tonotope.cli.exit_status", "typer", "tonotope.cli.terminal", "torch"]
)
def test_an_interrupt_while_modules_are_loaded_is_quiet(loaded: str) -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    command = [sys.executable, "-c", _INTERRUPTED.replace("sys.argv[1]", repr(loaded))]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (130, "Interrupted.\n")


_TAKEN_APART = """
import os, signal, sys
import tonotope.cli
from tonotope.cli.app import Commands
Commands.parse_args = lambda *given: os.kill(os.getpid(), signal.SIGINT)
sys.argv = ["tonotope", "doctor"]
tonotope.cli.main()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_an_interrupt_while_the_line_is_taken_apart_is_said() -> None:
    command = [sys.executable, "-c", _TAKEN_APART]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (130, "Interrupted.\n")


def test_next_to_nothing_is_loaded_before_an_interrupt_is_answered() -> None:
    code = f"import os, sys; sys.path.insert(0, {SOURCE!r}); before = {{*sys.modules}}; "
    code += "import tonotope.cli; print(*{*sys.modules} - before)"
    # Without `site`, which loads modules of its own.
    command = [sys.executable, "-I", "-S", "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    light = {"__future__", "warnings", "importlib", "importlib._bootstrap", "_signal"}
    light |= {"importlib._bootstrap_external", "tonotope", "tonotope.cli"}
    assert not {*loaded} - light


_DECODED = r"""
import os, sys
import tonotope.cli
from tonotope.cli import doctor
def examine():
    for number in range(3):
        os.write(2, b"[src/libmpg123/layer3.c:INT123_do_layer3():1801] error: dequantization\n")
    os.write(2, b"Note: Illegal Audio-MPEG-Header 0x00000000 at offset 4096.\n")
    for _ in range(5000):  # of good files, too
        os.write(2, b"Warning: Xing stream size off by more than 1%, fuzzy seeking may be even "
            b"more fuzzy than by design!\n")
    os.write(2, b"Note: Trying to resync...\nNote: Skipped 1024 bytes in input.\n")
    os.write(2, b"Note: missing 64 bytes in bit reservoir for frame 3\n")
    os.write(2, b"Note: of another library\nWarning: of another library\n")
    os.write(2, b"another library\n[no decoder] x\n")
    print("a message", file=sys.stderr)
    ENDING
doctor.examine = examine
sys.argv = ["tonotope", "doctor", "--json"]
tonotope.cli.main()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
@pytest.mark.parametrize(
    ("ending", "status"),
    [("return {'missing': {}}", 0), ("raise KeyboardInterrupt", 130), ("os.abort()", -6)],
)
def test_what_the_decoder_writes_by_itself_is_counted(ending: str, status: int) -> None:
    command = [sys.executable, "-c", _DECODED.replace("ENDING", ending)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == status
    assert "layer3.c" not in told.stderr
    assert "Illegal" not in told.stderr
    assert not any(word in told.stderr for word in ("Xing", "resync", "Skipped", "reservoir"))
    assert "Note: of another library\nWarning: of another library\n" in told.stderr
    assert "another library\n[no decoder] x\n" in told.stderr
    assert "a message\n" in told.stderr
    assert told.stderr.count("The MP3 decoder (libmpg123) met damage 4 times") == 1


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
@pytest.mark.parametrize(("columns", "language"), [("80", "en"), ("60", "en"), ("80", "es")])
def test_the_count_of_damage_fits_the_screen_in_the_language_of_the_terminal(
    columns: str, language: str
) -> None:
    command = [sys.executable, "-c", _DECODED.replace("ENDING", "return {'missing': {}}")]
    told = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"COLUMNS": columns, "LC_ALL": f"{language}.UTF-8"},
    )
    assert max(map(len, told.stderr.splitlines())) <= int(columns)
    said = {"en": "met damage 4 times", "es": "encontró daños 4 veces"}[language]
    assert said in " ".join(told.stderr.split())
