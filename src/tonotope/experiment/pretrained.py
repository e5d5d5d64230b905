"""Weights of an earlier run as the beginning of another training.

Weights are taken layer by layer, and only where the layers and the representation are the same. A
recording that the earlier network was trained on must not be in the new test part: of a run with
folds, the model is taken that was not trained on the recordings of the new test part; where there
is none, the run is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope._errors import DataError, ExperimentError
from tonotope._wording import first_five
from tonotope.experiment.run_folder import Run, load
from tonotope.experiment.start import Start
from tonotope.network.custom import PythonLayer
from tonotope.representation import for_file

if TYPE_CHECKING:
    from torch import Tensor

    from tonotope.datasets.manifest import Recording
    from tonotope.datasets.split import Split
    from tonotope.model import Model
    from tonotope.representation import Representation


def load_pretrained(
    model: Model, start: Start, base: Path, split: Split, recordings: Sequence[Recording]
) -> str:
    """Give `model` the weights of the earlier run; returns a sentence that says which.

    Args:
        model: with fresh weights, which are changed.
        start: what to take.
        base: the folder that a relative path starts from.
        split: its test part evaluates the new model.
        recordings: all of the data set, to recognise those of the split by their bytes.

    Raises:
        ExperimentError: there is no such run, or its network gets or does something else.
        DataError: every model of it was trained on a recording of the test part.
    """
    run = earlier_run(start, base, model.description.representation)
    fold = _fold_without_leak(run, start, split, recordings)
    earlier = run.model(fold, network=_code(model))
    names = _layers(model, earlier, start)
    prefixes = [f"network.{name}." for name in names] + (["head."] if start.part == "all" else [])
    taken = _weights(model, earlier, tuple(prefixes), start)
    model.load_state_dict({**model.state_dict(), **taken})
    if start.frozen:
        model.freeze(names)
    which = "" if fold is None else f", fold {fold}"
    kept = "; they stay as they are" if start.frozen else ""
    return f"{len(names)} layers begin as they were in {run.name}{which}{kept}"


def _code(model: Model) -> Any:
    """The network written in Python, if it is one: the earlier run needs its class too."""
    layers = model.description.network
    return layers[0] if len(layers) == 1 and isinstance(layers[0], PythonLayer) else None


def earlier_run(start: Start, base: Path, representation: Representation) -> Run:
    """The run to start from, if its representation is the same.

    Raises:
        ExperimentError: there is no such run, it is not finished, or its representation differs.
    """
    run = load(base / Path(start.run).expanduser(), representation=representation)
    if not run.finished:
        message = f"start = {start.run!r}: that run is not finished; run it to its end first"
        raise ExperimentError(message)
    before, now = for_file(run.experiment.representation), for_file(representation)
    apart = [
        f"{key} was {before.get(key)}, is {now.get(key)}"
        for key in {**before, **now}
        if before.get(key) != now.get(key)
    ]
    if apart:
        message = (
            f"start = {start.run!r}: its network is shown another representation"
            f" ({'; '.join(apart[:4])}); give the experiment the `[representation]` of that run"
        )
        raise ExperimentError(message)
    return run


def _layers(model: Model, earlier: Model, start: Start) -> list[str]:
    """The names of the layers that are taken.

    Raises:
        ExperimentError: there is no such layer, or nothing would be left to learn.
    """
    names = [name for name, _ in model.network.named_children()]
    if start.part == "all" and start.frozen:
        message = (
            'start: with part = "all" and frozen = true nothing is left to learn; take'
            ' part = "network", and only the head learns'
        )
        raise ExperimentError(message)
    if start.part in ("all", "network"):
        return names
    if start.part == "trunk":
        return names[: len(earlier.network)]
    numbers = {str(number): name for number, name in enumerate(names, start=1)}
    last = numbers.get(start.part, start.part)
    if last not in names:
        message = (
            f"start.part = {start.part!r}: there is no such layer; known are all, network, trunk,"
            f" and {', '.join(names)} (or their numbers)"
        )
        raise ExperimentError(message)
    return names[: names.index(last) + 1]


def _weights(
    model: Model, earlier: Model, prefixes: tuple[str, ...], start: Start
) -> dict[str, Tensor]:
    """The earlier weights under the names of the new model.

    Raises:
        ExperimentError: a weight is missing or of another shape; names the layers that would fit.
    """
    theirs = {_numbered(name): tensor for name, tensor in earlier.state_dict().items()}
    taken, wrong = {}, []
    for name, tensor in model.state_dict().items():
        if not name.startswith(prefixes):
            continue
        other = theirs.get(_numbered(name))
        if other is None or other.shape != tensor.shape:
            is_there = "absent" if other is None else " × ".join(map(str, other.shape))
            asked = " × ".join(map(str, tensor.shape))
            wrong.append((name, f"`{name}` is {is_there} there and {asked} here"))
        else:
            taken[name] = other
    if wrong:
        raise ExperimentError(_misfit(model, wrong, taken, start))
    return taken


def _numbered(name: str) -> str:
    """The name of a weight without the zeros that depend on the number of layers.

    >>> _numbered("network.01-conv.weight"), _numbered("head.outputs.label.bias")
    ('network.1-conv.weight', 'head.outputs.label.bias')
    """
    return re.sub(r"^network\.0+", "network.", name)


def _misfit(
    model: Model, wrong: Sequence[tuple[str, str]], taken: dict[str, Tensor], start: Start
) -> str:
    first, said = wrong[0]
    layers = [name for name, _ in model.network.named_children()]
    layer = first.removeprefix("network.").partition(".")[0]
    if first.startswith("head."):
        cure = 'the head fits only where it answers the same; part = "network" leaves it out'
    elif layers.index(layer) and any(name.startswith("network.") for name in taken):
        cure = f"part = {layers[layers.index(layer) - 1]!r} takes what fits before it"
    else:
        cure = "give the experiment the `[network]` of that run"
    return f"start = {start.run!r}: its network is another one: {said}; {cure}"


def _fold_without_leak(
    run: Run, start: Start, split: Split, recordings: Sequence[Recording]
) -> str | None:
    """The fold of the earlier run whose model was not trained on the test recordings.

    Raises:
        DataError: there is none; names recordings.
    """
    bytes_of = {one.id: one.sha256 for one in recordings}
    judging = {bytes_of[name]: name for name in split.test if bytes_of.get(name)}
    earlier = {one.id: one.sha256 for one in run.manifest.recordings}
    leaked: list[str] = []
    for part in run.splits:
        trained = {earlier[name] for name in (*part.train, *part.validation) if name in earlier}
        leaked = sorted(judging[digest] for digest in judging.keys() & trained)
        if not leaked:
            return part.fold
    message = (
        f"start = {start.run!r}: that network was trained on {len(leaked)} of the test"
        f" recordings ({first_five(leaked)}), so its score would be worth nothing; start from a run"
        " on other recordings, or split both runs alike (a column of folds or parts in the table)"
    )
    raise DataError(message)
