"""The head `denoise`: an autoencoder from noisy to clean sound; noise settings, loss, output.

The recordings are the clean sound; the noise added to them is drawn anew for every clip of every
epoch, and is always the same for validation and test recordings. The network's layers are the
encoder. A decoder leads back to the size of the input, and its last layer computes one of:

    mask       how much of each value is sound, as a factor from 0 to 1 (complex values are also
               turned; decibels are lowered)
    residual   what is added to the sound; an output of zero leaves it as it is
    direct     the clean features themselves

The cost is the mean squared error over that of the noisy sound itself: 1 is a network that changes
nothing, 0 is perfect. Of a waveform it is the error of the samples. The values of a spectrogram
are softened to the power of a half first: otherwise the few loudest decide everything, and in as
many steps less than half as many decibels were gained (`dev/LOG.md`; such powers are compared by
Wilson et al., "Exploring tradeoffs in models for low-latency speech enhancement", IWAENC 2018).

What changes the features of the noisy sound alone, such as a shift or another clip mixed in, would
make the clean sound a wrong answer; such parts of the training recipe are off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from tonotope._shapes import Shape
from tonotope.heads.decoder_shapes import (
    OutputKind,
    OutputLayer,
    decoder_steps,
    first_irreversible,
)
from tonotope.heads.layer_row import LayerRow
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.task import Answer, Noise, NoiseName, Task

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tonotope.heads.task import FeatureKind, Outputs, Targets

SOUND = "sound"
NOISY = "noisy"  # the target that holds the sound before denoising


_NOISY_ONLY = {  # what alters the noisy features alone, and the value that leaves them as they are
    "mixup": 0.0,
    "time_shift": 0.0,
    "time_stretch": 1.0,
    "frequency_warp": 1.0,
    "frequency_roll": 0,
    "level_db": 0.0,
    "equaliser_db": 0.0,
    "noise_db": 0.0,
    "label_smoothing": 0.0,
}
_SOFTENED = 0.5
_FAINT = 1e-7


class Denoise(Task):
    """What a sound is like without its noise.

    The output is called `sound`: the amplitudes of the clean features. Nothing is read from a
    table.

    Attributes:
        snr_db: how far the sound lies above the noise, from and to.
        noises: kinds of noise, drawn alike often: `white`, `pink`, and other `recordings` of the
            same part of the split.
        noise_seed: decides the noise added to the recordings of validation and test; runs with the
            same one can be compared, whatever their own seed.
        output: what the last layer computes: `mask`, `residual` or `direct`; `auto` is a mask on
            spectrograms and a residual on waveforms.
        skips: whether the decoder also reads the output of the encoder's layers. Without
            it all has to pass the narrowest place, as in an autoencoder whose encoder another
            network will start from.

    >>> Denoise(noises=("white",)).answers[0].columns
    ('si-sdr', 'mse')
    """

    denoises: ClassVar[bool] = True

    kind: Literal["denoise"] = "denoise"
    snr_db: tuple[float, float] = (0.0, 15.0)
    noises: tuple[NoiseName, ...] = Field(default=("white", "pink"), min_length=1)
    noise_seed: int = Field(default=0, ge=0, lt=2**31)
    output: Literal["auto", "mask", "residual", "direct"] = "auto"
    skips: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> Denoise:
        low, high = self.snr_db
        if not -60 <= low <= high <= 100:
            raise ValueError(
                f"snr_db = [{low:g}, {high:g}] does not fit: from the lowest to the highest ratio"
                " in decibels, between -60 and 100, such as [0, 15]"
            )
        twice = sorted({name for name in self.noises if self.noises.count(name) > 1})
        if twice:
            raise ValueError(f"the noise `{twice[0]}` is named twice; name each kind once")
        return self

    @property
    def training_defaults(self) -> Mapping[str, Any]:
        """No augmentation that changes the noisy features alone, and a longer warm-up."""
        unaugmented = {"time_masks": 0, "frequency_masks": 0, "weight_decay": 0.0}
        return {**_NOISY_ONLY, **unaugmented, "warmup": 0.1}

    @property
    def experiment_defaults(self) -> Mapping[str, Any]:
        """A log-mel spectrogram relative to the loudest point of each clip, and an encoder."""
        return {
            "representation": {"kind": "log-mel", "bands": 128, "level": "clip"},
            "network": {"kind": "encoder"},
        }

    @property
    def answers(self) -> tuple[Answer, ...]:
        """A sound, and what it is judged by."""
        return (Answer(SOUND, "sound", ("si-sdr", "mse"), ("dB", "")),)

    @property
    def noise(self) -> Noise:
        """The kinds of noise, their level and their seed."""
        return Noise(self.noises, self.snr_db, self.noise_seed)

    def output_kind(self, shapes: Sequence[Shape]) -> OutputKind:
        """What the last layer computes for features of the first of `shapes`."""
        if self.output != "auto":
            return self.output
        return "residual" if len(shapes[0]) == 2 else "mask"

    def incompatible_layer(
        self, shapes: Sequence[Shape], representation: FeatureKind
    ) -> tuple[int, str] | None:
        """A layer with no way back, or a waveform that should be masked."""
        del representation
        if len(shapes[0]) == 2 and self.output == "mask":
            return 0, (
                "a waveform has no parts that a mask could weigh: head.output = residual or"
                " direct would fit"
            )
        found = first_irreversible(shapes)
        if found is None:
            return None
        number, why = found
        return number, (
            f"{why}, so that no sound can be made of what is left: a denoiser takes convolutions,"
            " pools, norms and activations; end the layers before this one, or take"
            ' network.kind = "encoder"'
        )

    def incompatible_training(self, plan: Mapping[str, Any]) -> str:
        """What alters the noisy features and leaves the clean ones as they were."""
        for key, value in _NOISY_ONLY.items():
            if plan.get(key, value) != value:
                return (
                    f"training.{key} = {plan[key]:g} alters the noisy sound and not the clean one"
                    f" it shall become: leave it out ({value:g}); the noise is drawn anew in every"
                    " epoch as it is"
                )
        return ""

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """Nothing is read from a table: the sound itself is the target."""
        del rows
        return {}

    def layer_rows(self, shapes: Sequence[Shape]) -> tuple[LayerRow, ...]:
        """The steps of the decoder and the layer at its end."""
        steps = decoder_steps(shapes, skips=self.skips)
        top = (steps[-1].shape if steps else shapes[-1]).size("channel")
        rows = (*steps, OutputLayer(top, shapes[0], self.output_kind(shapes)))
        return tuple(
            LayerRow(row.text, row.shape, row.parameters, row.multiply_adds, row.kept)
            for row in rows
        )

    def out_shape(self, shape: Shape) -> Shape:
        """That of the features; here of a network without layers, whose features are `shape`."""
        return shape

    def build_on(self, shapes: Sequence[Shape], representation: FeatureKind) -> nn.Module:
        """The decoder for a network whose layers make these shapes."""
        from tonotope.heads.decoder import Decoder

        steps = decoder_steps(shapes, skips=self.skips)
        return Decoder(shapes, steps, self.output_kind(shapes), representation)

    def loss(
        self, outputs: Outputs, targets: Targets, options: LossOptions = LossOptions()
    ) -> Tensor:
        """Squared error over that of the noisy sound, both summed over the clips."""
        target = _softened(targets[SOUND])
        error, before = (
            (_softened(one.float()) - target).square().flatten(1).mean(1)
            for one in (outputs[SOUND], targets[NOISY])
        )
        if options.sample_weight is not None:
            error, before = error * options.sample_weight, before * options.sample_weight
        return error.sum() / before.sum().clamp(min=1e-12)

    def scores(self, outputs: Outputs) -> dict[str, Tensor]:
        """Nothing that could be averaged: a sound is judged as a whole."""
        del outputs
        return {}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Nothing is decided."""
        del scores
        return {}


def _softened(amplitudes: Tensor) -> Tensor:
    """Values of a spectrogram, complex ones as two channels, to the power of a half.

    (batch, channel, time, frequency) keeps its signs; a waveform, (batch, channel, time), stays.
    """
    if amplitudes.dim() < 4:
        return amplitudes
    power = amplitudes.square().sum(1, keepdim=True) + _FAINT
    return amplitudes * power ** (0.5 * (_SOFTENED - 1.0))
