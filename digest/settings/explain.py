"""Turns pydantic's errors into sentences that name the key, its value and what is allowed."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from digest.settings.feeds import ArxivSource, FeedSource, HuggingFaceSource, SourceBase
from digest.settings.keys import (
    KeyPath,
    dotted,
    field_at,
    fields_of,
    is_secret,
    models_at,
    nearest,
    shape_of,
    suggestion,
)
from digest.settings.show import mask_url

_KINDS: dict[str, type[SourceBase]] = {
    "huggingface": HuggingFaceSource,
    "arxiv": ArxivSource,
    "feed": FeedSource,
}
_SHOWN = 80  # characters of a wrong value


class SettingsError(Exception):
    """Says everything that is wrong with the settings; ``problems`` has one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(("The settings are wrong:", *(f"  {p}" for p in self.problems))))


def explain(error: ValidationError, origins: Mapping[KeyPath, str]) -> list[str]:
    """Return one sentence per mistake, in the order of the model's keys."""
    return [
        _sentence(details, origins)
        for details in error.errors(include_url=False)
        # A default made from a value that is wrong itself: the first mistake is enough.
        if details["type"] != "default_factory_not_called"
    ]


def _sentence(details: ErrorDetails, origins: Mapping[KeyPath, str]) -> str:
    path = _without_tag(details["loc"])
    kind, value = details["type"], details["input"]
    if kind.startswith("union_tag"):
        path = (*path, "kind")
        value = value.get("kind") if isinstance(value, dict) else value
    origin = origin_of(path, origins)
    place = f" ({origin})" if origin != "default" else ""
    if kind == "extra_forbidden":
        return f"{dotted(path)}{place}: {_unknown(path, details['loc'])}"
    if kind in {"missing", "union_tag_not_found"}:
        return f"{dotted(path)}: is missing{_choices(path)}"
    if not path:
        return _readable(details)
    return f"{dotted(path)}{_shown(path, value)}{place}: {_readable(details)}"


def _without_tag(loc: tuple[int | str, ...]) -> KeyPath:
    """Drop the kind that pydantic puts after a source's index."""
    if len(loc) > 2 and loc[0] == "sources" and loc[2] in _KINDS:
        return (*loc[:2], *loc[3:])
    return loc


def origin_of(path: KeyPath, origins: Mapping[KeyPath, str]) -> str:
    """Return the file or variable that set a key, or ``default``."""
    for end in range(len(path), 0, -1):
        if path[:end] in origins:
            return origins[path[:end]]
    inside = {origin for other, origin in origins.items() if other[: len(path)] == path}
    return inside.pop() if len(inside) == 1 else "default"


def _unknown(path: KeyPath, loc: tuple[int | str, ...]) -> str:
    last = str(path[-1])
    if path[0] == "sources" and len(loc) > 3:
        kind = str(loc[2])
        owners = [name for name, model in _KINDS.items() if last in fields_of(model)]
        if owners:
            return f"a source of kind {kind!r} has no such key (kind {owners[0]!r} has)"
        allowed = sorted(fields_of(_KINDS[kind]))
        near = nearest(last, allowed)
        meant = dotted((*path[:-1], near)) if near else None
    else:
        allowed = sorted(fields_of(*models_at(path[:-1])))
        meant = suggestion(path)
    hint = f" (did you mean {meant}?)" if meant else ""
    return f"is no setting{hint}; allowed here: {', '.join(allowed)}"


def _choices(path: KeyPath) -> str:
    return f": must be one of {', '.join(map(repr, _KINDS))}" if path[-1] == "kind" else ""


def _shown(path: KeyPath, value: Any) -> str:
    """Return `` = VALUE`` for what may be shown: no secret, no table that might hold one."""
    known = field_at(path)
    hidden = (
        known is None
        or is_secret(known)
        or (isinstance(path[-1], str) and shape_of(known) in {"table", "tables"})
    )
    if hidden or not isinstance(value, str | int | float | bool):
        return ""
    text = repr(mask_url(value) if isinstance(value, str) else value)
    return f" = {text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}"


def _readable(details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "union_tag_invalid":
        allowed = list(_KINDS)
        return f"must be one of {', '.join(map(repr, allowed))}{_meant(context['tag'], allowed)}"
    message = details["msg"].removeprefix("Value error, ").replace("Input should", "must", 1)
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        message += _meant(details["input"], allowed)
    return message


def _meant(value: Any, allowed: list[str]) -> str:
    near = nearest(value, allowed)
    return f"; did you mean {near!r}?" if near else ""
