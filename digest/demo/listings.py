"""Turns the invented papers into what each of the sample feeds lists."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from digest.demo.arxiv_listings import (
    ArxivListings,
    ArxivRecord,
    announcement_at,
    submission_window,
)
from digest.demo.daily_papers import Item, Listing
from digest.demo.growth import grown
from digest.demo.papers import DemoPaper


def arxiv_listings(papers: Sequence[DemoPaper]) -> ArxivListings:
    """Return the announcements of the papers that arXiv has."""
    new: dict[date, list[ArxivRecord]] = defaultdict(list)
    replaced: dict[date, list[ArxivRecord]] = defaultdict(list)
    for paper in papers:
        if paper.announced is not None:
            days = replaced if paper.version > 1 else new
            days[paper.announced].append(_record(paper, paper.announced))
    return ArxivListings(new, replaced)


def daily_listing(papers: Sequence[DemoPaper]) -> Listing:
    """Return the daily list: newest votes, only what has been submitted to it by now."""

    def listing(day: date, now: datetime) -> list[Item]:
        shown = [
            (paper, listed_at)
            for paper in papers
            for listed_at in paper.daily
            if listed_at.date() == day and listed_at <= now
        ]
        items = [_item(paper, listed_at, now) for paper, listed_at in shown]
        return sorted(items, key=lambda item: -item["paper"]["upvotes"])

    return listing


def _record(paper: DemoPaper, announced: date) -> ArxivRecord:
    return ArxivRecord(
        arxiv_id=paper.arxiv_id,
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.authors,
        categories=paper.categories,
        submitted_at=_submitted_at(paper.arxiv_id, announced),
        announced_at=announcement_at(announced),
        version=paper.version,
    )


def _submitted_at(arxiv_id: str, announced: date) -> datetime:
    first, last = submission_window(announced)
    return first + (last - first) * (_number(arxiv_id) % 997 / 997)


def _item(paper: DemoPaper, listed_at: datetime, now: datetime) -> Item:
    published = _published_at(paper, listed_at)
    inner: Item = {
        "id": paper.arxiv_id,
        "authors": [
            {"_id": _object_id(name), "name": name, "hidden": False} for name in paper.authors
        ],
        "publishedAt": _stamp(published),
        "submittedOnDailyAt": _stamp(listed_at),
        "title": paper.title,
        "summary": paper.abstract,
        "upvotes": grown(paper.upvotes, paper.daily[0], now),
        "ai_keywords": list(paper.keywords),
    }
    if paper.code_url:
        inner["githubRepo"] = paper.code_url
        inner["githubStars"] = grown(paper.stars or 0, paper.daily[0], now)
    if paper.organization:
        name = paper.organization
        inner["organization"] = {"_id": _object_id(name), "name": name, "fullname": name}
    # The outer instant is hours early and still marked Z, as the real list has it.
    return {
        "paper": inner,
        "publishedAt": _stamp(published - timedelta(hours=4)),
        "title": paper.title,
        "summary": paper.abstract,
        "numComments": 1,
    }


def _published_at(paper: DemoPaper, listed_at: datetime) -> datetime:
    day = paper.announced or listed_at.date() - timedelta(days=1)
    return datetime.combine(min(day, listed_at.date()), time(0, tzinfo=UTC))


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _object_id(name: str) -> str:
    return f"{_number(name):024x}"[-24:]


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:12], "big")
