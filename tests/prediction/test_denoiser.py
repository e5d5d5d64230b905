"""Long sound without its noise: window by window, the same wherever the blocks are cut."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tonotope._errors import ExperimentError
from tonotope.heads import Classify, Denoise
from tonotope.model import Model
from tonotope.network import Encoder
from tonotope.prediction.denoiser import Denoiser
from tonotope.representation import Complex, LogMel, Magnitude, Representation, Waveform

RATE_HZ = 2000
FRAMES = {"rate_hz": RATE_HZ, "window_s": 0.032, "hop_s": 0.008}


def model(representation: Representation, samples: int = 800, seed: int = 0) -> Model:
    network = Encoder(widths=(3, 4), convolutions=1)
    made = Model.build(representation, network, Denoise(), clip_samples=samples, seed=seed)
    torch.manual_seed(seed)
    torch.nn.init.normal_(made.head.out.weight, std=0.5)  # pyright: ignore
    return made.eval()


def silent_change(representation: Representation, samples: int = 800) -> Model:
    """A model whose mask is 1 and whose residual is 0: nothing is changed."""
    made = model(representation, samples)
    torch.nn.init.zeros_(made.head.out.weight)  # pyright: ignore
    if representation.kind != "waveform":
        made.head.out.bias.data[0] = 50.0  # pyright: ignore
    return made


def noise(samples: int) -> np.ndarray:
    return 0.1 * np.random.default_rng(0).standard_normal(samples).astype(np.float32)


KINDS = [Waveform(rate_hz=RATE_HZ), Magnitude(**FRAMES), Complex(**FRAMES, level="clip"),
         LogMel(**FRAMES, bands=16)]  # fmt: skip


@pytest.mark.parametrize("representation", KINDS)
@pytest.mark.parametrize("samples", [1, 300, 800, 801, 5000])
def test_windows_that_change_nothing_add_up_to_the_sound(
    representation: Representation, samples: int
) -> None:
    wave = noise(samples)
    told = Denoiser(silent_change(representation))(wave)
    assert told.dtype == np.float32
    np.testing.assert_allclose(told, wave, atol=3e-6)


@pytest.mark.parametrize("blocks", [[5000], [1, 4999], [777] * 6 + [338], [100] * 50])
def test_where_the_blocks_are_cut_does_not_matter(blocks: list[int]) -> None:
    wave, denoise = noise(5000), Denoiser(model(Magnitude(**FRAMES)))
    parts = np.split(wave, np.cumsum(blocks)[:-1])
    told = np.concatenate([*denoise.stream(parts)])
    np.testing.assert_allclose(told, denoise(wave), atol=1e-6)
    assert np.abs(told - wave).max() > 0.01


def test_sound_comes_out_before_all_of_it_went_in() -> None:
    denoise = Denoiser(model(Magnitude(**FRAMES)))
    went, came, most = 0, 0, 0

    def blocks():
        nonlocal went
        for _ in range(40):
            went += 400
            yield noise(400)

    for block in denoise.stream(blocks()):
        came += len(block)
        most = max(most, went - came)
    assert came == went == 16_000
    assert most <= denoise.window + 400


def test_nothing_in_nothing_out() -> None:
    assert len(Denoiser(model(Waveform(rate_hz=RATE_HZ)))(np.zeros(0, np.float32))) == 0


def test_several_models_answer_with_their_mean() -> None:
    one, two = (model(Magnitude(**FRAMES), seed=seed) for seed in (0, 1))
    wave = noise(1500)
    told = Denoiser([one, two])(wave)
    np.testing.assert_allclose(told, (Denoiser(one)(wave) + Denoiser(two)(wave)) / 2, atol=1e-6)


def test_models_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ExperimentError, match="number 2 does not hear"):
        Denoiser([model(Magnitude(**FRAMES)), model(Magnitude(**FRAMES), samples=1000)])
    with pytest.raises(ExperimentError, match="no model"):
        Denoiser([])
    named = Model.build(
        LogMel(**FRAMES, bands=8), Encoder(widths=(3,)), Classify(classes=("a", "b")),
        clip_samples=800,
    )  # fmt: skip
    with pytest.raises(ExperimentError, match=r"`classify` does not answer with sound"):
        Denoiser(named)


def test_at_both_ends_the_sound_goes_on_and_does_not_stop() -> None:
    denoise = Denoiser(model(Magnitude(**FRAMES)))
    heard: list[np.ndarray] = []
    whole = denoise._denoised

    def listening(waves: torch.Tensor) -> torch.Tensor:
        heard.extend(waves.numpy().copy())
        return whole(waves)

    denoise._denoised = listening  # type: ignore[method-assign]
    denoise(noise(1000))
    assert all(np.abs(window[-50:]).max() > 0 and np.abs(window[:50]).max() > 0 for window in heard)
