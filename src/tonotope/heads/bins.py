"""Regression by a softmax over bins, as for pitch: Gaussian targets, the loss, the peak.

One linear output has to be right everywhere with the same weights, and where two values are equally
likely it predicts their mean, which is neither. In a softmax over bins each bin has weights of its
own, and the prediction is the mean around the highest peak alone. CREPE reads pitch from bins in
the same way, with a sigmoid for each (Kim, Salamon, Li & Bello, "CREPE: a convolutional
representation for pitch estimation", ICASSP 2018,
section 2: bins of 20 cents, a Gaussian of 25 cents as the target); for quantities in general see
Imani & White, "Improving regression performance with distributional losses", ICML 2018.

With bins of width w, the first of them at c, a quantity y has the place (y - c) / w, and

    target      p_i ∝ exp(-(i - place)² / (2 · 1.25²))
    cost        -Σ p_i log softmax(z)_i
    decision    place = Σ i q_i / Σ q_i over the bins within 4 of the highest, q = softmax(z)

`MARGIN` bins lie beyond either end of what the training recordings hold, so that the mean around a
peak at the end is not drawn inwards.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from tonotope._shapes import Shape
from tonotope.heads.modules import Float32Head

MARGIN = 4
SPREAD = 1.25  # in bins: 25 cents where bins are 20 cents wide


class BinnedHead(nn.Module):
    """Flatten, then one dense layer, and its values as bins of each target.

    >>> import torch
    >>> from tonotope._shapes import Axis
    >>> head = BinnedHead("value", 2, 64, Shape([Axis("channel", 8)]))
    >>> head(torch.zeros(3, 8))["value"].shape
    torch.Size([3, 2, 64])
    """

    def __init__(self, name: str, targets: int, bins: int, shape: Shape) -> None:
        super().__init__()
        self.targets, self.bins = targets, bins
        self.dense = Float32Head({name: targets * bins}, shape)

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """Logits by name, `(batch, target, bin)`, float32."""
        found = self.dense(features)
        return {name: one.unflatten(1, (self.targets, self.bins)) for name, one in found.items()}


def bin_loss(logits: Tensor, places: Tensor) -> Tensor:
    """The cross-entropy between the predicted bins and a Gaussian around the true position.

    Args:
        logits: `(batch, target, bin)`.
        places: `(batch, target)` in bins; beyond the ends they count as the ends.

    Returns:
        `(batch, target)`.
    """
    index = _index(logits)
    inside = places.clamp(0, logits.shape[-1] - 1)
    target = (-0.5 * ((index - inside[..., None]) / SPREAD).square()).softmax(-1)
    return -(target * F.log_softmax(logits.float(), -1)).sum(-1)


def peak_position(logits: Tensor) -> Tensor:
    """Where the highest peak lies: `(batch, target, bin)` to `(batch, target)`, in bins.

    >>> import torch
    >>> peak_position(torch.tensor([[[0.0, 9.0, 9.0, 0.0]]])).round(decimals=3)
    tensor([[1.5000]])
    """
    index = _index(logits)
    predicted = logits.float().softmax(-1)
    peak = predicted.argmax(-1, keepdim=True)
    near = predicted * ((index - peak).abs() <= MARGIN)
    return (near * index).sum(-1) / near.sum(-1)


def _index(logits: Tensor) -> Tensor:
    return logits.new_ones(logits.shape[-1]).float().cumsum(0) - 1
