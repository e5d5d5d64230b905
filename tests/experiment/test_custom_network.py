"""A network written in Python: train, resume, save, load, predict, compare, report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.experiment.conftest import QUICK, write_tones
from torch import Tensor, nn

import tonotope as tt
from tonotope._errors import ExperimentError, ShapeError
from tonotope._shapes import Shape
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run
from tonotope.network.layers.vocabulary import Layer
from tonotope.network.shared_layers import layers
from tonotope.reporting import write_report
from tonotope.runtime.interrupt import Interrupted

SETS = (
    *(one for one in QUICK if not one.startswith("network")),
    "data.clip_s=0.25",
    'training.precision="float32"',
)

HEAD = tt.Classify(classes=("a", "b"))


class Pooled(nn.Module):
    """One convolution, its mean over time and frequency."""

    def __init__(self, in_shape: tuple[int, ...], width: int = 4) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_shape[0], width, 3)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, features: Tensor) -> Tensor:
        return self.norm(self.conv(features)).relu().mean((2, 3))


class Spelled(tt.Architecture):
    """An architecture of one's own, in the words of the layer grammar."""

    width: int = 4

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        return layers([f"conv {self.width} 3x3", "relu", "globalpool time mean"])


def asked(home: Path, network: Any) -> tt.Experiment:
    data: Any = {"source": str(home / "tones")}
    return tt.Experiment(data=data, network=network, name="own")


def ran(home: Path, network: Any, *sets: str, out: Path | None = None) -> Run:
    done = run(asked(home, network), sets=[*SETS, *sets], out=out or home / "runs")
    return Run(done.folder)  # as somebody finds it who has the folder alone


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    write_tones(folder / "tones")
    return folder


@pytest.fixture(scope="module")
def own(home: Path) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONOTOPE_FOLDS", "2")
        return ran(home, tt.Custom(Pooled, width=6))


class TestAClass:
    def test_files_hold_its_name_its_settings_and_no_code(self, own: Run) -> None:
        (told,) = json.loads((own.folder / "model.json").read_text(encoding="utf-8"))["network"]
        assert told["name_of_class"].endswith(":Pooled")
        assert told["settings"] == {"width": 6}
        assert (told["learned"], told["out_sizes"]) == (6 * 9 + 3 * 6, [6])

    def test_the_model_is_read_with_the_class_passed_again(self, own: Run) -> None:
        with pytest.raises(tt.TonotopeError, match=r"tt\.load\(run, network=Pooled\)"):
            own.model()
        again = tt.load(own.folder, network=Pooled).model()
        assert again.network[0].conv.out_channels == 6
        same = own.model(network=Pooled)
        wave = torch.randn(2, again.description.clip_samples)
        assert torch.equal(again(wave)["label"], same(wave)["label"])

    def test_another_class_is_refused_by_its_weights(self, own: Run) -> None:
        class Pooled2(Pooled):
            def __init__(self, in_shape: tuple[int, ...], width: int = 4) -> None:
                super().__init__(in_shape, width + 1)

        with pytest.raises(tt.TonotopeError, match=r"another network now.*84 parameters now, 72"):
            own.model(network=Pooled2)

    def test_report_and_comparison_need_no_class(self, own: Run, home: Path) -> None:
        from tonotope.cli.exit_status import status_of

        page = write_report(own.folder).read_text(encoding="utf-8")
        assert "Pooled(width=6)" in page
        other = ran(home, tt.Custom(Pooled, width=3))
        assert other.folder != own.folder
        assert status_of(["compare", str(own.folder), str(other.folder)]) == 0

    def test_the_command_line_says_how_to_predict(
        self, own: Run, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from tonotope.cli.exit_status import status_of

        sound = next((home / "tones" / "low").iterdir())
        assert status_of(["predict", str(own.folder), str(sound)]) != 0
        said = " ".join(capsys.readouterr().err.split())
        assert "written in Python" in said
        assert "network=Pooled" in said

    def test_the_same_again_finds_it_and_a_changed_class_does_not(
        self, own: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert ran(home, tt.Custom(Pooled, width=6)).folder == own.folder
        monkeypatch.setattr(nn.BatchNorm2d, "__init__", _without_running_mean)
        changed = asked(home, tt.Custom(Pooled, width=6))
        changed = changed.model_copy(update={"data": own.experiment.data})
        assert changed.with_weights_named().network != own.experiment.network

    def test_folds_run_in_this_process_alone(self, own: Run) -> None:
        assert own.folds == ("1", "2")  # two processes were asked for, which know no class

    def test_cut_off_it_goes_on(
        self, own: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from tonotope.experiment import train_fold

        real, calls = train_fold.fit, []

        def cut_off(*args: Any, **kwargs: Any) -> Any:
            calls.append(kwargs["folder"].name)
            if len(calls) == 2:
                raise Interrupted("stopped")
            return real(*args, **kwargs)

        monkeypatch.setattr(train_fold, "fit", cut_off)
        with pytest.raises(Interrupted):
            ran(home, tt.Custom(Pooled, width=6), out=tmp_path)
        again = ran(home, tt.Custom(Pooled, width=6), out=tmp_path)
        assert calls == ["fold-1", "fold-2", "fold-2"]
        np.testing.assert_array_equal(again.predictions.scores, own.predictions.scores)

    def test_its_file_alone_cannot_be_trained_from(self, own: Run, tmp_path: Path) -> None:
        with pytest.raises(ExperimentError, match=r"written in Python .*Experiment\(network=Poo"):
            run(own.folder / "experiment.toml", sets=["seed=3"], out=tmp_path)

    def test_an_earlier_run_is_the_beginning(self, own: Run, home: Path) -> None:
        start = (f"start.run={own.folder}", "start.frozen=true", "training.epochs=1")
        found = ran(home, tt.Custom(Pooled, width=6), *start)
        before, now = (one.model("1", network=Pooled).network for one in (own, found))
        assert torch.equal(before[0].conv.weight, now[0].conv.weight)


def _without_running_mean(self: nn.Module, width: int, **_: Any) -> None:
    nn.Module.__init__(self)
    self.weight = nn.Parameter(torch.ones(width + 1))
    self.forward = lambda features: features  # type: ignore[method-assign]


class TestAModule:
    def test_each_fold_begins_with_a_copy(self, home: Path) -> None:
        module = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        before = module[0].weight.clone()
        found = ran(home, module, "training.epochs=1")
        assert torch.equal(module[0].weight, before)
        assert found.model(network=module).network[0][0].weight.shape == before.shape

    def test_it_takes_no_settings(self) -> None:
        with pytest.raises(ExperimentError, match=r"takes no settings \(width\).*Custom\(Sequ"):
            tt.Custom(nn.Sequential(), width=3)


class TestAnArchitectureOfOnesOwn:
    def test_its_model_is_complete_without_the_class(self, home: Path) -> None:
        found = ran(home, Spelled(width=5), "training.epochs=1")
        assert found.model().description.network[0].text == "conv 5 3x3"
        assert ran(home, Spelled(width=5), "training.epochs=1").folder == found.folder
        assert tt.load(found.folder).experiment.network.settings["width"] == 5


class TestRefusedBeforeAnythingIsDecoded:
    @pytest.fixture(autouse=True)
    def _deaf(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tonotope.experiment import prepared_data

        def decoded(*_: Any, **__: Any) -> None:
            raise AssertionError("a recording was decoded")

        monkeypatch.setattr(prepared_data, "decode_all", decoded)

    @pytest.mark.parametrize(
        ("out", "said"),
        [
            (
                lambda x: x[:1].flatten(1),
                r"returns a tensor 1 × \d+ for 2 clips.*\(batch, values\)",
            ),
            (lambda x: x[:, None, None], "returns a tensor 2 × 1 × 1 × 1"),
            (lambda x: x.sum(), "returns a single number for 2 clips"),
            (lambda x: [x], "returns list"),
            (lambda x: x.argmax(1), r"returns torch\.int64"),
            (lambda x: x @ x, "fails on a clip of 1 × .*RuntimeError"),
        ],
    )
    def test_what_comes_out_has_no_place(self, home: Path, out: Any, said: str) -> None:
        class Odd(nn.Module):
            def __init__(self, in_shape: tuple[int, ...]) -> None:
                super().__init__()

            def forward(self, features: Tensor) -> Any:
                return out(features)

        with pytest.raises(ShapeError, match=said):
            ran(home, Odd)

    def test_a_class_that_is_called_otherwise(self, home: Path) -> None:
        with pytest.raises(ExperimentError, match=r"Linear\(\(1, .*the shape of its input"):
            ran(home, nn.Linear)

    @pytest.mark.parametrize("value", [None, object(), float("nan")])
    def test_a_setting_that_no_file_holds(self, value: Any) -> None:
        with pytest.raises(ExperimentError, match=r"`width` = .* cannot be written to a file"):
            tt.Custom(Pooled, width=value)

    def test_what_is_no_network(self, home: Path) -> None:
        with pytest.raises(ExperimentError, match="a network is a kind such as VGG"):
            asked(home, len)


def test_a_look_at_its_shapes_uses_up_no_random_number(home: Path) -> None:
    state = torch.get_rng_state()
    (report,) = (
        asked(home, Pooled)
        .model_copy(update={"data": tt.Data.model_validate({"clip_s": 0.5})})
        .trace()
    )
    assert torch.equal(torch.get_rng_state(), state)
    frames, bands = report.in_shape.sizes[1:]
    assert report.multiply_adds == 4 * 9 * (frames - 2) * (bands - 2)


def test_lazy_layers_find_their_sizes_and_a_weight_may_serve_twice(tmp_path: Path) -> None:
    class Twice(nn.Module):
        def __init__(self, in_shape: tuple[int, ...]) -> None:
            super().__init__()
            self.first, self.second = nn.LazyLinear(8), nn.Linear(8, 8)
            self.third = nn.Linear(8, 8)
            self.third.weight = self.second.weight

        def forward(self, features: Tensor) -> Tensor:
            return self.third(self.second(self.first(features.flatten(1))))

    sound = tt.LogMel(rate_hz=8000, bands=16)
    model = tt.Model.build(sound, tt.Custom(Twice), HEAD, clip_samples=4000)
    model.save(tmp_path)
    again = tt.Model.load(tmp_path, network=Twice)
    wave = torch.randn(2, 4000)
    assert torch.equal(model.eval()(wave)["label"], again(wave)["label"])


def test_an_estimator_of_scikit_learn_takes_it() -> None:
    from tonotope.sklearn import AudioClassifier

    rng = np.random.default_rng(0)
    waves = rng.standard_normal((12, 4000)).astype(np.float32)
    told = AudioClassifier(rate_hz=8000, network=Pooled, epochs=1, random_state=0)
    told.fit(waves, np.array(["a", "b"] * 6))
    assert told.predict(waves).shape == (12,)
