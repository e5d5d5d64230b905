"""The environment has names in the language of the page, and its own names otherwise."""

from __future__ import annotations

from tonotope.reporting.i18n import Words
from tonotope.reporting.sections.environment import EnvironmentFacts

FACTS = [["torch", "2.13"], ["machine.cores", "2"], ["device", "cpu"], ["title", "a name"]]


def test_names_are_translated_where_the_language_has_a_word() -> None:
    for lang, cores, device in (("en", "cores", "device"), ("es", "núcleos", "dispositivo")):
        pairs = EnvironmentFacts().render({"environment": FACTS}, Words(lang), {})["pairs"]
        assert [str(name) for name, _ in pairs] == ["torch", cores, device, "title"]
        assert [text for _, text in pairs] == ["2.13", "2", "cpu", "a name"]
