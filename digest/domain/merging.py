"""What becomes of a paper's fields when another entry, or another paper, turns out to be it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from digest.domain.papers import Entry, Paper

# Who is believed about the fields both tell: the archive itself, then a list, then somebody's feed.
_RANK: Mapping[str, int] = {"arxiv": 0, "huggingface": 1, "feed": 2}
_FIELDS = (
    "title",
    "url",
    "abstract",
    "authors",
    "organization",
    "pdf_url",
    "code_url",
    "published_at",
    "keywords",
)
_FIXED = ("arxiv_id", "doi")


def paper_of(entry: Entry, now: datetime, window: timedelta, *, archived: bool) -> Paper:
    """Return a new paper (id 0) of its first entry; ``archived`` keeps it from being offered."""
    told = {name: getattr(entry, name) for name in (*_FIELDS, *_FIXED, "categories")}
    provenance = {name: entry.source for name, value in told.items() if value}
    return Paper(
        id=0,
        first_seen_at=now,
        eligible_until=now + window,
        offered=not archived,
        provenance=provenance,
        **told,
    )


def merge_entry(paper: Paper, entry: Entry, kinds: Mapping[str, str]) -> Paper:
    """Return the paper with whatever the entry tells better; ``kinds`` maps source to kind.

    A field moves when it was empty, or when the entry's source is believed at least as much as the
    one that told it. Identifiers are only added, categories are united.
    """
    provenance = dict(paper.provenance)
    changed: dict[str, object] = {}
    for name in _FIELDS:
        value, held = getattr(entry, name), getattr(paper, name)
        if value and value != held and (not held or _believed(entry, provenance.get(name), kinds)):
            changed[name] = value
            provenance[name] = entry.source
    for name in _FIXED:
        if getattr(paper, name) is None and getattr(entry, name) is not None:
            changed[name] = getattr(entry, name)
            provenance[name] = entry.source
    categories = tuple(dict.fromkeys((*paper.categories, *entry.categories)))
    if categories != paper.categories:
        changed["categories"] = categories
        provenance.setdefault("categories", entry.source)
    if not changed:
        return paper
    return replace(paper, provenance=provenance, **changed)  # type: ignore[arg-type]  # by name


def merge_twins(older: Paper, younger: Paper) -> Paper:
    """Return the older of two papers found to be one: its id for ever, the smaller window."""
    filled = {
        name: getattr(younger, name)
        for name in (*_FIELDS, *_FIXED)
        if not getattr(older, name) and getattr(younger, name)
    }
    told = {name: younger.provenance.get(name, "") for name in filled}
    return replace(
        older,
        categories=tuple(dict.fromkeys((*older.categories, *younger.categories))),
        first_seen_at=min(older.first_seen_at, younger.first_seen_at),
        eligible_until=min(older.eligible_until, younger.eligible_until),
        offered=older.offered or younger.offered,
        provenance={**told, **older.provenance},
        **filled,
    )


def _believed(entry: Entry, told_by: str | None, kinds: Mapping[str, str]) -> bool:
    mine = _RANK.get(kinds.get(entry.source, "feed"), 2)
    theirs = _RANK.get(kinds.get(told_by or "", "feed"), 2)
    return mine <= theirs
