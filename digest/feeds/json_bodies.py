"""Reads JSON that anybody may have written."""

import json
import math
from typing import Any

_KINDS = {dict: "object", list: "list", str: "string", bool: "true or false", type(None): "null"}


class UnreadableError(Exception):
    """A body is no JSON; the message says why in a line."""


def json_of(body: bytes) -> Any:
    """Return the value of a JSON body in any UTF encoding (RFC 8259).

    Raises:
        UnreadableError: empty, an HTML page, nested beyond reason, or no JSON.
    """
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        raise UnreadableError("body is empty")
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableError("body is an HTML page, not JSON")
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"body is not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from None
    except ValueError:  # bytes that are no UTF; numbers of more digits than Python reads
        raise UnreadableError("body is not JSON: not in UTF-8, or a number too long") from None
    except RecursionError:
        raise UnreadableError("body is not JSON: nested too deeply") from None


def kind_of(value: object) -> str:
    """Return what JSON calls a value's kind, such as ``list`` or ``number``."""
    return _KINDS.get(type(value), "number")


def record(value: object) -> dict[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[Any]:
    """Return a JSON list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def words(*values: object) -> str:
    """Return the first value that is a string with something in it, or ""."""
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def count(value: object) -> float | None:
    """Return a number from 0 to 1e12, None for anything else (true and NaN among them)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= 1e12 else None
