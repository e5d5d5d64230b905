"""Transfer learning: weights of an earlier run; refused if it was trained on the test part.

Layers and representation must be the same in both. No recording of the new test part may have
trained the earlier network: of a run with folds, the model of a fold is taken for which that holds;
where there is none, the run is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope import _files
from tonotope._errors import DataError, ExperimentError, TonotopeError
from tonotope._wording import first_five
from tonotope.experiment.run_files import EXPERIMENT
from tonotope.experiment.run_folder import Run, load
from tonotope.experiment.start import EAR, NEW_WEIGHTS, WORD_EAR, Start
from tonotope.network.python_layer import PythonLayer
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
    """Load weights of an earlier run into `model`; returns a sentence that says which.

    Args:
        model: with new weights, which change.
        start: which run and which of its layers.
        base: the folder that a relative path starts from.
        split: its test part must be new to the earlier network.
        recordings: of the data set; equal bytes are the same recording.

    Raises:
        ExperimentError: there is no such run, or its representation or network differs.
        DataError: every model of it was trained on a recording of the test part.
    """
    known = _ear(start, base)
    if known:
        earlier, origin = known, f"{start.run}, which was taught on synthesised sound alone"
    else:
        run = earlier_run(start, base, model.description.representation)
        folder, which = _model_without_leak(run, start, split, recordings)
        earlier, origin = run.model_in(folder, network=_code(model)), f"{run.name}{which}"
    names = _layers(model, earlier, start)
    prefixes = [f"network.{name}." for name in names] + (["head."] if start.part == "all" else [])
    taken = _weights(model, earlier, tuple(prefixes), start)
    model.load_state_dict({**model.state_dict(), **taken})
    if start.frozen:
        model.freeze(names)
    kept = "; what is taken stays as it is" if start.frozen else ""
    if len(names) == 1:
        return f"1 layer begins as it was in {origin}{kept}"
    return f"{len(names)} layers begin as they were in {origin}{kept}"


def _code(model: Model) -> Any:
    """The network if it is written in Python: the earlier run needs its class too."""
    layers = model.description.network
    return layers[0] if len(layers) == 1 and isinstance(layers[0], PythonLayer) else None


def check_start(start: Start, base: Path, representation: Representation) -> None:
    """Refuse a start that does not fit, before anything is decoded.

    Raises:
        ExperimentError: there is no such run, it is not finished, or its representation differs.
    """
    known = _ear(start, base)
    if known:
        _check_representation(start, known.description.representation, representation)
    else:
        earlier_run(start, base, representation)


def _ear(start: Start, base: Path) -> Model | None:
    """The ear that is meant, where no run is; no recording has taught it, so none can leak."""
    from tonotope.experiment import ear

    if start.run in (EAR, WORD_EAR):
        return ear.load_ear(_name(start))
    folder = base / start.run
    return ear.load_ear(folder) if ear.is_ear(folder) else None


def _name(start: Start) -> str:
    return start.run.rpartition(":")[2]


def earlier_run(start: Start, base: Path, representation: Representation) -> Run:
    """The run to start from, if its representation is the same.

    Raises:
        ExperimentError: there is no such run, it is not finished, or its representation differs.
    """
    try:
        folder = base / _files.expanded(start.run)
    except TonotopeError as error:
        message = f"start = {start.run!r}: whose home that is is not known; write it out"
        raise ExperimentError(message) from error
    if start.run[:1] in ("~", "$") and not (folder / EXPERIMENT).is_file():
        # Not the path that `~` stands for, nor what else lies there: the file may be a stranger's.
        raise ExperimentError(
            f"start = {start.run!r}: no run lies there; name the folder of a finished run (`~` is"
            " your own folder, and variables such as $NAME are not read here)"
        )
    run = load(folder, representation=representation)
    if not run.finished:
        raise ExperimentError(
            f"start = {start.run!r}: that run is not finished; run it to its end first"
        )
    _check_representation(start, run.experiment.representation, representation)
    return run


def _check_representation(start: Start, earlier: Representation, own: Representation) -> None:
    before, now = for_file(earlier), for_file(own)
    changed = [
        f"{key} was {before.get(key)}, is {now.get(key)}"
        for key in {**before, **now}
        if before.get(key) != now.get(key)
    ]
    if changed:
        cure = "give the experiment the `[representation]` of that run"
        if start.run in (EAR, WORD_EAR):
            cure = _fits_an_ear(start)
        raise ExperimentError(
            f"start = {start.run!r}: its network has another representation"
            f" ({'; '.join(changed[:4])}); {cure}"
        )


def _fits_an_ear(start: Start) -> str:
    return (
        f"`tonotope new DATA --template {_name(start)}` writes an experiment that fits, and "
        f'start = "{NEW_WEIGHTS}" begins with new weights'
    )


def _layers(model: Model, earlier: Model, start: Start) -> list[str]:
    """The names of the layers to take.

    Raises:
        ExperimentError: there is no such layer, or no layer would be left to train.
    """
    names = [name for name, _ in model.network.named_children()]
    if start.part == "all" and start.frozen:
        raise ExperimentError(
            'start: with part = "all" and frozen = true nothing is left to train; with'
            ' part = "network" only the head is trained'
        )
    if start.part in ("all", "network"):
        return names
    if start.part == "trunk":
        return names[: len(earlier.network)]
    numbers = {str(number): name for number, name in enumerate(names, start=1)}
    last = numbers.get(start.part, start.part)
    if last not in names:
        raise ExperimentError(
            f"start.part = {start.part!r}: there is no such layer; known are all, network, trunk,"
            f" and {', '.join(names)} (or their numbers)"
        )
    return names[: names.index(last) + 1]


def _weights(
    model: Model, earlier: Model, prefixes: tuple[str, ...], start: Start
) -> dict[str, Tensor]:
    """The earlier weights under the names of the new model.

    Raises:
        ExperimentError: a weight is missing or of another shape; names the layers that would fit.
    """
    theirs = {_numbered(name): tensor for name, tensor in earlier.state_dict().items()}
    in_line = _in_line(theirs)
    taken, wrong = {}, []
    for name, tensor in model.state_dict().items():
        if not name.startswith(prefixes):
            continue
        other = theirs.get(_numbered(name), in_line.get(_straight(_numbered(name))))
        if other is None or other.shape != tensor.shape:
            there = "absent" if other is None else " × ".join(map(str, other.shape))
            here = " × ".join(map(str, tensor.shape))
            wrong.append((name, f"`{name}` is {there} there and {here} here"))
        else:
            taken[name] = other
    if wrong:
        raise ExperimentError(_misfit(model, wrong, taken, start))
    return taken


def _numbered(name: str) -> str:
    """The name of a weight without leading zeros, which depend on the number of layers.

    >>> _numbered("network.01-conv.weight"), _numbered("head.outputs.label.bias")
    ('network.1-conv.weight', 'head.outputs.label.bias')
    """
    return re.sub(r"^network\.0+", "network.", name)


def _in_line(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights by the names they would have without branches; none that two would share."""
    names = Counter(map(_straight, theirs))
    return {
        straight: tensor
        for name, tensor in theirs.items()
        if names[straight := _straight(name)] == 1
    }


def _straight(name: str) -> str:
    """The name of a weight if the first branch of a parallel layer stood in its place.

    The head of a network may hear its last blocks beside each other, or the last one alone: the
    same layers, the same weights.

    >>> _straight("network.25-parallel.branches.0.04-conv.weight")
    'network.28-conv.weight'
    """
    while found := re.search(r"(\d+)-parallel\.branches\.0\.0*(\d+)-", name):
        number = int(found[1]) + int(found[2]) - 1
        name = f"{name[: found.start()]}{number}-{name[found.end() :]}"
    return name


def _misfit(
    model: Model, wrong: Sequence[tuple[str, str]], taken: dict[str, Tensor], start: Start
) -> str:
    first, difference = wrong[0]
    layers = [name for name, _ in model.network.named_children()]
    layer = first.removeprefix("network.").partition(".")[0]
    if first.startswith("head."):
        cure = 'the head fits only an equal head; part = "network" leaves it out'
    elif layers.index(layer) and any(name.startswith("network.") for name in taken):
        cure = f"part = {layers[layers.index(layer) - 1]!r} takes what fits before it"
    else:
        cure = "give the experiment the `[network]` of that run"
        if start.run in (EAR, WORD_EAR):
            cure = _fits_an_ear(start)
    return f"start = {start.run!r}: its network is another one: {difference}; {cure}"


def _model_without_leak(
    run: Run, start: Start, split: Split, recordings: Sequence[Recording]
) -> tuple[Path, str]:
    """The folder of a model of the earlier run that was not trained on the test recordings.

    The network of all recordings comes first, where the run has one. Also returns its name, for a
    sentence: empty, or `, fold 3`.

    Raises:
        DataError: there is none; names recordings.
    """
    digests = {one.id: one.sha256 for one in recordings}
    test = {digests[name]: name for name in split.test if digests.get(name)}
    earlier = {one.id: one.sha256 for one in run.manifest.recordings}
    leaked: list[str] = []
    known = [(run.part(one.fold), f", fold {one.fold}" if one.fold else "",
              {*one.train, *one.validation}) for one in run.splits]  # fmt: skip
    if run.has_final:
        every = {name for one in run.splits for name in (*one.train, *one.validation, *one.test)}
        known.insert(0, (run.folder, ", the network of all recordings", every))
    for folder, which, names in known:
        trained = {earlier[name] for name in names if name in earlier}
        leaked = sorted(test[digest] for digest in test.keys() & trained)
        if not leaked:
            return folder, which
    raise DataError(
        f"start = {start.run!r}: that network was trained on {len(leaked)} of the test"
        f" recordings ({first_five(leaked)}), so its score would mean nothing; start from a run"
        " on other recordings, or split both runs alike (a column of folds or parts in the table)"
    )
