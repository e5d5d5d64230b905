"""Every head from the table to the report: quantities, tags, several tasks, a task of one's own."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from tonotope._errors import DataError, ExperimentError
from tonotope.cli.messages import sentences
from tonotope.evaluation.compare import compare
from tonotope.experiment.check_data import check
from tonotope.experiment.experiment_file import described
from tonotope.experiment.propose import propose
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run, load
from tonotope.experiment.spec import Experiment
from tonotope.heads import Regress
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.stream import predict
from tonotope.prediction.writers import write_rows
from tonotope.reporting import write_report

RATE_HZ = 8000
QUICK = {
    "data": {"source": "notes.csv", "group": "player", "clip_s": 0.25},
    "split": {"train": 0.5, "validation": 0.25, "test": 0.25},
    "representation": {
        "kind": "log-mel", "rate_hz": RATE_HZ, "window_s": 0.032, "hop_s": 0.016, "bands": 16,
    },
    "network": {"kind": "layers", "layers": ["conv 4 3x3", "relu", "globalpool time mean"]},
    "training": {"epochs": 3, "batch_size": 8, "learning_rate": 0.02, "precision": "float32"},
    "evaluation": {"resamples": 100},
}  # fmt: skip
PITCH = {"kind": "regress", "targets": ["pitch_hz"]}
SEVERAL = {
    "kind": "multitask",
    "tasks": [
        {"name": "register", "head": {"kind": "classify"}, "weight": 0.5},
        {"name": "pitch", "head": PITCH, "weight": 2.0},
        {"name": "marks", "head": {"kind": "tag", "column": "marks"}},
    ],
}


def write_notes(folder: Path) -> Path:
    """Twenty-four short notes and what is known of each; some cells are empty."""
    rng = np.random.default_rng(0)
    rows = [["file", "player", "pitch_hz", "marks", "register", "noisy"]]
    for number in range(24):
        pitch_hz, noisy = 200 * 2 ** rng.uniform(0, 3), bool(rng.random() < 0.5)
        time = np.arange(int(0.25 * RATE_HZ)) / RATE_HZ
        wave = 0.3 * np.sin(2 * np.pi * pitch_hz * time)
        wave += (0.1 if noisy else 0.005) * rng.standard_normal(len(time))
        soundfile.write(folder / f"{number:02}.wav", wave, RATE_HZ)
        high = pitch_hz > 600
        marks = "|".join(["noisy"] * noisy + ["high"] * high) or "|"
        register = ("high" if high else "low") if number % 3 else ""
        rows.append([f"{number:02}.wav", f"p{number // 2}", f"{pitch_hz:.2f}", marks, register,
                     str(int(noisy))])  # fmt: skip
    with (folder / "notes.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_notes(tmp_path_factory.mktemp("notes"))


def asked(head: Any, sets: tuple[str, ...] = ()) -> Experiment:
    return described({**QUICK, "head": head, "name": "notes"}, sets)


def ran(home: Path, head: Any, *sets: str, out: Path | None = None) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        if isinstance(head, Mapping):
            experiment = asked(head, sets)
        else:
            experiment = Experiment.model_validate({**QUICK, "head": head, "name": "notes"})
        return run(experiment, out=out or home / "runs")


@pytest.fixture(scope="module")
def pitch(home: Path) -> Run:
    return ran(home, PITCH)


@pytest.fixture(scope="module")
def several(home: Path) -> Run:
    return ran(home, SEVERAL)


def rows_of(found: Run, home: Path, to: str, name: str = "03.wav") -> str:
    ensemble, out = Ensemble(found.models()), io.StringIO()
    heard = predict(ensemble, [home / name], per="recording")
    write_rows(heard, out, ensemble.layout, to)  # pyright: ignore[reportArgumentType]
    return out.getvalue()


class TestRegress:
    def test_predictions_and_evaluation_are_in_hertz(self, pitch: Run) -> None:
        table, told = pitch.predictions, pitch.evaluation.to_json()
        assert (table.columns, table.units) == (("pitch_hz",), ("Hz",))
        wanted = {one.id: float(one.targets["pitch_hz"]) for one in pitch.manifest.recordings}
        assert [wanted[name] for name in table.ids] == table.truth[:, 0].tolist()
        assert told["value"] == pytest.approx(np.abs(table.errors).mean())
        assert told["low"] <= told["value"] <= told["high"]
        assert (told["metric"], told["unit"]) == ("mae", "Hz")
        assert [one["name"] for one in told["baselines"]] == ["mean", "mfcc-ridge"]
        assert set(told["metrics"]) == {"mae", "rmse", "median-error", "r2"}

    def test_the_constants_are_of_the_training_part_alone_and_in_the_model(
        self, pitch: Run
    ) -> None:
        taught = [float(one.targets["pitch_hz"]) for one in pitch.manifest.recordings
                  if one.id in pitch.splits[0].train]  # fmt: skip
        head = json.loads((pitch.folder / "model.json").read_text(encoding="utf-8"))["head"]
        assert head["means"] == pytest.approx([np.mean(taught)])
        assert head["spreads"] == pytest.approx([np.std(taught)])

    def test_what_would_change_the_pitch_is_left_out(self, pitch: Run) -> None:
        training = pitch.experiment.training
        assert (training.mixup, training.frequency_roll) == (0.0, 0)
        asked_for = asked(PITCH, ("training.mixup=0.3",)).training
        assert asked_for.mixup == 0.3

    def test_it_predicts_what_it_said_of_the_test_part(self, pitch: Run, home: Path) -> None:
        name = pitch.predictions.ids[0]
        (row,) = csv.DictReader(io.StringIO(rows_of(pitch, home, "csv", name)))
        assert list(row) == ["file", "start_s", "end_s", "pitch_hz"]
        assert float(row["pitch_hz"]) == pytest.approx(pitch.predictions.predicted[0, 0], rel=1e-3)
        told = json.loads(rows_of(pitch, home, "jsonl", name))
        assert told["pitch_hz"] == float(row["pitch_hz"])

    def test_the_report_shows_hertz_in_both_languages(self, pitch: Run) -> None:
        for lang, said in (("en", "predicted against true"), ("es", "predicho frente a verdadero")):
            page = write_report(pitch.folder, lang=lang).read_text(encoding="utf-8")
            assert f"pitch_hz: {said}" in page
            assert page.count('<circle class="example"') == len(pitch.predictions)
            assert "Hz</b>" in page or "Hz</em>" in page
            assert 'class="play' in page
        report = json.loads((pitch.folder / "report.json").read_text(encoding="utf-8"))
        assert report["kind"] == "numbers"
        off = [abs(clip["said"][0] - clip["truth"][0]) for clip in report["clips"]]
        assert off == sorted(off, reverse=True)

    def test_the_terminal_tells_the_unit(self, pitch: Run) -> None:
        first, second = sentences(pitch.evaluation)
        assert (
            first == f"It was judged on {len(pitch.predictions)} recordings it never heard before."
        )
        assert second.startswith("mean absolute error ")
        assert " Hz (" in second

    def test_two_runs_are_compared(self, pitch: Run, home: Path) -> None:
        other = ran(home, PITCH, "training.epochs=1")
        told = compare(
            {"three": pitch.predictions, "one": other.predictions}, pitch.experiment.evaluation
        )
        values = {name: score.value or 0.0 for name, score in told.runs}
        assert list(values) == sorted(values, key=lambda name: values[name])

    def test_the_run_can_be_found_again(self, pitch: Run, home: Path) -> None:
        assert load(pitch.folder).experiment == pitch.experiment
        assert ran(home, PITCH).folder == pitch.folder

    def test_the_pitch_of_a_tone_is_heard_without_learning(self, home: Path) -> None:
        found = ran(home, PITCH, "training.epochs=1", 'evaluation.baselines=["autocorrelation"]')
        (plain,) = found.evaluation.baselines
        assert plain.score.value < 0.2 * found.evaluation.score.value
        assert "found by autocorrelation" in write_report(found.folder).read_text(encoding="utf-8")

    def test_the_command_line_compares_errors(
        self, pitch: Run, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from tonotope.cli.exit_status import status_of

        other = ran(home, PITCH, "training.epochs=2")
        assert status_of(["compare", str(pitch.folder), str(other.folder)]) == 0
        told = capsys.readouterr().out
        assert "error less by " in told
        assert "it is nearer to the truth, on " in told


class TestTag:
    def test_thresholds_are_chosen_on_validation(self, home: Path) -> None:
        found = ran(home, {"kind": "tag", "column": "marks"})
        head = found.model().description.head
        assert head.labels == ("high", "noisy")
        assert len(head.thresholds) == 2
        table = found.predictions
        given = table.scores >= np.float32(head.thresholds)
        np.testing.assert_array_equal(table.predicted, given)
        assert found.evaluation.metric == "macro-f1"
        page = write_report(found.folder).read_text(encoding="utf-8")
        assert "the threshold of each tag was chosen on validation" in page
        (row,) = csv.DictReader(io.StringIO(rows_of(found, home, "csv")))
        assert list(row)[3:] == ["tags", "high", "noisy"]
        said = [name for name in head.labels
                if float(row[name]) >= head.thresholds[head.labels.index(name)]]  # fmt: skip
        assert row["tags"] == ";".join(said)

    def test_without_validation_they_are_a_half_and_that_is_said(self, home: Path) -> None:
        found = ran(home, {"kind": "tag", "targets": ["noisy"]}, "split.folds=2",
                    "split.validation=0", "training.epochs=1")  # fmt: skip
        assert found.model(found.folds[0]).description.head.thresholds == ()
        assert len(found.predictions) == 24
        page = write_report(found.folder).read_text(encoding="utf-8")
        assert "every tag has the threshold 0.5" in page


class TestMultitask:
    def test_each_task_has_its_table_and_its_evaluation(self, several: Run) -> None:
        assert list(several.tables) == ["register", "pitch", "marks"]
        told = several.evaluation.to_json()
        assert told["metric"] == "accuracy"
        assert [one["metric"] for one in told["tasks"].values()] == ["accuracy", "mae", "macro-f1"]
        assert told["value"] == told["tasks"]["register"]["value"]
        assert (several.folder / "predictions-pitch.csv").is_file()

    def test_a_missing_label_leaves_one_task_alone(self, several: Run) -> None:
        test = several.splits[0].test
        lacking = {one.id for one in several.manifest.recordings if "register" not in one.targets}
        assert lacking & set(test)
        assert set(several.tables["register"].ids) == set(test) - lacking
        assert set(several.tables["pitch"].ids) == set(test)

    def test_the_report_tells_of_every_task(self, several: Run) -> None:
        for lang in ("es", "en"):
            page = write_report(several.folder, lang=lang).read_text(encoding="utf-8")
            for name in several.tables:
                assert f": {name}</h2>" in page
            assert page.count('id="panel"') == 1
        assert len(sentences(several.evaluation)) == 6

    def test_predictions_bear_the_names_of_the_tasks(self, several: Run, home: Path) -> None:
        (row,) = csv.DictReader(io.StringIO(rows_of(several, home, "csv")))
        assert {"register", "register score", "register: low", "pitch: pitch_hz", "marks",
                "marks: noisy"} < set(row)  # fmt: skip
        told = json.loads(rows_of(several, home, "jsonl"))
        assert told["register"]["label"] == row["register"]
        assert told["pitch"]["pitch_hz"] == float(row["pitch: pitch_hz"])


class Huber(Regress):
    """A regression that forgives what is far off, and never says less than nothing."""

    edge: float = 0.5

    def loss(self, outputs: Any, targets: Any, options: Any = None) -> Tensor:
        del options
        wanted = targets["value"]
        given = wanted.isnan().logical_not()
        cost = torch.nn.functional.huber_loss(
            outputs["value"].float(), wanted.nan_to_num(), delta=self.edge, reduction="none"
        )
        return (cost * given).sum() / given.sum().clamp(min=1)

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {"value": scores["value"].clamp(min=500.0)}


@pytest.fixture(scope="module")
def own(home: Path) -> Run:
    done = ran(home, Huber(targets=("pitch_hz",), edge=0.7))
    assert isinstance(done.model().description.head, Huber)  # it knows what it ran
    return Run(done.folder)  # as somebody finds it who has the folder alone


class TestATaskOfOnesOwn:
    def test_its_decision_is_what_is_judged(self, own: Run) -> None:
        assert own.predictions.predicted.min() >= 500.0
        assert own.evaluation.unit == "Hz"

    def test_files_hold_what_it_answers_and_no_code(self, own: Run) -> None:
        told = json.loads((own.folder / "model.json").read_text(encoding="utf-8"))["head"]
        assert told["kind"] == "python"
        assert told["name"].endswith(":Huber")
        assert told["settings"]["edge"] == 0.7
        assert load(own.folder).experiment.head.answers[0].columns == ("pitch_hz",)

    def test_the_report_can_be_written_without_it(self, own: Run) -> None:
        assert "pitch_hz" in write_report(own.folder).read_text(encoding="utf-8")

    def test_the_model_is_read_with_the_task_passed_again(self, own: Run) -> None:
        with pytest.raises(Exception, match=r"given in Python.*Huber.*run.model\(head=...\)"):
            own.model()
        again = own.model(head=Huber(targets=("pitch_hz",)))
        assert again.description.head.edge == 0.7  # type: ignore[union-attr]
        assert again.description.head.means  # type: ignore[union-attr]

    def test_the_same_again_finds_it(self, own: Run, home: Path) -> None:
        assert ran(home, Huber(targets=("pitch_hz",), edge=0.7)).folder == own.folder
        assert ran(home, Huber(targets=("pitch_hz",), edge=0.2)).folder != own.folder

    def test_its_file_alone_cannot_be_trained_from(self, own: Run, tmp_path: Path) -> None:
        with pytest.raises(ExperimentError, match="given in Python"):
            run(own.folder / "experiment.toml", sets=["seed=3"], out=tmp_path)


class TestRefusedBeforeAnythingIsDecoded:
    @pytest.fixture(autouse=True)
    def _deaf(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tonotope.experiment import prepared_data

        def heard(*_: Any, **__: Any) -> None:
            raise AssertionError("a recording was decoded")

        monkeypatch.setattr(prepared_data, "decode_all", heard)

    @pytest.mark.parametrize(
        ("head", "said"),
        [
            ({"kind": "regress", "targets": ["register"]}, r"hold no number.*classify"),
            ({"kind": "regress", "targets": ["pich_hz"]}, r"`pich_hz`.*did you mean `pitch_hz`"),
            ({"kind": "tag", "column": "pitch_hz"}, r"holds numbers.*regress"),
            ({"kind": "tag", "targets": ["register"]}, "neither 0 nor 1"),
            (
                {"kind": "multitask", "tasks": [
                    {"name": "mood", "head": {"kind": "classify"}},
                    {"name": "b", "head": {"kind": "regress", "targets": ["bpm"]}}]},
                r"`mood`, `bpm`, but no such columns are there.*the columns are: file, player",
            ),
        ],
    )  # fmt: skip
    def test_a_head_that_does_not_fit_its_columns(self, home: Path, head: Any, said: str) -> None:
        with pytest.raises(DataError, match=said):
            ran(home, head)

    def test_quantities_are_no_classes(self, home: Path, tmp_path: Path) -> None:
        for number in range(24):
            (tmp_path / f"{number:02}.wav").hardlink_to(home / f"{number:02}.wav")
        rows = "".join(f"{n:02}.wav,p{n // 2},{n * 1.5}\n" for n in range(24))
        (tmp_path / "notes.csv").write_text(f"file,player,label\n{rows}", encoding="utf-8")
        with pytest.raises(DataError, match=r"24 different numbers.*regress"):
            ran(tmp_path, {"kind": "classify"})

    def test_an_empty_cell_is_missing_and_a_word_is_not(self, home: Path, tmp_path: Path) -> None:
        text = (home / "notes.csv").read_text(encoding="utf-8")
        lines = text.splitlines()
        cells = lines[3].split(",")
        cells[2] = "loud"
        lines[3] = ",".join(cells)
        for number in range(24):
            (tmp_path / f"{number:02}.wav").hardlink_to(home / f"{number:02}.wav")
        (tmp_path / "notes.csv").write_text("\n".join(lines), encoding="utf-8")
        with pytest.raises(DataError, match=r"1 of 24 cells.*02.wav \(`loud`\); empty the cells"):
            ran(tmp_path, PITCH)


def test_a_proposal_asks_for_what_suits_the_head(home: Path) -> None:
    sets = ["head.kind=regress", 'head.targets=["pitch_hz"]', "data.group=player"]
    made = propose(home / "notes.csv", sets=sets)
    plan = made.experiment
    assert (plan.evaluation.metric, plan.training.mixup) == ("mae", 0.0)
    assert (plan.training.frequency_warp, plan.training.frequency_roll) == (1.0, 0)
    assert plan.evaluation.baselines == ("mean", "mfcc-ridge")
    assert described(tomllib.loads(made.text())).digest == plan.digest


def test_the_doctor_counts_no_classes_where_there_are_none(home: Path) -> None:
    sets = ["head.kind=regress", 'head.targets=["pitch_hz"]', "data.group=player"]
    found = check(str(home / "notes.csv"), sets)
    assert found.report.classes == ()
    assert not any("one group alone" in said for said in found.report.advice)
    assert found.refusals == ()


@pytest.mark.parametrize(
    ("head", "sets", "said"),
    [
        (PITCH, ("evaluation.metric=accuracy",), r"answers with numbers; mae or rmse"),
        (PITCH, ('evaluation.baselines=["majority"]',), r"'majority' does not answer with numbers"),
        (
            {"kind": "regress", "targets": ["a_hz", "b_s"]},
            ("evaluation.metric=mae",),
            "no unit in common; r2 would fit",
        ),
        ({"kind": "tag"}, ("evaluation.metric=mae",), "answers with tags; macro-f1 or map"),
        ({"kind": "regress"}, (), r"`head.targets` is missing"),
        ({"kind": "regression", "targets": ["a"]}, (), r"did you mean `regress`"),
    ],
)
def test_a_figure_or_a_key_that_does_not_fit_the_head(
    head: Any, sets: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ExperimentError, match=said):
        asked(head, sets)


def test_check_tells_every_task_and_its_empty_cells(tmp_path: Path) -> None:
    data = {**QUICK["data"], "source": str(write_notes(tmp_path) / "notes.csv")}
    experiment = described({**QUICK, "name": "x", "data": data, "head": SEVERAL})
    notes = check(experiment).report.notes
    assert any(re.fullmatch(r"`register`: 2 classes \((high|low) \d+, (high|low) \d+\); "
                            "8 empty cells", one) for one in notes), notes  # fmt: skip
    assert any(one.startswith("`pitch_hz`: from ") for one in notes)
