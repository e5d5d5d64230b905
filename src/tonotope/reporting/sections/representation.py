"""The representation that the network gets: rate, frames, bands, coverage and resolution."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.model import shape_text, sizes
from tonotope.representation.coverage import measure_coverage

Fact = tuple[str, str]


class RepresentationFacts:
    """The representation of a clip, in numbers."""

    name = "shown"
    template = Path(__file__).with_name("representation.html.j2")

    def gather(self, run: Run, report: Report) -> dict[str, Any]:
        """Rate, shape, coverage, frequencies, and the facts of its kind."""
        representation, samples = run.experiment.representation, run.clip_samples
        shape = representation.out_shape(representation.clip_shape(samples))
        found = measure_coverage(representation, samples)
        centres = [float(hertz) for hertz in representation.frequencies_hz()]
        return {
            "kind": representation.kind,
            "rate_hz": representation.rate_hz,
            "clip_s": samples / representation.rate_hz,
            "clip_samples": samples,
            "shape": sizes(shape),
            "coverage": found.covered,
            "centres_hz": [round(hertz, 3) for hertz in centres],
            **representation.facts(),
        }

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The facts, and warnings about them."""
        shown = report["shown"]
        what = kind_text(shown, words)
        clip = words.time(shown["clip_s"])
        rate = words.say("shown.rate.hertz", rate=shown["rate_hz"])
        facts: list[Fact] = [(words.say("shown.rate"), rate)]
        if "window_s" in shown:
            facts += _frame_facts(shown, words)
        share = words.percent(shown["coverage"], 1)
        facts.append((words.say("shown.coverage"), share))
        warnings = []
        if shown.get("hop_samples", 0) > shown.get("window_samples", 0):
            warnings.append(words.say("shown.part", share=share))
        if shown.get("empty_bands"):
            warnings.append(words.say("shown.empty", n=shown["empty_bands"]))
        shape = shape_text(shown["shape"], words)
        about = words.say("shown.about", what=what, shape=shape, clip=clip)
        return {"about": about, "pairs": facts, "warnings": warnings}


def _frame_facts(shown: Mapping[str, Any], words: Words) -> list[Fact]:
    def both(seconds: float, samples: int) -> Markup:
        return words.say("shown.both", time=words.time(seconds), n=samples)

    window = both(shown["window_s"], shown["window_samples"])
    facts: list[Fact] = [
        (words.say("shown.window"), window + ", " + words.known("window", shown["window"])),
        (words.say("shown.hop"), both(shown["hop_s"], shown["hop_samples"])),
        (words.say("shown.transform"), words.say("shown.samples", n=shown["transform_samples"])),
    ]
    if shown["kind"] == "mfcc":
        facts.append((words.say("shown.coefficients"), words.number(shown["bands"])))
    facts.append((words.say("shown.bands"), words.number(shown.get("mel_bands", shown["bands"]))))
    if "low_hz" in shown:
        ends = {name: round(shown[f"{name}_hz"]) for name in ("low", "high")}
        facts.append((words.say("shown.range"), words.say("shown.hertz", **ends)))
    resolution = f"{words.time(shown['window_s'])} × {words.frequency(shown['resolution_hz'])}"
    facts.append((words.say("shown.resolution"), resolution))
    return facts


def kind_text(shown: Mapping[str, Any], words: Words) -> str:
    """The kind of the representation; the class and the settings of one written in Python."""
    key = f"kind.{shown['kind']}"
    return words.say(key) if key in words.sentences else shown.get("name", shown["kind"])
