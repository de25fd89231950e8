"""The mail's sentences, one TOML file a language, so that translating needs no template."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

DEFAULT_LANGUAGE = "en"


class Texts:
    """The sentences of one language. A missing key is a KeyError: a defect, found by the tests."""

    def __init__(self, language: str, tables: Mapping[str, Any]) -> None:
        self.language = language
        self.direction = str(tables["direction"])
        self._tables = tables

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence at ``table.name`` with its values; ``count`` chooses the plural."""
        table, _, name = key.partition(".")
        sentence = self._tables[table][name]
        if isinstance(sentence, dict):
            sentence = sentence["one" if values["count"] == 1 else "other"]
        return str(sentence).format(**values)

    def day(self, day: date) -> str:
        """Return a date as people write it, weekday first."""
        calendar = self._tables["calendar"]
        return str(calendar["day"]).format(
            weekday=calendar["weekdays"][day.weekday()],
            day=day.day,
            month=calendar["months"][day.month - 1],
            year=day.year,
        )

    def listing(self, names: tuple[str, ...]) -> str:
        """Return names as "A, B and C"."""
        if len(names) < 2:
            return "".join(names)
        return self("list.last", head=", ".join(names[:-1]), tail=names[-1])


def load_texts(folder: Path) -> dict[str, Texts]:
    """Return language -> texts of a folder of TOML files; raises OSError or TOMLDecodeError."""
    return {
        path.stem: Texts(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.toml"))
    }


def texts_for(catalogue: Mapping[str, Texts], language: str) -> Texts:
    """Return the texts of a language or of its base ("pt-BR", "pt"), else English."""
    for tag in (language, language.partition("-")[0]):
        if tag in catalogue:
            return catalogue[tag]
    return catalogue[DEFAULT_LANGUAGE]
