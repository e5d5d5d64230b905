"""The head that answers with sound: its settings, its cost, what it refuses."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from tonotope._errors import ShapeError
from tonotope.heads import Denoise, LossOptions
from tonotope.heads.denoise import NOISY, SOUND
from tonotope.model import Model
from tonotope.network import CREPE, VGG, Encoder, Layers, Network
from tonotope.representation import MFCC, Complex, LogMel, Magnitude, Representation, Waveform

FRAMES = {"rate_hz": 8000, "window_s": 0.032, "hop_s": 0.008}


def built(
    representation: Representation, network: Network | None = None, head: Denoise | None = None
) -> Model:
    network = network or Encoder(widths=(4, 6), convolutions=1)
    return Model.build(representation, network, head or Denoise(), clip_samples=2000)


@pytest.mark.parametrize(
    "representation",
    [
        Waveform(rate_hz=8000),
        Magnitude(**FRAMES, level="clip"),
        Complex(**FRAMES),
        LogMel(**FRAMES, bands=20),
    ],
)
@pytest.mark.parametrize("skips", [True, False])
def test_what_comes_out_is_as_large_as_what_goes_in_and_everything_learns(
    representation: Representation, skips: bool
) -> None:
    model = built(representation, head=Denoise(skips=skips))
    torch.manual_seed(0)
    features = model.features(0.1 * torch.randn(3, 2000))
    torch.nn.init.normal_(model.head.out.weight)  # pyright: ignore
    outputs = model.from_features(features)
    assert outputs[SOUND].shape == features.shape
    targets = {SOUND: torch.zeros_like(features), NOISY: torch.ones_like(features)}
    model.description.head.loss(outputs, targets).backward()
    assert all(one.grad is not None and bool(one.grad.any()) for one in model.network.parameters()
               if one.dim() > 1)  # fmt: skip


def test_the_cost_is_1_where_nothing_was_done_and_0_where_all_is_right() -> None:
    torch.manual_seed(0)
    for shape in ((4, 1, 50), (4, 1, 7, 5), (4, 2, 7, 5)):
        clean, noisy = torch.randn(shape), torch.randn(shape)
        targets = {SOUND: clean, NOISY: noisy}
        head = Denoise()
        assert float(head.loss({SOUND: noisy}, targets)) == pytest.approx(1.0)
        assert float(head.loss({SOUND: clean}, targets)) == 0.0
        halfway = float(head.loss({SOUND: (clean + noisy) / 2}, targets))
        assert 0.0 < halfway < 1.0


def test_a_waveform_is_judged_by_its_samples_and_each_clip_by_its_share() -> None:
    clean = torch.zeros(2, 1, 4)
    noisy, said = torch.ones(2, 1, 4), torch.stack([torch.full((1, 4), 0.5), torch.ones(1, 4)])
    targets = {SOUND: clean, NOISY: noisy}
    assert float(Denoise().loss({SOUND: said}, targets)) == pytest.approx(0.625)
    share = torch.tensor([1.0, 0.0])
    assert float(
        Denoise().loss({SOUND: said}, targets, LossOptions(sample_weight=share))
    ) == pytest.approx(0.25)


def test_values_of_a_spectrogram_are_softened() -> None:
    clean = torch.zeros(1, 1, 1, 2)
    noisy = torch.tensor([[[[1.0, 0.01]]]])
    said = torch.tensor([[[[0.0, 0.01]]]])
    cost = float(Denoise().loss({SOUND: said}, {SOUND: clean, NOISY: noisy}))
    assert cost == pytest.approx(0.01 / 1.01, rel=1e-2)  # and not 0.0001


def test_what_the_last_layer_says_follows_the_representation() -> None:
    wave, bands = (
        [one.out_shape(one.clip_shape(8000))] for one in (Waveform(rate_hz=8000), LogMel(**FRAMES))
    )
    assert Denoise().output_kind(wave) == "residual"
    assert Denoise().output_kind(bands) == "mask"
    assert Denoise(output="direct").output_kind(bands) == "direct"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"snr_db": (15, 0)}, "from the lowest to the highest"),
        ({"snr_db": (0, 900)}, "between -60 and 100"),
        ({"noises": ()}, "at least 1"),
        ({"noises": ("white", "white")}, "named twice"),
        ({"noises": ("brown",)}, "white.*pink.*recordings"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Denoise.model_validate(settings)


@pytest.mark.parametrize(
    ("representation", "network", "head", "said"),
    [
        (LogMel(**FRAMES), VGG(widths=(4,)), Denoise(),
         r"layer \d+ \(`globalpool time mean\+max`\) of `vgg` leaves nothing.*encoder"),
        (LogMel(**FRAMES), Layers(layers=["conv 4 3x3", "flatten", "dense 3"]), Denoise(),
         r"layer 2 \(`flatten`\) gives up the axes.*encoder"),
        (Waveform(rate_hz=8000), CREPE(), Denoise(), r"layer \d+ \(`flatten`\) of `crepe`"),
        (MFCC(**FRAMES), Encoder(), Denoise(), "cepstral coefficients.*log-mel"),
        (Waveform(rate_hz=8000), Encoder(), Denoise(output="mask"), "no parts that a mask"),
        (Magnitude(rate_hz=8000, window_s=0.032, hop_s=0.032), Encoder(widths=(4,)), Denoise(),
         r"every 0.032 s leave sound out.*hop_s = 0.016 or less"),
    ],
)  # fmt: skip
def test_what_leads_back_to_no_sound_is_refused_with_what_fits(
    representation: Representation, network: Network, head: Denoise, said: str
) -> None:
    with pytest.raises(ShapeError, match=said):
        built(representation, network, head)
