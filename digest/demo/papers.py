"""Loads the invented papers: who lists them, when, and with how many votes."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent / "papers"
_CODE_HOST = "https://github.com/paper-digest-demo/"


@dataclass(frozen=True, slots=True)
class DemoPaper:
    """One paper of the sample feeds.

    ``announced`` is the day of its arXiv announcement, ``daily`` the instants at which the daily
    list shows it (more than one: it comes back). ``upvotes`` and ``stars`` are what it has three
    days after its first listing. ``version`` above 1 marks a replacement, which is not news.
    """

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    announced: date | None = None
    daily: tuple[datetime, ...] = ()
    upvotes: int = 0
    stars: int | None = None
    code_url: str | None = None
    keywords: tuple[str, ...] = ()
    organization: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class BlogPost:
    """One item of the laboratory's blog, which gives no arXiv id."""

    slug: str
    title: str
    text: str
    author: str
    posted_at: datetime


@cache
def demo_papers() -> tuple[DemoPaper, ...]:
    """Return all invented papers in the order of the days that list them first."""
    days = sorted(_FOLDER.glob("2*.toml"))
    return tuple(_paper(table) for day in days for table in _tables(day, "paper"))


@cache
def blog_posts() -> tuple[BlogPost, ...]:
    """Return the posts of the laboratory's blog, oldest first."""
    return tuple(BlogPost(**_folded(table)) for table in _tables(_FOLDER / "blog.toml", "post"))


def _tables(path: Path, name: str) -> Iterator[dict[str, Any]]:
    yield from tomllib.loads(path.read_text(encoding="utf-8"))[name]


def _paper(table: dict[str, Any]) -> DemoPaper:
    fields = _folded(table)
    code = fields.pop("code", None)
    for name in ("authors", "categories", "daily", "keywords"):
        fields[name] = tuple(fields.get(name, ()))
    return DemoPaper(**fields, code_url=_CODE_HOST + code if code else None)


def _folded(table: dict[str, Any]) -> dict[str, Any]:
    # The files wrap long texts; what a feed serves is one line.
    return {
        name: " ".join(value.split()) if isinstance(value, str) else value
        for name, value in table.items()
    }
