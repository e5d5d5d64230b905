"""Published networks as beginnings: as they were published, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from pydantic import TypeAdapter

from tonotope._errors import ExperimentError
from tonotope.experiment.experiment_file import load
from tonotope.experiment.propose import propose
from tonotope.experiment.templates import KINDS
from tonotope.network import Network


def recordings(folder: Path, rate_hz: int, duration_s: float) -> Path:
    """Two classes of two recordings each."""
    rng = np.random.default_rng(0)
    for kind in ("rain", "wind"):
        (folder / kind).mkdir(parents=True)
        for number in range(2):
            wave = rng.uniform(-0.5, 0.5, round(rate_hz * duration_s))
            soundfile.write(folder / kind / f"{number}.wav", wave, rate_hz)
    return folder


@pytest.fixture(scope="module")
def long_ones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recordings(tmp_path_factory.mktemp("long") / "weather", 32_000, 12.0)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_heard_as_it_was_published(long_ones: Path, tmp_path: Path, kind: str) -> None:
    proposal = propose(long_ones, base=tmp_path, template=kind)
    experiment = proposal.experiment
    told = experiment.network.published
    assert experiment.network.kind == kind
    assert experiment.trace()
    if told.representation:
        clip = experiment.representation.clip_shape(experiment.clip_samples)
        assert experiment.representation.out_shape(clip).sizes == told.sizes
        assert experiment.clip_samples == told.clip_samples
    else:
        assert experiment.representation.bands == told.sizes[-1]
    path = tmp_path / "weather.toml"
    path.write_text(proposal.text(), encoding="utf-8")
    assert load(path).model_copy(update={"name": experiment.name}) == experiment
    lines = proposal.text().splitlines()
    above = lines[: lines.index(f'kind = "{kind}"')]
    assert told.source in " ".join(line.removeprefix("# ") for line in above)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_commands_counts_its_parameters(kind: str) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
    (row,) = [line for line in page.read_text("utf-8").splitlines() if f"`{kind}`" in line]
    told = TypeAdapter(Network).validate_python({"kind": kind}).published
    assert f"{told.parameters:,}" in row.split("|")[4]


def test_what_it_was_not_made_for_is_refused(tmp_path: Path) -> None:
    words = recordings(tmp_path / "words", 8000, 0.5)
    with pytest.raises(ExperimentError, match=r"`cnn10` .* at 32,000 Hz, .* 8,000 Hz at most: abo"):
        propose(words, base=tmp_path, template="cnn10")
    with pytest.raises(
        ExperimentError, match=r"`m5` .* clips of 4 s, .* under 0.5 s: .*clip_s=0.5"
    ):
        propose(words, base=tmp_path, template="m5")
    asked = propose(words, base=tmp_path, template="m5", sets=["data.clip_s=0.5"])
    assert asked.experiment.clip_samples == 4000
    with pytest.raises(
        ExperimentError, match=r"'cnn61'; did you mean `cnn6`\? there .* tempo, cnn6"
    ):
        propose(words, base=tmp_path, template="cnn61")


def test_lenet5_asks_for_classes(tmp_path: Path) -> None:
    words = recordings(tmp_path / "words", 8000, 0.5)
    (tmp_path / "words.csv").write_text(
        "file,loudness_db\n"
        + "".join(f"words/{kind}/{n}.wav,{n}\n" for kind in ("rain", "wind") for n in (0, 1)),
        encoding="utf-8",
    )
    sets = ["head.kind=regress", 'head.targets=["loudness_db"]']
    with pytest.raises(ExperimentError, match=r"`lenet5` answers by itself.*not `regress`"):
        propose(words.parent / "words.csv", base=tmp_path, template="lenet5", sets=sets)
