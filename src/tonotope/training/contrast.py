"""The question that teaches an ear: which two of many sounds come from the same source?

Every batch holds pairs. Of each sound a network is asked which of all others in the batch is its
partner, and it may compare directions only. No source has a name, so any number of them can teach;
what is learnt is a distance between sounds.

Sources: the loss (NT-Xent), and two dense layers that are thrown away afterwards: Chen et al., "A
Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, section 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from tonotope._shapes import Axis, Shape
from tonotope.heads import LossOptions, Task

EMBEDDING = "embedding"


class Contrast(Task):
    """Which sounds of a batch come from the same source; the only output is called `embedding`.

    Attributes:
        source: the column that says which source a sound comes from, a whole number.
        hidden: units between the network and the embedding.
        values: of an embedding.
        temperature: the smaller it is, the nearer a partner must be before all others.
    """

    kind: Literal["contrast"] = "contrast"
    source: str = "source"
    hidden: int = Field(default=256, ge=1)
    values: int = Field(default=128, ge=2)
    temperature: float = Field(default=0.1, gt=0)

    @property
    def training_defaults(self) -> Mapping[str, Any]:
        """No mixtures: they come from two sources."""
        return {"mixup": 0.0, "label_smoothing": 0.0}

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of the sources."""
        return (self.source,)

    def out_shape(self, shape: Shape) -> Shape:
        """One embedding, `(embedding,)`."""
        del shape
        return Shape([Axis(EMBEDDING, self.values)])

    def build(self, shape: Shape) -> nn.Module:
        """Two dense layers, to `(batch, embedding)`."""
        return _Projection(shape, self.hidden, self.values)

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """The number of each source, `(recording, 1)`.

        >>> Contrast().encode_targets([{"source": "12"}, {"source": "7"}])["embedding"]
        array([[12.],
               [ 7.]], dtype=float32)
        """
        return {EMBEDDING: np.array([[float(row[self.source])] for row in rows], np.float32)}

    def episodes(
        self, targets: Mapping[str, Tensor], batch_size: int, seed: int
    ) -> list[Tensor] | None:
        """Batches of pairs; no source is in one twice, and every pair of an epoch is a new one.

        Args:
            targets: `(recording, 1)`.
            batch_size: sounds in a batch, twice as many as sources.
            seed: of this epoch.
        """
        return paired_batches(targets[EMBEDDING][:, 0], batch_size, seed)

    def loss(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        options: LossOptions = LossOptions(),
    ) -> Tensor:
        """Cross-entropy of choosing the partner among all others by cosine.

        Args:
            outputs: `(batch, embedding)`.
            targets: `(batch, 1)`.
            options: nothing of it applies.
        """
        del options
        likeness, partner = _likeness(outputs[EMBEDDING]), _partners(targets[EMBEDDING])
        return F.cross_entropy(likeness / self.temperature, partner)

    def scores(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The embeddings, `(batch, embedding)`."""
        return {EMBEDDING: outputs[EMBEDDING].float()}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Which row of the batch is nearest to each, `(batch,)`, from `(batch, embedding)`."""
        return {EMBEDDING: _likeness(scores[EMBEDDING]).argmax(1)}

    def metrics(
        self, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]
    ) -> dict[str, float]:
        """The share of sounds whose partner is the nearest of the batch.

        Args:
            scores: `(batch, embedding)`.
            targets: `(batch, 1)`.
        """
        found = self.decide(scores)[EMBEDDING] == _partners(targets[EMBEDDING])
        return {"partners found": float(found.float().mean())}


class _Projection(nn.Module):
    def __init__(self, shape: Shape, hidden: int, values: int) -> None:
        super().__init__()
        inputs = int(np.prod(shape.sizes))
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, values)
        )

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """`(batch, channel, ...)` to `(batch, embedding)`."""
        return {EMBEDDING: self.layers(features)}


def _likeness(embedding: Tensor) -> Tensor:
    """The cosine between every two rows, `(batch, batch)`; none with itself."""
    direction = F.normalize(embedding.float(), dim=1)
    return (direction @ direction.T).fill_diagonal_(-torch.inf)


def _partners(source: Tensor) -> Tensor:
    """The row that has the same source as each row of `(batch, 1)`, `(batch,)`."""
    return (source == source.T).fill_diagonal_(False).to(torch.uint8).argmax(1)


def paired_batches(source: Tensor, batch_size: int, seed: int) -> list[Tensor]:
    """Rows of sounds in pairs of the same source, as many sources in a batch as fit.

    Of an odd number of sounds one is left out for an epoch, another time another; so is a batch of
    a single pair, which has nothing to be told from.

    Args:
        source: of each sound, `(recording,)`.
        batch_size: sounds in a batch.
        seed: decides pairs and order.

    >>> paired_batches(torch.tensor([5, 5, 7, 7, 9, 9]), 4, seed=0)[0].tolist()
    [5, 4, 0, 1]
    """
    rng = np.random.default_rng(seed)
    numbers, which = np.unique(source.numpy(), return_inverse=True)
    rounds: list[list[np.ndarray]] = []
    for number in rng.permutation(len(numbers)):
        takes = rng.permutation(np.flatnonzero(which == number))
        for turn, first in enumerate(range(0, len(takes) - 1, 2)):
            if turn == len(rounds):
                rounds.append([])
            rounds[turn].append(takes[first : first + 2])
    batches = []
    for pairs in rounds:
        for first in range(0, len(pairs), batch_size // 2):
            batch = pairs[first : first + batch_size // 2]
            if len(batch) > 1:
                batches.append(torch.from_numpy(np.concatenate(batch)))
    order = rng.permutation(len(batches))
    return [batches[number] for number in order]
