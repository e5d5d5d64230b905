from __future__ import annotations

from tonotope.reporting.i18n import Words
from tonotope.reporting.sections.reproduce import Reproduce

SETTINGS = """# Every choice of this run, defaults included. Paths start from /a/b

name = "the of and"  # is not set
# start is not set
"""


def test_the_comments_of_the_settings_are_in_the_language_of_the_page() -> None:
    found = {
        lang: Reproduce().render({"settings": SETTINGS}, Words(lang), {})["settings"]
        for lang in ("en", "es")
    }
    assert found["en"] == SETTINGS.rstrip()
    assert found["es"].splitlines() == [
        "# Todas las opciones de este experimento, con los valores por defecto. Las rutas parten "
        "de /a/b",
        "",
        'name = "the of and"  # is not set',
        "# start no está definido",
    ]
