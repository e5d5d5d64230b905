"""The files of translations: every English sentence of one language with its translation."""

from __future__ import annotations

import json
from pathlib import Path

from tests.translation.source_sentences import SOURCE


def folder(lang: str) -> Path:
    return SOURCE / "translations" / lang


def catalogue(lang: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in folder(lang).glob("*.json"):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found
