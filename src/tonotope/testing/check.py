"""`CheckError`, and how checks are run: by name, in order, until one fails."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TypeVar

import safetensors.torch
import torch
from torch import Tensor

Subject = TypeVar("Subject")


class CheckError(AssertionError):
    """A part does not do what the rest relies on.

    Attributes:
        part: what was checked, such as `network MyNetwork`.
        check: the name of the check.
    """

    def __init__(self, part: str, check: str, reason: str) -> None:
        super().__init__(f"{part}, check `{check}`: {reason}")
        self.part, self.check = part, check


def run_checks(
    part: str, checks: Mapping[str, Callable[[Subject], None]], subject: Subject
) -> None:
    """Run each check on `subject`.

    Raises:
        CheckError: the first check that fails, or in which the part raises an error.
    """
    for name, check in checks.items():
        try:
            with torch.random.fork_rng(devices=[]), warnings.catch_warnings(action="ignore"):
                torch.manual_seed(0)
                check(subject)
        except AssertionError as error:
            raise CheckError(part, name, str(error)) from None
        except Exception as error:
            raise CheckError(part, name, f"raises {type(error).__name__}: {error}") from error


def expect(fits: object, reason: str) -> None:
    """Fail with `reason` unless `fits`."""
    if not fits:
        raise AssertionError(reason)


def expect_same(what: str, found: Tensor, expected: Tensor, tolerance: float = 0.0) -> None:
    """Fail where two tensors differ by more than `tolerance` of the largest value expected.

    For any shape.
    """
    expect(
        found.shape == expected.shape,
        f"{what} have the shape {tuple(found.shape)}; expected {tuple(expected.shape)}",
    )
    if not found.numel():
        return
    most = float((found - expected).abs().max())
    limit = tolerance * max(float(expected.abs().max()), 1e-6)
    expect(
        most <= limit,  # not so where anything is NaN
        f"{what} differ by up to {most:.3g}; expected at most {limit:.3g}",
    )


def expect_finite(what: str, found: Tensor) -> None:
    """Fail where a tensor of any shape holds NaN or infinite values."""
    wrong = int((~found.isfinite()).sum())
    expect(not wrong, f"{wrong} of {found.numel()} values of {what} are NaN or infinite")


def expect_gradients(module: torch.nn.Module, cost: Tensor, hint: str) -> None:
    """Fail unless the gradient of `cost` reaches every parameter of `module`, finite.

    `cost` is a scalar.
    """
    cost.backward()
    for name, parameter in module.named_parameters():
        expect(
            parameter.grad is not None or not parameter.requires_grad,
            f"no gradient reaches the parameter `{name}`: {hint}",
        )
        if parameter.grad is not None:
            expect_finite(f"the gradient of `{name}`", parameter.grad)


def read_again(module: torch.nn.Module) -> dict[str, Tensor]:
    """The state of a module, of any shape, written as a model file holds it and read again."""
    state = {name: one.contiguous() for name, one in module.state_dict().items()}
    return safetensors.torch.load(safetensors.torch.save(state))
