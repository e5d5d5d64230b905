from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tonotope._errors import AudioError
from tonotope.audio import reading

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)

# What is called `.wav` and is none, with the sentence it deserves.
IMPOSTORS = {
    "nothing at all": (b"", "empty file (0 bytes); copy or download it again"),
    "a byte": (b"\0", "too short to be audio (1 byte)"),
    "43 bytes": (b"RIFF" + bytes(39), "too short to be audio (43 bytes)"),
    "text": (b"dear diary, " * 9, "text, not sound (it begins “dear diary,"),
    "short text": (b"hello", "text, not sound (it begins “hello”)"),
    "UTF-16": (("dear diary" * 9).encode("utf-16"), "text, not sound"),
    "a web page": (
        b"\n<!DOCTYPE html><html><body>404 Not Found</body></html>",
        "a web page (HTML), not sound; the download went wrong, download it again",
    ),
    "a pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n",
        "a Git LFS pointer, not the sound itself; run `git lfs pull`",
    ),
    "HLS": (b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", "a playlist: it names other files"),
    "PLS": (b"[playlist]\nFile1=http://127.0.0.1:9/a.mp3\n", "a playlist"),
    "concat": (b"ffconcat version 1.0\nfile /etc/passwd\n", "a playlist"),
    "an address": (b"http://127.0.0.1:9/stream.mp3 and some more of it", "a playlist"),
    "a picture": (PNG, "a PNG image, not sound"),
    "an archive": (b"PK\x03\x04" + bytes(100), "own file), not sound; unpack it first"),
    "notes": (b"MThd" + bytes(100), "a MIDI file, which holds notes, not sound; render it"),
    "AAC": (
        b"\0\0\0\x20ftypM4A " + bytes(100),
        "an MP4 file (AAC or video), which is not decoded here; convert it first: ffmpeg -i IN",
    ),
    "Matroska": (b"\x1aE\xdf\xa3" + bytes(100), "Matroska or WebM, which is not decoded here"),
    "video": (b"RIFF\x64\0\0\0AVI LIST" + bytes(100), "AVI video, which is not decoded here"),
    "an array": (b"\x93NUMPY\x01\0" + bytes(100), "a NumPy array, not sound; write it with"),
    "noise": (bytes(range(128, 256)) * 9, "not a sound file known here; convert it: ffmpeg"),
}


@pytest.mark.parametrize(("content", "reason"), IMPOSTORS.values(), ids=IMPOSTORS.keys())
def test_what_is_no_sound_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "innocent.wav"
    path.write_bytes(content)
    for door in (reading.inspect, reading.read):
        with pytest.raises(AudioError) as caught:
            door(path)
        assert reason in caught.value.reason
        assert str(caught.value).startswith(f"{path}: ")


def test_content_decides_not_the_ending(tmp_path: Path, sound) -> None:
    flac = sound(tmp_path / "called.wav", kind="FLAC")
    assert reading.inspect(flac).format == "FLAC PCM_16"
    # libsndfile takes an unknown file called .vox or .au for headerless sound; we do not.
    for ending in ("vox", "au", "gsm", "raw"):
        noise = tmp_path / f"noise.{ending}"
        noise.write_bytes(bytes(range(128, 256)) * 9)
        with pytest.raises(AudioError, match="not a sound file known here"):
            reading.inspect(noise)


def test_folders_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.wav"))
        for name, what in (
            ("folder.wav", "a folder, not a file"),
            ("pipe.wav", "a pipe, not a file; it was not opened"),
            ("s.wav", "a socket, not a file; it was not opened"),
        ):
            with pytest.raises(AudioError, match=what):
                reading.inspect(tmp_path / name)
    with pytest.raises(AudioError, match="a device, not a file"):
        reading.read("/dev/zero")


def test_links_are_followed_to_files_and_loops_are_told(tmp_path: Path, sound) -> None:
    sound(tmp_path / "a.wav", seconds=0.5)
    (tmp_path / "link.wav").symlink_to("a.wav")
    assert reading.inspect(tmp_path / "link.wav").duration_s == 0.5
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    with pytest.raises(AudioError, match="a link that leads to itself"):
        reading.inspect(tmp_path / "loop.wav")
    (tmp_path / "gone.wav").symlink_to("nowhere.wav")
    with pytest.raises(AudioError, match=r"no such file .*or a link that leads nowhere"):
        reading.inspect(tmp_path / "gone.wav")


def test_a_file_that_may_not_be_read(tmp_path: Path, sound, monkeypatch) -> None:
    path = sound(tmp_path / "mine.wav")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # tests may run as root, who may read everything
    with pytest.raises(AudioError, match=r"may not be read; grant permission \(chmod u\+r\)"):
        reading.inspect(path)


@pytest.mark.parametrize("name", ["a\0b.wav", "x" * 300 + ".wav", "y/" * 2500 + "z.wav"])
def test_impossible_names_are_errors_too(tmp_path: Path, name: str) -> None:
    with pytest.raises(AudioError, match=r"cannot be|no such file"):
        reading.inspect(tmp_path / name)


def test_every_possible_name_works_and_stays_on_its_line(tmp_path: Path, sound) -> None:
    names = [
        "é.wav",
        "e\u0301.wav",
        "🐕.wav",
        "two\nlines.wav",
        "tab\t.wav",
        'quo"te.wav',
        "-rf.wav",
    ]
    names += ["<script>.wav", "CON.wav", "dot.", "x" * 251 + ".wav", os.fsdecode(b"\xff\xfe.wav")]
    for name in names:
        assert reading.inspect(sound(tmp_path / name)).frames == 2000
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(AudioError) as caught:
            reading.inspect(tmp_path / name)
        assert len(str(caught.value).splitlines()) == 1
        str(caught.value).encode()
