"""Reads the Daily Papers API of Hugging Face (``GET /api/daily_papers?date=YYYY-MM-DD``).

The day of a listing is ``paper.submittedOnDailyAt``, which came in 2025 only; votes are
``paper.upvotes`` alone. The outer ``publishedAt`` is mislabelled and never read.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from digest.domain.identifiers import arxiv_id_in
from digest.domain.papers import Entry, Reading
from digest.feeds.instants import date_of, instant_of
from digest.feeds.json_bodies import (
    UnreadableError,
    count,
    json_of,
    kind_of,
    record,
    records,
    words,
)
from digest.feeds.links import safe_url
from digest.feeds.names import names_of
from digest.feeds.parse import Parsed, Tally, failed
from digest.feeds.sources.polls import Poll
from digest.feeds.text import TITLE_CHARACTERS, shortened, text_of

PAGE_ITEMS = 100
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")


def polls(base_url: str, now: datetime, listing_days: int = 3) -> tuple[Poll, ...]:
    """Return the listing days to ask for, oldest first; the key of each is its date.

    Votes grow for days and so does a day's list, hence the last listing days again. Weekends
    have no papers and do not count as one of them, but today is always asked, whatever day it
    is: Hugging Face decides what it lists, not the calendar.
    """
    today = now.astimezone(UTC).date()
    days = [today]
    day = today
    while len(days) < max(listing_days, 1):
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    base = base_url.rstrip("/")
    return tuple(
        Poll(f"{day}", f"{base}/api/daily_papers?date={day}&limit={PAGE_ITEMS}", "application/json")
        for day in reversed(days)
    )


def parse(body: bytes, source: str, poll: Poll, now: datetime) -> Parsed:
    """Return the entries of one listing day; never raises.

    A weekend's ``[]`` is an honest nothing; a body that is no list is an error.
    """
    try:
        items = json_of(body)
    except UnreadableError as error:
        return failed(str(error))
    if not isinstance(items, list):
        said = text_of(words(record(items).get("error"), record(items).get("message")), 300)
        kind = kind_of(items)
        return failed(
            f"Hugging Face says: {said}" if said else f"body is a JSON {kind}, not a list"
        )
    tally = Tally(now)
    for item in items:
        _read_item(item, source, poll, tally)
    if len(items) >= PAGE_ITEMS:
        tally.note(f"list of {PAGE_ITEMS}, the most that was asked for: more may be missing")
    return tally.result()


def _read_item(item: object, source: str, poll: Poll, tally: Tally) -> None:
    outer = record(item)
    paper = record(outer.get("paper")) or outer
    given_id = words(paper.get("id")).strip()
    title = text_of(words(paper.get("title"), outer.get("title")), TITLE_CHARACTERS)
    if not outer:
        tally.drop("not an object")
    elif not _ID.fullmatch(given_id):
        tally.drop("without an id")
    elif not title:
        tally.drop("without a title")
    else:
        tally.add(_entry(given_id, title, outer, paper, source, poll, tally))


def _entry(
    given_id: str,
    title: str,
    outer: dict[str, Any],
    paper: dict[str, Any],
    source: str,
    poll: Poll,
    tally: Tally,
) -> Entry:
    arxiv_id = arxiv_id_in(given_id)
    page = f"https://huggingface.co/papers/{quote(given_id)}"
    listed_at = instant_of(paper.get("submittedOnDailyAt")) or _midnight(poll)
    return Entry(
        source=source,
        entry_id=arxiv_id or given_id,
        title=title,
        url=f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else page,
        abstract=text_of(words(paper.get("summary"), outer.get("summary"))),
        authors=names_of([_name(author) for author in records(paper.get("authors"))]),
        arxiv_id=arxiv_id,
        keywords=_keywords(paper),
        organization=_organization(paper, outer),
        pdf_url=f"https://arxiv.org/pdf/{arxiv_id}" if arxiv_id else None,
        code_url=safe_url(words(paper.get("githubRepo"))),
        published_at=tally.past(instant_of(paper.get("publishedAt"))),
        listed_at=tally.past(listed_at),
        listing_date=listed_at.date() if listed_at else None,
        readings=_readings(paper, outer),
    )


def _midnight(poll: Poll) -> datetime | None:
    """Return the start of the day asked for, in the place of an instant that old items lack."""
    day = date_of(poll.key)
    return datetime.combine(day, time(), UTC) if day else None


def _name(author: object) -> str:
    return author if isinstance(author, str) else words(record(author).get("name"))


def _keywords(paper: dict[str, Any]) -> tuple[str, ...]:
    found = (text_of(words(value), 100) for value in records(paper.get("ai_keywords"))[:100])
    return tuple(dict.fromkeys(filter(None, found)))


def _organization(paper: dict[str, Any], outer: dict[str, Any]) -> str | None:
    for holder in (paper, outer):
        body = record(holder.get("organization"))
        name = text_of(words(body.get("fullname"), body.get("name")), 200)
        if name:
            return shortened(name, 200)
    return None


def _readings(paper: dict[str, Any], outer: dict[str, Any]) -> tuple[Reading, ...]:
    found = {
        "upvotes": count(paper.get("upvotes")),
        "comments": count(outer.get("numComments")),
        "stars": count(paper.get("githubStars")),
    }
    return tuple(Reading(metric, value) for metric, value in found.items() if value is not None)
