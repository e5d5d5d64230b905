"""Pickles that would run code when they are opened, under every name that tonotope reads.

python -m tests.reliability.pickle_payloads 3000 [SEED]

Every payload would make a folder. None may be made, and everything is read as before, named as left
out, or refused in a sentence.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import pickle  # noqa: TID251 - to write the payloads; what they hold must never run
import random
import shutil
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tests.reliability.small_run import SETTINGS, write_tones

import tonotope
from tonotope._errors import TonotopeError
from tonotope.experiment.run_folder import load
from tonotope.reporting.page import write_report

SETS = [
    *(one for one in SETTINGS if not one.startswith("split.folds")),
    *("split.train=0.5", "split.validation=0.25", "split.test=0.25", "data.clip_s=0.1"),
]


class Payload:
    """Makes the folder `marker` when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = str(marker)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self.marker,)


def payloads(marker: Path) -> dict[str, bytes]:
    """The payload as each of the programs that pickle would write it."""
    evil = Payload(marker)
    plain = pickle.dumps(evil, 4)
    found = {f"pickle {protocol}": pickle.dumps(evil, protocol) for protocol in range(6)}
    for name, new in (("torch zip", True), ("torch old", False)):
        file = io.BytesIO()
        torch.save({"weights": evil}, file, _use_new_zipfile_serialization=new)
        found[name] = file.getvalue()
    file = io.BytesIO()
    np.save(file, np.array([evil], object), allow_pickle=True)
    found["npy of objects"] = file.getvalue()
    file = io.BytesIO()
    np.savez(file, samples=np.array([evil], object))
    found["npz of objects"] = file.getvalue()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.pkl", plain)
    found["zip"] = file.getvalue()
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("storages")
        member.size = len(plain)
        archive.addfile(member, io.BytesIO(plain))
    found["tar"] = file.getvalue()
    for name, pack in (
        ("joblib zlib", zlib.compress),
        ("joblib gzip", gzip.compress),
        ("joblib bz2", bz2.compress),
        ("joblib xz", lzma.compress),
    ):
        found[name] = pack(plain)
    call = f"__import__('os').mkdir({str(marker)!r})"
    found["python"] = call.encode()
    found["yaml"] = f'!!python/object/apply:os.mkdir ["{marker}"]\n'.encode()
    return found


class Home:
    """A finished run, its recordings and its cache, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        os.environ["TONOTOPE_CACHE"] = str(folder / "cache")
        write_tones(folder / "tones", clips=6)
        (folder / "own.toml").write_text("[data]\nsource = 'tones'\n", encoding="utf-8")
        self.run = tonotope.run(folder / "own.toml", sets=SETS, out=folder / "runs").folder
        write_report(self.run)
        self.kept = folder.with_name("kept")
        shutil.copytree(folder, self.kept, symlinks=True)

    def restore(self) -> None:
        """Everything as it was."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder, symlinks=True)

    def again(self) -> Any:
        """The run resumed: all that follows the training is made anew."""
        for name in ("evaluation.json", "predictions.csv"):
            (self.run / name).unlink(missing_ok=True)
        return tonotope.run(self.folder / "own.toml", sets=SETS, out=self.folder / "runs")

    def model(self) -> object:
        """The model, as `predict` reads it."""
        return [*tonotope.predict(self.run, self.folder / "tones" / "low" / "aaa.wav")]

    def model_with_its_checksum(self) -> object:
        """The model, where whoever changed the weights changed their checksum too."""
        path = self.run / "model.json"
        table = json.loads(path.read_text(encoding="utf-8"))
        data = (self.run / "model.safetensors").read_bytes()
        table["weights"] |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        path.write_text(json.dumps(table), encoding="utf-8")
        return load(self.run).model()

    def trained_on(self) -> object:
        """The training resumed from its checkpoint."""
        (self.run / "model.json").unlink()
        return self.again()

    def reported(self) -> object:
        """The report and the comparison, which read every table and every JSON file."""
        run = load(self.run)
        write_report(run)
        return run.skipped, run.environment, tonotope.compare(run, self.run)

    def checked(self) -> object:
        """The recordings, as `check` hears them; a payload that passes for sound is an error."""
        checked = tonotope.check(self.folder / "tones")
        if not any("changed" in one.file for one in checked.report.skipped):
            raise AssertionError("a pickle was taken for sound")
        return checked

    def table(self) -> object:
        """A table of recordings."""
        return tonotope.check(self.folder / "changed.csv")

    def experiment(self) -> object:
        """An experiment file."""
        return tonotope.run(self.folder / "changed.toml")

    def places(self) -> dict[str, Callable[[], object]]:
        """Every file that tonotope reads, and how it comes to read it."""
        run, folder = self.run.relative_to(self.folder).as_posix(), self.folder
        (sound, *_) = sorted(folder.glob("cache/waveforms/*/*.npy"))
        found: dict[str, Callable[[], object]] = {
            f"{run}/model.safetensors": self.model,
            f"{run}/./model.safetensors": self.model_with_its_checksum,
            f"{run}/model.json": self.model,
            f"{run}/checkpoint.safetensors": self.trained_on,
            f"{run}/experiment.toml": self.reported,
            sound.relative_to(folder).as_posix(): self.again,
            "changed.csv": self.table,
            "changed.toml": self.experiment,
        }
        names = ("predictions.csv", "manifest.csv", "split.csv", "evaluation.json")
        names += ("history.jsonl", "skipped.jsonl", "environment.json", "report.json")
        found |= {f"{run}/{name}": self.reported for name in names}
        endings = ("wav", "flac", "mp3", "ogg", "aiff", "npy", "npz", "pkl", "pt", "joblib")
        found |= {f"tones/low/changed.{ending}": self.checked for ending in endings[:5]}
        found |= {f"tones/low/changed.{ending}": self.again for ending in endings[5:]}
        return found


def disguised(payload: bytes, original: bytes, draw: random.Random) -> bytes:
    """The payload as it is, behind the first bytes of the real file, or before all of it."""
    match draw.randrange(4):
        case 0:
            return original[: draw.choice((4, 8, 12, 44, 128))] + payload
        case 1:
            return payload + original
        case _:
            return payload


def outcome(read: Callable[[], object], name: str) -> str:
    """What reading came to: `read`, `refused`, or what was wrong."""
    try:
        read()
    except TonotopeError as error:
        named = Path(name).name in str(error) or "changed" in name
        return "refused" if named else f"unnamed: {error}"
    except AssertionError as error:
        return f"taken for sound: {error}"
    except Exception as error:
        return f"raw error: {error!r}"
    return "read"


def try_all(count: int, seed: int = 0) -> Counter[str]:
    """Put `count` payloads under names drawn at random and have them read; the outcomes."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place, "home"))
        marker = Path(place, "executed")
        known = [*payloads(marker).items()]
        names = [*home.places()]
        for number in range(count):
            name = names[number % len(names)]
            kind, payload = draw.choice(known)
            path = home.folder / name
            original = b"" if "changed" in name else path.read_bytes()
            path.write_bytes(disguised(payload, original, draw))
            result = outcome(home.places()[name], name)
            if marker.exists():
                marker.rmdir()
                result = f"executed: {result}"
            found[result.partition(":")[0]] += 1
            if result not in {"read", "refused"}:
                print(f"{kind} as {name}, number {number} of seed {seed}: {result}", flush=True)
            home.restore()
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(asked, dict(try_all(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
