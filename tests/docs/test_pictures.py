"""The pictures of the lecture: each is used, and is what its program draws today."""

from __future__ import annotations

import base64
import importlib
import re
import sys
import zlib
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from tests.docs.conftest import ROOT

LECTURE = ROOT / "docs" / "lecture"
FOLDER = LECTURE / "pictures"
_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")
_IMAGE = re.compile(r"data:image/png;base64,([\w+/=]+)")


def drawn() -> Mapping[str, Callable[[], str]]:
    """What the program can draw, by name."""
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("docs.lecture.draw.__main__").PICTURES
    finally:
        sys.path.remove(str(ROOT))


NAMES = sorted(drawn())


def test_every_picture_is_drawn_and_used() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in LECTURE.glob("*.md"))
    used = re.findall(r"\]\(pictures/([\w-]+)\.svg\)", pages)
    assert sorted(set(used)) == NAMES == sorted(file.stem for file in FOLDER.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_what_its_program_draws(name: str) -> None:
    told = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    now = drawn()[name]()
    assert apart(told, now) == "", "draw it again: make pictures"


def test_another_picture_would_be_noticed() -> None:
    told = (FOLDER / "filters-on-a-plane.svg").read_text(encoding="utf-8")
    image = _IMAGE.search(told)
    assert image
    other = base64.b64encode(_png_of(255 - _pixels(image[1]))).decode()
    for changed in (
        told.replace(image[1], other),
        re.sub(r'(<text [^>]*x=")\d+', r"\g<1>7", told),
        told.replace("</text>", "!</text>", 1),
    ):
        assert apart(told, changed)


def apart(told: str, now: str) -> str:
    """What differs between two drawings; empty where no eye would see it.

    Other processors round differently in the last digit: coordinates may lie half a pixel apart,
    and a colour may be a neighbour of the other.
    """
    images, others = _IMAGE.findall(told), _IMAGE.findall(now)
    if len(images) != len(others):
        return f"{len(images)} planes of sound, now {len(others)}"
    for one, other in zip(map(_pixels, images), map(_pixels, others), strict=True):
        if one.shape != other.shape or (np.abs(one.astype(int) - other) > 2).mean() > 0.01:
            return "a plane of sound"
    told, now = (_IMAGE.sub("", text) for text in (told, now))
    if _NUMBER.sub("", told) != _NUMBER.sub("", now):
        return "words or shapes"
    numbers = zip(_NUMBER.findall(told), _NUMBER.findall(now), strict=True)
    far = [pair for pair in numbers if abs(_value(pair[0]) - _value(pair[1])) > 0.5]
    return f"numbers such as {far[0]}" if far else ""


def _value(text: str) -> float:
    return float(text.replace("−", "-"))


def _pixels(text: str) -> np.ndarray:
    """Numbers of colours of a PNG such as the report's: one byte each, rows unfiltered."""
    data = base64.b64decode(text)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    at = data.index(b"IDAT")
    size = int.from_bytes(data[at - 4 : at], "big")
    raw = zlib.decompress(data[at + 4 : at + 4 + size])
    return np.frombuffer(raw, np.uint8).reshape(height, width + 1)[:, 1:]


def _png_of(pixels: np.ndarray) -> bytes:
    from tonotope.reporting.spectrogram_png import palette, png

    return png(pixels, palette(("ffffff", "000000")))
