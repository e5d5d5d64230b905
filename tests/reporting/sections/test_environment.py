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


def test_dates_durations_and_keys_are_told_in_words() -> None:
    facts = [
        ["started", "2026-11-27T08:23:52+00:00"],
        ["finished", "2026-11-27T10:23:52.25+02:00"],
        ["seconds", "95.0"],
        ["memory_format", "channels_last"],
        ["machine.room_on_disk", "9 GB"],
    ]
    pairs = EnvironmentFacts().render({"environment": facts}, Words("en"), {})["pairs"]
    assert [(str(name), str(value)) for name, value in pairs] == [
        (
            "started",
            '<time datetime="2026-11-27T08:23:52+00:00">2026-11-27 08:23:52 UTC</time>',
        ),
        (
            "finished",
            '<time datetime="2026-11-27T10:23:52.25+02:00">2026-11-27 10:23:52 +02:00</time>',
        ),
        ("duration", "1\u00a0min 35\u00a0s"),
        ("memory format", "channels last"),
        ("room on disk", "9 GB"),
    ]
    odd = [["seconds", "<b>"], ["started", "<i>2026-11-27T08:23:52Z"]]
    pairs = EnvironmentFacts().render({"environment": odd}, Words("es"), {})["pairs"]
    assert [value for _, value in pairs] == ["<b>", "<i>2026-11-27T08:23:52Z"]  # escaped later
