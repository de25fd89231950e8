"""Where each key stands: walks the models, so that loader and messages need no list of names."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from digest.settings.model import Settings
from digest.settings.values import Beside, Secret

Shape = Literal["value", "list", "table", "tables"]
KeyPath = tuple[str | int, ...]
Model = type[BaseModel]


def fields_of(*models: Model) -> dict[str, FieldInfo]:
    """Return the fields by the names that an operator writes (``from``, not ``from_``)."""
    return {
        field.alias or name: field for model in models for name, field in model.model_fields.items()
    }


def models_in(annotation: object) -> tuple[Model, ...]:
    """Return the tables that an annotation speaks of: none, one, or one per kind of source."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for part in get_args(annotation) for model in models_in(part))


def shape_of(field: FieldInfo) -> Shape:
    """Tell a plain value, a list of them, a table and an array of tables apart."""
    many = get_origin(field.annotation) is tuple
    if models_in(field.annotation):
        return "tables" if many else "table"
    return "list" if many else "value"


def is_secret(field: FieldInfo | None) -> bool:
    """Tell whether the value must not be shown and may come from a file."""
    return field is not None and any(isinstance(mark, Secret) for mark in field.metadata)


def is_beside(field: FieldInfo | None) -> bool:
    """Tell whether the value is a path that is relative to the file of the settings."""
    return field is not None and any(isinstance(mark, Beside) for mark in field.metadata)


def models_at(path: KeyPath) -> tuple[Model, ...]:
    """Return the tables that stand at a path; array indices are passed over."""
    models: tuple[Model, ...] = (Settings,)
    for part in path:
        if isinstance(part, str):
            field = fields_of(*models).get(part)
            models = models_in(field.annotation) if field else ()
    return models


def field_at(path: KeyPath) -> FieldInfo | None:
    """Return the field that a path names; an index at its end means the list's own field."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    if not path:
        return None
    return fields_of(*models_at(path[:-1])).get(str(path[-1]))


def dotted(path: KeyPath) -> str:
    """Return ``relays.0.password`` for a path."""
    return ".".join(str(part) for part in path)


def every_key(prefix: str = "", models: tuple[Model, ...] = (Settings,)) -> Iterator[str]:
    """Yield each key once in dotted form; arrays of tables without an index."""
    for name, field in fields_of(*models).items():
        inner = models_in(field.annotation)
        if inner:
            yield from every_key(f"{prefix}{name}.", inner)
        else:
            yield prefix + name


def suggestion(path: KeyPath) -> str | None:
    """Return the key that an unknown one was probably meant to be, in dotted form."""
    *parents, last = path
    near = get_close_matches(str(last), fields_of(*models_at(tuple(parents))), n=1)
    if near:
        return dotted((*parents, near[0]))
    same = [key for key in every_key() if key.rpartition(".")[2] == str(last)]
    return same[0] if len(same) == 1 else None


def nearest(word: Any, allowed: list[str]) -> str | None:
    """Return the allowed word that a wrong one was probably meant to be."""
    near = get_close_matches(str(word).lower(), allowed, n=1)
    return near[0] if near else None
