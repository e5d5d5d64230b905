"""Sound files whose bytes are hostile: robustness, table 5.1, each row with its sentence."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

import numpy as np
import pytest
from tests.reliability.hostile_folder import (
    GOOD,
    NOISE,
    Checked,
    checked,
    coded,
    good_sounds,
    put,
    sentences,
)

from tonotope._errors import AudioError
from tonotope.audio import reading

WAV, AIFF, AU, CAF = (coded(format=kind) for kind in ("WAV", "AIFF", "AU", "CAF"))
W64, RF64 = (coded(format=kind) for kind in ("W64", "RF64"))
LONG = np.tile(NOISE, 10)
FLAC, OGG, MP3 = (coded(LONG, 16_000, format=kind) for kind in ("FLAC", "OGG", "MP3"))
OPUS = coded(np.tile(LONG, 3), 48_000, format="OGG", subtype="OPUS")
FLAC_FACTS = int.from_bytes(FLAC[18:26], "big")  # 20 bits rate, 3 channels, 5 bits, 36 samples


def with_facts(keep: int, add: int = 0) -> bytes:
    return put(FLAC, 18, (FLAC_FACTS & keep | add).to_bytes(8, "big"))


def spoilt(value: float, samples: int = 173) -> np.ndarray:
    wave = NOISE.copy()
    wave[100 : 100 + samples] = value
    return wave


SHORT = "too short to be audio"
PAGE = "a web page (HTML), not sound; the download went wrong, download it again"
LIST = "a playlist: it names other files or addresses, which are not followed; give the files"
NO_NUMBERS = '173 non-finite samples (NaN or infinite); repair = "zero" makes them silence'
NO_RATE = "its header says a sample rate of 0 Hz; it is damaged"
NO_CHANNEL = "its header says 0 channels; from 1 to 64 are read here"
XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
# row: case: (ending, bytes, what is said)
REFUSED: dict[str, dict[str, tuple[str, bytes, str]]] = {
    "empty; 1-43 bytes": {
        "nothing": ("wav", b"", "empty file (0 bytes); copy or download it again"),
        "one byte": ("wav", WAV[:1], f"{SHORT} (1 byte)"),
        "two bytes": ("flac", FLAC[:2], f"{SHORT} (2 bytes)"),
        "12 bytes": ("wav", WAV[:12], f"{SHORT} (12 bytes)"),
        "43 bytes": ("wav", WAV[:43], f"{SHORT} (43 bytes)"),
        "43 zeros": ("wav", bytes(43), f"{SHORT} (43 bytes)"),
        "half a FLAC header": ("flac", FLAC[:30], f"{SHORT} (30 bytes)"),
        "an Ogg page's begin": ("ogg", OGG[:27], f"{SHORT} (27 bytes)"),
        "an MP3's begin": ("mp3", MP3[:30], f"{SHORT} (30 bytes)"),
        "line ends": ("wav", b" \n" * 4, "blank text, not sound (spaces and line ends alone)"),
        "a header alone": ("wav", WAV[:44], "holds no samples"),
    },
    "wrong extension": {
        "text": ("wav", b"dear diary\n" * 9, "text, not sound (it begins “dear diary”)"),
        "a short word": ("wav", b"Not Found", "text, not sound (it begins “Not Found”)"),
        "UTF-16": ("wav", ("dear diary" * 9).encode("utf-16"), "(it begins “dear diary"),
        "a picture": ("wav", b"\x89PNG\r\n\x1a\n" + bytes(90), "a PNG image, not sound"),
        "a photograph": ("mp3", b"\xff\xd8\xff\xe0" + bytes(90), "a JPEG image, not sound"),
        "a page": ("wav", b"<!DOCTYPE html><html>404", PAGE),
        "a server's error": ("wav", XML + b"<Error><Code>AccessDenied</Code></Error>", PAGE),
        "a page in UTF-16": ("wav", "<html><body>404".encode("utf-16"), PAGE),
        "JSON": ("ogg", b'{"error": 404}' + b" " * 40, 'text, not sound (it begins “{"error": '),
        "LFS": ("wav", b"version https://git-lfs.github.com/spec/v1\n", "run `git lfs pull`"),
        "annex": ("wav", b"/annex/objects/MD5E-s9--abc.wav\n", "run `git annex get` on it"),
        "a link kept as text": ("wav", b"../.git/annex/objects/J8/x/y\n", "run `git annex get`"),
        "a ZIP archive": ("wav", b"PK\x03\x04" + bytes(90), "not sound; unpack it first"),
        "video": ("wav", b"\0\0\0\x20ftypM4A " + bytes(99), "convert it first: ffmpeg -i IN OUT."),
        "notes": ("wav", b"MThd" + bytes(90), "a MIDI file, which holds notes, not sound"),
        "no bytes of sound": ("wav", bytes(9000), "zero bytes alone, no sound (was a copy"),
    },
    "NaN/Inf samples": {
        "NaN": ("wav", coded(spoilt(np.nan), subtype="FLOAT"), NO_NUMBERS),
        "infinite": ("wav", coded(spoilt(np.inf), subtype="DOUBLE"), NO_NUMBERS),
        "minus infinite": (
            "caf",
            coded(spoilt(-np.inf), format="CAF", subtype="FLOAT"),
            NO_NUMBERS,
        ),
        "one alone": (
            "au",
            coded(spoilt(np.nan, 1), format="AU", subtype="FLOAT"),
            "1 non-finite s",
        ),
        "all": ("wav", coded(NOISE * np.nan, subtype="FLOAT"), "16,000 non-finite samples"),
        "beyond all sound": (
            "wav",
            coded(spoilt(3e38), subtype="FLOAT"),
            "samples as large as 3e+38",
        ),
    },
    "0 channels, 0 Hz, negative sizes": {
        "WAV channels": ("wav", put(WAV, 22, bytes(2)), NO_CHANNEL),
        "WAV rate": ("wav", put(WAV, 24, bytes(4)), NO_RATE),
        "WAV rate below 0": ("wav", put(WAV, 24, b"\xff" * 4), "4,294,967,295 Hz; it is damaged"),
        "WAV 0 bits": ("wav", put(WAV, 34, bytes(2)), "damaged or cut short"),
        "AU channels": ("au", put(AU, 20, bytes(4)), NO_CHANNEL),
        "AU rate": ("au", put(AU, 16, bytes(4)), NO_RATE),
        "AU header size": ("au", put(AU, 4, b"\xff\xff\xff\xf0"), "damaged or cut short"),
        "AIFF channels": ("aiff", put(AIFF, b"COMM", bytes(2), 8), NO_CHANNEL),
        "AIFF rate": ("aiff", put(AIFF, b"COMM", bytes(10), 16), "no possible sample rate"),
        "CAF rate": ("caf", put(CAF, b"desc", bytes(8), 12), NO_RATE),
        "CAF rate NaN": (
            "caf",
            put(CAF, b"desc", struct.pack(">d", np.nan), 12),
            "no possible sample rate",
        ),
        "FLAC rate": ("flac", with_facts((1 << 44) - 1), NO_RATE),
    },
    "header claims 2.5e12 samples": {
        "FLAC": (
            "flac",
            with_facts(-1 << 36, (1 << 36) - 1)[:42] + bytes(5000),
            "header claims 68,719,476,735 samples",
        ),
        "65 channels": ("wav", coded(np.zeros((9, 65))), "65 channels; from 1 to 64 are read here"),
    },
    "playlist/concat/HLS content": {
        "HLS": ("wav", b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n", LIST),
        "M3U after a mark": ("mp3", "\ufeff#EXTM3U\nhttp://127.0.0.1:9/a".encode(), LIST),
        "M3U in UTF-16": ("mp3", "#EXTM3U\nhttp://127.0.0.1:9/a".encode("utf-16"), LIST),
        "PLS": ("wav", b"[playlist]\nFile1=http://127.0.0.1:9/a\n", LIST),
        "ASX": ("wav", b'<asx version="3.0"><ref href="http://127.0.0.1:9/"/></asx>', LIST),
        "XSPF": ("wav", XML + b'<playlist xmlns="http://xspf.org/ns/0/">', LIST),
        "DASH": ("wav", XML + b"<MPD><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>", LIST),
        "SMIL": ("wav", b'<smil><body><audio src="http://127.0.0.1:9/"/></body></smil>', LIST),
        "ffconcat": ("wav", b"ffconcat version 1.0\nfile /etc/passwd\n", LIST),
        "concat": ("wav", b"file '/etc/passwd'\nfile 'b.wav'\n", LIST),
        "cue sheet": ("wav", b'FILE "/etc/passwd" WAVE\n  TRACK 01 AUDIO\n', LIST),
        "SDP": ("wav", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n", LIST),
        "a shortcut": ("wav", b"[InternetShortcut]\nURL=http://127.0.0.1:9/a\n", LIST),
        "an address": ("mp3", b"http://127.0.0.1:9/a.mp3\n", LIST),
    },
}
CASES = [(row, case) for row, cases in REFUSED.items() for case in cases]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """All of them in one folder, checked; no address is asked for."""
    root = good_sounds(tmp_path_factory.mktemp("sounds"))
    for number, (row, case) in enumerate(CASES):
        ending, data, _ = REFUSED[row][case]
        (root / f"low/{number}.{ending}").write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", None)
        return checked(root)


@pytest.mark.parametrize(("row", "case"), CASES)
def test_what_is_no_sound_is_left_out_with_its_reason(
    told: Checked, tmp_path: Path, row: str, case: str
) -> None:
    ending, data, expected = REFUSED[row][case]
    assert expected in told.reason(f"low/{CASES.index((row, case))}.{ending}")
    path = tmp_path / f"x.{ending}"
    path.write_bytes(data)
    with pytest.raises(AudioError) as error:
        reading.read(path)
    assert str(error.value).startswith(f"{path}: ")
    assert expected in str(error.value)


def test_the_rest_goes_on_and_nothing_is_dropped_unsaid(told: Checked) -> None:
    assert told.ended.status == 1
    assert told.found["recordings"] == len(GOOD)
    assert len(told.found["skipped"]) == len(CASES)
    reasons = [one["reason"] for one in told.found["skipped"]]
    for kind in ("empty file", SHORT, "a web page", LIST, "git lfs pull"):
        assert any(kind in reason for reason in reasons)
    assert "empty file" in told.ended.err  # of many kinds the first are shown, and where all stand
    ending = f"{len(CASES)} inputs were left out; every one is named with its reason in --json"
    assert ending in " ".join(told.ended.err.split())


CUT = "header says {} s, file holds {} s; what is there is used (was it cut short?)"
NO_LENGTH = (
    "header states no possible length, file holds 2.0 s; all of it is used (never finished?)"
)
LAST_PAGE = "its last Ogg page is missing; what is there is used"
HUGE = 5_000_000_000_000
# row: case: (ending, bytes, seconds heard, what is said)
HEARD: dict[str, dict[str, tuple[str, bytes, float, str]]] = {
    "truncated data chunk": {
        "WAV": ("wav", WAV[: len(WAV) // 2], 1.0, CUT.format("2.0", "1.0")),
        "AIFF": ("aiff", AIFF[: len(AIFF) // 2], 1.0, CUT.format("2.0", "1.0")),
        "AU": ("au", AU[: len(AU) // 2], 1.0, CUT.format("2.0", "1.0")),
        "CAF": ("caf", CAF[: len(CAF) // 2], 0.87, CUT.format("2.0", "0.9")),
        "W64": ("w64", W64[: len(W64) // 2], 1.0, CUT.format("2.0", "1.0")),
        "RF64": ("wav", RF64[: len(RF64) // 2], 1.0, CUT.format("2.0", "1.0")),
    },
    "truncated compressed stream": {
        "FLAC": ("flac", FLAC[: len(FLAC) // 2], 5.0, "header says 10.0 s, file holds "),
        "MP3": ("mp3", MP3[: len(MP3) // 2], 5.0, "header says 10.0 s, file holds "),
        "Ogg Vorbis": ("ogg", OGG[: len(OGG) // 2], 4.55, LAST_PAGE),
        "Opus": ("opus", OPUS[: len(OPUS) // 2], 3.97, LAST_PAGE),
    },
    "wrong extension": {
        "FLAC named .wav": ("wav", FLAC, 10.0, ""),
        "WAV named .mp3": ("mp3", WAV, 2.0, ""),
        "MP3 named .wav": ("wav", MP3, 10.0, ""),
        "Ogg named .flac": ("flac", OGG, 10.0, ""),
        "AIFF named .ogg": ("ogg", AIFF, 2.0, ""),
    },
    "0 channels, 0 Hz, negative sizes": {
        "WAV data": ("wav", put(WAV, 40, struct.pack("<i", -5)), 2.0, ""),
        "WAV header size": (
            "wav",
            put(WAV, 16, b"\xff" * 4),
            2.0,
            "a chunk before its sound states a wrong size; the sound was found behind it",
        ),
        "WAV whole": ("wav", put(WAV, 4, struct.pack("<i", -5)), 2.0, ""),
        "CAF data": ("caf", put(CAF, b"data", struct.pack(">q", -7), 4), 2.0, NO_LENGTH),
        "AU data": ("au", put(AU, 8, struct.pack(">i", -5)), 2.0, NO_LENGTH),
    },
    "header claims 2.5e12 samples": {
        "RF64": ("wav", put(RF64, b"ds64", struct.pack("<3Q", HUGE, HUGE, HUGE), 8), 2.0, ""),
        "W64": ("w64", put(W64, b"data", struct.pack("<Q", HUGE), 16), 2.0, ""),
        "CAF": ("caf", put(CAF, b"data", struct.pack(">Q", HUGE), 4), 2.0, ""),
        "FLAC": (
            "flac",
            with_facts(-1 << 36, (1 << 36) - 1),
            10.0,
            NO_LENGTH.replace("2.0 s", "10.0 s"),
        ),
        "AU": ("au", put(AU, 8, b"\x7f\xff\xff\xf0"), 2.0, NO_LENGTH),
        "WAV": ("wav", put(WAV, 40, b"\xf0\xff\xff\x7f"), 2.0, NO_LENGTH),
    },
}
for _kind in ("RF64", "W64", "CAF"):
    _claims = HEARD["header claims 2.5e12 samples"]
    _claims[_kind] = (*_claims[_kind][:3], NO_LENGTH)


DOUBTED = [(row, case) for row, cases in HEARD.items() for case in cases]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them in one folder."""
    root = good_sounds(tmp_path_factory.mktemp("used"))
    for number, (row, case) in enumerate(DOUBTED):
        ending, data, _, _ = HEARD[row][case]
        (root / f"low/{number}.{ending}").write_bytes(data)
    return root


@pytest.fixture(scope="module")
def doubted(used: Path) -> Checked:
    return checked(used)


@pytest.fixture(scope="module")
def strict(used: Path) -> Checked:
    return checked(used, "data.strict=true")


@pytest.mark.parametrize(("row", "case"), DOUBTED)
def test_what_can_be_heard_is_heard_and_what_lacks_is_said(
    used: Path, doubted: Checked, strict: Checked, row: str, case: str
) -> None:
    ending, _, seconds, expected = HEARD[row][case]
    name = f"low/{DOUBTED.index((row, case))}.{ending}"
    clip, doubts = reading.read(used / name)
    assert clip.samples.shape[1] / clip.rate_hz == pytest.approx(seconds, abs=0.15)
    assert doubted.doubts(name) == doubts
    assert len(doubts) == bool(expected)
    if expected:
        assert doubts[0].startswith(expected)
        assert strict.reason(name) == doubts[0]


def test_nothing_that_can_be_heard_is_left_out(used: Path, doubted: Checked) -> None:
    assert doubted.found["skipped"] == []
    assert doubted.found["recordings"] == len(GOOD) + len(DOUBTED)
    said = sentences(used).out
    assert LAST_PAGE in said
    assert CUT.format("2.0", "1.0") in said


def test_samples_that_are_no_numbers_become_silence_where_it_is_asked_for(tmp_path: Path) -> None:
    root = good_sounds(tmp_path)
    (root / "low/odd.wav").write_bytes(coded(spoilt(np.nan), subtype="FLOAT"))
    told = checked(root, 'data.repair="zero"')
    assert told.ended.status == 0
    assert told.doubts("low/odd.wav") == ["173 non-finite samples (NaN or infinite) made zero"]
    clip, _ = reading.read(root / "low/odd.wav", repair="zero")
    np.testing.assert_array_equal(clip.samples[0], spoilt(0.0))


def test_the_reasons_are_kept_for_a_program_to_read(told: Checked) -> None:
    assert all({"file", "row", "reason"} == {*one} for one in told.found["skipped"])
