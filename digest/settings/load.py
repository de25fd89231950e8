"""Puts defaults, file and environment together, the later over the earlier."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from digest.settings.explain import SettingsError, explain, origin_of
from digest.settings.keys import KeyPath, dotted
from digest.settings.layers import CONFIG_NAME, Layer, read_environment, read_toml
from digest.settings.model import Settings
from digest.settings.show import masked

DEFAULT_FILE = Path("digest.toml")


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One key in force: its masked value, and ``default``, the file, or the variable behind it."""

    key: str
    value: Any
    origin: str


def load_settings(env: Mapping[str, str] | None = None, config: Path | None = None) -> Settings:
    """Return the settings of this process.

    ``env`` is the environment (``os.environ`` where None). ``config``, else ``DIGEST_CONFIG``,
    names a TOML file that must exist; without either, ``digest.toml`` of the working directory is
    read where there is one. Raises SettingsError with every problem found.
    """
    env = os.environ if env is None else env
    file = read_toml(_file_to_read(env, config))
    variables = read_environment(env, file.values)
    problems = file.problems + variables.problems
    origins = file.origins | variables.origins
    try:
        settings = _validated(variables, file)
    except ValidationError as error:
        # Without the original, whose text holds the input, passwords included.
        raise SettingsError(problems + explain(error, origins)) from None
    if problems:
        raise SettingsError(problems)
    kept = {path: named for path, named in file.files.items() if path not in variables.origins}
    files = kept | variables.files
    settings.remember_origins(
        {dotted(path): origin for path, origin in origins.items()},
        {dotted(path): secret for path, secret in files.items()},
    )
    return settings


def describe(settings: Settings) -> list[SettingRow]:
    """Return every key in the order of the file's documentation, with value and origin."""
    return [
        SettingRow(dotted(path), value, origin_of(path, _paths(settings)))
        for path, value in _leaves(masked(settings), ())
    ]


def _paths(settings: Settings) -> dict[KeyPath, str]:
    return {
        tuple(int(part) if part.isdigit() else part for part in key.split(".")): origin
        for key, origin in settings.origins.items()
    }


def _leaves(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def _file_to_read(env: Mapping[str, str], config: Path | None) -> Path | None:
    named = config or (Path(env[CONFIG_NAME]) if env.get(CONFIG_NAME) else None)
    if named is None:
        return DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    if not named.is_file():
        raise SettingsError([f"{CONFIG_NAME}: there is no file {str(named)!r}"])
    return named


def _validated(variables: Layer, file: Layer) -> Settings:
    class Layered(Settings):
        """The settings with their two sources bound; made per call so that nothing is global."""

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **__: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return _LayerSource(settings_cls, variables), _LayerSource(settings_cls, file)

    return Layered()


class _LayerSource(PydanticBaseSettingsSource):
    """A layer as pydantic-settings wants it; that library merges the tables of both."""

    def __init__(self, settings_cls: type[BaseSettings], layer: Layer) -> None:
        super().__init__(settings_cls)
        self._layer = layer

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return one top-level value, its key, and that it needs no decoding."""
        del field
        return self._layer.values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the whole tree."""
        return self._layer.values
