"""An ear: made from a seed, taken up by a run, and what the one that comes along hears."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.experiment.conftest import write_tones

from tonotope._errors import ExperimentError
from tonotope.experiment import ear as ears
from tonotope.experiment.ear import EARS, load_ear
from tonotope.experiment.general_templates import TEMPLATES
from tonotope.experiment.pretrain import pretrain
from tonotope.experiment.propose import propose
from tonotope.experiment.run import run
from tonotope.experiment.start import EAR
from tonotope.model import Model

MOST_BYTES = 2_000_000
FIRST_NEW = 90_002  # none from here on taught an ear


def weights(model: Model) -> dict[str, torch.Tensor]:
    return {name: value for name, value in model.state_dict().items() if "network" in name}


@pytest.fixture(scope="module")
def own_ear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("ears")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONOTOPE_CACHE", str(home / "cache"))
        pretrain(home / "mine", sources=11, takes=4, epochs=2)
    return home / "mine"


@pytest.mark.parametrize(("name", "least"), [("ear", 0.6), ("word-ear", 0.35)])
def test_an_ear_that_comes_along_names_what_it_never_heard(name: str, least: float) -> None:
    ear = EARS[name]
    sounds = ear.sounds(sources=60, takes=1, first=FIRST_NEW)
    model = load_ear(ear.name).eval()
    waves = torch.from_numpy(np.stack([sounds[at] for at in range(60)]))
    with torch.inference_mode():
        found = model(waves)["label"].argmax(1)
    classes = model.description.head.classes  # type: ignore[attr-defined]
    right = np.mean(
        [classes[at] == row["label"] for at, row in zip(found, sounds.rows, strict=True)]
    )
    assert right > least  # by chance 0.09 of families, 0.2 of how words begin


def test_they_are_small_and_say_what_taught_them() -> None:
    files = [one for ear in EARS.values() for one in ear.folder.iterdir()]
    packed = sum(len(zlib.compress(one.read_bytes())) for one in files)
    assert packed < MOST_BYTES  # of a wheel, which is packed
    for ear in EARS.values():
        told = json.loads((ear.folder / ears.TEACHING).read_text(encoding="utf-8"))
        assert told["taught_on"] == "synthesised sound alone"
        usual = (ear.name, ear.sources, ear.takes, ear.epochs)  # `tonotope pretrain` makes it
        assert (told["ear"], told["sources"], told["takes"], told["epochs"]) == usual


@pytest.mark.parametrize("ear", EARS.values(), ids=EARS)
def test_the_template_hears_as_the_ear_does(ear: ears.Ear) -> None:
    template = TEMPLATES[ear.name][1]
    asked = {
        key.partition(".")[2]: one
        for key, one in template.items()
        if key.startswith("representation.")
    }
    assert asked == ear.representation.model_dump(include=set(asked))
    assert template["network.widths"] == [*ear.network.widths]


def test_an_experiment_of_the_template_trains_the_head_alone(tmp_path: Path) -> None:
    source = write_tones(tmp_path / "tones")
    proposal = propose(source, base=tmp_path, template="ear", sets=["training.epochs=1"])
    found = run(proposal.experiment, sets=["training.precision=float32"], out=tmp_path / "runs")
    before, after = weights(load_ear()), weights(found.model(found.folds[0]))
    for name, value in before.items():
        torch.testing.assert_close(after[name], value, rtol=0, atol=0)


def test_an_ear_of_ones_own_is_taken_up_by_its_folder(tmp_path: Path, own_ear: Path) -> None:
    source = write_tones(tmp_path / "tones")
    experiment = propose(source, base=tmp_path, template="ear").experiment
    sets = [f"start.run={own_ear}", "training.epochs=1", "training.precision=float32"]
    found = run(experiment, sets=sets, out=tmp_path / "runs")
    before, after = weights(load_ear(own_ear)), weights(found.model(found.folds[0]))
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert not torch.equal(*(one["network.01-conv.weight"] for one in
                             (before, weights(load_ear()))))  # fmt: skip


def test_the_same_seed_makes_the_same_ear(
    own_ear: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    pretrain(tmp_path / "again", sources=11, takes=4, epochs=2)
    for value in weights(Model.load(own_ear)).values():
        if value.dtype == torch.float32:  # 11 bits after the first; the others are 0
            assert not (value.view(torch.int32) & 0xFFF).any()
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
    "asked", [{"sources": 1}, {"takes": 1}, {"epochs": 0}, {"sources": 10**30}, {"seed": -1}]
)
def test_too_little_to_learn_from_is_refused(tmp_path: Path, asked: dict[str, int]) -> None:
    with pytest.raises(
        ExperimentError, match="what fits is 2 to 100,000 sources, 2 to 1,000 takes"
    ):
        pretrain(tmp_path / "mine", **asked)
    assert not [*tmp_path.iterdir()]
