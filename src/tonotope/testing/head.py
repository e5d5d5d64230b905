"""`check_head`: targets, loss, scores, saving, table and evaluation of a head of your own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tonotope.answers import AnswerTable, table_of
from tonotope.evaluation.evaluate import evaluate
from tonotope.heads import LossOptions, Task
from tonotope.heads.denoise import NOISY, SOUND
from tonotope.model import Model
from tonotope.network import Architecture, Encoder
from tonotope.prediction.score_layout import Layout, decide, tables_of
from tonotope.representation import LogMel, Representation
from tonotope.testing.check import (
    expect,
    expect_finite,
    expect_gradients,
    expect_same,
    read_again,
    run_checks,
)

Rows = Sequence[Mapping[str, str]]


def check_head(
    head: Task,
    rows: Rows = (),
    *,
    network: Architecture | None = None,
    representation: Representation | None = None,
) -> None:
    """Run every check of `HEAD_CHECKS` on a head, and on the tables of its answers.

    Args:
        head: the head, as an experiment is given it.
        rows: the targets of four recordings or more, as a table holds them: a mapping for each,
            from the head's `columns` to text. Leave a column out where a target is missing.
        network: whose features it reads; a small encoder otherwise.
        representation: of the sound; a small log-mel spectrogram otherwise.

    Raises:
        CheckError: names the check, with what was found and what was expected.
        ValueError: too few rows.

    >>> import tonotope as tt
    >>> check_head(tt.Classify(), [{"label": one} for one in ("cat", "dog", "cat", "owl")])
    """
    if len(rows) < 4 and not head.denoises:
        raise ValueError(f"{len(rows)} rows of targets: give four or more")
    subject = HeadCase(
        head,
        rows or [{}] * 4,
        network or Encoder(widths=(4, 8)),
        representation or LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=16),
    )
    run_checks(f"head {type(head).__name__}", HEAD_CHECKS, subject)


class HeadCase:
    """A head with a small network and some targets."""

    def __init__(
        self, head: Task, rows: Rows, network: Architecture, representation: Representation
    ) -> None:
        self.head, self.rows = head, rows
        self.network, self.representation = network, representation
        self.judged = not head.denoises and bool(head.answers)

    @cached_property
    def fitted(self) -> Task:
        """The head with what it learns from the table."""
        return self.head.fit_vocabulary(self.rows).fit_targets(self.rows)

    def build(self, seed: int = 0) -> Model:
        """A model with fresh weights."""
        return Model.build(
            self.representation,
            self.network,
            self.fitted,
            clip_samples=self.representation.samples(20),
            seed=seed,
        )

    @cached_property
    def features(self) -> Tensor:
        """Noise, (recording, channel, time, ...)."""
        shape = self.model.description.feature_shape()
        return torch.randn(len(self.rows), *shape.sizes)

    @cached_property
    def model(self) -> Model:
        """One of them."""
        return self.build().eval()

    @cached_property
    def outputs(self) -> dict[str, Tensor]:
        """Of the model, for `features`, (recording, ...) each."""
        with torch.no_grad():
            return self.model.answer(self.features)

    @cached_property
    def targets(self) -> Mapping[str, Tensor]:
        """Of every row, as training is given them, (recording, ...) each."""
        found = {
            name: torch.from_numpy(one)
            for name, one in self.fitted.encode_targets(self.rows).items()
        }
        if self.head.denoises:
            clean = self.features.abs()
            found |= {SOUND: clean, NOISY: clean + 0.1}
        return self.fitted.prepare_batch(self.features, found)[1]

    @cached_property
    def scores(self) -> dict[str, Tensor]:
        """Of every answer, (recording, column) each."""
        return self.fitted.scores(self.outputs)

    @cached_property
    def tables(self) -> dict[str, AnswerTable]:
        """The predictions beside their targets."""
        own = [self.scores[one.name] for one in self.fitted.answers]
        names = [f"{row}.wav" for row in range(len(self.rows))]
        return tables_of(
            self.fitted,
            torch.cat(own, dim=1).double().numpy(),
            self.fitted.answer_targets(self.rows),
            ids=names,
            groups=names,
            folds=[None] * len(names),
        )


def _targets(case: HeadCase) -> None:
    """Targets are float32, a row for each recording; NaN where the table holds nothing."""
    found = case.fitted.encode_targets([*case.rows, {}])
    for name, one in found.items():
        expect(
            one.dtype == np.float32 and len(one) == len(case.rows) + 1,
            f"targets of `{name}` are {one.dtype} of shape {one.shape}; expected float32 with"
            f" {len(case.rows) + 1} rows",
        )
        expect(np.isnan(one[-1]).all(), f"`{name}` of a row without a target is {one[-1]}, not NaN")


def _outputs(case: HeadCase) -> None:
    """The module answers with the names of the targets, a finite row for each clip."""
    names = set(case.targets) - {NOISY} if case.head.denoises else set(case.targets)
    expect(
        set(case.outputs) == names,
        f"outputs are called {sorted(case.outputs)}, and targets {sorted(names)}",
    )
    for name, one in case.outputs.items():
        expect(
            len(one) == len(case.rows),
            f"`{name}` has the shape {tuple(one.shape)} for {len(case.rows)} clips",
        )
        expect_finite(f"the output `{name}`", one)


def _loss(case: HeadCase) -> None:
    """The loss is one finite number, whatever the options, and trains every parameter."""
    model, count = case.build().train(), len(case.rows)
    options = LossOptions(
        torch.full((count,), 1 / count), case.fitted.class_weights(case.targets) or None, 0.1
    )
    for one in (options, LossOptions()):
        cost = case.fitted.loss(model.answer(case.features), case.targets, one)
        expect(cost.dim() == 0, f"the loss has the shape {tuple(cost.shape)}; expected one number")
        expect_finite("the loss", cost)
    expect_gradients(model.head, cost, "remove it, or let the loss depend on it")


def _missing_targets(case: HeadCase) -> None:
    """A missing target costs nothing, and so do targets that are all missing."""
    if case.head.denoises:
        return
    outputs = {name: one.clone().requires_grad_() for name, one in case.outputs.items()}
    targets = {name: one.clone() for name, one in case.targets.items()}
    for one in targets.values():
        one[0] = torch.nan
    case.fitted.loss(outputs, targets).backward()
    for name, one in outputs.items():
        if one.grad is not None:
            expect_finite(f"the gradient of `{name}`", one.grad)
            most = float(one.grad[0].abs().max())
            expect(not most, f"a missing target of `{name}` has a gradient of {most:.3g}, not 0")
    nothing = {name: torch.full_like(one, torch.nan) for name, one in targets.items()}
    expect_finite("the loss without any target", case.fitted.loss(outputs, nothing))


def _scores(case: HeadCase) -> None:
    """Scores have a column for each of the answers' columns; a decision is made of each row."""
    if not case.judged:
        return
    decided, count = case.fitted.decide(case.scores), len(case.rows)
    for answer in case.fitted.answers:
        found, expected = tuple(case.scores[answer.name].shape), (count, len(answer.columns))
        expect(
            found == expected,
            f"the scores of `{answer.name}` have the shape {found}; expected {expected}, for the"
            f" columns {', '.join(answer.columns) or 'that are not there'}",
        )
        expect_finite(f"the scores of `{answer.name}`", case.scores[answer.name])
        expect(
            len(decided[answer.name]) == count,
            f"{len(decided[answer.name])} decisions for {count} rows of `{answer.name}`",
        )


def _metrics(case: HeadCase) -> None:
    """What training follows are finite numbers."""
    for name, value in case.fitted.metrics(case.scores, case.targets).items():
        expect(np.isfinite(value), f"the metric `{name}` is {value}")


def _settings(case: HeadCase) -> None:
    """Its settings, what it learned among them, are read from JSON as they were."""
    again = type(case.fitted).model_validate(case.fitted.model_dump(mode="json"))
    expect(again == case.fitted, f"read again it is {again!r:.200}; expected {case.fitted!r:.200}")


def _save_and_load(case: HeadCase) -> None:
    """All that decides the output is in the state."""
    again = case.build(seed=1).eval()
    again.load_state_dict(read_again(case.model), strict=True)
    with torch.no_grad():
        found = again.answer(case.features)
    for name, one in case.outputs.items():
        expect_same(f"`{name}` after saving and loading", found[name], one)


def _table(case: HeadCase) -> None:
    """The table of each answer is written to `predictions.csv` and read again."""
    if not case.judged:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.csv"
        for name, table in case.tables.items():
            table.write_csv(path)
            again = type(table).read_csv(path)
            for what in ("ids", "truths", "groups", "folds"):
                found, expected = (list(getattr(one, what)) for one in (again, table))
                expect(found == expected, f"`{name}`: {what} {expected} are read as {found}")
            np.testing.assert_allclose(again.losses, table.losses, rtol=1e-3, atol=1e-6)
            expect(len(table.take([0])) == 1, f"`{name}`: one row taken is not one row")
            expect(len(type(table).joined([table])) == len(table), f"`{name}`: joined alone")


def _evaluation(case: HeadCase) -> None:
    """Each table is evaluated, and the result can be written as JSON."""
    for table in case.tables.values() if case.judged else ():
        json.dumps(evaluate(table).to_json(), allow_nan=False)


def _rows(case: HeadCase) -> None:
    """A prediction has a cell under each heading, and is an object of JSON."""
    if not case.judged:
        return
    layout = Layout.of(case.fitted)
    scores = {name: one.double().numpy() for name, one in case.scores.items()}
    decided = decide(case.fitted, scores)
    for answer in layout.answers:
        table, own = table_of(answer), scores[answer.name][0]
        outcome = table.outcome(answer, own, decided[answer.name][0], [answer])
        by_name = dict(zip(answer.columns, map(float, own), strict=True))
        headings = table.headings(answer, "")
        cells: list[Any] = table.row_cells(outcome, by_name, 0.0)
        expect(
            len(headings) == len(cells),
            f"{len(cells)} cells under {len(headings)} headings of `{answer.name}`: {headings}",
        )
        json.dumps(table.row_object(outcome, by_name, 0.0))


HEAD_CHECKS: Mapping[str, Callable[[HeadCase], None]] = {
    "targets": _targets,
    "outputs": _outputs,
    "loss": _loss,
    "missing targets": _missing_targets,
    "scores": _scores,
    "metrics": _metrics,
    "settings": _settings,
    "save and load": _save_and_load,
    "table": _table,
    "evaluation": _evaluation,
    "rows": _rows,
}
