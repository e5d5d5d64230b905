from __future__ import annotations

import pytest
import torch

from tonotope._errors import ShapeError
from tonotope.network.layers.vocabulary import parse


@pytest.mark.parametrize("sizes", [(3, 20), (3, 10, 8)])
def test_a_batch_comes_out_with_mean_zero_and_variance_one(sizes, shape_of) -> None:
    shape = shape_of(sizes)
    module = parse("batchnorm").build(shape)
    y = module(5 + 3 * torch.randn(16, *sizes)).transpose(0, 1).flatten(1)
    torch.testing.assert_close(y.mean(1), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.var(1, correction=0), torch.ones(3), atol=1e-4, rtol=0)
    assert parse("batchnorm").parameters(shape) == 6


def test_flat_inputs_can_be_normalised(shape_of) -> None:
    flat = parse("flatten").out_shape(shape_of((2, 3, 4)))
    assert parse("batchnorm").build(flat)(torch.randn(4, 24)).shape == (4, 24)


def test_eps_and_momentum_reach_the_module(shape_of) -> None:
    module = parse("batchnorm eps 0.001 momentum 0.01").build(shape_of((3, 20)))
    assert (module.eps, module.momentum) == (0.001, 0.01)


def test_dropout_strikes_out_in_training_alone(shape_of) -> None:
    torch.manual_seed(0)
    module = parse("dropout 0.25").build(shape_of((1, 100)))
    y = module(torch.ones(100, 1, 100))
    assert float((y == 0).float().mean()) == pytest.approx(0.25, abs=0.02)
    assert y.max() == pytest.approx(1 / 0.75)
    assert (module.eval()(torch.ones(1, 1, 100)) == 1).all()


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("laid", ["contiguous", "channels_last", "a stretch"])
def test_dropout_draws_from_the_seed_whatever_lies_where(laid: str, kind, shape_of) -> None:
    module = parse("dropout 0.3").build(shape_of((6, 50, 8)))
    x = 1 + torch.rand(20, 6, 50, 8)
    if laid == "channels_last":
        x = x.contiguous(memory_format=torch.channels_last)
    x = (x[:, :, 3:41] if laid == "a stretch" else x).to(kind).requires_grad_()
    torch.manual_seed(3)
    y, other = module(x), module(x)
    torch.manual_seed(3)
    assert torch.equal(y, module(x))
    kept = y != 0
    assert float((~kept).float().mean()) == pytest.approx(0.3, abs=0.01)
    assert float((kept == (other != 0)).float().mean()) == pytest.approx(0.58, abs=0.01)
    assert float((kept[:, 1:] == kept[:, :-1]).float().mean()) == pytest.approx(0.58, abs=0.01)
    assert float((kept[..., 1:] == kept[..., :-1]).float().mean()) == pytest.approx(0.58, abs=0.01)
    torch.testing.assert_close(y[kept].float(), x[kept].float() / 0.7, rtol=0.01, atol=0)
    (given,) = torch.autograd.grad(y.float().sum(), x)
    torch.testing.assert_close(given.float(), kept.float() / 0.7, rtol=0.01, atol=0)


def test_every_frequency_may_have_its_own_mean(shape_of) -> None:
    layer, shape = parse("batchnorm over frequency"), shape_of((1, 10, 8))
    x = torch.randn(16, 1, 10, 8) * torch.arange(1, 9) + torch.arange(8)
    y = layer.build(shape)(x)
    torch.testing.assert_close(y.mean((0, 1, 2)), torch.zeros(8), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.var((0, 1, 2), correction=0), torch.ones(8), atol=1e-4, rtol=0)
    assert (layer.parameters(shape), layer.kept(shape)) == (16, 16)
    with pytest.raises(ShapeError, match="finds no frequency axis in 1 × 80"):
        layer.out_shape(shape_of((1, 80)))


def test_a_clip_is_normed_by_itself(shape_of) -> None:
    module = parse("clipnorm").build(shape_of((2, 10, 8)))
    x = 3 + 7 * torch.randn(4, 2, 10, 8)
    y = module(x)
    torch.testing.assert_close(y.mean((1, 2, 3)), torch.zeros(4), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.std((1, 2, 3), correction=0), torch.ones(4), atol=1e-5, rtol=0)
    torch.testing.assert_close(module(x[:1]), y[:1])
