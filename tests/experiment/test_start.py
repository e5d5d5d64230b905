"""An earlier run taken up: all of it, a part of it, frozen or not, and never one that was told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from tests.experiment.conftest import QUICK, write_tones

from tonotope._errors import DataError, ExperimentError
from tonotope.experiment.ear import load_ear
from tonotope.experiment.experiment_file import described, load
from tonotope.experiment.propose import propose
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run
from tonotope.experiment.spec import Experiment
from tonotope.experiment.start import Start
from tonotope.experiment.start_weights import _in_line
from tonotope.model import Model

SETS = (*QUICK, "training.epochs=1", 'training.precision="float32"')


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def earlier(home: Path) -> Run:
    return run(write_tones(home / "tones"), sets=SETS, out=home / "runs")


def begun(home: Path, earlier: Run, *sets: str) -> Run:
    return run(
        home / "tones", sets=[*SETS, f"start.run={earlier.folder}", *sets], out=home / "runs"
    )


def weights(model: Model) -> dict[str, torch.Tensor]:
    return {name: value for name, value in model.state_dict().items() if "network" in name}


def test_frozen_layers_stay_as_they_were_batch_norms_included(home: Path, earlier: Run) -> None:
    found = begun(home, earlier, "start.frozen=true")
    for fold in found.folds:
        before, after = weights(earlier.model(fold)), weights(found.model(fold))
        for name, value in before.items():
            torch.testing.assert_close(after[name], value, rtol=0, atol=0)
        heads = [
            run.model(fold).state_dict()["head.outputs.label.weight"] for run in (earlier, found)
        ]
        assert not torch.equal(*heads)


def test_a_part_of_the_layers_frozen_and_the_rest_learns(home: Path, earlier: Run) -> None:
    names = [name for name, _ in earlier.model("1").network.named_children()]
    found = begun(home, earlier, f'start.part="{names[2]}"', "start.frozen=true")
    before, after = weights(earlier.model("1")), weights(found.model("1"))
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert {name.split(".")[1] for name in same} >= {
        name for name in names[:3] if any(name in key for key in before)
    }
    assert any(name not in same for name in before)


def test_without_freezing_it_goes_on_from_there(
    home: Path, earlier: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tonotope.experiment import train_fold

    seen: list[dict[str, torch.Tensor]] = []
    real = train_fold.fit

    def fit(model: Model, *args: object, **kwargs: object) -> object:
        seen.append({name: value.clone() for name, value in model.state_dict().items()})
        return real(model, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(train_fold, "fit", fit)
    found = begun(home, earlier, "start.part=all")
    for fold, at_first in zip(found.folds, seen, strict=True):
        was = earlier.model(fold).state_dict()
        for name, value in was.items():
            if not name.startswith(("standardise", "representation")):
                torch.testing.assert_close(at_first[name], value, rtol=0, atol=0)
        now = found.model(fold).state_dict()
        assert not torch.equal(now["head.outputs.label.weight"], was["head.outputs.label.weight"])


def test_the_folder_of_an_experiment_without_a_start_keeps_its_name() -> None:
    plain = Experiment()
    assert plain.digest == Experiment(start=None).digest
    assert plain.digest != Experiment(start=Start(run="runs/a")).digest
    told = plain.model_dump(mode="json", exclude={"name", "seed", "start"})
    assert "start" not in told


def test_a_start_may_be_written_as_a_word_or_a_table() -> None:
    assert described({"start": "runs/a"}).start == Start(run="runs/a")
    assert described({"start": {"run": "runs/a", "frozen": True}}).start == Start(
        run="runs/a", frozen=True
    )


def test_its_path_starts_at_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "a.toml").write_text('start = "runs/x"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('extends = "base/a.toml"\n', encoding="utf-8")
    start = load(tmp_path / "b.toml").start
    assert start is not None
    assert Path(start.run) == Path("base/runs/x")


class TestRefused:
    def test_a_run_that_is_not_there(self, home: Path) -> None:
        with pytest.raises(ExperimentError, match=r"nowhere: no such folder"):
            run(home / "tones", sets=[*SETS, "start.run=nowhere"], out=home / "other")

    def test_one_that_is_not_finished(self, home: Path, earlier: Run, tmp_path: Path) -> None:
        shutil.copytree(earlier.folder, tmp_path / "half")
        (tmp_path / "half" / "evaluation.json").unlink()
        with pytest.raises(ExperimentError, match="that run is not finished"):
            run(home / "tones", sets=[*SETS, f"start.run={tmp_path / 'half'}"], out=tmp_path)

    def test_another_representation(self, home: Path, earlier: Run) -> None:
        with pytest.raises(ExperimentError, match=r"bands was 16, is 20"):
            begun(home, earlier, "representation.bands=20")

    def test_another_network_names_what_fits(self, home: Path, earlier: Run) -> None:
        with pytest.raises(ExperimentError, match=r"is 8 × 4 × 3 × 3 there and 12 × 4.*takes what"):
            begun(home, earlier, "network.widths=[4, 12]")

    def test_a_layer_that_is_not_there(self, home: Path, earlier: Run) -> None:
        with pytest.raises(ExperimentError, match=r"no such layer; known are all, network, trunk,"):
            begun(home, earlier, "start.part=conv9")

    def test_nothing_left_to_learn(self, home: Path, earlier: Run) -> None:
        with pytest.raises(ExperimentError, match="nothing is left to train"):
            begun(home, earlier, "start.part=all", "start.frozen=true")

    def test_a_run_that_was_taught_with_what_judges(self, home: Path, earlier: Run) -> None:
        said = r"trained on \d+ of the test"
        with pytest.raises(DataError, match=said):
            begun(home, earlier, "split.folds=4")


def test_an_ear_fits_a_head_on_the_last_block_alone(tmp_path: Path) -> None:
    """As before the head heard two blocks: the same filters under other names."""
    source = write_tones(tmp_path / "tones")
    experiment = propose(source, base=tmp_path, template="ear").experiment
    sets = ["network.summary_blocks=1", "training.epochs=1", "training.precision=float32"]
    found = run(experiment, sets=sets, out=tmp_path / "runs")
    ear, own = load_ear().state_dict(), found.model(found.folds[0]).state_dict()
    there = "network.25-parallel.branches.0.04-conv.weight"
    assert torch.equal(own["network.28-conv.weight"], ear[there])


def test_names_that_two_weights_would_share_are_not_taken() -> None:
    names = ["network.2-parallel.branches.0.2-conv.weight", "network.3-conv.weight", "network.1-x"]
    found = _in_line({name: torch.full((), at) for at, name in enumerate(names)})
    assert found == {"network.1-x": torch.tensor(2)}


def test_no_start_is_new_weights() -> None:
    begun = described({"start": {"run": "runs/earlier", "frozen": True}})
    assert begun.start is not None
    assert described({"start": {"run": "runs/earlier"}}, ["start=none"]).start is None
    assert described({"start": "none"}).digest == Experiment().digest
    assert described({"start": "./none"}).start == Start(run="./none")
