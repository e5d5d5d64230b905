"""Two processes that share every batch learn what one process learns from whole batches.

Nothing distributed is built into `fit`. This test runs its parts in two processes, connected by
`torch.distributed` (gloo, over a file), and averages the gradients in between.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from tonotope._progress import SILENT
from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network.layer_list import Layers
from tonotope.representation import LogMel
from tonotope.runtime.rank import Rank, current_rank
from tonotope.training import Dataset, FeatureStore, TrainingPlan, fit
from tonotope.training.checkpoint import CHECKPOINT
from tonotope.training.history import HISTORY
from tonotope.training.steps import end_epoch, load_batch, start_or_resume, train_step
from tonotope.training.training_state import load_best_weights, save_checkpoint
from tonotope.training.validation import validate

WORLD_SIZE = 2
SOUND = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=8)
FRAMES = 12
# No batch norm, which compares the clips of one process, and no dropout, which differs by rank.
LAYERS = ("conv 4 3x3 padding same", "relu", "meanpool 2x2", "globalpool time mean+max")
PLAN = TrainingPlan(
    optimizer="sgd", learning_rate=0.03, epochs=3, batch_size=8, mixup=0, time_shift=0,
    frequency_roll=0, level_db=0, time_masks=0, frequency_masks=0,
    precision="float32", memory_format="channels_last",
)  # fmt: skip


def dataset() -> Dataset:
    """32 training clips in four equal batches an epoch, and 8 for validation."""
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 3
    noise = rng.normal(-40, 5, (40, FRAMES, 8, 1)).astype(np.float32)
    for clip, label in enumerate(labels):
        noise[clip, :, 2 * label : 2 * label + 2] += 10
    store = FeatureStore(torch.from_numpy(noise).flatten(0, 1), np.arange(41) * FRAMES, "noise")
    targets = {"label": torch.eye(3)[torch.from_numpy(labels)]}
    return Dataset(store, targets, np.arange(32), np.arange(32, 40), FRAMES)


def model() -> Model:
    """A few hundred weights, the same in every process."""
    network = Layers.model_validate({"layers": LAYERS})
    head = Classify(classes=("a", "b", "c"))
    return Model.build(SOUND, network, head, clip_samples=SOUND.samples(FRAMES), seed=0)


def share_gradients(module: torch.nn.Module, world_size: int) -> None:
    """Replace every gradient by its mean over the processes as soon as it is computed."""

    def average(weight: torch.Tensor) -> None:
        assert weight.grad is not None
        torch.distributed.all_reduce(weight.grad)
        weight.grad /= world_size

    for weight in module.parameters():
        weight.register_post_accumulate_grad_hook(average)


def train_share(folder: Path, rank: Rank) -> Model:
    """What `fit` does, with this process's share of every batch."""
    trained = model()
    setup, state = start_or_resume(trained, dataset(), PLAN, folder, 0, SILENT, rank)
    share_gradients(trained, rank.world_size)
    with state.device.computing():
        while not state.finished:
            for records, starts in setup.batches(state.epoch):
                mine = slice(rank.number, None, rank.world_size)
                clips = records[mine], starts[mine]
                features, targets = load_batch(setup, state, clips)
                loss, metrics = train_step(setup, state, clips, features, targets)
                state.step += 1
                state.sums.add(len(features), loss, metrics, 0.0, 0.0)
            metrics = validate(state.evaluated_model, setup.dataset, state.guard, PLAN.batch_size)
            end_epoch(setup, state, metrics, 0.0)
            save_checkpoint(state)
    load_best_weights(state)
    return trained


def main(number: int, folder: Path) -> None:
    """One of the processes; each has a folder of its own, so that one sees who writes."""
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{folder / 'meeting'}", rank=number, world_size=WORLD_SIZE
    )
    trained = train_share(folder / str(number), current_rank())
    save_file(dict(trained.state_dict()), folder / f"weights-{number}.safetensors")
    torch.distributed.destroy_process_group()


def test_two_processes_learn_what_one_does(tmp_path: Path) -> None:
    environment = {**os.environ, "TONOTOPE_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, str(number), str(tmp_path)],
            env=environment, stderr=subprocess.PIPE, text=True,
        )
        for number in range(WORLD_SIZE)
    ]  # fmt: skip
    alone = model()
    fit(alone, dataset(), PLAN, folder=tmp_path / "alone")
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    first, second = (load_file(tmp_path / f"weights-{n}.safetensors") for n in range(WORLD_SIZE))
    start = model().state_dict()
    for name, weights in alone.state_dict().items():
        assert torch.equal(first[name], second[name]), name
        # The same sums in another order: twelve steps of float32 differed by 3e-8 at most, while
        # the weights moved by 0.05 to 0.2.
        torch.testing.assert_close(first[name], weights, rtol=0, atol=1e-6)
    moved = [float((alone.state_dict()[name] - start[name]).abs().max()) for name in start]
    assert max(moved) > 0.05
    assert (tmp_path / "0" / CHECKPOINT).exists()
    assert (tmp_path / "0" / HISTORY).exists()
    assert not list((tmp_path / "1").glob("*"))  # only rank 0 writes


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
