"""Finds templates: the operator's first, then the built-in ones, always as ``builtin/NAME``."""

from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import BaseLoader, Environment, FileSystemLoader

from digest.looks.overrides import Override

BUILTIN = "builtin/"


class LayeredLoader(BaseLoader):
    """Loads the templates of ``part`` (``email`` or ``web``), ``overrides`` by their whole names.

    ``{% extends "builtin/base.html" %}`` is the built-in one even where an override has its name.
    """

    def __init__(
        self, templates: Path, part: str, overrides: Mapping[str, Override] | None = None
    ) -> None:
        self._builtin = FileSystemLoader(templates / part)
        self._part = part
        self._overrides = overrides or {}

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return source, file and no way to tell a change; raises jinja2.TemplateNotFound."""
        if template.startswith(BUILTIN):
            return self._builtin.get_source(environment, template.removeprefix(BUILTIN))
        own = self._overrides.get(f"{self._part}/{template}")
        if own is not None:
            return own.text, own.path, None
        return self._builtin.get_source(environment, template)

    def list_templates(self) -> list[str]:
        """Return every name, once, without the prefix."""
        own = {name.removeprefix(f"{self._part}/") for name in self._overrides}
        return sorted(own.union(self._builtin.list_templates()))

    def is_overridden(self, template: str) -> bool:
        """Return whether a name stands for an operator's file."""
        return f"{self._part}/{template}" in self._overrides
