"""Random experiments, valid and nearly valid: each is trained, or refused with a lesson.

python -m tests.reliability.random_experiments 5000 [SEED]

Every key of the schema is drawn with values of its type: usual ones, its limits and what lies just
beyond them, and values of another type. The recordings are short, the networks small.
"""

from __future__ import annotations

import csv
import math
import os
import random
import shutil
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import numpy as np
import soundfile
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import tonotope
from tonotope._errors import TonotopeError
from tonotope.experiment.config import schema
from tonotope.experiment.experiment_file import described
from tonotope.experiment.spec import Experiment
from tonotope.reporting.page import write_report

SLOW_S = 60
TOLD_EVERY = 100
COLUMNS = ("label", "tags", "pitch_hz", "level_db", "speaker", "fold", "part", "begin_s", "end_s")
WORDS = (*COLUMNS, "file", "", "nothing", "Größe", "a b", "label ", "../up", "\0", "x" * 300)
SOURCES = ("all.csv", "all.csv", "all.csv", "tones", "tones", "orchestra", "missing.csv", "", ".")
RATES_HZ = (8000, 8000, 8000, 4000, 2000, 11025, 16000, 100, 8, 1, 0, -8000, 10**9, 8000.5, "8 kHz")
LAYERS = (
    "conv 4 3x3", "conv 4 3x3 padding same", "conv 3 5 stride 2", "conv 4 9x9", "maxpool 2x2",
    "meanpool 2", "relu", "batchnorm", "dropout 0.3", "globalpool time mean", "flatten", "dense 8",
    "globalpool all mean+max", "clipnorm", "deltas", "gelu", "conv 4 3x3 groups 2", "rbf 3",
    "residual [conv 4 3x3 padding same, relu]", "parallel [conv 2 1x1] [conv 2 3x3 padding same]",
    "subsample 2x2", "maxpool 99x99", "dense 0", "conv", "softmax", "conv 4 0x3", "dropout 1",
)  # fmt: skip
# Keys whose usual values the schema does not know: those that fit as a rule, and others.
USUAL: dict[str, tuple[Sequence[Any], Sequence[Any]]] = {
    "epochs": ((1,), (2, 0, -1, 100_001)),
    "resamples": ((100, 150), (99, 100_001)),
    "notes": ((12, 24), (1, 4, 0)),
    "bands": ((8, 16, 20), (1, 4, 0, 4097)),
    "coefficients": ((4, 8), (1, 0, 99)),
    "fft_samples": ((None, 512), (128, 256, 255, 1, 2**20 + 1)),
    "widths": (([4], [4, 8], [2, 2, 2]), ([], [0], [65_537], 8)),
    "convolutions": ((1, 2), (0, 17)),
    "blocks": ((1, 2), (0, 65)),
    "bins": ((0, 4, 16), (-1, 8193)),
    "clip_s": ((0.1, 0.2), (0.5, 1e-4, 1e-300, 1e308, 0, -1, math.nan, math.inf)),
    "hop_s": ((0.01, 0.02), (0.05, 0.1, 1e-9, 1e308, 0, math.nan)),
    "window_s": ((0.016, 0.032), (0.064, 1e-9, 1e308, 0, math.inf)),
    "max_duration_s": ((None, 10_800.0), (0.15, 1e-9, math.inf)),
    "low_hz": ((0.0, 50.0), (4000.0, 1e308, -1, math.nan)),
    "high_hz": ((None, 3000.0), (4001.0, 1e308, 0, 1e-9)),
    "rate_hz": (RATES_HZ[:3], RATES_HZ),
    "source": (SOURCES[:5], SOURCES),
    "run": (("earlier",), ("nothing", "", "tones")),
    "part": ((None, "part"), WORDS),
    "file": ((None, "file"), WORDS),
    "label": (("label", "speaker", "part"), WORDS),
    "group": ((None, "speaker", "file"), WORDS),
    "fold": ((None,), ("fold", *WORDS)),
    "column": ((None,), ("part", *WORDS)),
    "start": ((None,), ("begin_s", *WORDS)),
    "end": ((None,), ("end_s", *WORDS)),
    "home": ((None,), WORDS),
    "channels": (("mean", 0), (1, -1, 2**40)),
    "classes": ((None,), ([], ["low", "high"], ["low"], ["low", "low"], [""], 2, 0)),
    "learning_rate": ((0.001, 0.01), (1, 1.5, 0, 1e-300)),
    "separator": (("", ";"), (" ", "x", "\0")),
    "metric": ((None,), ("accuracy", "macro-f1", "mae", "r2", "si-sdr", "map", "acc")),
    "baselines": (([],), (["majority"], ["mean"], ["noisy"], ["wiener", "noisy"], ["nothing"])),
}
NETWORKS = ("layers", "layers", "lenet", "vgg", "resnet", "encoder", "m5", "lenet5", "nothing")


def write_recordings(folder: Path) -> None:
    """A table of 16 short sounds with a column for every head, and the same as class folders."""
    rng = np.random.default_rng(0)
    moments = np.arange(1600) / 8000
    rows = []
    for number in range(16):
        label, tag = ("low", "high")[number % 2], ("", "rain", "wind", "rain;wind")[number % 4]
        pitch = 300 + 900 * (number % 2) + 10 * number
        wave = 0.3 * np.sin(2 * np.pi * pitch * moments) + 0.05 * rng.standard_normal(1600)
        path = folder / "tones" / label / f"{'abcdefgh'[number // 2] * 3}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, wave, 8000)
        part = ("train", "train", "validation", "test")[number // 2 % 4]
        rows.append({
            "file": path.relative_to(folder).as_posix(), "label": label, "tags": tag,
            "pitch_hz": pitch, "level_db": -number if number != 5 else "",
            "speaker": f"s{number // 2}", "fold": number // 2 % 3, "part": part,
            "begin_s": 0.0, "end_s": 0.2,
        })  # fmt: skip
    with (folder / "all.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


class Drawn:
    """Values for the keys of an experiment.

    Args:
        draw: decides all.
        wild: the share of values that need not fit.
    """

    def __init__(self, draw: random.Random, wild: float) -> None:
        self.draw, self.wild = draw, wild

    def table(self, model: type[BaseModel], share: float) -> dict[str, Any]:
        """Some of the keys of a description: those that it must have, and `share` of the others."""
        found: dict[str, Any] = {}
        for name, field in model.model_fields.items():
            if name != "kind" and (field.is_required() or self.draw.random() < share):
                value = self.value(name, field)
                if value is not None or self.draw.random() < self.wild:
                    found[name] = value
        if self.draw.random() < self.wild / 4:
            found[self.draw.choice(("epcohs", "kind", "", "class", "lr"))] = 1
        return found

    def value(self, name: str, field: FieldInfo) -> Any:
        """A value for one key."""
        if self.draw.random() < self.wild:
            return self.draw.choice((
                None, True, -1, 0, 3, 0.5, 1e308, math.nan, -math.inf, 2**70, "3", "", "auto",
                [], [1], [[]], {}, {"kind": "x"}, "x" * 5000, ["label", "label"],
            ))  # fmt: skip
        if name == "layers":
            known = LAYERS if self.draw.random() < 3 * self.wild else LAYERS[:-8]
            return [self.draw.choice(known) for _ in range(self.draw.randint(0, 4))]
        if name in USUAL:
            usual, others = USUAL[name]
            return self.draw.choice(others if self.draw.random() < 2 * self.wild else usual)
        return self.of_type(field.annotation, field.metadata)

    def of_type(self, annotation: Any, limits: Sequence[Any]) -> Any:
        """A value of a type, most often within its limits."""
        draw = self.draw
        if get_origin(annotation) is Annotated:
            first, *more = get_args(annotation)
            limits = [*limits, *(m for one in more for m in getattr(one, "metadata", [one]))]
            return self.of_type(first, limits)
        kinds = schema.kinds(annotation)
        if kinds:
            return self.of_kind(annotation, draw.choice(kinds))
        limits = list(limits)
        return self.plain(draw.choice([*schema._alternatives(annotation, limits)]), limits)

    def plain(self, kind: Any, limits: Sequence[Any]) -> Any:
        """A value of a type that is no union."""
        draw = self.draw
        if kind is NoneType:
            return None
        if get_origin(kind) is Literal:
            return draw.choice(get_args(kind))
        if get_origin(kind) is tuple:
            inner = [one for one in get_args(kind) if one is not Ellipsis]
            count = len(inner) if len(inner) > 1 else draw.randint(0, 2)
            return [self.of_type(inner[at % len(inner)], ()) for at in range(count)]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.table(kind, 0.3)
        if kind is bool:
            return draw.random() < 0.5
        if kind in (int, float):
            return self.number(kind, limits)
        return draw.choice(WORDS) if kind is str else {}

    def number(self, kind: type, limits: Sequence[Any]) -> Any:
        """A number within its limits, at one of them, or just beyond."""
        low = max([-3, *(m.ge for m in limits if isinstance(m, Ge))])
        low = max([low, *(m.gt for m in limits if isinstance(m, Gt))])
        high = min([low + 4, *(m.le for m in limits if isinstance(m, Le))])
        high = min([high, *(m.lt for m in limits if isinstance(m, Lt))])
        if self.draw.random() < self.wild:
            return self.draw.choice((low, high, low - 1, high + 1, low - 1e-9, high + 1e-9, -0.0))
        return self.draw.randint(low, int(high)) if kind is int else self.draw.uniform(low, high)

    def of_kind(self, union: Any, kind: str) -> dict[str, Any]:
        """A table of one kind of a union."""
        model = dict(schema._members(union))[kind]
        return {"kind": kind, **self.table(model, 0.3)}

    def experiment(self) -> dict[str, Any]:
        """A whole experiment, whose head fits the recordings as a rule."""
        fields = Experiment.model_fields
        draw = self.draw
        representation = draw.choice(
            ("waveform", "magnitude", "complex", "log-mel", "log-mel", "mfcc")
        )
        network = draw.choice(NETWORKS[:-1] if draw.random() > self.wild else NETWORKS)
        table: dict[str, Any] = {
            "data": {"source": draw.choice(SOURCES[:3]), "clip_s": 0.2}
            | self.table(schema._model(fields["data"].annotation, {}), 0.15),
            "split": self.split(),
            "representation": self.of_kind(fields["representation"].annotation, representation)
            | {"rate_hz": draw.choice(RATES_HZ[:3])},
            "head": self.head(),
            "training": self.table(schema._model(fields["training"].annotation, {}), 0.25)
            | {"epochs": 1, "precision": "float32"}
            | ({"minutes": 0.001} if draw.random() < 0.1 else {"minutes": 0}),
            "evaluation": {"resamples": 100}
            | self.table(schema._model(fields["evaluation"].annotation, {}), 0.2),
            "seed": draw.randint(0, 9),
        }
        if network == "nothing":
            table["network"] = {"kind": draw.choice(("vvg", "", "conv"))}
        else:
            table["network"] = self.of_kind(fields["network"].annotation, network)
            if network in ("vgg", "resnet", "encoder"):
                table["network"] = {"widths": [2, 4]} | table["network"]
        if draw.random() < self.wild:
            table["start"] = self.table(schema._model(fields["start"].annotation, {}), 0.5)
        if draw.random() < self.wild:
            table[draw.choice(("netwrok", "data", "training", "seed", "head"))] = draw.choice(WORDS)
        return table

    def split(self) -> dict[str, Any]:
        """A split that fits as a rule."""
        if self.draw.random() < 0.5:
            found: dict[str, Any] = {"train": 0.5, "validation": 0.25, "test": 0.25}
        else:
            found = {"folds": 2}
        return found | self.table(tonotope.SplitPlan, self.wild)

    def head(self) -> dict[str, Any]:
        """A head that fits the recordings as a rule."""
        kind = self.draw.choice(("classify", "classify", "regress", "tag", "multitask", "denoise"))
        right: dict[str, dict[str, Any]] = {
            "classify": {},
            "regress": {"targets": self.draw.choice((["pitch_hz"], ["level_db", "pitch_hz"]))},
            "tag": {"column": "tags"},
            "multitask": {
                "tasks": [
                    {"name": "label", "head": {"kind": "classify"}},
                    {"name": "pitch", "head": {"kind": "regress", "targets": ["pitch_hz"]}},
                ]
            },
            "denoise": {},
        }
        union = Experiment.model_fields["head"].annotation
        if self.draw.random() < self.wild:
            return self.of_kind(union, kind)
        share = self.wild if self.draw.random() < 0.5 else 0.0
        model = dict(schema._members(union))[kind]
        return {"kind": kind} | self.table(model, share) | right[kind]


def outcome(table: dict[str, Any], folder: Path, report: bool) -> str:
    """What an experiment came to: `trained`, `lesson`, or what was wrong."""
    runs = folder / "runs"

    def too_long(*_: object) -> None:
        raise TimeoutError(f"over {SLOW_S} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SLOW_S)
    try:
        done = tonotope.run(described(table), out=runs)
        assert done.finished
        list(tonotope.predict(done, folder / "tones" / "low" / "aaa.wav"))
        if report:
            write_report(done)
    except TonotopeError as error:
        return "lesson" if str(error).strip() else "empty lesson"
    except Exception as error:
        return f"raw error: {error!r}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        shutil.rmtree(runs, ignore_errors=True)
    return "trained"


def try_all(count: int, seed: int = 0) -> Counter[str]:
    """Try `count` experiments; the outcomes, each with how often."""
    found: Counter[str] = Counter()
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("error")
        os.environ |= {"TONOTOPE_CACHE": f"{place}/cache", "TONOTOPE_THREADS": "1"}
        folder = Path(place)
        write_recordings(folder)
        os.chdir(folder)
        try:
            for number in range(count):
                draw = random.Random(f"{seed}-{number}")
                table = Drawn(draw, draw.choice((0.0, 0.0, 0.01, 0.02, 0.05, 0.2))).experiment()
                result = outcome(table, folder, report=number % 5 == 0)
                found[result.partition(":")[0]] += 1
                if result not in {"trained", "lesson"}:
                    print(f"number {number} of seed {seed}: {result}\n    {table}", flush=True)
                if (number + 1) % TOLD_EVERY == 0:
                    print(f"{number + 1} of {count}: {dict(found)}", flush=True)
        finally:
            os.chdir(here)
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(asked, dict(try_all(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
