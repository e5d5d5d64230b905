from __future__ import annotations

import ast
import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile
from numpy.testing import assert_allclose

from tonotope.reference.losses import cross_entropy, one_hot
from tonotope.reference.optimise import Moments

SCRIPT = Path(__file__).parents[2] / "experiments" / "lenet_by_hand.py"


@pytest.fixture(scope="module")
def lenet() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lenet_by_hand", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the real one, in which three people say ten digits as ten pitches."""
    folder = tmp_path_factory.mktemp("tones") / "fsdd"
    folder.mkdir()
    dice = np.random.default_rng(0)
    with (folder / "fsdd.csv").open("w", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["file", "label", "speaker", "take"])
        for speaker in ("anna", "bert", "theo"):
            for digit in range(10):
                for take in range(5):
                    name = f"{digit}_{speaker}_{take}.wav"
                    turns = (200 + 300 * digit) * np.arange(dice.integers(2000, 6000)) / 8000
                    sound = np.sin(2 * np.pi * turns) + 0.1 * dice.normal(size=len(turns))
                    soundfile.write(folder / name, 0.2 * sound, 8000)
                    table.writerow([name, digit, speaker, take])
    return folder.parent


def losses_by_hand(
    lenet: ModuleType, w: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray, order: np.ndarray
) -> list[float]:
    moments = {name: Moments.start(weight) for name, weight in w.items()}
    losses = []
    for batch in order.reshape(-1, order.shape[-1]):
        loss, w, moments = lenet.step(w, moments, x[batch], y[batch])
        losses.append(loss)
    return losses


def test_it_is_lenet_and_read_in_one_sitting(lenet: ModuleType) -> None:
    weights = lenet.initial_weights(0)
    assert sum(weight.size for weight in weights.values()) == 61_706
    assert lenet.forward(weights, np.zeros((3, 1, 32, 32)))[0].shape == (3, 10)
    assert len(SCRIPT.read_text().splitlines()) < 200


def test_its_mathematics_are_the_references_alone() -> None:
    tree = ast.parse(SCRIPT.read_text())
    named = {n.names[0].name for n in tree.body if isinstance(n, ast.Import)}
    taken = {str(n.module) for n in tree.body if isinstance(n, ast.ImportFrom)}
    for module in named | taken:
        root = module.split(".")[0]
        assert root in sys.stdlib_module_names | {"numpy"} or module.startswith(
            "tonotope.reference."
        ), module


def test_the_gradient_of_every_layer_is_the_central_difference(lenet: ModuleType) -> None:
    dice = np.random.default_rng(0)
    x, shares = dice.normal(size=(3, 1, 32, 32)), one_hot(np.array([1, 4, 9]), 10)
    weights = lenet.initial_weights(0)
    scores, kept = lenet.forward(weights, x)
    found = lenet.backward(weights, kept, lenet.cross_entropy_backward(scores, shares))
    assert list(found) == list(weights)
    for name, weight in weights.items():
        for place in dice.integers(weight.size, size=3):
            ends = []
            for nudge in (1e-6, -1e-6):
                moved = weight.copy()
                moved.flat[place] += nudge
                ends.append(cross_entropy(lenet.forward({**weights, name: moved}, x)[0], shares))
            difference = (ends[0] - ends[1]) / 2e-6
            assert_allclose(found[name].flat[place], difference, rtol=1e-4, atol=1e-7)


def test_every_epoch_hears_every_digit_in_a_new_order(lenet: ModuleType) -> None:
    order = lenet.batches(150, epochs=3, seed=0)
    assert order.shape == (3, 3, 50)
    for epoch in order:
        assert sorted(epoch.ravel()) == list(range(150))
    assert not (order[0] == order[1]).all()
    assert (order == lenet.batches(150, epochs=3, seed=0)).all()
    assert lenet.batches(149, epochs=1, seed=0).shape == (1, 2, 50)


def test_it_takes_torchs_steps(lenet: ModuleType) -> None:
    dice = np.random.default_rng(0)
    x, y = dice.normal(size=(100, 1, 32, 32)), dice.integers(10, size=100)
    w, order = lenet.initial_weights(1), lenet.batches(100, epochs=5, seed=1)
    theirs = list(lenet.losses_in_torch(w, x, y, order))
    assert_allclose(losses_by_hand(lenet, w, x, y, order), theirs, rtol=0, atol=1e-9)


def test_it_learns_ten_pitches_and_tells_so(
    lenet: ModuleType,
    tones: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["lenet_by_hand.py", str(tones), "--epochs", "12"])
    lenet.main()
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "100 digits to learn from, 50 of theo held out"
    assert told[12].startswith("epoch 12 of 12: 2 steps, mean loss 0.")
    accuracy = float(told[13].removeprefix("held-out accuracy ").split(";")[0])
    assert accuracy > 0.9


def test_compare_prints_both_losses_of_every_step(
    lenet: ModuleType,
    tones: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TONOTOPE_DATA", str(tones))
    monkeypatch.setattr(sys, "argv", ["lenet_by_hand.py", "--compare", "--epochs", "2"])
    lenet.main()
    steps = [line for line in capsys.readouterr().out.splitlines() if "PyTorch" in line]
    assert len(steps) == 4
    for line in steps:
        ours, theirs = line.removeprefix("loss by hand ").split("  in PyTorch ")
        assert float(ours) == pytest.approx(float(theirs), abs=1e-9)


def test_what_is_missing_or_foreign_is_said(lenet: ModuleType, tones: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"fsdd\.csv: no such file; DATA is the folder that holds"):
        lenet.load(tmp_path, "theo")
    with pytest.raises(SystemExit, match="no speaker bob to hold out; there are anna, bert, theo"):
        lenet.load(tones, "bob")
    soundfile.write(tmp_path / "fast.wav", np.zeros(10), 16000)
    with pytest.raises(SystemExit, match=r"fast\.wav: 16000 Hz, \(10,\); this script takes 8 kHz"):
        lenet.read(tmp_path / "fast.wav")
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(SystemExit, match=r"text\.wav"):
        lenet.read(tmp_path / "text.wav")


def test_a_patch_is_as_long_whatever_was_said(lenet: ModuleType) -> None:
    for samples in (np.zeros(1000), np.ones(300), np.ones(20000)):
        plane = lenet.patch(samples)
        assert plane.shape == (32, 32)
        assert np.isfinite(plane).all()


@pytest.mark.data
def test_on_real_digits_fifty_steps_are_torchs_and_the_loss_falls(
    lenet: ModuleType, real_data: Path
) -> None:
    x, y, held = lenet.load(real_data, "theo")
    x, y = x[~held], y[~held]
    assert (held.sum(), len(x)) == (500, 2000)
    w, order = lenet.initial_weights(0), lenet.batches(len(x), epochs=2, seed=0)
    order = order.reshape(-1, order.shape[-1])[:50]
    ours = losses_by_hand(lenet, w, x, y, order)
    theirs = list(lenet.losses_in_torch(w, x, y, order))
    assert len(ours) == len(theirs) == 50
    assert_allclose(ours, theirs, rtol=0, atol=1e-8)
    assert np.mean(ours[-5:]) < 0.3 * np.mean(ours[:5])
