"""The model of an experiment before its training: new weights, a head that knows its targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tonotope.model import Model

if TYPE_CHECKING:
    from tonotope.experiment.spec import Experiment


def untrained_model(
    experiment: Experiment,
    rows: Sequence[Mapping[str, str]],
    train: Sequence[Mapping[str, str]],
) -> Model:
    """The model that an experiment describes, with its first weights.

    Args:
        experiment: whose seed decides the weights.
        rows: the targets of all recordings; classes and tags are found in them.
        train: those of the training part; the scale of quantities is measured on them.

    Raises:
        DataError: a target cannot be learnt.
        ExperimentError: the network does not fit the clip or the head.
    """
    head = experiment.head.fit_vocabulary(rows).fit_targets(train)
    return Model.build(
        experiment.representation,
        experiment.network,
        head,
        clip_samples=experiment.clip_samples,
        fill=experiment.data.fill,
        seed=experiment.seed,
    )
