"""Reads JSON that anybody may have made: a value of the wrong kind is as good as absent."""

import json
from typing import Any


class HookError(ValueError):
    """A request that is not what the provider sends, or whose signature is not its own."""


class HookLaterError(Exception):
    """A request that cannot be judged now: the provider is to make it again."""


def read_json(body: bytes) -> Any:
    """Return the value of a JSON text; raise HookError for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HookError("the body is no JSON") from error


def read_object(body: bytes) -> dict[str, Any]:
    """Return the object of a JSON text; raise HookError for anything else."""
    value = read_json(body)
    if not isinstance(value, dict):
        raise HookError("the body is no JSON object")
    return value


def table(value: Any, *path: str) -> dict[str, Any]:
    """Return the object at a path, empty where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def word(value: Any, name: str) -> str:
    """Return a text or number of an object as text, "" where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found)
