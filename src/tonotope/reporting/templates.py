"""Jinja templates of the page: all values escaped, a missing value is an error."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError
from markupsafe import Markup

from tonotope._errors import ExperimentError
from tonotope.reporting.i18n import Words
from tonotope.reporting.line_breaks import breakable, command, note

_TAGS_REFUSED = {"base", "embed", "form", "iframe", "link", "meta", "object", "script", "style"}
_ADDRESSES = ("src", "href", "srcset", "action", "data", "poster")


def fill(template: str | Path, words: Words, **values: Any) -> Markup:
    """The HTML of a template, given as its text or as the path of its file."""
    source = template.read_text(encoding="utf-8") if isinstance(template, Path) else template
    return Markup(_compiled(source).render(say=words.say, words=words, **values))


def fill_foreign(name: str, template: str | Path, words: Words, **values: Any) -> Markup:
    """The HTML of a template from outside the package; it may load and run nothing.

    Raises:
        ExperimentError: the template cannot be read or filled, or the page's security policy
            blocks a part of it: a script, a style, an address outside the page.
    """
    try:
        html = fill(template, words, **values)
    except (OSError, ValueError, TemplateError) as error:
        message = f"section {name!r} of the report: its template cannot be used ({error})"
        raise ExperimentError(message) from error
    blocked = _Blocked(html).found
    if blocked:
        raise ExperimentError(
            f"section {name!r} of the report holds {blocked[0]}, which the page's security policy "
            f"blocks; use HTML without scripts, styles and addresses outside the page"
        )
    return html


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tonotope.reporting", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(breakable=breakable, command=command, note=note)
    return environment


@cache
def _compiled(source: str) -> Template:
    return _environment().from_string(source)


class _Blocked(HTMLParser):
    """The parts of a piece of HTML that the page's security policy blocks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _TAGS_REFUSED:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            outside = name in _ADDRESSES and not (value or "").startswith(("#", "data:"))
            if name == "style" or name.startswith("on") or outside:
                self.found.append(f"the attribute {name}={value!r}")
