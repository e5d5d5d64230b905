"""Names that members of a `Task` had in version 0.1, still understood, with a warning.

A task written for 0.1 may define `learned`, be asked for it, or call `super().learned(...)`. So
every class that defines a method under its new name also has it under the old one, and a class
that defines the old name has it under the new one. Either way a `DeprecationWarning` says the new
name. Signatures are read once, when a class is made.

Remove this file, and the two calls in `task.py`, with version 0.3.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from tonotope.heads.loss_options import LossOptions

METHODS = {
    "named": "fit_vocabulary",
    "learned": "fit_targets",
    "tuned": "calibrate",
    "target": "encode_targets",
    "truth": "answer_targets",
    "weights": "class_weights",
    "misfit": "incompatible_layer",
    "refused": "incompatible_training",
    "pose": "prepare_batch",
    "measure": "metrics",
}
# Of 0.1, those that were read and not called.
VALUES = {
    "habits": "training_defaults",
    "recipe": "training_defaults",
    "setting": "experiment_defaults",
    "restores": "denoises",
}
KEYWORDS = {"share": "sample_weight", "weights": "class_weight", "smoothing": "label_smoothing"}
# These were given the kind of representation as a word, and are now given the representation.
BY_KIND = ("build_on", "incompatible_layer")
# How many calls lie between a warning and the statement that makes a class, pydantic's included.
_CLASS = 7


def understand(task: type) -> None:
    """Give a class of tasks the names of both versions, and its methods the new signatures."""
    own = task.__dict__
    _take_over_old_names(task)
    for name in BY_KIND:
        if "heard" in _parameters(own.get(name)):
            setattr(task, name, _given_the_kind(own[name]))
    if inspect.isfunction(own.get("loss")):
        task.loss = _loss(task, own["loss"])  # pyright: ignore[reportAttributeAccessIssue]
    for old, new in METHODS.items():
        if new in own and old not in own:
            setattr(task, old, _old_method(old, new, own[new]))
    for old, new in VALUES.items():
        if new in own and old not in own and old not in own.get("__annotations__", {}):
            setattr(task, old, _OldValue(old, new, own[new]))


def _take_over_old_names(task: type) -> None:
    own = task.__dict__
    for old, new in METHODS.items():
        if new not in own and inspect.isfunction(own.get(old)):
            _warn(f"{task.__name__}.{old} is called `{new}` now", _CLASS)
            setattr(task, new, own[old])
    for old, new in VALUES.items():
        value = own.get(old)
        if new in own or not isinstance(value, bool | Mapping | property):
            continue
        _warn(f"{task.__name__}.{old} is called `{new}` now", _CLASS)
        if isinstance(value, Mapping):
            value = property(functools.partial(_constant, value))
        setattr(task, new, value)


def _constant(value: Any, task: object) -> Any:
    del task
    return value


def _loss(task: type, function: Callable[..., Any]) -> Callable[..., Any]:
    """A `loss` that takes one value of options, or still the keywords of 0.1."""
    names = _parameters(function)
    accepted = KEYWORDS if _any_keyword(function) else [name for name in KEYWORDS if name in names]
    by_keyword = bool(accepted) and "options" not in names
    if by_keyword:
        message = "takes one value now: loss(self, outputs, targets, options: LossOptions)"
        _warn(f"{task.__name__}.loss {message}", _CLASS)

    @functools.wraps(function)
    def loss(
        self: object,
        outputs: Any,
        targets: Any,
        options: LossOptions = LossOptions(),
        **old: Any,
    ) -> Any:
        if old:
            options = _from_keywords(options, old)
        if not by_keyword:
            return function(self, outputs, targets, options)
        given = {name: getattr(options, KEYWORDS[name]) for name in accepted}
        return function(self, outputs, targets, **given)

    return loss


def _from_keywords(options: LossOptions, old: Mapping[str, Any]) -> LossOptions:
    unknown = sorted(set(old) - set(KEYWORDS))
    if unknown:
        raise TypeError(f"loss() got an unexpected keyword argument {unknown[0]!r}")
    new = {KEYWORDS[name]: value for name, value in old.items()}
    spelled = ", ".join(f"{name}=..." for name in new)
    _warn(f"the keywords of loss are one value now: LossOptions({spelled})", 4)
    return options._replace(**new)


def _given_the_kind(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(self: object, shapes: Any, representation: Any) -> Any:
        return function(self, shapes, getattr(representation, "kind", representation))

    return called


def _old_method(old: str, new: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(self: object, *args: Any, **keywords: Any) -> Any:
        _warn(f"`{old}` is called `{new}` now", 3)
        return function(self, *args, **keywords)

    return called


class _OldValue:
    """A value under its old name, of a class or of an instance."""

    def __init__(self, old: str, new: str, value: Any) -> None:
        self.old, self.new, self.value = old, new, value

    def __get__(self, task: Any, kind: type) -> Any:
        _warn(f"`{self.old}` is called `{self.new}` now", 3)
        return self.value.fget(task) if isinstance(self.value, property) else self.value  # pyright: ignore[reportOptionalCall]


def _parameters(function: Any) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters if inspect.isfunction(function) else {}


def _any_keyword(function: Any) -> bool:
    return any(one.kind is one.VAR_KEYWORD for one in _parameters(function).values())


def _warn(what: str, depth: int) -> None:
    warnings.warn(f"{what}; tonotope 0.3 will not know the old form", DeprecationWarning, depth)
