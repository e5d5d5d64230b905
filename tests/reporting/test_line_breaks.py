"""Long runs without a space may break; short words, tags and foreign signs stay whole."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from tonotope.reporting.line_breaks import LONGEST_WORD, breakable, command, note


@pytest.mark.parametrize(
    "text", ["Barockstimmung", "total", "x" * LONGEST_WORD, "a b c d e f g h i j k l m n o p q r s"]
)
def test_a_word_of_up_to_twenty_letters_stays_whole(text: str) -> None:
    assert breakable(text) == text


def test_a_long_run_breaks_after_its_signs_or_after_twenty_letters() -> None:
    assert breakable("see Feldaufnahmen_2024-05/take_07.wav now") == (
        "see Feldaufnahmen_<wbr>2024-<wbr>05/<wbr>take_<wbr>07.<wbr>wav now"
    )
    pieces = breakable("Donaudampfschifffahrtsgesellschaftskapitän").split("<wbr>")
    assert max(map(len, pieces)) == LONGEST_WORD
    assert "".join(pieces) == "Donaudampfschifffahrtsgesellschaftskapitän"


def test_an_accent_stays_with_its_letter() -> None:
    assert "<wbr>\u0301" not in breakable("e\u0301" * 30)


def test_text_is_escaped_and_tags_are_kept() -> None:
    assert breakable("<b>") == "&lt;b&gt;"
    bold = Markup("<b title='a_long_title_without_a_space'>{}</b>").format("R&B")
    assert breakable(bold) == bold


def test_a_command_breaks_between_its_words_alone() -> None:
    html = command("tonotope run 'a b' --set training.epochs=8 <x>")
    assert (
        re.sub("<[^>]*>", "", html)
        == "tonotope run &#39;a b&#39; --set training.epochs=8 &lt;x&gt;"
    )
    assert '<span class="word">--set</span> ' in html


def test_a_note_marks_code_and_keeps_numbers_with_their_units() -> None:
    assert note("`<a>`: from 20 Hz to 3.5 kHz, 95 % of 12 set") == (
        "<code>&lt;a&gt;</code>: from 20\u00a0Hz to 3.5\u00a0kHz, 95\u00a0% of 12 set"
    )
    assert note("an odd ` tick & no code") == "an odd ` tick &amp; no code"
