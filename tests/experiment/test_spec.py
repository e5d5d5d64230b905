"""An experiment is a value: equal, different, named, and proven to fit."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from tonotope._errors import ExperimentError, ShapeError
from tonotope.datasets.split_plan import SplitPlan
from tonotope.experiment.config.toml_writer import dump
from tonotope.experiment.experiment_file import described
from tonotope.experiment.spec import Experiment
from tonotope.experiment.variants import differences, expand
from tonotope.heads import Regress, Tag


def test_the_digest_covers_all_but_name_and_seed() -> None:
    base = Experiment()
    same = described({"name": "owls", "seed": 5})
    assert same.digest == base.digest
    for change in (
        "question=x",
        "hypothesis=x",
        "data.clip_s=2",
        "split.seed=1",
        "representation.bands=32",
        "network.kind=lenet",
        'head.classes=["a", "b"]',
        "training.epochs=3",
        "evaluation.resamples=100",
    ):
        table = {"representation": {"kind": "log-mel"}, "network": {"kind": "vgg"}}
        assert described(table, [change]).digest != base.digest, change


def test_later_keys_that_say_nothing_leave_the_digest_of_earlier_runs_alone() -> None:
    experiment = Experiment(head=Regress(targets=("x",)))
    told = experiment.model_dump(mode="json", exclude={"name", "seed", "start"})
    assert told["training"].pop("nesterov") is False
    assert told["training"].pop("final") == "none"
    assert told["training"].pop("minutes") == 0
    assert told["data"].pop("annotations") is None
    assert told["data"].pop("background") == "none"
    assert told["network"].pop("summary_blocks") == 1
    assert told["network"].pop("statistics") == "mean+max"
    assert told["split"].pop("blocks_s") is None
    assert [told["head"].pop(key) for key in ("bins", "lows", "highs")] == [0, [], []]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert experiment.digest == hashlib.sha256(text.encode()).hexdigest()[:8]
    assert Experiment(head=Regress(targets=("x",), bins=64)).digest != experiment.digest
    assert Experiment(split=SplitPlan(blocks_s=60)).digest != Experiment().digest


def test_the_digest_does_not_depend_on_the_process() -> None:
    code = "from tonotope.experiment.spec import Experiment; print(Experiment(question='é').digest)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == Experiment(question="é").digest


def test_what_is_resolved_is_written_and_read_back_equal() -> None:
    for change in ("network.kind=lenet", "network.kind=resnet", "representation.kind=mfcc"):
        experiment = described(
            {"network": {"kind": "vgg"}, "representation": {"kind": "log-mel"}}, [change]
        )
        table = tomllib.loads(dump(experiment.model_dump(mode="json")))
        assert described(table) == experiment
        assert described(table).digest == experiment.digest


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b\\c:d", "", "...", "é ü", "x\n\ty", "CON"]
)
def test_the_folder_is_a_plain_name(name: str) -> None:
    folder = Experiment(name=name, seed=2).folder_name
    assert not set(folder) & set('/\\:*?"<>|\n\t ')
    assert not folder.startswith((".", "-"))
    assert folder.endswith("-s2")


def test_a_network_that_does_not_fit_is_refused_before_any_sound() -> None:
    experiment = described(
        {"data": {"source": "nowhere", "clip_s": 0.3}},
        ["network.kind=layers", 'network.layers=["conv 8 3x3", "maxpool 64x2", "relu"]'],
    )
    with pytest.raises(ShapeError, match=r"layer 2 \(`maxpool 64x2") as caught:
        experiment.trace()
    assert "at least" in str(caught.value)  # the nearest legal value
    assert "8 × " in str(caught.value)  # the table up to it


def test_a_monstrous_network_is_refused() -> None:
    changes = ["network.kind=layers", 'network.layers=["conv 1000000000 3x3"]', "data.clip_s=1"]
    with pytest.raises(ExperimentError, match=r"1,?000,?000,?000|GB|TB"):
        described({}, changes).trace()


def test_shapes_need_the_length_of_a_clip() -> None:
    with pytest.raises(ExperimentError, match=r"data.clip_s is not known yet"):
        Experiment().trace()


def test_variants_differ_in_what_they_set_and_nothing_else() -> None:
    base = described(
        {
            "name": "owls",
            "variants": [
                {"name": "short", "set": {"training.epochs": 3}},
                {"name": "lenet", "set": {"network.kind": "lenet", "training.mixup": 0}},
            ],
        }
    )
    alone, short, lenet = expand(base)
    assert differences(alone, short) == ["training.epochs: 50 → 3"]
    assert lenet.network.kind == "lenet"
    assert lenet.training.mixup == 0
    assert not alone.variants
    assert not short.variants
    assert len({alone.digest, short.digest, lenet.digest}) == 3


def test_a_variant_does_not_change_the_digest_of_what_it_differs_from() -> None:
    varied = described({"variants": [{"name": "a", "set": {"seed": 1}}]})
    assert expand(varied)[0].digest == Experiment().digest


def test_json_of_an_experiment_is_plain() -> None:
    assert json.loads(Experiment().model_dump_json())["network"]["kind"] == "vgg"


def test_describing_needs_no_torch() -> None:
    code = (
        "import sys, tonotope.experiment.experiment_file, tonotope.experiment.proposed_settings; "
        "sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_columns_without_a_source_are_refused_and_not_played_by_the_orchestra() -> None:
    said = r"\[data\] has fold, label and no source, so the toy orchestra would play: add source"
    with pytest.raises(ExperimentError, match=said):
        described({"data": {"label": "label", "fold": "part"}})
    assert described({"data": {"label": "family", "group": "label"}}).data.source == "orchestra"
    assert described({"data": {"clip_s": 1.0}}).data.source == "orchestra"


def test_a_head_is_fitted_at_once_only_where_the_network_stays_as_it_is() -> None:
    table = {"training": {"optimizer": "lbfgs"}}
    with pytest.raises(ValueError, match=r"fits the head alone.*start\.frozen = true"):
        Experiment.model_validate(table)
    for start in ({"run": "runs/x"}, {"run": "runs/x", "frozen": True, "part": "3"}):
        with pytest.raises(ValueError, match="fits the head alone"):
            Experiment.model_validate({**table, "start": start})
    start = {"run": "runs/x", "frozen": True}
    plan = Experiment.model_validate({**table, "start": start}).training
    assert (plan.mixup, plan.time_shift, plan.epochs, plan.label_smoothing) == (0, 0, 100, 0)


class Varied(Tag):
    """A question of one's own that suits training in steps."""

    @property
    def training_defaults(self) -> Mapping[str, Any]:
        return {"mixup": 0.3, "epochs": 7, "batch_size": 5}


def test_defaults_of_a_head_give_way_where_it_is_fitted_at_once() -> None:
    start = {"run": "runs/x", "frozen": True}
    steps = Experiment.model_validate({"head": Varied(), "start": start}).training
    assert (steps.mixup, steps.epochs, steps.batch_size) == (0.3, 7, 5)
    asked = {"head": Varied(), "start": start, "training": {"optimizer": "lbfgs"}}
    plan = Experiment.model_validate(asked).training
    assert (plan.mixup, plan.epochs, plan.batch_size) == (0, 100, 5)
