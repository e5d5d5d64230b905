"""Mutated models, checkpoints and caches: read as they were, made anew, or refused by their name.

python -m tests.reliability.mutated_state 20000 [SEED]

Bytes are changed as in `mutated_audio`; half of the changes to JSON are words and numbers put in
the place of others, with right checksums; some files get another kind of file before or behind
them.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tests.reliability.mutated_audio import mutated
from tests.reliability.pickle_payloads import Home, payloads

from tonotope._errors import TonotopeError
from tonotope._progress import SILENT
from tonotope.datasets.waveform_store import decode_all
from tonotope.experiment.run_folder import load
from tonotope.model import Model
from tonotope.representation import LogMel
from tonotope.runtime.rank import current_rank
from tonotope.training import FeatureStore
from tonotope.training.checkpoint import CHECKPOINT, read_checkpoint, write_checkpoint
from tonotope.training.training_state import load_checkpoint

MOST_BYTES = 1_000_000_000
_ODD = (None, True, -1, 0, 2**31, 2**63, 1e308, "", "x" * 500, "../..", [], {}, [[]], {"a": 1})


class State:
    """A finished run, and how each file that holds its state is read.

    Attributes:
        files: for each kind of file its path.
        read: for each kind what is read from it, as numbers that can be compared.
        whole: what was read from each before anything was changed.
    """

    def __init__(self, folder: Path) -> None:
        home = Home(folder / "home")
        self.run = load(home.run)
        self.experiment, self.manifest = self.run.experiment, self.run.manifest
        saved = read_checkpoint(home.run)
        assert saved is not None
        self.tensors, self.facts = saved
        self.cache = folder / "home" / "cache"
        self.features()
        (features,) = (self.cache / "features").glob("*.npy")
        self.files = {
            "weights": home.run / "model.safetensors",
            "description": home.run / "model.json",
            "checkpoint": home.run / CHECKPOINT,
            "sound": sorted(self.cache.glob("waveforms/*/*.npy"))[0],
            "features": features,
        }
        self.read: dict[str, Callable[[], Any]] = {
            "weights": self.model,
            "description": self.model,
            "checkpoint": self.checkpoint,
            "sound": self.sounds,
            "features": self.features,
        }
        self.whole = {kind: read() for kind, read in self.read.items()}

    def model(self) -> str:
        """The model of the run."""
        return _digest(Model.load(self.run.folder).state_dict())

    def checkpoint(self) -> str:
        """The training as it would be resumed."""
        with torch.random.fork_rng():
            model = Model.build(
                self.experiment.representation,
                self.experiment.network,
                self.run.model().description.head,
                clip_samples=self.experiment.clip_samples,
                fill=self.experiment.data.fill,
            )
        known = self.facts["identity"], 1000, SILENT, current_rank()
        state = load_checkpoint(model, self.experiment.training, self.run.folder, *known)
        assert state is not None
        return _digest({**model.state_dict(), **{f"best {k}": v for k, v in state.best.items()}})

    def sounds(self) -> str:
        """All recordings, from the cache or decoded again."""
        found, skipped, _ = decode_all(self.manifest, 8000)
        assert not skipped
        return _digest({str(at): torch.from_numpy(found[at]) for at in range(len(found))})

    def features(self) -> str:
        """The features of all recordings, as if they were too large for the memory."""
        found, _, _ = decode_all(self.manifest, 8000)
        sound = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=8)
        return _digest({"": FeatureStore.compute(found, sound, 800, memory_bytes=0).flat})


def _digest(tensors: dict[str, torch.Tensor]) -> str:
    found = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        found.update(
            f"{name} {tuple(tensor.shape)}".encode() + tensor.contiguous().numpy().tobytes()
        )
    return found.hexdigest()


def altered(value: Any, draw: random.Random) -> Any:
    """JSON with one value somewhere replaced by another, or left out."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(list(value))
        if draw.random() < 0.1:
            return {name: own for name, own in value.items() if name != key}
        return {**value, key: altered(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.9:
        at = draw.randrange(len(value))
        return [*value[:at], altered(value[at], draw), *value[at + 1 :]]
    if isinstance(value, int | float) and draw.random() < 0.5:
        return value * draw.choice((-1, 0, 2, 1000)) + draw.choice((0, 1, -1))
    return draw.choice(_ODD)


def change(state: State, kind: str, draw: random.Random) -> bool:
    """Change one file; whether its checksums are right all the same."""
    path = state.files[kind]
    data = path.read_bytes()
    if kind == "description" and draw.random() < 0.5:
        path.write_text(json.dumps(altered(json.loads(data), draw)), encoding="utf-8")
        return True
    if kind == "checkpoint" and draw.random() < 0.5:
        tensors = dict(state.tensors)
        if draw.random() < 0.3:
            name = draw.choice(list(tensors))
            tensors[name] = draw.choice((tensors[name].flatten()[:1], torch.zeros(7)))
        write_checkpoint(path.parent, tensors, altered(state.facts, draw))
        return True
    if draw.random() < 0.15:
        other = draw.choice([*payloads(Path("/nowhere/executed")).values(), b"RIFF", b"%PDF-1.4"])
        path.write_bytes(draw.choice((other + data, data + other, data[:8] + other)))
    else:
        path.write_bytes(mutated(data, draw))
    if kind == "weights" and draw.random() < 0.5:
        table = json.loads(state.files["description"].read_bytes())
        new = path.read_bytes()
        table["weights"] |= {"bytes": len(new), "sha256": hashlib.sha256(new).hexdigest()}
        state.files["description"].write_text(json.dumps(table), encoding="utf-8")
        return True
    return False


def outcome(state: State, kind: str, honest: bool) -> str:
    """What reading a changed file came to: `read`, `refused`, or what was wrong."""
    try:
        found = state.read[kind]()
    except TonotopeError as error:
        named = str(state.run.folder) in str(error) or str(state.cache) in str(error)
        return "refused" if named else f"unnamed: {error}"
    except Exception as error:
        return f"raw error: {error!r}"
    return "read" if honest or found == state.whole[kind] else "read as something else"


def try_all(count: int, seed: int = 0) -> Counter[str]:
    """Change `count` files, each kind in turn; the outcomes, each with how often."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        state = State(Path(place))
        kept = {path: path.read_bytes() for path in state.files.values()}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(count):
            kind = list(state.files)[number % len(state.files)]
            result = outcome(state, kind, change(state, kind, draw))
            found[result.partition(":")[0]] += 1
            if result not in {"read", "refused"}:
                print(f"{kind}, number {number} of seed {seed}: {result}", flush=True)
            for path, data in kept.items():
                if path.read_bytes() != data:
                    path.write_bytes(data)
        taken = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
        if taken > MOST_BYTES:
            found["too much memory"] += 1
        print(f"memory grew by {taken / 1e6:.0f} MB", file=sys.stderr)
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(asked, dict(try_all(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
