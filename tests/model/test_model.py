"""The model: a plain module, the same for the same seed, wave in, decision out."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest
import torch

from tonotope._errors import ShapeError
from tonotope.heads import Classify, Regress, Task
from tonotope.model import Model, ModelDescription
from tonotope.network import VGG, Layers
from tonotope.representation import LogMel, Waveform

ABC = Classify(classes=("a", "b", "c"))


def test_a_wave_goes_through_all_parts_in_order(model: Model) -> None:
    wave = torch.randn(3, 2000)
    with torch.no_grad():
        features = model.representation(wave)
        standardised = (features + 40.0) / 12.0
        expected = model.head(model.network(standardised))["label"]
        torch.testing.assert_close(model(wave)["label"], expected)
        torch.testing.assert_close(model.from_features(model.features(wave))["label"], expected)
        torch.testing.assert_close(model.answer(standardised)["label"], expected)


def test_the_seed_decides_the_weights_and_nothing_else() -> None:
    sound = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=16)

    def built(seed: int) -> Model:
        return Model.build(sound, VGG(widths=(4, 8)), ABC, clip_samples=4000, seed=seed)

    before = torch.get_rng_state()
    states = [built(seed).state_dict() for seed in (1, 1, 2)]
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert any(not torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_a_waveform_network_has_no_frequency(model: Model) -> None:
    network = Layers.model_validate({"layers": "conv 4 9 stride 4, relu, globalpool time max"})
    waves = Model.build(Waveform(rate_hz=8000), network, ABC, clip_samples=1000)
    assert waves(torch.zeros(2, 1000))["label"].shape == (2, 3)
    assert waves.standardise.mean.shape == (1, 1)


def test_a_network_that_does_not_fit_is_refused_before_it_is_built() -> None:
    sound = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=4)
    network = Layers.model_validate({"layers": "conv 4 9x9"})
    with pytest.raises(ShapeError, match="conv 4 9x9"):
        Model.build(sound, network, ABC, clip_samples=2000)


def test_layers_that_answer_by_themselves_answer_what_is_asked() -> None:
    sound = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=4)

    def built(layers: str, head: Task) -> Model:
        network = Layers.model_validate({"layers": layers})
        return Model.build(sound, network, head, clip_samples=2000)

    assert built("flatten, rbf 3", ABC)(torch.zeros(2, 2000))["label"].shape == (2, 3)
    with pytest.raises(
        ShapeError, match=r"layer 2 \(`rbf 4`\) answers for 4 classes and there are 3"
    ):
        built("flatten, rbf 4", ABC)
    with pytest.raises(ShapeError, match=r"layer 2 .* fits the head `classify` and not `regress`"):
        built("flatten, rbf 1", Regress(targets=("tempo",)))


def test_it_is_a_plain_module(model: Model) -> None:
    twin = copy.deepcopy(model)
    wave = torch.randn(2, 2000)
    assert torch.equal(twin(wave)["label"], model(wave)["label"])
    with torch.no_grad():
        next(twin.parameters()).add_(1.0)
    assert not torch.equal(twin(wave)["label"], model(wave)["label"])
    other = Model(model.description)
    other.load_state_dict(model.state_dict(), strict=True)
    assert torch.equal(other.eval()(wave)["label"], model(wave)["label"])
    assert set(dict(model.named_children())) == {
        "representation", "standardise", "network", "head",
    }  # fmt: skip


def test_only_what_was_learnt_is_in_the_state(model: Model) -> None:
    assert set(model.state_dict()) == {
        "standardise.mean", "standardise.std", "network.1-conv.weight", "network.1-conv.bias",
        "network.2-batchnorm.weight", "network.2-batchnorm.bias",
        "network.2-batchnorm.running_mean", "network.2-batchnorm.running_var",
        "network.2-batchnorm.num_batches_tracked", "head.outputs.label.weight",
        "head.outputs.label.bias",
    }  # fmt: skip


def test_the_description_is_complete_and_spelled_out(model: Model) -> None:
    told = model.description.model_dump(mode="json")
    again = ModelDescription.model_validate(told)
    assert again == model.description
    assert again.digest == model.description.digest
    assert [layer["kind"] for layer in told["network"]] == [
        "conv", "batchnorm", "relu", "globalpool",
    ]  # fmt: skip
    assert told["head"]["classes"] == ["a", "b", "c"]


def test_the_digest_follows_classes_layers_and_rate(model: Model) -> None:
    description = model.description
    renamed = description.model_copy(update={"head": Classify(classes=("a", "c", "b"))})
    shorter = description.model_copy(update={"network": description.network[:-1]})
    version = description.model_copy(update={"tonotope": "99"})
    assert len({description.digest, renamed.digest, shorter.digest}) == 3
    assert version.digest == description.digest


def test_a_description_is_read_without_pytorch() -> None:
    code = "import sys, tonotope.model, tonotope.training; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.filterwarnings("default")
def test_one_graph_from_wave_to_outputs_can_be_exported(model: Model) -> None:
    wave = torch.randn(2, 2000)
    exported = torch.export.export(
        model, (wave,), dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=64)},)
    )
    for batch in (wave, torch.randn(5, 2000)):
        found = exported.module()(batch)["label"]
        torch.testing.assert_close(found, model(batch)["label"], atol=1e-4, rtol=1e-4)
