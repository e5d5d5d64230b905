"""The files under `experiments/`: each is read, fits, asks something, and is told on a page."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn

from tonotope.experiment.experiment_file import load
from tonotope.experiment.variants import differences, expand
from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network.layer_list import Layers
from tonotope.representation import Waveform

FOLDER = Path(__file__).parents[2] / "experiments"
FILES = sorted(FOLDER.glob("*.toml"))
PAGE = FOLDER.parent / "docs" / "experiments.md"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("by_depth", FOLDER / "variance_by_depth.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["by_depth"] = module
    spec.loader.exec_module(module)
    return module


def test_the_folder_is_not_empty() -> None:
    assert len(FILES) >= 11


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_experiment_is_a_question_whose_networks_fit(path: Path) -> None:
    experiment = load(path)
    assert experiment.name == path.stem
    assert experiment.question.endswith("?")
    assert experiment.hypothesis
    assert not experiment.data.source.startswith(("/", "~"))
    for one in expand(experiment):
        assert one.trace()[-1].out_shape.sizes


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_variant_differs_from_all_others(path: Path) -> None:
    first, *others = expand(load(path))
    for one in others:
        assert differences(first, one), one.name
    assert len({one.digest for one in (first, *others)}) == 1 + len(others)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_experiment_is_told_on_its_page(path: Path) -> None:
    pages = [PAGE, FOLDER.parent / "docs" / "homework.md"]
    assert any(f"experiments/{path.name}" in page.read_text(encoding="utf-8") for page in pages)


def test_the_page_has_the_places_that_the_lecture_points_at() -> None:
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {one.lower().replace(" ", "-") for one in headings} >= {
        "initialisers", "regularisation", "optimisers", "pooling", "waveform-or-spectrogram",
        "magnitude-or-complex", "lenet-then-and-now", "pitch", "denoising", "piczak-2015",
    }  # fmt: skip


def test_variances_are_those_of_what_each_layer_puts_out(script: ModuleType) -> None:
    torch.manual_seed(0)
    net = Layers(layers=["conv 3 5 stride 5", "relu", "flatten"])
    head = Classify(classes=("a", "b"))
    model = Model.build(Waveform(rate_hz=8000), net, head, clip_samples=40)
    waves = torch.randn(16, 1, 40)
    wanted = {"label": torch.eye(2)[torch.arange(16) % 2]}
    found = script.variances(model, waves, wanted)
    assert [one.name for one in found] == ["network.1-conv", "head.outputs.label"]
    conv, dense = model.network[0], model.head.get_submodule("outputs.label")
    assert isinstance(dense, nn.Linear)
    with torch.no_grad():
        out = conv(waves)
        said = dense(out.relu().flatten(1))
        slope = (said.softmax(1) - wanted["label"]) / 16
        back = (slope @ dense.weight).view(16, 3, 8) * (out > 0)
    assert found[0].sound == pytest.approx(float(out.var()), rel=1e-5)
    assert found[0].slope == pytest.approx(float(back.var()), rel=1e-4)
    assert found[1].slope == pytest.approx(float(slope.var()), rel=1e-4)
