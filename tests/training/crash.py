"""Train in child processes that are struck down at random moments, until one gets through.

    python tests/training/crash.py FOLDER STRIKES SEED

Prints one line of JSON: how often a child was struck, how often it ended by itself, and whether
the weights are those of a training that nobody disturbed. PyTorch is imported once; children are
forked before it has computed anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np
import torch

from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network.layer_list import Layers
from tonotope.representation import LogMel
from tonotope.training import Dataset, FeatureStore, TrainingPlan, fit

INTERRUPTED = 130
SOUND = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=16)
LAYERS = "conv 8 3x3, batchnorm, relu, dropout 0.2, globalpool time mean+max"
STEPS = 20


def train(folder: Path) -> None:
    """A short training, saved every few steps."""
    rng = np.random.default_rng(0)
    store = FeatureStore(
        torch.from_numpy(rng.normal(-40, 9, (24 * 30, 16, 1)).astype(np.float32)),
        np.arange(25) * 30,
    )
    targets = {"label": torch.eye(3)[torch.arange(24) % 3]}
    dataset = Dataset(store, targets, np.arange(18), np.arange(18, 24), STEPS)
    head = Classify(classes=("a", "b", "c"))
    model = Model.build(
        SOUND, Layers.model_validate({"layers": LAYERS}), head, clip_samples=SOUND.samples(STEPS)
    )
    plan = TrainingPlan.model_validate(
        {"epochs": 5, "batch_size": 6, "precision": "float32", "memory_format": "channels_last",
         "average": 0.9}
    )  # fmt: skip
    fit(model, dataset, plan, folder=folder, save_every_s=0.02)
    told = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        told.update(name.encode() + tensor.numpy().tobytes())
    (folder / "weights").write_text(told.hexdigest())


def start(folder: Path) -> int:
    """A child that trains in `folder`; its process number."""
    child = os.fork()
    if child == 0:
        # A shell that runs things in the background has them ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        status = 1
        try:
            train(folder)
            status = 0
        except KeyboardInterrupt:  # `Interrupted` is one; or struck before it listened
            status = INTERRUPTED
        finally:
            os._exit(status)
    return child


def ended(child: int) -> int:
    """How a child ended: its exit status, or minus the number of the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: Path, strikes: int, seed: int) -> dict[str, object]:
    """Strike until enough children were struck; every training runs to its end in between."""
    torch.optim.SGD([torch.zeros(1)], lr=0.1)  # its first use imports for seconds: not in children
    chance = random.Random(seed)
    whole = folder / "whole"
    began = time.monotonic()
    assert ended(start(whole)) == 0
    takes_s = time.monotonic() - began
    struck, finished, equal = 0, 0, True
    signals = [signal.SIGKILL, signal.SIGINT, signal.SIGTERM]
    while struck < strikes:
        cut = folder / f"cut-{finished}"
        status = -1
        while status != 0:
            child = start(cut)
            if struck < strikes:
                time.sleep(chance.uniform(0.0, 0.7 * takes_s))
                os.kill(child, signals[struck % len(signals)])
            status = ended(child)
            struck += status != 0
            assert status in (0, INTERRUPTED, *(-number for number in signals)), status
        finished += 1
        equal &= (cut / "weights").read_text() == (whole / "weights").read_text()
    return {"struck": struck, "finished": finished, "equal": bool(equal)}


if __name__ == "__main__":
    where, count, chosen = sys.argv[1:]
    result = main(Path(where), int(count), int(chosen))
    sys.stdout.write(json.dumps(result) + "\n")
