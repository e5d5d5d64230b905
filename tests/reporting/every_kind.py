"""One finished run of every kind of answer, with the long names that people really give."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope.experiment.experiment_file import described
from tonotope.experiment.run import run

RATE_HZ = 8000
FOLDER = "Meine Aufnahmen 2024/Großtöne der Übungsorgel im Münster, linkes Seitenschiff"
FILE = "Aufnahme vom 14. März, linkes Manual, Prinzipal 8 Fuß, Mikrofon hinten, Nr. {:02}.wav"
PLAYER = "Frau Dr. Müller-Lüdenscheidt, Kirchengemeinde St. Ägidien, Orgelschülerin {}"
REGISTERS = (
    "Großer Brachvogel (Numenius arquata), Balzruf am Ostufer",
    "Grabación nocturna sin ningún pájaro identificable, ribera norte",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "ohne",
)
MARKS = ("Aufnahmegerät übersteuert oder zu nah am Spieltisch", "con mucho viento de fondo")
COMMON: dict[str, Any] = {
    "question": "¿Puede una red pequeña distinguir los registros de un órgano que nunca ha oído?",
    "data": {"source": "Aufnahmen.csv", "group": "player", "clip_s": 0.25},
    "split": {"train": 0.5, "validation": 0.25, "test": 0.25},
    "representation": {
        "kind": "log-mel", "rate_hz": RATE_HZ, "window_s": 0.032, "hop_s": 0.016, "bands": 16,
    },
    "network": {
        "kind": "layers",
        "layers": ["conv 8 3x3 padding same", "batchnorm", "relu", "maxpool 2x2",
                   "conv 16 3x3 dilation 2 padding same", "relu", "globalpool time mean"],
    },
    "training": {"epochs": 2, "batch_size": 8, "learning_rate": 0.02, "precision": "float32"},
    "evaluation": {"resamples": 100},
}  # fmt: skip
REGRESS = {"kind": "regress", "targets": ["Tonhöhe der Grundschwingung_hz", "dynamics_db"]}
HEADS: dict[str, dict[str, Any]] = {
    "classes": {"kind": "classify"},
    "quantities": REGRESS,
    "tags": {"kind": "tag", "column": "marks"},
    "multitask": {
        "kind": "multitask",
        "tasks": [
            {"name": "label", "head": {"kind": "classify"}},
            {"name": "Tonhöhe", "head": REGRESS},
            {"name": "marks", "head": {"kind": "tag", "column": "marks"}},
        ],
    },
    "denoiser": {"kind": "denoise"},
}
KINDS = tuple(HEADS)


def write_recordings(folder: Path, notes: int = 48) -> Path:
    """Short notes with long names in `Aufnahmen.csv`; cells of some targets are empty."""
    rng = np.random.default_rng(0)
    (folder / FOLDER).mkdir(parents=True)
    rows = [["file", "player", "label", "Tonhöhe der Grundschwingung_hz", "dynamics_db", "marks"]]
    for number in range(notes):
        pitch_hz, noisy = 200 * 2 ** rng.uniform(0, 3), bool(rng.random() < 0.5)
        time = np.arange(int(0.25 * RATE_HZ)) / RATE_HZ
        gain_db = -rng.uniform(6, 20)
        wave = 10 ** (gain_db / 20) * np.sin(2 * np.pi * pitch_hz * time)
        wave += (0.1 if noisy else 0.005) * rng.standard_normal(len(time))
        name = f"{FOLDER}/{FILE.format(number)}"
        soundfile.write(folder / name, wave, RATE_HZ)
        marks = "|".join([MARKS[0]] * noisy + [MARKS[1]] * (pitch_hz > 600)) or "|"
        label = REGISTERS[min(int(np.log2(pitch_hz / 200) * 4 / 3), 3)]
        known = [f"{pitch_hz:.2f}", f"{gain_db:.1f}", marks]
        if number % 4 == 3:
            known = ["", "", ""]
        rows.append([name, PLAYER.format(number // 3), label, *known])
    (folder / FOLDER / FILE.format(99)).write_bytes(b"no sound at all")
    rows.append([f"{FOLDER}/{FILE.format(99)}", PLAYER.format(0), REGISTERS[0], "440", "-6", "|"])
    with (folder / "Aufnahmen.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


def run_of(kind: str, home: Path) -> Path:
    """The folder of a run of one kind, trained in the folder of `write_recordings`."""
    table = {**COMMON, "name": f"Orgelregister-im-Münster-{kind}", "head": HEADS[kind]}
    if kind == "denoiser":
        layers = ["conv 8 3x3 padding same", "batchnorm", "relu", "maxpool 2x2",
                  "conv 16 3x3 padding same", "relu"]  # fmt: skip
        table["network"] = {"kind": "layers", "layers": layers}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        return run(described(table, []), out=home / "runs").folder
