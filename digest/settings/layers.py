"""Reads the TOML file and the environment into trees of raw values, each with its origin."""

import json
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digest.settings.keys import (
    KeyPath,
    dotted,
    field_at,
    fields_of,
    is_beside,
    is_secret,
    models_at,
    shape_of,
)
from digest.settings.model import Settings

PREFIX = "DIGEST_"
CONFIG_NAME = "DIGEST_CONFIG"
_NOT_OURS = "DIGEST_TEST_"  # the test suite's own
_FILE = "_file"


@dataclass
class Layer:
    """Raw values of one place, where each came from, and what could not be read."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    files: dict[KeyPath, Path] = field(default_factory=dict)  # of secrets that stand in one


def read_toml(path: Path | None) -> Layer:
    """Read the file; None gives an empty layer, broken TOML a problem with line and column."""
    layer = Layer()
    if path is None:
        return layer
    try:
        layer.values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        layer.problems.append(f"{path}: cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        layer.problems.append(f"{path}: is not UTF-8 (byte {error.start})")
    except tomllib.TOMLDecodeError as error:
        layer.problems.append(f"{path}: is not TOML: {error}")
    _note_file(layer, layer.values, (), path)
    return layer


def _note_file(layer: Layer, node: Any, path: KeyPath, file: Path) -> None:
    """Note every leaf's origin and put the contents of ``*_file`` keys in their place."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            _note_file(layer, item, (*path, index), file)
    elif isinstance(node, dict):
        for name in list(node):
            target = _secret_behind((*path, name))
            if target is None:
                if is_beside(field_at((*path, name))):
                    node[name] = _beside(file, node[name])
                _note_file(layer, node[name], (*path, name), file)
            elif target[-1] in node:
                layer.problems.append(f"{dotted(target)} ({file}): given with and without _file")
            else:
                origin = f"{file}, {dotted((*path, name))}"
                secret = _read_secret(layer, target, file.parent / str(node.pop(name)), origin)
                node[str(target[-1])] = secret
                layer.origins[target] = origin
    else:
        layer.origins[path] = str(file)


def _beside(file: Path, value: Any) -> Any:
    """Return a path of the file as seen from where we are; what is no text is left as it is."""
    if not isinstance(value, str) or not value:
        return value
    return str(file.parent / Path(value).expanduser())


def read_environment(env: Mapping[str, str], beneath: Mapping[str, Any]) -> Layer:
    """Read ``DIGEST_*``; empty values count as absent.

    ``beneath`` is the file's tree: ``DIGEST_RELAYS__0__PORT`` changes one key of the first relay
    there, or of the default one, and the layer then holds the whole array.
    """
    layer = Layer()
    named = {
        tuple(name.removeprefix(PREFIX).lower().split("__")): name
        for name, value in env.items()
        if name.startswith(PREFIX) and name != CONFIG_NAME and not name.startswith(_NOT_OURS)
        if value
    }
    for parts in sorted(named, key=lambda parts: (len(parts), parts)):
        _take_variable(layer, parts, env[named[parts]], named[parts], beneath)
    return layer


def _take_variable(
    layer: Layer, parts: tuple[str, ...], text: str, name: str, beneath: Mapping[str, Any]
) -> None:
    path = _with_indices(parts)
    target = _secret_behind(path)
    value: Any = text
    if target is not None:
        value, path = _read_secret(layer, target, Path(text), name), target
        if path in layer.origins:
            layer.problems.append(f"{dotted(path)} ({name}): given with and without _FILE")
    else:
        value = _parsed(layer, path, text, name)
    place = _place_for(layer, path, beneath)
    if isinstance(place, str):
        layer.problems.append(f"{dotted(path)} ({name}): {place}")
    else:
        place[str(path[-1])] = value
        layer.origins[path] = name


def _with_indices(parts: tuple[str, ...]) -> KeyPath:
    """Turn ``("relays", "0", "host")`` into ``("relays", 0, "host")``."""
    path: KeyPath = ()
    for part in parts:
        known = field_at(path)
        in_array = known is not None and shape_of(known) == "tables" and isinstance(path[-1], str)
        path = (*path, int(part) if in_array and part.isascii() and part.isdigit() else part)
    return path


def _place_for(layer: Layer, path: KeyPath, beneath: Mapping[str, Any]) -> dict[str, Any] | str:
    """Return the table that takes the path's last part, made on the way, or what is wrong."""
    node: Any = layer.values
    for depth, part in enumerate(path[:-1]):
        if isinstance(part, int):
            if part > len(node):
                return f"there is no entry {part - 1} before it; the next free one is {len(node)}"
            if part == len(node):
                node.append({})
            node = node[part]
        elif isinstance(path[depth + 1], int):
            node = node.setdefault(part, _array_beneath(part, beneath))
        else:
            node = node.setdefault(part, {})
        wanted = list if isinstance(path[depth + 1], int) else dict
        if not isinstance(node, wanted):
            return f"{dotted(path[: depth + 1])} is not a table"
    return node if isinstance(path[-1], str) else f"name a key: {dotted(path)}.KEY"


def _array_beneath(name: str, beneath: Mapping[str, Any]) -> Any:
    if name in beneath:
        return deepcopy(beneath[name])
    default = Settings.model_fields[name].get_default()
    return [table.model_dump(by_alias=True, exclude_unset=True) for table in default]


def _parsed(layer: Layer, path: KeyPath, text: str, name: str) -> Any:
    """Read JSON where a table or list is wanted; a plain list may also be separated by commas."""
    known = field_at(path)
    shape = shape_of(known) if known is not None and isinstance(path[-1], str) else "value"
    if shape == "value":
        return text
    if shape == "list" and not text.lstrip().startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        # Not the text itself: it may hold a password.
        layer.problems.append(f"{dotted(path)} ({name}): is not JSON: {error}")
        return [] if shape in {"list", "tables"} else {}


def _secret_behind(path: KeyPath) -> KeyPath | None:
    """Return the path of ``password`` for that of ``password_file``, if a secret has that name."""
    *parents, last = path
    if not isinstance(last, str) or not last.endswith(_FILE):
        return None
    known = fields_of(*models_at(tuple(parents)))
    base = last.removesuffix(_FILE)
    return (*parents, base) if last not in known and is_secret(known.get(base)) else None


def _read_secret(layer: Layer, target: KeyPath, file: Path, origin: str) -> Any:
    try:
        text = file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        layer.problems.append(f"{dotted(target)} ({origin}): {file}: {why}")
        return None
    layer.files[target] = file.absolute()
    known = field_at(target)
    return text.split() if known is not None and shape_of(known) == "list" else text
