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
        judged/             model and history of a single split, and
        final/              those of the network of all recordings, whose model then is the run's
                            own, where `training.final = "all"`
        report.json/.html   all numbers, and the page made of them

Nothing here depends on where the folder lies: it may be moved, copied, sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope import _files
from tonotope._dataframe import data_frame
from tonotope._errors import ExperimentError
from tonotope.answers import Answer, AnswerTable, table_of
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.split import Split
from tonotope.evaluation.result import Evaluation
from tonotope.experiment.experiment_file import load as load_experiment
from tonotope.experiment.json_files import read_json, read_lines
from tonotope.experiment.run_files import (
    ENVIRONMENT,
    EVALUATION,
    EXPERIMENT,
    FINAL,
    HISTORY,
    JUDGED,
    MANIFEST,
    MODEL_FILES,
    SKIPPED,
    SPLIT,
    fold_name,
    read_tables,
    uncalibrated_files,
)
from tonotope.experiment.spec import Experiment
from tonotope.experiment.split_file import read_splits
from tonotope.heads import KINDS as HEADS
from tonotope.heads import OpaqueHead, Task
from tonotope.network import Custom
from tonotope.representation import KINDS as REPRESENTATIONS

if TYPE_CHECKING:
    from pandas import DataFrame

    from tonotope.model import Model


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
        parts = [self.folder, *(self.part(fold) for fold in self.folds or (None,))]
        return all((part / name).is_file() for part in parts for name in MODEL_FILES)

    @property
    def has_final(self) -> bool:
        """Whether a network of all recordings is the one that predicts."""
        return self._holds(EXPERIMENT) and self.experiment.training.final == "all"

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment, every default spelled out."""
        return load_experiment(self.folder / EXPERIMENT)

    @property
    def clip_samples(self) -> int:
        """The length of a clip in samples; an error names the experiment file of this run."""
        try:
            return self.experiment.clip_samples
        except ExperimentError as error:
            raise ExperimentError(f"{self.folder / EXPERIMENT}: {error}") from None

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

    def history_of_final(self) -> History:
        """One entry per epoch of the network of all recordings; empty where there is none."""
        return History(read_lines(self.folder / FINAL / HISTORY))

    def model(
        self,
        fold: str | None = None,
        head: Task | None = None,
        network: Any = None,
        representation: Any = None,
    ) -> Model:
        """The trained model, ready to predict.

        With `training.final = "all"` it is the network of all recordings; otherwise, with folds,
        the first's unless one is named.

        A `head`, a `network` or a `representation` that was written in Python is passed again,
        here or in `tt.load`.
        """
        folder = self.folder if fold is None else self.part(fold)
        return self.model_in(folder, head, network, representation)

    def judged_model(self, fold: str | None = None) -> Model:
        """The model that the predictions of a fold, or of the only split, come from."""
        return self.model_in(self.part(fold))

    def model_in(
        self,
        folder: Path,
        head: Task | None = None,
        network: Any = None,
        representation: Any = None,
    ) -> Model:
        """The model that lies in the run folder or in a folder of it."""
        from tonotope.model import Model

        network = self.network if network is None else network
        representation = self.representation if representation is None else representation
        return Model.load(folder, head or self.head, network, representation).eval()

    def models(self) -> tuple[Model, ...]:
        """The models that predict together: one, or one for each fold."""
        folds = () if self.has_final else self.folds
        return tuple(self.model(fold) for fold in folds or (None,))

    def part(self, fold: str | None = None) -> Path:
        """The folder of a fold's model and history, or of the only split's."""
        if fold is not None:
            return self.folder / f"fold-{fold_name(fold)}"
        return self.folder / JUDGED if self.has_final else self.folder

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
    folder = _files.expanded(folder)
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


def _near(folder: Path) -> str:
    """The end of a sentence that names the runs that lie in `folder`."""
    if not folder.is_dir():
        return ""
    runs = sorted(path.parent.name for path in folder.glob(f"*/{EXPERIMENT}"))
    if not runs:
        return "; `tonotope run DATA` makes one"
    more = ", ..." if len(runs) > 3 else ""
    return f"; the runs in {folder} are: {', '.join(runs[:3])}{more}"
