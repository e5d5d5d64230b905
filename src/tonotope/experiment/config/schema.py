"""Which keys an experiment file has and which values each takes, derived from the types.

Errors, `--set` and `extends` all ask the same questions of the descriptions, so that a key added
to one of them is known everywhere at once.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

Path = tuple[str | int, ...]

_UNIONS = (Union, types.UnionType)
_WORDS = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    dict: "a table",
    Mapping: "a table",
}


@dataclass(frozen=True)
class Place:
    """One key of an experiment: the description it belongs to and what that says of it.

    Attributes:
        model: the description that holds the key; None where the types end (a free table).
        field: what the description says of the key; None where it does not know it.
    """

    model: type[BaseModel] | None
    field: FieldInfo | None

    @property
    def known(self) -> list[str]:
        """The keys that may stand here."""
        return sorted(self.model.model_fields) if self.model else []

    @property
    def fits(self) -> str:
        """The values that fit, in words: `a whole number, at least 1`."""
        if self.field is None:
            return ""
        return _fits(self.field.annotation, self.field.metadata)

    def takes(self, kind: type) -> bool:
        """Whether a value of the plain type `kind` may stand here."""
        return self.field is not None and kind in set(_plain_types(self.field.annotation))

    def mistakes(self, kind: type) -> bool:
        """Whether a value of `kind` would be taken for another: "40" for 40, true for 1."""
        types = set(_plain_types(self.field.annotation)) if self.field else set()
        if not types or kind in types:
            return False
        if kind in (str, bool):
            return bool(types & {int, float, bool})
        return types == {bool}


def place(model: type[BaseModel], table: object, path: Path) -> Place:
    """The key at `path` in `table`, which is meant to describe a `model`."""
    here: Any = model
    for part in path[:-1]:
        described = _model(here, table)
        if described is not None and isinstance(part, str):
            info = described.model_fields.get(part)
            here = info.annotation if info else None
        else:
            here = _item(here)
        table = inside(table, part)
    owner = _model(here, table)
    if owner is None or not path or not isinstance(path[-1], str):
        return Place(owner, None)
    return Place(owner, owner.model_fields.get(path[-1]))


def kinds(annotation: object) -> list[str]:
    """The kinds of a union of descriptions, such as `lenet` and `vgg`; empty for anything else."""
    return [kind for kind, _ in _members(annotation)]


def _model(annotation: object, table: object) -> type[BaseModel] | None:
    """The description that `annotation` stands for; a union is decided by the table's kind."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    members = list(_members(annotation))
    kind = table.get("kind") if isinstance(table, Mapping) else None
    for name, member in members:
        if name == kind:
            return member
    plain = [part for part in _parts(annotation) if isinstance(part, type)]
    models = [part for part in plain if issubclass(part, BaseModel)]
    return models[0] if len(models) == 1 else None


def _members(annotation: object) -> Iterator[tuple[str, type[BaseModel]]]:
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel) and "kind" in part.model_fields:
            for name in get_args(part.model_fields["kind"].annotation):
                yield name, part


def _parts(annotation: object) -> Iterator[object]:
    """The alternatives of a union, annotations peeled off."""
    if get_origin(annotation) is Annotated:
        yield from _parts(get_args(annotation)[0])
    elif get_origin(annotation) in _UNIONS:
        for part in get_args(annotation):
            yield from _parts(part)
    else:
        yield annotation


def _plain_types(annotation: object) -> Iterator[type]:
    for part in _parts(annotation):
        if get_origin(part) is Literal:
            yield from {type(value) for value in get_args(part)}
        elif isinstance(part, type):
            yield part


def _item(annotation: object) -> object:
    """What a list holds."""
    for part in _parts(annotation):
        if get_origin(part) in (tuple, list, Sequence_):
            return get_args(part)[0]
    return None


def inside(table: object, part: str | int, absent: object = None) -> Any:
    """What stands at `part` of a table or a list, or `absent`."""
    if isinstance(table, Mapping):
        return table.get(part, absent)
    if isinstance(table, list | tuple) and isinstance(part, int) and part < len(table):
        return table[part]
    return absent


def _fits(annotation: object, metadata: Sequence_[object]) -> str:
    limits = list(metadata)
    words: list[str] = []
    for part in _alternatives(annotation, limits):
        word = _word(part)
        if word and word not in words:
            words.append(word)
    spoken = " or ".join(words) or "another value"
    return spoken + "".join(f", {limit}" for limit in map(_limit, limits) if limit)


def fits_of_fault(kind: str, context: Mapping[str, Any]) -> str:
    """What fits where pydantic refused a number, by its own limits; nothing where it was none.

    >>> fits_of_fault("greater_than_equal", {"ge": 1}), fits_of_fault("missing", {})
    ('a whole number, at least 1', '')
    """
    marks = {"ge": Ge, "gt": Gt, "le": Le, "lt": Lt}
    limits = [marks[key](bound) for key, bound in context.items() if key in marks]
    whole = kind.startswith("int_") or any(isinstance(context.get(key), int) for key in marks)
    if not limits and not kind.startswith(("int_", "float_")):
        return ""
    word = "a whole number" if whole else "a number"
    return word + "".join(f", {_limit(one)}" for one in limits)


def _alternatives(annotation: object, limits: list[object]) -> Iterator[object]:
    """Like `_parts`, but the limits written beside an alternative are gathered in `limits`."""
    if get_origin(annotation) is Annotated:
        first, *rest = get_args(annotation)
        for item in rest:
            limits += item.metadata if isinstance(item, FieldInfo) else [item]
        yield from _alternatives(first, limits)
    elif get_origin(annotation) in _UNIONS:
        for part in get_args(annotation):
            yield from _alternatives(part, limits)
    else:
        yield annotation


def _word(part: object) -> str:
    origin = get_origin(part)
    if origin is Literal:
        return " or ".join(f'"{value}"' for value in get_args(part))
    if origin in (tuple, list, Sequence_):
        inner = [arg for arg in get_args(part) if arg is not Ellipsis]
        return f"a list ({_word(inner[0])} each)" if inner and _word(inner[0]) else "a list"
    if origin in (dict, Mapping):
        return "a table"
    if isinstance(part, type) and issubclass(part, BaseModel):
        return "a table"
    return _WORDS.get(part, "") if isinstance(part, type) else ""


def _limit(limit: object) -> str:
    match limit:
        case Ge(ge=bound):
            return f"at least {bound}"
        case Gt(gt=bound):
            return f"above {bound}"
        case Le(le=bound):
            return f"at most {bound}"
        case Lt(lt=bound):
            return f"below {bound}"
        case MinLen(min_length=least):
            return "not empty" if least == 1 else f"at least {least} long"
        case MaxLen(max_length=most):
            return f"no longer than {most}"
    return ""
