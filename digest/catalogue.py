"""Reads the catalogue of ready topics that comes with the package."""

from functools import cache
from importlib.resources import files

from digest.domain.catalogue import CatalogueTopic, parse_catalogue


@cache
def read_catalogue() -> tuple[CatalogueTopic, ...]:
    """Return the ready topics of ``topics.toml``, read once in a process."""
    return parse_catalogue(files("digest").joinpath("topics.toml").read_text(encoding="utf-8"))
