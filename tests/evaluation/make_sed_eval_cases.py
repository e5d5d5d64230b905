"""Make `sed_eval_cases.json`: random events, and what sed_eval 0.2.1 says of them.

    python -m venv sed && sed/bin/pip install sed_eval==0.2.1
    sed/bin/python tests/evaluation/make_sed_eval_cases.py

Times are on a grid of 0.05 s, so that many lie exactly on a collar or on the border of a segment;
events of a class overlap, are in no order, and last from 0 s on. Some recordings have no true
event, some no predicted one, some neither; some whole cases have none on one side.
"""

from __future__ import annotations

import json
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np

CASES = 240
FILE = Path(__file__).with_name("sed_eval_cases.json")


def main() -> None:
    """Draw the cases, ask sed_eval, write both."""
    random = np.random.default_rng(20160525)
    cases: list[dict[str, Any]] = []
    while len(cases) < CASES:
        one = case(random, len(cases))
        if one["truth"] or one["predicted"]:
            cases.append(one)
    head = '{"made by": "make_sed_eval_cases.py", "sed_eval": "0.2.1", "cases": [\n'
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
    FILE.write_text(f"{head}{lines}\n]}}\n", encoding="utf-8")


def case(random: np.random.Generator, number: int) -> dict[str, Any]:
    """Recordings with events, settings, and the answers of sed_eval."""
    labels = ["a", "b", "c", "d"][: random.integers(1, 5)]
    files = [f"{at}.wav" for at in range(random.integers(1, 5))]
    busy = number % 5 < 2  # many events at the same time, so that the matching matters
    truth = [one for file in files for one in events(random, file, labels, busy)]
    if number % 3:
        predicted = [one for file in files for one in events(random, file, labels, busy)]
    else:  # near the truth: moved, some dropped, some of another class
        predicted = [moved(random, one, labels) for one in truth if random.random() < 0.8]
    if number % 20 == 7:
        predicted = []
    if number % 20 == 11:
        truth = []
    settings = {
        "segment_s": float(random.choice([1.0, 1.0, 0.5, 0.1, 2.5])),
        "collar_s": float(random.choice([0.2, 0.2, 0.25, 0.1, 1.0])),
        "offset_share": float(random.choice([0.5, 0.5, 0.2, 0.0, 1.0])),
        "onset": bool(number % 7 != 3),
        "offset": bool(number % 7 != 5),
        "matching": "greedy" if number % 4 == 1 else "optimal",
        "never_predicted": "undefined" if number % 2 else "zero",
    }
    drawn = {"truth": truth, "predicted": predicted, "settings": settings}
    return {**drawn, **asked(truth, predicted, settings)}


def events(
    random: np.random.Generator, file: str, labels: list[str], busy: bool
) -> list[list[Any]]:
    """Events of one recording: file, class, begin and end in seconds."""
    count = 0 if random.random() < 0.2 else random.integers(*((4, 17) if busy else (1, 9)))
    starts = random.integers(0, 25 if busy else 160, count)
    lengths = random.integers(0, 20 if busy else 50, count) * (random.random(count) < 0.95)
    times = zip(starts, lengths, strict=True)
    return [
        [file, str(random.choice(labels)), round(0.05 * one, 2), round(0.05 * (one + lasts), 2)]
        for one, lasts in times
    ]


def moved(random: np.random.Generator, one: list[Any], labels: list[str]) -> list[Any]:
    """An event somewhat earlier or later, now and then of another class."""
    file, label, start_s, end_s = one
    start_s = round(max(0.0, start_s + 0.05 * random.integers(-6, 7)), 2)
    end_s = round(max(start_s, end_s + 0.05 * random.integers(-6, 7)), 2)
    return [file, str(random.choice(labels)) if random.random() < 0.2 else label, start_s, end_s]


def asked(truth: list[Any], predicted: list[Any], settings: dict[str, Any]) -> dict[str, Any]:
    """What sed_eval says, by segments and by events; None where it says NaN."""
    import sed_eval  # pyright: ignore[reportMissingImports]

    labels = sorted({one[1] for one in truth + predicted})
    zero = "zero_score" if settings["never_predicted"] == "zero" else None
    by_segment = sed_eval.sound_event.SegmentBasedMetrics(labels, settings["segment_s"])
    by_segment.empty_system_output_handling = zero  # its __init__ does not take it
    by_event = sed_eval.sound_event.EventBasedMetrics(
        labels,
        evaluate_onset=settings["onset"],
        evaluate_offset=settings["offset"],
        t_collar=settings["collar_s"],
        percentage_of_length=settings["offset_share"],
        event_matching_type=settings["matching"],
        empty_system_output_handling=zero,
    )
    for file in sorted({one[0] for one in truth + predicted}):
        own = [
            [
                {"file": file, "event_label": label, "onset": start_s, "offset": end_s}
                for where, label, start_s, end_s in side
                if where == file
            ]
            for side in (truth, predicted)
        ]
        by_segment.evaluate(*own)
        by_event.evaluate(*own)
    return {"segment": figures(by_segment, labels), "event": figures(by_event, labels)}


def figures(found: Any, labels: list[str]) -> dict[str, Any]:
    """Precision, recall, F1, error rate, substitutions, deletions, insertions; for each class."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # means of nothing
        macro = found.results_class_wise_average_metrics() if labels else {}
        return {
            "micro": row(found.results_overall_metrics()),
            "macro": row(macro),
            "classes": {one: row(found.results_class_wise_metrics()[one]) for one in labels},
        }


def row(result: dict[str, Any]) -> list[float | None]:
    """The figures of one line."""
    f1, errors = result.get("f_measure") or {}, result.get("error_rate") or {}
    values = [
        *(f1.get(name) for name in ("precision", "recall", "f_measure")),
        *(
            errors.get(f"{name}_rate")
            for name in ("error", "substitution", "deletion", "insertion")
        ),
    ]
    return [None if one is None or math.isnan(one) else float(f"{one:.13g}") for one in values]


if __name__ == "__main__":
    main()
