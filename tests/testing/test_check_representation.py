"""Every representation passes the checks; one that is broken in one way fails that check."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
import torch
from pydantic import Field
from torch import Tensor, nn

import tonotope as tt
from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.representation import KINDS, OpaqueRepresentation
from tonotope.testing import REPRESENTATION_CHECKS, CheckError, check_representation

SHIPPED = [
    kind(rate_hz=8000, **({"level": level} if level else {}))
    for kind in KINDS
    if kind is not OpaqueRepresentation
    for level in ("recorded", "clip")
    if "level" in kind.model_fields or level == "recorded"
]


@pytest.mark.parametrize("representation", SHIPPED, ids=repr)
def test_every_representation(representation: tt.Representation) -> None:
    check_representation(representation)


class Right(tt.Representation):
    """Windows of the sound as they are; each of those below is wrong in one way."""

    kind: Literal["right"] = "right"
    rate_hz: int = 8000

    @property
    def window_samples(self) -> int:
        return 80

    @property
    def hop_samples(self) -> int:
        return 40

    def out_shape(self, shape: Shape) -> Shape:
        frames = self.frames(shape.size("time"))
        if frames < 1:
            raise ShapeError("the clip is shorter than a window of 80 samples")
        time = Axis("time", frames, 40 / self.rate_hz, 80 / self.rate_hz, "s")
        return Shape([Axis("channel", 1), time, Axis("frequency", 80)])

    def build(self, shape: Shape) -> nn.Module:
        return Windows()


class Windows(nn.Module):
    def forward(self, wave: Tensor) -> Tensor:
        return wave.unfold(1, 80, 40)[:, None]


class Changed(nn.Module):
    """The windows after a change of the features or of the sound."""

    def __init__(self, after: Any = None, before: Any = None) -> None:
        super().__init__()
        self.after, self.before, self.windows = after, before, Windows()

    def forward(self, wave: Tensor) -> Tensor:
        features = self.windows(self.before(wave) if self.before else wave)
        return self.after(features) if self.after else features


class OneFrameLess(Right):
    def build(self, shape: Shape) -> nn.Module:
        return Changed(after=lambda features: features[:, :, 1:])


class Doubles(Right):
    def build(self, shape: Shape) -> nn.Module:
        return Changed(after=Tensor.double)


class WrongUnit(Right):
    def out_shape(self, shape: Shape) -> Shape:
        axes = super().out_shape(shape)
        return Shape([axes[0], axes[1]._replace(step=40.0), axes[2]])


class WrongFrames(Right):
    def frames(self, samples: int) -> int:
        return super().frames(samples) + 1 - 1 * (samples == self.samples(1))

    def build(self, shape: Shape) -> nn.Module:
        short = shape.size("time") == self.samples(1)
        return Changed(after=None if short else lambda f: torch.cat([f, f[:, :, -1:]], 2))


class RelativeToTheClip(Right):
    def build(self, shape: Shape) -> nn.Module:
        return Changed(after=lambda features: features - features[:, :, :1])


class TakesAnything(Right):
    def out_shape(self, shape: Shape) -> Shape:
        return super().out_shape(shape.resized(time=max(80, shape.size("time"))))


class Divides(Right):
    def build(self, shape: Shape) -> nn.Module:
        return Changed(after=lambda features: features / features.square().sum(3, keepdim=True))


class LooksAtTheOthers(Right):
    def build(self, shape: Shape) -> nn.Module:
        return Changed(after=lambda features: features - features.mean(0, keepdim=True))


class Draws(Right):
    def build(self, shape: Shape) -> nn.Module:
        gain = torch.rand(1) + 0.5
        return Changed(after=lambda features: gain * features)


class WritesToItsInput(Right):
    def build(self, shape: Shape) -> nn.Module:
        return Changed(before=lambda wave: wave.mul_(0.5) if not wave.requires_grad else 0.5 * wave)


class NotRelative(Right):
    @property
    def is_relative(self) -> bool:
        return True

    def relative_to_loudest(self, features: Tensor) -> Tensor:
        return features / 2


class FallingFrequencies(Right):
    def frequencies_hz(self) -> np.ndarray:
        return np.linspace(4000, 0, 80)


class Forgets(Right):
    settings: dict[str, Any] = Field(default_factory=dict)

    def model_dump(self, **keywords: Any) -> dict[str, Any]:
        return {**super().model_dump(**keywords), "settings": {"seen": 1}}


class NoWayBack(Right):
    def check_invertible(self) -> None:
        pass

    def resynthesise(self, wave: Tensor, features: Tensor, estimate: Tensor) -> Tensor:
        return torch.zeros_like(wave)


def test_nothing_is_wrong() -> None:
    check_representation(Right())


@pytest.mark.parametrize(
    ("kind", "check", "said"),
    [
        (OneFrameLess, "output", r"clips of 80 samples give \(2, 1, 0, 80\); expected \(2, 1, 1"),
        (Doubles, "output", "features are torch.float64; expected float32"),
        (WrongUnit, "time axis", r"the step of the time axis is 40 s; expected 0.005 s"),
        (WrongFrames, "time axis", "13 frames; expected 12"),
        (RelativeToTheClip, "hop", "one hop later differ by up to"),
        (TakesAnything, "too short", "a clip of 79 samples gives .*; expected a ShapeError"),
        (Divides, "silence", "values of the features of silence are NaN or infinite"),
        (LooksAtTheOthers, "batch independence", "alone and in a batch differ"),
        (Draws, "deterministic", "the features of two modules differ"),
        (WritesToItsInput, "input unchanged", "the sound before and after differ"),
        (NotRelative, "level", "four times as loud differ"),
        (FallingFrequencies, "frequencies", "from 4000 to 0 Hz; expected them to rise"),
        (Forgets, "settings", "written and read again it is"),
        (NoWayBack, "way back", "the sound made of unchanged features differ"),
    ],
)
def test_a_representation_that_is_wrong_in_one_way(
    kind: type[tt.Representation], check: str, said: str
) -> None:
    with pytest.raises(CheckError, match=said) as failed:
        check_representation(kind())
    assert failed.value.check == check


def test_every_check_has_been_seen_to_fail() -> None:
    (mark,) = test_a_representation_that_is_wrong_in_one_way.pytestmark
    assert {check for _, check, _ in mark.args[1]} == set(REPRESENTATION_CHECKS)
