"""The verbs at the root: public, typed, documented, and doing what the commands do."""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.conftest import ran
from tests.experiment.conftest import QUICK, write_tones

import tonotope as tt

VERBS = ("run", "predict", "evaluate", "compare", "check", "load", "open_source", "propose",
         "report", "score", "shapes", "split", "load_experiment", "predict_job",
         "read_predictions")  # fmt: skip
STUB = ast.parse(Path(tt.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("verbs")
    write_tones(home / "tones")
    (home / "broken.wav").write_bytes(b"RIFF")
    return home


@pytest.fixture(scope="module")
def run(home: Path) -> tt.Run:
    return tt.run(home / "tones", sets=QUICK, out=home / "runs")


def returned(verb: str) -> str:
    """The class that a verb returns, as its signature or the stub names it."""
    for node in STUB.body:
        if isinstance(node, ast.FunctionDef) and node.name == verb and node.returns:
            return ast.unparse(node.returns)
    return inspect.signature(getattr(tt, verb)).return_annotation


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_verb_returns_is_public(verb: str) -> None:
    named = set(re.findall(r"\w+", returned(verb))) - {"tuple", "list", "Path"}
    assert named <= set(tt.__all__), verb
    assert named or verb == "report"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_names_what_it_takes_and_what_it_raises(verb: str) -> None:
    doc = inspect.getdoc(getattr(tt, verb)) or ""
    parts = doc.split("\nArgs:\n")[1].split("\nRaises:\n")
    assert parts[1].strip()
    told = set(re.findall(r"^    \*{0,2}(\w+):", parts[0], re.MULTILINE))
    taken = {name for name in inspect.signature(getattr(tt, verb)).parameters if name != "self"}
    assert told == taken


def test_every_public_name_has_a_docstring_of_its_own() -> None:
    docs = {name: getattr(tt, name).__doc__ for name in set(tt.__all__) - {"__version__"}}
    # A dataclass without words gets its own signature.
    silent = [name for name, doc in docs.items() if not doc or doc.startswith(f"{name}(")]
    assert silent == []


def test_a_run_has_its_report_and_can_be_loaded(run: tt.Run, home: Path) -> None:
    assert (run.folder / "report.html").is_file()
    assert tt.load(run.folder) == run
    again = tt.run(home / "tones", sets=QUICK, out=home / "runs", report=False)
    assert again.folder == run.folder


class TestEvaluation:
    def test_it_is_read_as_it_was_written(self, run: tt.Run) -> None:
        content = json.loads((run.folder / "evaluation.json").read_text(encoding="utf-8"))
        assert isinstance(run.evaluation, tt.Evaluation)
        assert run.evaluation.to_json() == content
        assert list(run.evaluation.to_json()) == list(content)
        assert run.evaluation.score == tt.Estimate(
            content["value"], content["low"], content["high"]
        )
        assert run.evaluation.metric == content["metric"] == "accuracy"

    def test_the_dictionary_of_version_0_1_names_the_attribute(self, run: tt.Run) -> None:
        found: Any = run.evaluation
        with pytest.warns(DeprecationWarning, match=r"evaluation\.score\.value"):
            assert found["value"] == run.evaluation.score.value
        with pytest.warns(DeprecationWarning, match=r"evaluation\.details\['per_class'\]"):
            assert len(found["per_class"]) == 3
        with pytest.warns(DeprecationWarning, match=r"evaluation\.n, or"):
            assert found.get("n") == 24
        with pytest.warns(DeprecationWarning, match="no dictionary any more"):
            assert found.get("nothing", 3) == 3
        with pytest.warns(DeprecationWarning, match=r"evaluation\.score\.low"):
            assert "low" in found
        with pytest.warns(DeprecationWarning, match="no dictionary any more"):
            assert dict(found) == run.evaluation.to_json()

    def test_evaluated_again_it_is_the_same(self, run: tt.Run) -> None:
        assert len(run.folds) == 2
        assert tt.evaluate(run).to_json() == run.evaluation.to_json()

    def test_another_plan_gives_other_figures(self, run: tt.Run) -> None:
        plan = tt.EvaluationPlan(metric="macro-f1", baselines=(), confidence=0.5)
        found = tt.evaluate(run.folder, plan)
        assert found.score.value == run.evaluation.metrics["macro-f1"].value
        assert found.baselines == ()
        assert tt.evaluate(run.predictions, plan).score.value == found.score.value
        with pytest.raises(tt.ExperimentError, match=r"accuracy or .* would fit"):
            tt.evaluate(run, tt.EvaluationPlan(metric="mae", baselines=()))
        with pytest.raises(tt.DataError, match="name them in a plan"):
            tt.evaluate(run, baselines={"mine": run.predictions})

    def test_baselines_need_the_recordings(
        self, run: tt.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
        moved = shutil.copytree(run.folder, tmp_path / run.name)
        table = (moved / "manifest.csv").read_text(encoding="utf-8")
        lost = table.replace("low/aaa.wav", "low/lost.wav").replace(
            "\nlow/lost.wav", "\nlow/aaa.wav"
        )
        (moved / "manifest.csv").write_text(lost, encoding="utf-8")
        with pytest.raises(tt.DataError, match=r"1 recording of .*low/aaa\.wav.* baselines=\(\)"):
            tt.evaluate(moved)


class TestPredict:
    def test_rows_are_those_of_the_command(self, run: tt.Run, home: Path) -> None:
        ended = ran("predict", run.folder, home / "tones", home / "broken.wav", "--to", "jsonl")
        out = io.StringIO()
        rows = tt.predict(run, [home / "tones", home / "broken.wav"])
        rows.write(out, "jsonl")
        assert (ended.status, ended.out) == (1, out.getvalue())
        assert [one.file for one in rows.skipped] == [str(home / "broken.wav")]

    def test_each_row_is_made_when_it_is_taken(self, run: tt.Run, home: Path) -> None:
        tone = np.sin(2 * np.pi * 220 * np.arange(12_000) / 8000)
        tt.Clip(0.3 * tone.astype(np.float32), 8000).write(home / "long.wav")
        rows = tt.predict(run.folder, [home / "long.wav"], per="window", hop_s=0.25)
        first = next(rows)
        assert isinstance(first, tt.PredictedRow)
        assert (first.start_s, first.end_s, first.label in first.classes) == (0.0, 0.5, True)
        assert [round(row.start_s, 2) for row in rows] == [0.24, 0.48, 0.72, 0.96, 1.0]
        (alone,) = tt.predict(run.model("1"), home / "tones" / "low" / "aaa.wav")
        assert alone.label in ("low", "mid", "high")

    def test_nothing_that_can_be_read_is_an_error(self, run: tt.Run, home: Path) -> None:
        with pytest.raises(
            tt.DataError, match=r"not one recording could be labelled: .*broken\.wav"
        ):
            list(tt.predict(run, home / "broken.wav"))

    def test_what_does_not_fit_is_told_at_once(self, run: tt.Run, home: Path) -> None:
        options: Any
        for options, lesson in (
            ({"hop_s": 9.0}, "a hop of 9 s"),
            ({"sounds": home}, "not sound; leave it out"),
            ({"per": "clip"}, "each `recording`, `window` or `event` would fit"),
        ):
            with pytest.raises(tt.ExperimentError, match=lesson):
                tt.predict(run, home / "tones", **options)


class TestCompare:
    def test_it_says_what_the_command_says(self, run: tt.Run, home: Path) -> None:
        other = tt.run(home / "tones", sets=(*QUICK, "training.epochs=1"), out=home / "runs",
                       report=False)  # fmt: skip
        ended = ran("compare", run.folder, other.folder, "--json")
        found = tt.compare(run, other.folder)
        assert json.loads(ended.out) == found.to_json()
        assert (found.metric, found.n) == ("accuracy", 24)
        assert {name for name, _ in found.runs} == {run.name, other.name}
        named = tt.compare({"long": run, "short": other.predictions})
        assert {name for name, _ in named.runs} == {"long", "short"}
        assert found.to_dataframe().columns.tolist() == ["name", "value", "low", "high"]
        assert found.to_dataframe("differences")["excludes_zero"].tolist() == [
            found.differences[0].excludes_zero
        ]

    def test_one_run_is_no_comparison(self, run: tt.Run) -> None:
        with pytest.raises(tt.DataError, match="at least two runs; 1 given"):
            tt.compare(run)
        wrong: Any = 3
        with pytest.raises(tt.DataError, match="int: a run, its folder, or a table"):
            tt.compare(run, wrong)


class TestCheck:
    def test_it_says_what_the_command_says(self, run: tt.Run, home: Path) -> None:
        found = tt.check(home / "tones")
        told = ran("check", home / "tones", "--json").out
        assert json.loads(json.dumps(found.to_json())) == json.loads(told)
        assert found.to_dataframe()["recordings"].tolist() == [8, 8, 8]
        assert not found.refusals
        assert len(found.rules) == tt.propose(home / "tones").experiment.split.folds

    def test_an_experiment_and_a_source_of_ones_own_are_checked(self, home: Path) -> None:
        class Few:
            def open(self, data: Any, targets: Any, base: Path, progress: Any) -> tt.Manifest:
                tones = data.model_copy(update={"source": str(home / "tones")})
                found = tt.open_source(tones, targets)
                low = tuple(one for one in found.recordings if one.targets["label"] == "low")
                return tt.Manifest(low, (), (), (), found.root)

        own: Any = Few()
        assert re.search("two classes", tt.check(own).refusals[0])
        experiment = tt.Experiment(data=tt.Data(source=own, clip_s=0.5))
        assert tt.check(experiment).refusals == tt.check(own).refusals


class TestShapes:
    def test_it_says_what_the_command_says(self) -> None:
        assert f"{tt.shapes('lenet5')}\n" == ran("shapes", "lenet5").out
        assert f"{tt.shapes(tt.M5())}\n" == ran("shapes", "m5").out
        assert tt.shapes("lenet5").parameters == 60_000

    def test_a_network_of_ones_own(self) -> None:
        layers = tt.Layers(layers=["conv 2 3x3", "globalpool time mean", "flatten"])
        found = tt.shapes(layers, sizes=(1, 20, 16), outputs=3)
        assert found.in_shape.sizes == (1, 20, 16)
        assert [one.name for one in found.layers][-1] == "head"
        experiment = tt.Experiment(network=layers, data=tt.Data(clip_s=1.0))
        assert tt.shapes(experiment).layers[0].text == "conv 2 3x3"
        assert tt.shapes(experiment, sets=["network.layers=['conv 4 3x3']"]).parameters == 40

    @pytest.mark.parametrize("sizes", [(8,), (1, 0, 3), (1, 2, 3, 4)])
    def test_an_input_that_is_none_is_refused(self, sizes: tuple[int, ...]) -> None:
        with pytest.raises(tt.ExperimentError, match="two or three whole numbers fit"):
            tt.shapes("lenet", sizes=sizes)


def test_the_layers_of_a_run_are_those_of_its_model(run: tt.Run) -> None:
    found = tt.shapes(run)
    classes = run.model().description.head.out_shape(found.in_shape).sizes[0]
    assert found.outputs == classes
    weights = run.model().state_dict()
    learned = sum(one.numel() for name, one in weights.items() if name.endswith(("weight", "bias")))
    assert found.parameters == learned
    assert str(tt.shapes(run.folder)) == str(found)
    assert str(tt.shapes(str(run.folder))) == str(found)


def test_a_folder_that_is_no_run_has_no_layers(tmp_path: Path) -> None:
    with pytest.raises(tt.ExperimentError, match=r"`tonotope new .*writes one for the recordings"):
        tt.shapes(tmp_path)
    (tmp_path / "owls.toml").write_text("")
    with pytest.raises(tt.ExperimentError, match=r"an experiment is a file: owls\.toml in it\?"):
        tt.shapes(tmp_path)


def test_what_is_no_plan_is_refused(run: tt.Run) -> None:
    with pytest.raises(tt.ExperimentError, match="plan = 'tones': an EvaluationPlan would fit"):
        tt.evaluate(run, "tones")  # type: ignore[arg-type]


def test_the_report_is_written_and_its_old_name_warns(run: tt.Run) -> None:
    assert tt.report(run, lang="es") == run.folder / "report.html"
    with pytest.warns(DeprecationWarning, match=r"it is called tonotope\.report now"):
        assert tt.write_report is tt.report  # pyright: ignore[reportDeprecated]


TABLES: dict[str, Callable[[tt.Run, Path], Any]] = {
    "manifest": lambda run, _: run.manifest,
    "split": lambda run, _: run.splits[0],
    "predictions": lambda run, _: run.predictions,
    "history": lambda run, _: run.history("1"),
    "evaluation": lambda run, _: run.evaluation,
    "rows": lambda run, home: tt.predict(run, home / "tones"),
    "check": lambda _, home: tt.check(home / "tones"),
    "layers": lambda run, _: tt.shapes(run.experiment),
}  # fmt: skip


class TestDataFrames:
    @pytest.mark.parametrize(
        ("name", "rows", "columns"),
        [
            ("manifest", 24, {"id", "file", "label", "group", "rate_hz", "duration_s"}),
            ("split", 24, {"id", "part", "fold"}),
            ("predictions", 24, {"id", "truth", "prediction", "low", "mid", "high"}),
            ("history", 2, {"epoch", "train_loss"}),
            ("evaluation", 4, {"metric", "value", "low", "high"}),
            ("rows", 24, {"file", "start_s", "end_s", "label", "score", "low", "mid", "high"}),
            ("check", 3, {"label", "recordings", "groups", "duration_s"}),
            ("layers", None, {"number", "text", "out_shape", "parameters", "receptive_field"}),
        ],
    )
    def test_every_table_becomes_one(
        self, run: tt.Run, home: Path, name: str, rows: int | None, columns: set[str]
    ) -> None:
        found = TABLES[name](run, home).to_dataframe()
        assert columns <= set(found.columns)
        assert len(found) == (rows or len(tt.shapes(run.experiment).layers))

    def test_numbers_are_numbers(self, run: tt.Run) -> None:
        found = run.predictions.to_dataframe()
        assert found[["low", "mid", "high"]].sum(axis=1).round(4).eq(1).all()
        assert (found["truth"] == found["prediction"]).mean() == run.evaluation.score.value
        assert run.manifest.to_dataframe()["rate_hz"].sum() == 8 * (8000 + 16000 + 22050)

    def test_an_evaluation_has_several(self, run: tt.Run) -> None:
        assert run.evaluation.to_dataframe("per_class")["name"].tolist() == ["high", "low", "mid"]
        assert run.evaluation.to_dataframe("baselines")["name"].tolist() == ["majority"]
        assert len(run.evaluation.to_dataframe("folds")) == 2
        with pytest.raises(tt.DataError, match=r"no table `fold`; there are: .*mean `folds`"):
            run.evaluation.to_dataframe("fold")

    def test_without_pandas_the_way_to_it_is_named(
        self, run: tt.Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(tt.MissingPackageError, match=r"pip install pandas$"):
            run.manifest.to_dataframe()
