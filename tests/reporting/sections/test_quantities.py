"""The table of quantities: errors in the unit of the quantity, R² without one."""

from __future__ import annotations

from tonotope.reporting.i18n import Words
from tonotope.reporting.sections.quantities import Quantities

PITCH = {
    "name": "pitch_hz", "unit": "Hz", "n": 7, "mae": 197.0, "mae_low": 44.6, "mae_high": 350.0,
    "rmse": 247.0, "median-error": 151.0, "r2": -0.0464,
}  # fmt: skip


def test_errors_have_the_unit_and_r2_has_none() -> None:
    assert Quantities().row(PITCH, Words("en")) == [
        "pitch_hz",
        "197\u00a0Hz",
        "44.6\u00a0Hz to 350\u00a0Hz",
        "247\u00a0Hz",
        "151\u00a0Hz",
        "\u22120.046",
        "7",
    ]


def test_errors_without_a_unit_are_written_with_three_figures() -> None:
    row = Quantities().row({**PITCH, "unit": ""}, Words("es"))
    assert row[1:4] == ["197", "44,6 a 350", "247"]


def test_the_r2_of_several_quantities_is_said_to_be_their_mean() -> None:
    score = {"metric": "r2", "value": -0.355, "n": 12, "groups": 12}
    counts = {"pitch_hz": 11, "level_db": 12}
    task = {"score": score, "verdict": "alone", "columns": [{"name": a, "n": n} for a, n in
            counts.items()]}  # fmt: skip
    first, _ = Quantities().verdict(task, {}, Words("en"))
    assert first == (
        "Its R² is <em>\u22120.355</em>, the mean over 2 quantities, on 11 to 12 recordings it "
        "never heard before."
    )
    task["columns"] = task["columns"][1:]
    first, _ = Quantities().verdict(task, {}, Words("en"))
    assert first == "Its R² is <em>\u22120.355</em> on 12 recordings it never heard before."
