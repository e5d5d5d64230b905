"""What the page of events says: the numbers of the events, names as they are, all in Spanish."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.reporting.events.every_page import PAGES, day, hostile, night, sound
from tests.reporting.test_page import Skeleton
from tests.reporting.test_spanish import english

import tonotope as tt
from tonotope._errors import TonotopeError
from tonotope.reporting import EventsPage
from tonotope.reporting.events.page import events_page


def texts(page: Path | str) -> str:
    html = page.read_text(encoding="utf-8") if isinstance(page, Path) else page
    return " ".join(" ".join(Skeleton(html).texts).split()).replace("\u00a0", " ")


def test_the_first_sentence_counts_the_events(tmp_path: Path) -> None:
    events = [*night(tmp_path)]
    told = texts(events_page(night(tmp_path), tmp_path / "p.html"))
    counts = Counter(one.label for one in events)
    assert f"{len(events)} events of {len(counts)} classes" in told
    assert "in 40 min" in told
    order = sorted(counts, key=lambda label: (-counts[label], label))
    for label in order[:5]:
        assert f"{counts[label]} {label}" in told
    assert f"{sum(counts[label] for label in order[5:])} of the other classes" in told
    assert "Recordings heard 4" in told
    assert "Digital silence 14 s" in told
    assert "Files left out 1" in told
    assert "empty file (0 bytes)" in told


def test_every_event_has_its_mark_where_it_lies(tmp_path: Path) -> None:
    events = [*night(tmp_path)]
    html = events_page(night(tmp_path), tmp_path / "p.html").read_text(encoding="utf-8")
    marks = re.findall(r'<rect class="event c(\d)"[^>]* x="([\d.]+)%"[^>]*><title>([^<]*)', html)
    assert len(marks) == len(events)
    # 22:30 is half an hour after the axis begins, which is 8 h long: from 22:00 to 06:00.
    first = next(one for one in marks if "22:30:" in one[2])
    assert 6.25 <= float(first[1]) < 6.5
    assert "2024-05-12/13" in html


def test_the_loudest_is_the_loudest_and_the_least_certain_lies_nearest_its_threshold(
    tmp_path: Path,
) -> None:
    page = EventsPage(night(tmp_path))
    events = [*night(tmp_path)]
    for one in events:
        page.tally.hear(one)
    chosen = page.tally.choice.chosen(page.tally.counts)
    by = {kind: [one.event for one in chosen if one.question == kind] for kind in
          ("loudest", "rarest", "unsure", "sure")}  # fmt: skip
    assert by["loudest"][0].level_db == max(one.level_db or -99 for one in events)
    others = [one for one in events if one not in by["loudest"] + by["rarest"]]
    least = min(page.tally.choice.margin(one) for one in others)
    assert page.tally.choice.margin(by["unsure"][0]) == least
    rare = min(page.tally.counts.values())
    assert rare in [page.tally.counts[one.label] for one in by["rarest"]]
    assert len(chosen) == len({id(one.event) for one in chosen}) <= 30
    assert max(Counter((one.question, one.event.label) for one in chosen).values()) <= 3


def test_a_day_of_events_is_held_in_bounded_memory(tmp_path: Path) -> None:
    def held(number: int) -> tuple[int, int]:
        events = day(tmp_path, number)
        page = EventsPage(events)
        assert sum(1 for _ in events) == number
        (heard,) = page.tally.recordings
        return sum(len([*of]) for of in heard.marks.values()), page.tally.choice.held()

    few, many = held(20_000), held(100_000)
    assert many[0] <= 8 * 800 >= few[0]  # of each of eight classes
    assert many[1] == few[1] <= 8 * 4 * 3


def test_a_day_of_events_makes_a_page_that_says_what_it_merged(
    page_of: Callable[..., Path],
) -> None:
    page = page_of("day")
    html = page.read_text(encoding="utf-8")
    assert "100,000 events of 8 classes in 24 h" in texts(page)
    assert "stand as one mark" in html
    counts = [int((re.match(r"([\d,]+) events", one) or ["", "1"])[1].replace(",", ""))
              for one in re.findall(r'class="event[^>]*><title>([^<]*)', html)]  # fmt: skip
    assert sum(counts) == 100_000
    assert len(counts) <= 8000
    assert len(html) < 3_000_000


def test_nothing_found_says_so(page_of: Callable[..., Path]) -> None:
    told = texts(page_of("nothing"))
    assert "No event in 2 s." in told
    assert "A lower one (--threshold) finds more" in told
    assert "to listen to" not in told


def test_it_is_closed_to_the_outside(page_of: Callable[..., Path]) -> None:
    html = page_of("night").read_text(encoding="utf-8")
    skeleton = Skeleton(html)
    assert not re.search(r"https?://|@import|url\(", html.replace("http-equiv", ""))
    names = {name for _, name, _ in skeleton.values}
    assert not any(name.startswith("on") or name in ("style", "action") for name in names)
    links = [value for _, name, value in skeleton.values if name == "href"]
    assert links
    assert all(re.fullmatch(r"#event-\d+", one) for one in links)
    data = json.loads(skeleton.held["script"][0])
    assert len(data["sounds"]) == len([one for one in data["clips"] if one["sound"] is not None])
    assert all(one.startswith("data:audio/") for one in data["sounds"])


def test_the_same_events_give_the_same_bytes(tmp_path: Path) -> None:
    first = events_page(night(tmp_path), tmp_path / "p.html").read_bytes()
    assert events_page(night(tmp_path), tmp_path / "p.html").read_bytes() == first


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    wild = events_page(hostile(tmp_path), tmp_path / "wild.html").read_text(encoding="utf-8")
    tame = events_page(hostile(tmp_path, "n"), tmp_path / "tame.html").read_text(encoding="utf-8")
    assert [tag for tag, _ in Skeleton(wild).tags if tag != "wbr"] == [
        tag for tag, _ in Skeleton(tame).tags if tag != "wbr"
    ]
    assert "<script>document" not in wild
    assert "&lt;script&gt;document" in wild
    assert "\u202e" not in wild
    assert "\x00" not in wild
    assert wild.count("<script") == 2


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind != "hostile"])
def test_no_english_is_left_in_spanish(page_of: Callable[..., Path], kind: str) -> None:
    page = page_of(kind, "es")
    html = page.read_text(encoding="utf-8").replace(str(page.parent), "")
    foreign = re.compile(r"a species of th")  # a label
    assert [one for one in english(html) if not foreign.search(one)] == []


def test_labels_of_a_file_have_a_page_too(tmp_path: Path) -> None:
    file = sound(tmp_path / "take.wav", 8.0)
    events = [tt.Event(file, 5.0, 6.0, "owl"), tt.Event(file, 1.0, 2.0, "rail")]
    told = texts(tt.events_page(events, tmp_path / "p.html"))
    assert "2 events of 2 classes in 8 s" in told
    assert "Each label is a stretch" in told
    assert "Thresholds" not in told


def test_a_language_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TonotopeError, match="it is written in: en, es"):
        events_page([], tmp_path / "p.html", lang="xx")
    assert not [*tmp_path.iterdir()]
