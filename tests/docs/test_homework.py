"""The homework's experiment is the course's protocol, to the track and to the weight."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.docs.conftest import GENRES, ROOT

from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import split
from tonotope.experiment.request import make_request
from tonotope.representation.coverage import measure_coverage
from tonotope.training.augmentation import Augmentation, draw_augmentation

FILE = ROOT / "experiments" / "gtzan-homework.toml"


@pytest.fixture
def tracks() -> Manifest:
    """A thousand tracks as mirdata lists them, a hundred of each genre; the files are not there."""
    names = [f"{genre}.{number:05d}" for genre in GENRES for number in range(100)]
    one = Recording("", Path(), 0.0, 30.013, {}, "", None, None, "", 22050, 1)
    return Manifest(
        tuple(
            replace(one, id=name, group=name, sha256=name, targets={"genre": name.split(".")[0]})
            for name in names
        ),
        *((), (), (), Path()),
    )


def test_850_tracks_teach_100_are_watched_and_50_judge(tracks: Manifest) -> None:
    plan = make_request(FILE).experiment.split
    for seed in range(3):
        (parts,) = split(tracks, plan.model_copy(update={"seed": seed}), label="genre")
        assert [len(one) for one in (parts.train, parts.validation, parts.test)] == [850, 100, 50]
        assert len({*parts.train, *parts.validation, *parts.test}) == 1000  # all are used
        assert set(Counter(name.split(".")[0] for name in parts.test).values()) == {5}


def test_without_the_track_that_cannot_be_read_849_teach(tracks: Manifest) -> None:
    kept = tuple(one for one in tracks.recordings if one.id != "jazz.00054")
    (parts,) = split(replace(tracks, recordings=kept), make_request(FILE).experiment.split,
                     label="genre")  # fmt: skip
    assert [len(one) for one in (parts.train, parts.validation, parts.test)] == [849, 100, 50]


def test_every_sample_is_seen() -> None:
    experiment = make_request(FILE).experiment
    found = measure_coverage(experiment.representation, experiment.clip_samples)
    assert found.warnings == ()
    assert found.covered > 0.99
    assert found.hop_s == pytest.approx(found.time_resolution_s / 2, rel=0.01)


def test_the_variant_is_the_notebook_s_network_and_sees_a_twentieth() -> None:
    _, notebook = (one.experiment for one in make_request(FILE).variants())
    layers = notebook.trace()
    assert layers[0].in_shape.sizes == (1, 120, 129)
    assert [layer.out_shape.sizes for layer in layers[1:]] == [
        (4, 120, 129),
        (4, 60, 65),
        (15_600,),
    ]
    head = (15_600 + 1) * 10
    assert sum(layer.parameters for layer in layers) + head == 156_114
    assert measure_coverage(notebook.representation, notebook.clip_samples).covered < 0.05


def test_the_variant_is_trained_as_in_the_notebook() -> None:
    _, notebook = (one.experiment for one in make_request(FILE).variants())
    plan = notebook.training
    assert (plan.optimizer, plan.learning_rate, plan.epochs, plan.batch_size) == (
        *("adam", 1e-4, 10, 32),
    )
    assert (plan.schedule, plan.warmup, plan.weight_decay) == ("constant", 0, 0)
    nothing = draw_augmentation(
        np.random.default_rng(0), plan, 120, np.linspace(0, 4000, 129), np.ones(32, bool)
    )
    assert nothing == Augmentation()
