"""An ear: made from a seed, taken up by a run, and what the one that comes along hears."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.experiment.conftest import write_tones

from tonotope._errors import ExperimentError
from tonotope.datasets.patches.patches import FAMILIES, name_of, patch_sound
from tonotope.experiment import pretrain
from tonotope.experiment.general_templates import TEMPLATES
from tonotope.experiment.propose import propose
from tonotope.experiment.run import run
from tonotope.experiment.start import EAR
from tonotope.model import Model

MOST_BYTES = 2_000_000
NEW_PATCHES = range(90_002, 90_002 + 5 * len(FAMILIES))  # none of them taught the ear


def weights(model: Model) -> dict[str, torch.Tensor]:
    return {name: value for name, value in model.state_dict().items() if "network" in name}


@pytest.fixture(scope="module")
def own_ear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("ears")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONOTOPE_CACHE", str(home / "cache"))
        pretrain.pretrain(home / "mine", patches=11, takes=4, epochs=2)
    return home / "mine"


def test_the_ear_that_comes_along_names_families_of_sounds_that_it_never_heard() -> None:
    ear = pretrain.ear().eval()
    waves = torch.from_numpy(np.stack([patch_sound(number, 0) for number in NEW_PATCHES]))
    with torch.inference_mode():
        found = ear(waves)["label"].argmax(1)
    classes = ear.description.head.classes  # type: ignore[attr-defined]
    truth = [name_of(FAMILIES[number % len(FAMILIES)]) for number in NEW_PATCHES]
    right = np.mean([classes[at] == name for at, name in zip(found, truth, strict=True)])
    assert right > 0.6  # by chance 0.09; every fourth patch has two families


def test_it_is_small_and_says_what_taught_it() -> None:
    files = [*pretrain.PLACE.iterdir()]
    assert sum(one.stat().st_size for one in files) < MOST_BYTES
    told = json.loads((pretrain.PLACE / pretrain.TEACHING).read_text(encoding="utf-8"))
    assert told["taught_on"] == "synthesised sound alone"
    usual = (pretrain.PATCHES, pretrain.TAKES, pretrain.EPOCHS)  # `tonotope pretrain` makes it
    assert (told["patches"], told["takes"], told["epochs"]) == usual


def test_the_template_hears_as_the_ear_does() -> None:
    asked = {
        key.partition(".")[2]: one
        for key, one in TEMPLATES["ear"][1].items()
        if key.startswith("representation.")
    }
    assert asked == pretrain.REPRESENTATION.model_dump(include=set(asked))
    assert TEMPLATES["ear"][1]["network.widths"] == [*pretrain.NETWORK.widths]


def test_an_experiment_of_the_template_trains_the_head_alone(tmp_path: Path) -> None:
    source = write_tones(tmp_path / "tones")
    proposal = propose(source, base=tmp_path, template="ear", sets=["training.epochs=1"])
    found = run(proposal.experiment, sets=["training.precision=float32"], out=tmp_path / "runs")
    before, after = weights(pretrain.ear()), weights(found.model(found.folds[0]))
    for name, value in before.items():
        torch.testing.assert_close(after[name], value, rtol=0, atol=0)


def test_an_ear_of_ones_own_is_taken_up_by_its_folder(tmp_path: Path, own_ear: Path) -> None:
    source = write_tones(tmp_path / "tones")
    experiment = propose(source, base=tmp_path, template="ear").experiment
    sets = [f"start.run={own_ear}", "training.epochs=1", "training.precision=float32"]
    found = run(experiment, sets=sets, out=tmp_path / "runs")
    before, after = weights(pretrain.ear(own_ear)), weights(found.model(found.folds[0]))
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert not torch.equal(*(one["network.01-conv.weight"] for one in
                             (before, weights(pretrain.ear()))))  # fmt: skip


def test_the_same_seed_makes_the_same_ear(
    own_ear: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    pretrain.pretrain(tmp_path / "again", patches=11, takes=4, epochs=2)
    for name, value in Model.load(own_ear).state_dict().items():
        assert torch.equal(value, Model.load(tmp_path / "again").state_dict()[name])


def test_another_representation_is_refused_before_anything_is_decoded(tmp_path: Path) -> None:
    source = write_tones(tmp_path / "tones")
    with pytest.raises(ExperimentError, match="tonotope new DATA --template ear"):
        run(source, sets=[f"start.run={EAR}"], out=tmp_path / "runs")
    experiment = propose(source, base=tmp_path, template="ear").experiment
    with pytest.raises(ExperimentError, match="there and 4 × 1 × 3 × 3 here; `tonotope new DATA"):
        run(experiment, sets=["network.widths=[4, 8]"], out=tmp_path / "runs")


@pytest.mark.parametrize(
    "asked", [{"patches": 1}, {"takes": 1}, {"epochs": 0}, {"patches": 10**30}, {"seed": -1}]
)
def test_too_little_to_learn_from_is_refused(tmp_path: Path, asked: dict[str, int]) -> None:
    with pytest.raises(
        ExperimentError, match="what fits is 2 to 100,000 patches, 2 to 1,000 takes"
    ):
        pretrain.pretrain(tmp_path / "mine", **asked)
    assert not [*tmp_path.iterdir()]
