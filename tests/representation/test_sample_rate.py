from __future__ import annotations

import pytest
from pydantic import ValidationError

from tonotope.representation import LogMel, Waveform
from tonotope.representation.sample_rate import IN_KILOHERTZ


@pytest.mark.parametrize("kilohertz", sorted(k for k in IN_KILOHERTZ if k < 20))
def test_kilohertz_are_recognised(kilohertz: float) -> None:
    with pytest.raises(ValidationError, match=f"did you mean {round(kilohertz * 1000)}"):
        Waveform(rate_hz=kilohertz)


def test_a_fraction_of_kilohertz_is_recognised() -> None:
    with pytest.raises(ValidationError, match=r"22\.05 Hz: whole numbers .* mean 22050"):
        Waveform(rate_hz=22.05)


@pytest.mark.parametrize("rate_hz", [0, -8000, 19, 10_000_001])
def test_impossible_rates_name_the_allowed_ones(rate_hz: int) -> None:
    with pytest.raises(ValidationError, match="from 20 to 10,000,000 Hz are allowed"):
        Waveform(rate_hz=rate_hz)


@pytest.mark.parametrize("rate_hz", [float("nan"), float("inf"), "loud", True, None])
def test_what_is_no_number_is_refused(rate_hz: object) -> None:
    with pytest.raises(ValidationError, match="rate_hz"):
        Waveform(rate_hz=rate_hz)


@pytest.mark.parametrize("rate_hz", [32, 100, 8000, 250_000])
def test_pulses_and_bats_have_rates_too(rate_hz: int) -> None:
    assert Waveform(rate_hz=rate_hz).rate_hz == rate_hz


def test_a_window_too_short_because_of_kilohertz_says_so() -> None:
    with pytest.raises(ValidationError, match=r"mean rate_hz = 48000 \(48 kHz\)"):
        LogMel(rate_hz=48, window_s=0.025, hop_s=0.1)
