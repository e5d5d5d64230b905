"""What a file is by its first bytes (magic numbers), whatever its ending; why it is no sound.

A file is asked what it is before it is opened (a pipe or a device would hang the reader), and its
first bytes before it is decoded (a web page saved as `.wav` deserves a sentence of its own).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from tonotope.runtime.thread_pool import check_cancelled

HEAD = 4096  # bytes looked at
SMALLEST = 44  # bytes; the header of a WAV file alone
_BLOCK = 1 << 20  # bytes

_UNPACK = "unpack it first"
_MIDI = ("a MIDI file, which holds notes", "render it with a synthesiser")
# What a file is, and what to do; empty where there is nothing to do.
_NOT_SOUND = {
    b"\x89PNG": ("a PNG image", ""),
    b"\xff\xd8\xff": ("a JPEG image", ""),
    b"GIF8": ("a GIF image", ""),
    b"BM": ("a bitmap image", ""),
    b"%PDF": ("a PDF", ""),
    b"MThd": _MIDI,
    b"\x93NUMPY": ("a NumPy array", "write it with soundfile.write(name, array, rate)"),
    b"\x89HDF": ("an HDF5 file", ""),
    b"SQLite format 3": ("an SQLite database", ""),
    b"\x7fELF": ("a program", ""),
    b"MZ": ("a program", ""),
    b"PK\x03\x04": ("a ZIP archive (or a spreadsheet's or document's own file)", _UNPACK),
    b"\x1f\x8b": ("a gzip archive", _UNPACK),
    b"7z\xbc\xaf": ("a 7z archive", _UNPACK),
    b"Rar!": ("a RAR archive", _UNPACK),
    b"BZh": ("a bzip2 archive", _UNPACK),
    b"\xfd7zXZ": ("an xz archive", _UNPACK),
}
_NOT_SOUND_IN_RIFF = {b"RMID": _MIDI, b"WEBP": ("a WebP image", "")}
_FOREIGN = {
    b"0&\xb2u": "Windows Media",
    b"\x1aE\xdf\xa3": "Matroska or WebM",
    b"#!AMR": "AMR",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"MPCK": "Musepack",
    b"TTA1": "True Audio",
    b"DSD ": "DSD",
    b"FLV": "Flash video",
    b"\xff\xf1": "raw AAC",
    b"\xff\xf9": "raw AAC",
}
_PLAYLIST = re.compile(
    r"#EXTM3U|\[playlist\]|\[InternetShortcut\]|ffconcat |<asx|<smil|https?://|rtsp://|file:"
    # ffmpeg's list, a cue sheet, SDP, XSPF and DASH
    r"|file\s+['\"]|v=0\r?\no=|(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(playlist|MPD|smil|asx)\b",
    re.IGNORECASE | re.DOTALL,
)
_WEB_PAGE = re.compile(
    r"<!doctype html|<html|<head|<body|<\?xml[^>]*>\s*<error\b|<error><code>", re.IGNORECASE
)
_THE_WEB = "a web page (HTML), not sound; the download went wrong, download it again"
_ANNEX = re.compile(r"/annex/objects/|(\.\./)*\.git/annex/objects/")
_BEGINNINGS = (
    b"RIFF",
    b"RIFX",
    b"RF64",
    b"BW64",
    b"riff",
    b"FORM",
    b"fLaC",
    b"OggS",
    b"caff",
    b".snd",
)


class Refused(Exception):  # noqa: N818 - it never leaves this chapter
    """A reason without the file's name; `reading` adds the name and makes it an `AudioError`."""


def open_regular_file(path: Path) -> tuple[int, os.stat_result]:
    """A handle on an ordinary file, to be closed by the caller, with its size and kind.

    A pipe, a device or a folder is never opened: `stat` is called before opening, and again on
    the open file, in case something else took its place in between.

    Raises:
        Refused: it is no ordinary file.
        OSError: the system refused; `why_refused` says it in words.
    """
    _ordinary(path.stat())
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        facts = os.fstat(handle)
        _ordinary(facts)
    except BaseException:
        os.close(handle)
        raise
    return handle, facts


def blocks_of(handle: int) -> Iterator[bytes]:
    """All bytes of an open file in blocks; the handle stands afterwards where it stood before."""
    place = os.lseek(handle, 0, os.SEEK_CUR)
    os.lseek(handle, 0, os.SEEK_SET)
    while block := os.read(handle, _BLOCK):
        check_cancelled()
        yield block
    os.lseek(handle, place, os.SEEK_SET)


def explain_error(error: OSError | ValueError | Refused) -> str:
    """What the system's refusal means, or ours, and what to do."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "no such file (moved or deleted since, or a link that leads nowhere)"
    if isinstance(error, PermissionError):
        return "may not be read; grant permission (chmod u+r)"
    if isinstance(error, OSError) and error.strerror:
        loop = "too many levels" in error.strerror.lower()
        return "a link that leads to itself" if loop else f"cannot be read ({error.strerror})"
    if isinstance(error, OSError):
        return "cannot be read; see whether the disk is still there"
    return "cannot be opened under this name: it holds a character that no file name may hold"


def why_not_audio(head: bytes, size: int) -> str | None:
    """What a file is that is surely no sound known here, and what to do; None where it may be.

    >>> why_not_audio(b"version https://git-lfs.github.com/spec/v1 oid sha256:", 130)
    'a Git LFS pointer, not the sound itself; run `git lfs pull` in the folder it came from'
    >>> why_not_audio(bytes([0xFF, 0xFB, 0x90, 0x00]), 5000) is None
    True
    """
    if not size:
        return "empty file (0 bytes); copy or download it again"
    binary = why_binary(head)
    if binary:
        return binary
    begun = any(one.startswith(head[:4]) for one in _BEGINNINGS)  # of a sound, and broken off
    if _is_text(head) and not (begun and size < SMALLEST):
        return _why_text(head)
    if _WEB_PAGE.match(head[:1024].decode("latin-1").lstrip()):
        return _THE_WEB
    if size < SMALLEST:
        return f"too short to be audio ({size} {'byte' if size == 1 else 'bytes'})"
    return None


def why_blank(handle: int) -> str | None:
    """What is said of a file that begins with bytes never written; None of any other."""
    blank, value = 0, None
    for block in blocks_of(handle):
        value = block[:1] if value is None else value
        rest = block.lstrip(value)
        blank += len(block) - len(rest)
        if rest:
            break
    else:
        rest = b""
    if value not in {b"\0", b"\xff"} or blank < SMALLEST:
        return None
    byte = "zero bytes" if value == b"\0" else "bytes of the value 255"
    if rest:
        return f"its first {blank:,} are {byte}, where a header belongs; copy or download it again"
    return f"{byte} alone, no sound (was a copy interrupted?); copy or download it again"


def _ordinary(facts: os.stat_result) -> None:
    kinds = {
        stat.S_IFDIR: "a folder, not a file",
        stat.S_IFIFO: "a pipe, not a file; it was not opened",
        stat.S_IFCHR: "a device, not a file; it was not opened",
        stat.S_IFBLK: "a device, not a file; it was not opened",
        stat.S_IFSOCK: "a socket, not a file; it was not opened",
    }
    if not stat.S_ISREG(facts.st_mode):
        raise Refused(kinds.get(stat.S_IFMT(facts.st_mode), "not an ordinary file"))


def why_binary(head: bytes) -> str | None:
    """What a file is that begins like another kind of file, and what to do; None where none."""
    several = _of_several_sounds(head)
    if several == "a REX loop":
        return "a REX loop, which is not decoded here; export it as WAV from the program it is of"
    if several:
        return "a SoundFont, which holds many sounds; export those that are meant as WAV"
    found = _not_sound(head)
    if found:
        kind, cure = found
        return f"{kind}, not sound; {cure}" if cure else f"{kind}, not sound"
    foreign = _foreign(head)
    if foreign:
        return f"{foreign}, which is not decoded here; convert it first: ffmpeg -i IN OUT.wav"
    return None


def kind_of_binary(head: bytes) -> str | None:
    """What a file is, without a word on what to do: `a PNG image`; None where it may be text."""
    found = _not_sound(head)
    if found:
        return found[0]
    return _foreign(head) or _of_several_sounds(head)


def _not_sound(head: bytes) -> tuple[str, str] | None:
    if head.startswith(b"RIFF") and head[8:12] in _NOT_SOUND_IN_RIFF:
        return _NOT_SOUND_IN_RIFF[head[8:12]]
    known = (what for magic, what in _NOT_SOUND.items() if head.startswith(magic))
    return None if _is_text(head) else next(known, None)


def _of_several_sounds(head: bytes) -> str | None:
    if head.startswith(b"CAT ") and head[8:12] in {b"REX2", b"REX "}:
        return "a REX loop"
    return "a SoundFont" if head.startswith(b"RIFF") and head[8:12] == b"sfbk" else None


def _foreign(head: bytes) -> str | None:
    """The name of a format that holds sound and is not decoded here."""
    if head[4:8] == b"ftyp":
        return "an MP4 file (AAC or video)"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "AVI video"
    return next((name for magic, name in _FOREIGN.items() if head.startswith(magic)), None)


def _why_text(head: bytes) -> str:
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    start = head.decode("utf-16" if wide else "utf-8", "replace").lstrip("\ufeff \t\r\n")
    if start.startswith("version https://git-lfs"):
        return (
            "a Git LFS pointer, not the sound itself; run `git lfs pull` in the folder it came from"
        )
    if _ANNEX.match(start):
        return "a git-annex pointer, not the sound itself; run `git annex get` on it"
    if _PLAYLIST.match(start):
        return (
            "a playlist: it names other files or addresses, which are not followed; give the files"
        )
    if _WEB_PAGE.search(start[:1024]):
        return _THE_WEB
    if not start:
        return "blank text, not sound (spaces and line ends alone)"
    return f"text, not sound (it begins “{start.splitlines()[0][:40]}”)"


def _is_text(head: bytes) -> bool:
    """Whether these bytes are UTF-8 or UTF-16 text without control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and len(head) > 3:
        return b"\x00" in head[2:4]
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start > HEAD - 4  # a character cut in two
    return True
