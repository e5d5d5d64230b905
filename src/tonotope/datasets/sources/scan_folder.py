"""A folder scanned for sound files; other files, hidden ones, links that are not followed.

Links are followed once and only to files inside the folder, so that no loop can be entered and
nothing outside is read by accident. Hidden files are passed over.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tonotope._wording import counted, first_five
from tonotope.datasets.manifest import Skipped

SOUND_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        *("aif", "aifc", "aiff", "au", "caf", "flac", "mp3", "oga", "ogg", "opus", "rf64", "snd"),
        *("sph", "voc", "w64", "wav", "wave"),
    )
)
# What commonly lies beside recordings and is meant to be no sound, a line for each kind.
_BESIDE_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        # text, tables, pictures, programs
        *(
            "bib",
            "bmp",
            "c",
            "cfg",
            "conf",
            "cpp",
            "css",
            "csv",
            "doc",
            "docx",
            "eps",
            "gif",
            "htm",
        ),
        *(
            "html",
            "ini",
            "ipynb",
            "java",
            "jpeg",
            "jpg",
            "js",
            "json",
            "jsonl",
            "key",
            "log",
            "lst",
        ),
        *("m", "md", "nfo", "numbers", "odp", "ods", "odt", "pages", "pdf", "png", "ppt", "pptx"),
        *("ps1", "psd", "py", "r", "rmd", "rst", "rtf", "sh", "svg", "tex", "tif", "tiff", "toml"),
        *("tsv", "txt", "webp", "xls", "xlsm", "xlsx", "xml", "yaml", "yml", "bat", "heic"),
        # shortcuts, checksums, lists of files, what other programs note down
        *(
            "lnk",
            "url",
            "webloc",
            "desktop",
            "md5",
            "sha1",
            "sha256",
            "sha512",
            "sfv",
            "ffp",
            "st5",
        ),
        *("cue", "m3u", "m3u8", "pls", "asx", "xspf", "torrent", "xmp", "lrc", "gpx", "kml"),
        # annotations and features
        *("ann", "eaf", "pfsx", "etf", "textgrid", "pitchtier", "pitch", "formant", "intensity"),
        *("intensitytier", "pointprocess", "collection", "lab", "phn", "wrd", "ctm", "rttm", "stm"),
        *("srt", "vtt", "ass", "sbv", "trs", "cha", "antx", "exb", "jams", "svl", "sv", "ant"),
        *("mid", "midi", "musicxml", "mxl", "mscz", "beats", "chords", "kwf"),
        *("csl", "pkl", "pickle", "npy", "npz", "h5", "hdf5", "hdf", "mat", "rds", "rda", "rdata"),
        *("parquet", "feather", "arrow", "pt", "pth", "onnx", "db", "sqlite", "sqlite3"),
        # peaks, overviews and projects of audio programs
        *("asd", "reapeaks", "reapindex", "sfk", "pkf", "pk", "pek", "ovw", "mrk", "sfl", "gpk"),
        *("peak", "peaks", "wfm", "ovr", "wv1", "als", "alp", "alc", "adg", "adv", "ask", "flp"),
        *("rpp", "rpp-bak", "aup", "aup3", "au3", "sesx", "ses", "cpr", "npr", "ptx", "ptf", "pts"),
        *("logicx", "band", "cwp", "reason", "rns", "song", "bwproject", "ardour", "hprj", "omfi"),
        # samplers' instruments, which name sounds
        *("nki", "nkm", "nkc", "nkr", "nkb", "exs", "sfz", "adt", "sxt", "fxp", "fxb", "vstpreset"),
    )
)
_BESIDE_NAMES = frozenset(
    {"readme", "license", "licence", "copying", "authors", "makefile", "icon\r"}
)
# What file systems, recyclers, network disks and programs put beside recordings, in lower case.
_SYSTEM_NAMES = frozenset(
    (
        *("$recycle.bin", "recycler", "recycled", "system volume information", "lost.dir"),
        *("lost+found", "found.000", "__macosx", "@eadir", "@recycle", "@tmp", "#recycle"),
        *("#snapshot", "@recently-snapshot", "network trash folder", "temporary items"),
        *("$windows.~bt", "$windows.~ws", "$winreagent", "$sysreset", "msocache", "onedrivetemp"),
        *("_gsdata_", "__pycache__", "node_modules", "@synologyconflict", "_svn"),
        *(".trashes", ".spotlight-v100", ".fseventsd", "thumbs.db", "desktop.ini"),
    )
)
_SYSTEM_BEGINNINGS = (".trash", "found.0")
_SYSTEM_ENDINGS = ("@synoeastream", "@synoresource")
_DEEPEST = 32
_MOST_HIDDEN = 10_000  # files in hidden folders that are looked through for sounds
_IN_ICLOUD = ".icloud"  # `.take 1.wav.icloud` stands for `take 1.wav`
# Behind the ending of a sound: what is perhaps the sound itself, whole or not.
_PERHAPS_SOUND = frozenset(
    (
        *(".bak", ".backup", ".old", ".orig", ".tmp", ".temp", ".part", ".partial", ".crdownload"),
        *(".download", ".filepart", ".gz", ".bz2", ".xz", ".zst", ".zip", ".7z", ".rar"),
    )
)


class FoundFile(NamedTuple):
    """A file that may be a sound: its path, and its folders below the root with its name."""

    path: Path
    levels: tuple[str, ...]

    @property
    def name(self) -> str:
        """The path below the root."""
        return "/".join(self.levels)


class FolderScan(NamedTuple):
    """All that was found: sounds in the order of their names, refusals, other files by ending.

    `system` are the folders and files of an operating system that were not looked into; `folders`
    are all others, by their names below the root: whether any file is in them, however deep.
    `hidden` are sounds whose names, or whose folders' names, begin with a dot; `others` are the
    files that `beside` counts.
    """

    sounds: list[FoundFile]
    refused: list[Skipped]
    beside: Counter[str]
    system: list[str]
    folders: dict[tuple[str, ...], bool]
    hidden: list[str]
    others: list[FoundFile]

    @property
    def system_note(self) -> list[str]:
        """Sentences on what belongs to an operating system and on hidden sounds, where any are."""
        found = []
        if self.hidden:
            what = counted(len(self.hidden), "hidden sound")
            found.append(
                f"{what} passed over (a name begins with a dot): {first_five(self.hidden)}"
            )
        if self.system:
            what = counted(len(self.system), "system folder or file", "system folders or files")
            found.append(f"{what} passed over: {first_five(self.system)}")
        return found


def is_system_name(name: str) -> bool:
    """Whether a folder or file belongs to an operating system, a recycler or a network disk.

    >>> is_system_name("$RECYCLE.BIN"), is_system_name(".Trash-1000"), is_system_name("owl")
    (True, True, False)
    """
    low = name.casefold()
    return (
        low in _SYSTEM_NAMES or low.startswith(_SYSTEM_BEGINNINGS) or low.endswith(_SYSTEM_ENDINGS)
    )


def scan_folder(root: Path) -> FolderScan:
    """Everything below `root`, in the order of its names."""
    walked = FolderScan([], [], Counter(), [], {}, [], [])
    for thing in _below(root, (), root.resolve(), walked):
        levels = thing.file.split("/") if isinstance(thing, Skipped) else thing.levels
        walked.folders.update({(*levels[:depth],): True for depth in range(1, len(levels))})
        if isinstance(thing, Skipped):
            walked.refused.append(thing)
        elif _is_beside(thing.path):
            walked.beside[thing.path.suffix.lower() or thing.path.name.strip()] += 1
            walked.others.append(thing)
        else:
            walked.sounds.append(thing)
    return walked


def _is_beside(path: Path) -> bool:
    """Whether a file is no sound by its name: by its ending, or as one that notes down a sound.

    What a program appends to the name of a sound that lies there too (`a.wav.xyz` beside `a.wav`)
    says something about it, where it is no copy, archive or unfinished download.
    """
    ending = path.suffix.lower()
    if ending in _BESIDE_ENDINGS or path.stem.lower() in _BESIDE_NAMES:
        return True
    noted = path.with_suffix("")
    known = ending in _PERHAPS_SOUND or ending in SOUND_ENDINGS
    return bool(ending) and not known and noted.suffix.lower() in SOUND_ENDINGS and noted.is_file()


def _below(
    folder: Path, levels: tuple[str, ...], root: Path, walked: FolderScan
) -> Iterator[FoundFile | Skipped]:
    if len(levels) > _DEEPEST:
        yield _refused(levels, f"lies more than {_DEEPEST} folders deep and was not looked into")
        return
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield _refused(levels, f"a folder that cannot be read ({error.strerror or error})")
        return
    for entry in entries:
        if is_system_name(entry.name):
            walked.system.append("/".join((*levels, entry.name)))
        elif entry.name.startswith("."):
            yield from _hidden(entry, levels, walked)
        else:
            yield from _one(entry, (*levels, entry.name), root, walked)


def _hidden(
    entry: os.DirEntry[str], levels: tuple[str, ...], walked: FolderScan
) -> Iterator[Skipped]:
    """What is hidden: sounds that lie in iCloud alone are refused, others noted down."""
    name = "/".join((*levels, entry.name))
    if entry.name.endswith(_IN_ICLOUD):
        meant = entry.name.removeprefix(".").removesuffix(_IN_ICLOUD)
        if Path(meant).suffix.lower() in SOUND_ENDINGS:
            yield _refused((*levels, meant), "lies in iCloud alone; download it (in Finder)")
    elif entry.name.startswith("._") or entry.is_symlink():  # macOS's own, and lock files
        return
    elif not entry.is_dir():
        walked.hidden.extend([name] if Path(name).suffix.lower() in SOUND_ENDINGS else [])
    else:
        walked.hidden.extend(f"{name}/{one}" for one in _sounds_in(entry.path))


def _sounds_in(folder: str) -> Iterator[str]:
    """The sounds in a hidden folder, of its first files."""
    looked_at = 0
    for place, _, files in os.walk(folder):
        for file in files:
            if Path(file).suffix.lower() in SOUND_ENDINGS and not file.startswith("._"):
                yield (Path(place) / file).relative_to(folder).as_posix()
        looked_at += len(files)
        if looked_at > _MOST_HIDDEN:
            return


def _one(
    entry: os.DirEntry[str], levels: tuple[str, ...], root: Path, walked: FolderScan
) -> Iterator[FoundFile | Skipped]:
    path = Path(entry.path)
    wrong = _why_not_followed(path, root) if entry.is_symlink() else None
    if wrong:
        yield _refused(levels, wrong)
    elif entry.is_dir(follow_symlinks=False):
        if path.suffix.lower() in SOUND_ENDINGS:
            yield _refused(levels, "a folder, though it is named like a sound file")
        walked.folders[levels] = False
        yield from _below(path, levels, root, walked)
    else:
        yield FoundFile(path, levels)


def _why_not_followed(link: Path, root: Path) -> str | None:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere or to itself"
    if target.is_dir():
        return "a link to a folder, which is not followed; move the folder here"
    if not target.is_relative_to(root):
        return "a link out of the folder, which is not followed; copy the file here"
    return None


def _refused(levels: tuple[str, ...], reason: str) -> Skipped:
    return Skipped("/".join(levels), None, reason)
