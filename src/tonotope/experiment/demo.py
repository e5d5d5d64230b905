"""The demo's experiment: sixteen instruments of the toy orchestra, tested on unknown players.

The network begins with the ear that comes along, and all of it goes on learning: a third of the
time that new weights take, and more notes right.
"""

from __future__ import annotations

from pathlib import Path

from tonotope.experiment.experiment_file import described
from tonotope.experiment.request import Request
from tonotope.experiment.start import EAR

# Four notes of each of ten players for sixteen instruments; two players of each for the test.
_TABLE = {
    "name": "orchestra",
    "question": "Can a small network name sixteen instruments whose players it never heard?",
    "hypothesis": "It can, and better than averaged MFCCs: some instruments differ only in time.",
    "data": {"source": "orchestra", "clip_s": 1.3},
    "split": {"train": 0.7, "validation": 0.1, "test": 0.2},
    "representation": {
        "kind": "log-mel",
        "rate_hz": 22050,
        "window_s": 0.046,
        "hop_s": 0.023,
        "bands": 64,
        "level": "clip",
    },
    "network": {
        "kind": "vgg",
        "widths": [16, 32, 64, 128],
        "summary_blocks": 2,
        "statistics": "mean+max+std",
    },
    "start": {"run": EAR},
    "training": {"epochs": 25, "batch_size": 32},
}


def toy_orchestra(seed: int = 0) -> Request:
    """The demo: recognise instruments, tested on unknown players.

    >>> toy_orchestra(3).experiment.seed
    3
    """
    return Request(described({**_TABLE, "seed": seed}), Path.cwd())
