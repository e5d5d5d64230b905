"""Variants: `[[variants]]` expanded to experiments, and named by what differs."""

from __future__ import annotations

from tonotope._errors import ExperimentError, TonotopeError
from tonotope.experiment.config import overrides
from tonotope.experiment.config.errors import Trail
from tonotope.experiment.spec import LONGEST_NAME, Experiment, Variant, checked


def expand(experiment: Experiment) -> tuple[Experiment, ...]:
    """The experiment itself, and one for each of its variants; none of them has variants.

    >>> short = Variant(name="short", set={"training.epochs": 5})
    >>> [(one.name, one.training.epochs) for one in expand(Experiment(variants=(short,)))]
    [('', 50), ('short', 5)]

    Raises:
        ExperimentError: a variant sets an unknown key or a value that does not fit, or has the
            name of another.
    """
    alone = experiment.model_copy(update={"variants": ()})
    names = [variant.name for variant in experiment.variants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ExperimentError(f"two variants are called {twice[0]!r}: give each a name of its own")
    return (alone, *(_varied(alone, variant) for variant in experiment.variants))


def differences(one: Experiment, other: Experiment) -> list[str]:
    """The differences between two experiments except their names: `training.epochs: 50 → 5`.

    >>> differences(Experiment(seed=1), Experiment(seed=2))
    ['seed: 1 → 2']
    """
    before, after = (_flat(each.model_dump(mode="json", exclude={"name"})) for each in (one, other))
    return [
        f"{key}: {_shown(before, key)} → {_shown(after, key)}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key) or (key in before) != (key in after)
    ]


def _varied(experiment: Experiment, variant: Variant) -> Experiment:
    table = experiment.model_dump(mode="json")
    above: overrides.Table = {}
    for key, value in variant.set.items():
        path = overrides.key_path(key)
        if not path:
            raise ExperimentError(
                f"variant {variant.name!r}: `{key}` is no key; write it as in --set"
            )
        above = overrides.merged(Experiment, above, overrides.placed(path, value))
    table = overrides.merged(Experiment, table, above)
    name = f"{experiment.name}, {variant.name}" if experiment.name else variant.name
    try:
        return checked({**table, "name": name[:LONGEST_NAME]}, Trail()).with_code_of(experiment)
    except TonotopeError as error:
        first, *others = error.args
        error.args = (f"variant {variant.name!r}: {first}", *others)
        raise


def _flat(table: object, at: str = "") -> dict[str, object]:
    if not isinstance(table, dict):
        return {at: table}
    inner = [_flat(value, f"{at}.{key}" if at else key) for key, value in table.items()]
    return {key: value for part in inner for key, value in part.items()}


def _shown(table: dict[str, object], key: str) -> str:
    if key not in table:
        return "–"
    value = table[key]
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
