"""`Run` and `tt.load`: the files of a run folder and how each is read.

    runs/<name>-<digest>-s<seed>/
        experiment.toml     the resolved experiment, every default spelled out
        manifest.csv        each recording: id, file, label, group, sha256
        split.csv           id, part (train, validation, test), and the fold where there are folds
        model.json          description, and
        model.safetensors   weights; with folds the first's, and a pair in each fold-<name>/
        history.jsonl       one line per epoch
        predictions.csv     id, truth, prediction, one score column per class; folds pooled;
                            with several tasks predictions-<name>.csv for each
        uncalibrated.csv    the same without the temperature of the head; with folds in each
                            fold-<name>/
        evaluation.json     the figure, its interval, the baselines, the difference
        sounds/             of a head that answers with sound, some recordings noisy, denoised and
                            clean; with folds in each fold-<name>/
        skipped.jsonl       every input left out: file, row, reason
        environment.json    versions, device, threads, precision, command, seeds, and when it ended
        report.json/.html   all numbers, and the page made of them

Nothing here depends on where the folder lies: it may be moved, copied, sent.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope import _files
from tonotope._dataframe import data_frame
from tonotope._errors import ExperimentError
from tonotope.answers import Answer, AnswerTable, table_of
from tonotope.datasets.manifest import Manifest, Skipped
from tonotope.datasets.split import Split
from tonotope.evaluation.result import Evaluation
from tonotope.experiment.experiment_file import load as load_experiment
from tonotope.experiment.json_files import read_json, read_lines
from tonotope.experiment.spec import Experiment
from tonotope.experiment.split_file import read_splits
from tonotope.heads import KINDS as HEADS
from tonotope.heads import OpaqueHead, Task
from tonotope.network import Custom
from tonotope.representation import KINDS as REPRESENTATIONS

if TYPE_CHECKING:
    from pandas import DataFrame

    from tonotope.model import Model

EXPERIMENT = "experiment.toml"
MANIFEST = "manifest.csv"
SPLIT = "split.csv"
HISTORY = "history.jsonl"
PREDICTIONS = "predictions.csv"
UNCALIBRATED = "uncalibrated.csv"
EVALUATION = "evaluation.json"
SKIPPED = "skipped.jsonl"
ENVIRONMENT = "environment.json"
SOUNDS = "sounds"
INDEX = "sounds.json"
MODEL_FILES = ("model.json", "model.safetensors")


class History(list[dict[str, Any]]):
    """One entry per epoch, as in `history.jsonl`."""

    def to_dataframe(self) -> DataFrame:
        """The same as a pandas data frame."""
        return data_frame(self)


@dataclass(frozen=True)
class Run:
    """A run folder; each piece is read when it is first used.

    Attributes:
        folder: where it lies.
        head: the task, where it was written in Python: files hold no code.
        network: the class or the module, where the network was written in Python.
        representation: the class, where the representation was written in Python.
    """

    folder: Path
    head: Task | None = field(default=None, compare=False)
    network: Any = field(default=None, compare=False)
    representation: Any = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @property
    def finished(self) -> bool:
        """Whether the run came to its end, and all that it wrote is still there."""
        if not (self.environment.get("finished") and self._holds(EVALUATION, SPLIT)):
            return False
        return self._holds(*MODEL_FILES) and all(
            self._holds(f"{self.part(fold).name}/{name}")
            for fold in self.folds
            for name in MODEL_FILES
        )

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment, every default spelled out."""
        return load_experiment(self.folder / EXPERIMENT)

    @cached_property
    def manifest(self) -> Manifest:
        """The recordings."""
        return Manifest.read_csv(self.folder / MANIFEST)

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """The parts for training, validation and test, once or for each fold."""
        return read_splits(self.folder / SPLIT)

    @property
    def folds(self) -> tuple[str, ...]:
        """The names of the folds; empty where there was one split."""
        return tuple(split.fold for split in self.splits if split.fold is not None)

    @property
    def predictions(self) -> AnswerTable:
        """The predictions for the test part beside their targets, folds pooled; first task."""
        return next(iter(self.tables.values()))

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What the head answers; of a kind written in Python with its class, if `head` is given."""
        head: Task = self.experiment.head
        if self.head is not None and isinstance(head, OpaqueHead):
            return head.with_code(self.head).answers
        return head.answers

    @cached_property
    def tables(self) -> dict[str, AnswerTable]:
        """The predictions of each answer of the head, by its name."""
        return read_tables(self.folder, self.answers)

    @property
    def uncalibrated(self) -> dict[str, AnswerTable]:
        """The predictions at temperature 1, of the answers of which every fold has them."""
        found: dict[str, AnswerTable] = {}
        parts = [
            uncalibrated_files(self.part(fold), self.answers) for fold in self.folds or (None,)
        ]
        for one in self.answers:
            files = [part[one.name] for part in parts]
            if all(file.is_file() for file in files):
                kind = table_of(one)
                found[one.name] = kind.joined([kind.read_csv(file) for file in files])
        return found

    @property
    def temperatures(self) -> dict[str, list[float | None]]:
        """By answer, what the outputs of each fold's model are divided by; None: by nothing."""
        from tonotope.model.serialise import read_description

        heads = [read_description(self.part(fold))[0].head for fold in self.folds or (None,)]
        names = [one.name for one in heads[0].answers]
        return {
            name: [own.temperature for head in heads for own in head.answers if own.name == name]
            for name in names
        }

    @cached_property
    def evaluation(self) -> Evaluation:
        """The score, its interval, the baselines and the difference, from `evaluation.json`."""
        path = self.folder / EVALUATION
        return Evaluation.from_json(read_json(path), path)

    @cached_property
    def environment(self) -> dict[str, Any]:
        """Versions, device, threads, precision, command and seeds."""
        path = self.folder / ENVIRONMENT
        return read_json(path) if path.is_file() else {}

    @property
    def skipped(self) -> list[dict[str, Any]]:
        """Every input left out: file, row, reason."""
        return read_lines(self.folder / SKIPPED)

    def history(self, fold: str | None = None) -> History:
        """One entry per epoch."""
        return History(read_lines(self.part(fold) / HISTORY))

    def model(
        self,
        fold: str | None = None,
        head: Task | None = None,
        network: Any = None,
        representation: Any = None,
    ) -> Model:
        """The trained model, ready to predict; with folds, the first's unless one is named.

        A `head`, a `network` or a `representation` that was written in Python is passed again,
        here or in `tt.load`.
        """
        from tonotope.model import Model

        network = self.network if network is None else network
        representation = self.representation if representation is None else representation
        return Model.load(self.part(fold), head or self.head, network, representation).eval()

    def models(self) -> tuple[Model, ...]:
        """Every model of the run: one, or one for each fold."""
        return tuple(self.model(fold) for fold in self.folds or (None,))

    def part(self, fold: str | None = None) -> Path:
        """The folder of a fold's model and history; the run's own where there is one split."""
        return self.folder if fold is None else self.folder / f"fold-{_plain(fold)}"

    def _holds(self, *names: str) -> bool:
        return all((self.folder / name).is_file() for name in names)

    def __repr__(self) -> str:
        state = "" if self.finished else ", unfinished"
        return f"Run({str(self.folder)!r}{state})"


def load(
    folder: str | Path,
    *,
    head: Task | None = None,
    network: Any = None,
    representation: Any = None,
) -> Run:
    """The run that lies in `folder`.

    Args:
        folder: the run folder, or a file in it.
        head: the task, where it was written in Python: files hold no code.
        network: the class or the module, where the network was written in Python.
        representation: the class, where the representation was written in Python.

    Raises:
        ExperimentError: no run lies there; the nearest ones are named.
    """
    folder = Path(folder).expanduser()
    if folder.name in (EXPERIMENT, EVALUATION, "report.html", "report.json", *MODEL_FILES):
        folder = folder.parent
    if (folder / EXPERIMENT).is_file():
        return Run(folder, head, network, representation)
    if not folder.exists():
        raise ExperimentError(f"{folder}: no such folder{_near(folder.parent)}")
    raise ExperimentError(f"{folder}: not a run folder, it holds no {EXPERIMENT}{_near(folder)}")


def with_code(folder: Path, experiment: Experiment) -> Run:
    """The run of an experiment, with what of it was written in Python and no file holds."""
    head, network, representation = experiment.head, experiment.network, experiment.representation
    return Run(
        folder,
        None if type(head) in HEADS else head,
        network if isinstance(network, Custom) else None,
        None if type(representation) in REPRESENTATIONS else representation,
    )


def prediction_files(folder: Path, answers: Sequence[Answer]) -> dict[str, Path]:
    """For each answer of a head the file of its predictions."""
    alone = len(answers) == 1
    return {
        one.name: folder / (PREDICTIONS if alone else f"predictions-{_plain(one.name)}.csv")
        for one in answers
    }


def uncalibrated_files(folder: Path, answers: Sequence[Answer]) -> dict[str, Path]:
    """For each answer of a head the file of its predictions without a temperature."""
    alone = len(answers) == 1
    return {
        one.name: folder / (UNCALIBRATED if alone else f"uncalibrated-{_plain(one.name)}.csv")
        for one in answers
    }


def read_tables(folder: Path, answers: Sequence[Answer]) -> dict[str, AnswerTable]:
    """The predictions that lie in a folder, for each answer of a head.

    Raises:
        DataError: a table is missing or damaged.
        ExperimentError: an answer is of a kind written in Python, and its head is not given.
    """
    files = prediction_files(folder, answers)
    return {one.name: table_of(one).read_csv(files[one.name]) for one in answers}


def write_skipped(path: Path, skipped: Iterable[Skipped]) -> None:
    """Write one line per input left out: file, row, reason."""
    rows = [{"file": one.file, "row": one.row, "reason": one.reason} for one in skipped]
    _files.write_text(path, "".join(f"{json.dumps(row)}\n" for row in rows))


def _plain(fold: str) -> str:
    """The name of a fold as the name of a folder, whatever a table calls it.

    >>> _plain("3"), _plain("Night/2")
    ('3', 'Night_2-3c1b5be5')
    """
    plain = re.sub(r"[^\w-]", "_", fold)[:40]
    return plain if plain == fold else f"{plain}-{hashlib.sha256(fold.encode()).hexdigest()[:8]}"


def _near(folder: Path) -> str:
    """The end of a sentence that names the runs that lie in `folder`."""
    if not folder.is_dir():
        return ""
    runs = sorted(path.parent.name for path in folder.glob(f"*/{EXPERIMENT}"))
    if not runs:
        return "; `tonotope run DATA` makes one"
    more = ", ..." if len(runs) > 3 else ""
    return f"; the runs in {folder} are: {', '.join(runs[:3])}{more}"
