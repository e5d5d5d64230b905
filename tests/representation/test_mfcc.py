from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.fft import dct

from tonotope.representation import MFCC


@pytest.mark.parametrize(("bands", "coefficients"), [(40, 13), (64, 64), (1, 1)])
def test_the_cosines_are_an_orthonormal_transform(bands: int, coefficients: int) -> None:
    cosines = MFCC(bands=bands, coefficients=coefficients).cosines()
    theirs = dct(np.eye(bands), type=2, norm="ortho", axis=1)[:, :coefficients]
    np.testing.assert_allclose(cosines, theirs, atol=1e-12)


def test_more_coefficients_than_bands_are_refused() -> None:
    with pytest.raises(ValidationError, match="coefficients = 30: 20 bands have only 20 cosine"):
        MFCC(bands=20, coefficients=30)


def test_coefficients_have_no_hertz() -> None:
    mfcc = MFCC(bands=40, coefficients=13)
    axis = mfcc.out_shape(mfcc.clip_shape(22050)).axis("frequency")
    assert (axis.size, axis.step, axis.unit) == (13, 0.0, "")
    assert mfcc.frequencies_hz().size == 0
