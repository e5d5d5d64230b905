"""A representation written in Python, as it is stored in files: name and settings, never code.

Files hold its class, its settings and the axes it makes. So a run can be reported and compared
without the class; to predict, the class is passed again: `run.model(representation=Envelope)`.
"""

from __future__ import annotations

from typing import Any, Literal, NoReturn

import numpy as np
from pydantic import Field

from tonotope._errors import ExperimentError, ShapeError
from tonotope._shapes import Axis, Description, Shape
from tonotope.representation.representation import Level, Representation
from tonotope.representation.sample_rate import RateHz


class SavedAxis(Description):
    """One axis of the features: see `Axis`."""

    name: str
    size: int = Field(ge=1)
    step: float = 0.0
    span: float = 0.0
    unit: str = ""


class OpaqueRepresentation(Representation):
    """What a file holds of a representation written in Python.

    Attributes:
        name: the class, for whoever looks for it: `package.module:Class`.
        settings: its fields.
        rate_hz: samples per second of the sound that comes in.
        level: whether clips are relative to their loudest point.
        window: how many samples one index of the time axis sees.
        hop: from one index of the time axis to the next, in samples.
        axes: of the features of one window.
        centres_hz: the frequency of every index of the frequency axis, where it has one.
    """

    kind: Literal["python"] = "python"
    name: str
    settings: dict[str, Any] = Field(default_factory=dict)
    rate_hz: RateHz
    level: Level = "recorded"
    window: int = Field(ge=1)
    hop: int = Field(ge=1)
    axes: tuple[SavedAxis, ...] = Field(min_length=2, max_length=3)
    centres_hz: tuple[float, ...] = ()

    @classmethod
    def of(cls, representation: Representation) -> OpaqueRepresentation:
        """What a file holds of `representation`."""
        if isinstance(representation, OpaqueRepresentation):
            return representation
        kind = type(representation)
        one = representation.clip_shape(representation.samples(1))
        return cls(
            name=f"{kind.__module__}:{kind.__qualname__}",
            settings=representation.model_dump(mode="json"),
            rate_hz=representation.rate_hz,
            level=getattr(representation, "level", "recorded"),
            window=representation.window_samples,
            hop=representation.hop_samples,
            axes=tuple(SavedAxis(**axis._asdict()) for axis in representation.out_shape(one)),
            centres_hz=tuple(representation.frequencies_hz().tolist()),
        )

    def with_code(self, representation: object) -> Representation:
        """The representation itself, with the settings of the file.

        Args:
            representation: its class, or any instance of it.

        Raises:
            ExperimentError: it is no representation, or another class than the file names.
        """
        if isinstance(representation, OpaqueRepresentation):
            self._refuse()
        kind = representation if isinstance(representation, type) else type(representation)
        if not issubclass(kind, Representation):
            raise ExperimentError(
                "a representation is a class of tonotope.Representation, not"
                f" {representation!r:.80}"
            )
        made = kind.model_validate(self.settings)
        if OpaqueRepresentation.of(made).model_dump(exclude={"name"}) != self.model_dump(
            exclude={"name"}
        ):
            raise ExperimentError(
                f"`{self.name}` makes other features than when it was saved: pass the class as it"
                " was"
            )
        return made

    @property
    def window_samples(self) -> int:
        """How many samples one index of the time axis sees."""
        return self.window

    @property
    def hop_samples(self) -> int:
        """From one index of the time axis to the next, in samples."""
        return self.hop

    def facts(self) -> dict[str, Any]:
        """The class and its settings, as they are written in Python."""
        cls = self.name.replace(":", ".").rsplit(".", 1)[-1]
        settings = (f"{key}={value!r}" for key, value in self.settings.items() if key != "kind")
        return {"name": f"{cls}({', '.join(settings)})"}

    def frequencies_hz(self) -> np.ndarray:
        """The frequencies that were saved."""
        return np.array(self.centres_hz)

    def out_shape(self, shape: Shape) -> Shape:
        """The axes that were saved, for a clip of `shape`.

        Raises:
            ShapeError: the clip is shorter than one window.
        """
        frames = self.frames(shape.size("time"))
        if frames < 1:
            raise ShapeError(
                f"a clip of {shape.size('time')} samples is shorter than one window of"
                f" {self.window} samples: lengthen the clip"
            )
        axes = Shape(Axis(**axis.model_dump()) for axis in self.axes)
        return axes.resized(time=frames)

    def build(self, shape: Shape) -> NoReturn:
        """Refused: only the class knows."""
        del shape
        self._refuse()

    def _refuse(self) -> NoReturn:
        cls = self.name.replace(":", ".").rsplit(".", 1)[-1]
        raise ExperimentError(
            f"this representation was written in Python (`{self.name}`), and no code is run from a"
            f" file: in Python pass the class again, Experiment(representation={cls}(...)),"
            f" tt.load(run, representation={cls}), run.model(representation={cls}) or"
            f" Model.load(folder, representation={cls})"
        )
