"""A reason is told inside another sentence as it is alone, with no English word left."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.translation.catalogues import catalogue
from tests.translation.english_words import english_in
from tests.translation.source_sentences import sentences

from tonotope._errors import DataError
from tonotope._translation import Translation, translation
from tonotope.annotations.text_encoding import decode_table
from tonotope.audio import file_type

# How files and rows with their reasons are told: alone, several of a kind, in a list.
FRAMES = (
    "left out: a/x.wav: {}",
    "4 times: {} (a.wav, b.wav, c.wav and 1 more)",
    "4 recordings: {} (a.wav, b.wav, c.wav and 1 more)",
    "t.csv: no row can be used: a.wav (row 1): {}, b.wav (row 2): {} and 7 more",
)
PACKAGES = ("audio", "annotations", "datasets", "prediction", "heads")


@pytest.fixture(scope="module")
def spanish() -> Translation:
    return translation("es")


def _no_sounds() -> Iterator[bytes]:
    """The first bytes of every kind of file that is known to be no sound, or none read here."""
    yield from file_type._NOT_SOUND
    yield from file_type._FOREIGN
    kinds = (*file_type._NOT_SOUND_IN_RIFF, b"AVI ", b"sfbk")
    yield from (b"RIFF\0\0\1\0" + kind for kind in kinds)
    yield b"\0\0\0\x20ftypM4A "
    yield b"CAT \0\0\x10\0REX2"
    for text in (
        "<!doctype html><html>",
        "version https://git-lfs.github.com/spec/v1",
        "/annex/objects/MD5",
        "#EXTM3U",
        "  \n",
        "hola",
    ):
        yield text.encode().ljust(5000)


def _fill(head: bytes) -> bytes:
    return head if len(head) >= 5000 else head + bytes(5000 - len(head))


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("head", [*_no_sounds()], ids=lambda head: repr(head[:12]))
def test_what_a_file_is_that_is_no_sound(spanish: Translation, head: bytes, frame: str) -> None:
    why = file_type.why_not_audio(_fill(head), 5000)
    assert why
    told = spanish(frame.replace("{}", why))
    assert not english_in(told), told


@pytest.mark.parametrize("head", [*_no_sounds()], ids=lambda head: repr(head[:12]))
def test_what_a_table_is_not(spanish: Translation, head: bytes) -> None:
    try:
        decode_table(_fill(head), "t.csv")
    except DataError as error:
        told = spanish(str(error))
        assert "no una tabla" in told
        assert not english_in(told), told


@pytest.mark.parametrize("size", [0, 1, 30])
def test_what_is_too_short(spanish: Translation, size: int) -> None:
    why = file_type.why_not_audio(bytes(size), size)
    assert why
    told = spanish(FRAMES[1].replace("{}", why))
    assert not english_in(told), told


@pytest.mark.parametrize("package", PACKAGES)
def test_a_sentence_is_told_inside_another_as_it_is_alone(
    spanish: Translation, package: str
) -> None:
    known, wrong = catalogue("es"), []
    for one in {one.template for one in sentences() if one.place.startswith(f"{package}/")}:
        if " " not in one or one not in known or one.endswith("."):
            continue
        why = re.sub(r"\{(\d+)(:n)?\}", lambda field, of=known[one]: _value(field, of), one)
        alone = spanish(why)
        for frame in (FRAMES[1], FRAMES[3]):
            told = spanish(frame.replace("{}", why))
            if told.count(alone) != frame.count("{}"):
                wrong.append(f"{one}\n  {told}\n  {alone}")
    assert not wrong, "\n".join(wrong)


def _value(field: re.Match[str], target: str) -> str:
    """A number, a verb of one word where the translation leaves it out, else a name."""
    if field[2]:
        return "3"
    return "has" if f"{{{field[1]}:-}}" in target else f"val{field[1]}.wav"
