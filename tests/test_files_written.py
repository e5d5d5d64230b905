"""What a user names is what is written: through links, and straight to devices and pipes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tonotope import _files
from tonotope._errors import TonotopeError
from tonotope.audio.clip import Clip
from tonotope.prediction.writers import write_file

posix = pytest.mark.skipif(os.name != "posix", reason="devices and pipes are otherwise named")


@posix
def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    for there in (True, False):
        target, near, far = (tmp_path / f"{there}" / name for name in ("a", "near", "far"))
        target.parent.mkdir()
        if there:
            target.write_text("before")
        near.symlink_to(target)
        far.symlink_to("near")
        with _files.writing_text(far) as file:
            file.write("after")
        assert (target.read_text(), near.is_symlink(), far.is_symlink()) == ("after", True, True)
        Clip([[0.5]], 8000).write(far)
        assert (target.read_bytes()[:4], far.is_symlink()) == (b"RIFF", True)
    with pytest.raises(ZeroDivisionError), _files.writing_text(far) as file:
        file.write(str(1 / 0))
    assert target.read_bytes()[:4] == b"RIFF"


@posix
def test_links_in_a_circle_are_refused_and_stay(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(TonotopeError, match="round in a circle"), _files.writing_text(one):
        pass
    assert one.is_symlink()
    assert other.is_symlink()


@posix
def test_a_pipe_is_written_straight_and_no_file_takes_its_place(tmp_path: Path) -> None:
    pipe, link, read = tmp_path / "pipe", tmp_path / "link", list[str]()
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for named in (pipe, link):
        reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
        reader.start()
        with _files.writing_text(named) as file:
            file.write("a row\n")
        reader.join()
    assert read == ["a row\n", "a row\n"]
    for named in (pipe, link):
        with pytest.raises(TonotopeError, match="is a device or a pipe"):
            _files.write_text(named, "whole")
    assert pipe.is_fifo()
    assert link.is_symlink()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_device_is_said_and_stays_a_device(tmp_path: Path) -> None:
    link = tmp_path / "link"  # were it replaced, only the link would be lost
    link.symlink_to("/dev/full")
    for size in (1, 1_000_000):
        with (
            pytest.raises(TonotopeError, match=r"link: .*No space left on device"),
            _files.writing_text(link) as file,
        ):
            file.write("x" * size)
        assert link.is_symlink()
    assert Path("/dev/full").is_char_device()


@posix
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_standard_output_by_its_name_goes_on_where_it_is(tmp_path: Path, name: str) -> None:
    code = "import sys; from tonotope import _files\n"
    code += "with _files.writing_text(sys.argv[1]) as file: file.write('row')"
    command = [sys.executable, "-c", code, name]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"row"
    out = tmp_path / "out.csv"
    out.write_text("before ")
    with out.open("a") as file:
        subprocess.run(command, stdout=file, check=True)
    assert out.read_text() == "before row"


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_rows_go_through_links(tmp_path: Path) -> None:
    kept, link, full = tmp_path / "kept.csv", tmp_path / "link", tmp_path / "full"
    kept.touch()
    link.symlink_to(kept)
    full.symlink_to("/dev/full")
    write_file([], link, ["one", "other"])
    assert "one" in kept.read_text()
    with pytest.raises(TonotopeError, match="No space left on device"):
        write_file([], full, ["one", "other"])
    assert link.is_symlink()
    assert full.is_symlink()
