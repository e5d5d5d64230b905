"""A representation written outside the package: train, save, load, predict, report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from tests.experiment.conftest import QUICK, write_tones
from torch import Tensor, nn

import tonotope as tt
from tonotope._shapes import Axis, Shape
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run
from tonotope.reporting import write_report
from tonotope.training.feature_store import FeatureStore

SETS = (
    *(one for one in QUICK if not one.startswith(("network", "representation"))),
    "data.clip_s=0.25",
    'training.precision="float32"',
)


class Loudness(tt.Representation):
    """The root mean square of the sound and of its slope, in windows side by side."""

    kind: Literal["loudness"] = "loudness"
    rate_hz: int = 8000
    width: int = 40

    @property
    def window_samples(self) -> int:
        return self.width

    @property
    def hop_samples(self) -> int:
        return self.width

    def out_shape(self, shape: Shape) -> Shape:
        step = self.width / self.rate_hz
        frames = self.frames(shape.size("time"))
        return Shape([Axis("channel", 2), Axis("time", frames, step, step, "s")])

    def build(self, shape: Shape) -> nn.Module:
        return Windows(self.width)


class Windows(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, wave: Tensor) -> Tensor:
        frames = wave.unfold(1, self.width, self.width)
        both = [frames, frames.diff(dim=2)]
        return torch.stack([one.square().mean(2).sqrt() for one in both], 1)


NETWORK = tt.Layers(layers=["conv 4 3", "relu", "globalpool time mean"])


def asked(home: Path, representation: tt.Representation) -> tt.Experiment:
    data = tt.Data(source=str(home / "tones"))
    return tt.Experiment(data=data, representation=representation, network=NETWORK, name="own")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    write_tones(folder / "tones")
    return folder


@pytest.fixture(scope="module")
def own(home: Path) -> Run:
    done = run(asked(home, Loudness(width=50)), sets=SETS, out=home / "runs")
    assert done.model().description.representation == Loudness(width=50)  # it knows what it ran
    return Run(done.folder)  # as somebody finds it who has the folder alone


def test_files_hold_its_name_its_settings_and_no_code(own: Run) -> None:
    model = json.loads((own.part(own.folds[0]) / "model.json").read_text(encoding="utf-8"))
    for told in (model["representation"], own.experiment.representation.model_dump()):
        assert told["kind"] == "python"
        assert told["name"].endswith(":Loudness")
        assert told["settings"]["width"] == 50


def test_the_model_is_read_with_the_class_passed_again(own: Run) -> None:
    with pytest.raises(tt.TonotopeError, match=r"tt\.load\(run, representation=Loudness\)"):
        own.model()
    model = own.model(representation=Loudness)
    again = tt.load(own.folder, representation=Loudness()).model()
    wave = torch.randn(2, model.description.clip_samples)
    assert model.description.representation == Loudness(width=50)
    assert torch.equal(model(wave)["label"], again(wave)["label"])


def test_another_class_is_refused(own: Run) -> None:
    class Longer(Loudness):
        @property
        def window_samples(self) -> int:
            return 2 * self.width

    with pytest.raises(tt.TonotopeError, match="makes other features than when it was saved"):
        own.model(representation=Longer)
    with pytest.raises(tt.TonotopeError, match=r"a class of tonotope\.Representation, not 3"):
        own.model(representation=3)


def test_the_report_needs_no_class(own: Run) -> None:
    assert "Loudness(rate_hz=8000, width=50)" in write_report(own.folder).read_text(
        encoding="utf-8"
    )


def test_what_it_cannot_do_is_said_before_any_sound_is_read(home: Path) -> None:
    experiment = tt.Experiment(
        data=tt.Data(source=str(home / "tones"), clip_s=0.25),
        representation=Loudness(),
        network=tt.Encoder(),
        head=tt.Denoise(),
    )
    with pytest.raises(tt.TonotopeError, match="no sound can be made of the representation"):
        run(experiment, out=home / "refused")
    assert not (home / "refused").exists()

    class Nameless(tt.Representation):
        rate_hz: int = 8000

    with pytest.raises(ValueError, match="Nameless has no `kind`"):
        tt.Experiment(representation=Nameless())


def test_the_key_of_the_cache_holds_class_settings_and_source() -> None:
    class Sounds:
        lengths = (400,)

        def __getitem__(self, index: int) -> np.ndarray:
            return np.ones(400, np.float32)

        def sound_hash(self, index: int) -> str:
            return "x"

    class Louder(Loudness):
        def build(self, shape: Shape) -> nn.Module:
            return nn.Sequential(Windows(self.width), nn.Softplus())

    kinds = (Loudness(), Loudness(width=20), Louder())
    digests = {FeatureStore.compute(Sounds(), one, 400).digest for one in kinds}
    assert len(digests) == 3
    assert FeatureStore.compute(Sounds(), Loudness(), 400).digest in digests
