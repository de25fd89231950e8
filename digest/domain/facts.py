"""Frozen facts as JSON and back: what a plan keeps of each card, and a digest made of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from itertools import groupby
from typing import Any

from digest.domain.editions import Card, Section
from digest.domain.pool import Candidate
from digest.domain.trend import Trend, TrendPart, parts_of, trend_text


def card_of(candidate: Candidate, trend: Trend) -> Card:
    """Return the facts of a candidate as they stand at the plan instant."""
    paper = candidate.paper
    return Card(
        paper_id=paper.id,
        title=paper.title,
        url=paper.url,
        abstract=paper.abstract,
        authors=paper.authors,
        pdf_url=paper.pdf_url,
        code_url=paper.code_url,
        organization=paper.organization,
        sources=tuple(dict.fromkeys(m.source for m in candidate.mentions)),
        listed_date=candidate.listed_at.date(),
        trend=trend.rounded,
        trend_text=trend_text(candidate.trend),
        trend_parts=parts_of(candidate.trend),
        rising=candidate.trend.rising,
    )


def card_to_json(card: Card) -> dict[str, Any]:
    """Return a card as plain JSON values; the inverse of `card_from_json`."""
    values = asdict(card)
    values["listed_date"] = card.listed_date.isoformat() if card.listed_date else None
    listed = ("authors", "sources", "why", "trend_parts")
    return values | {name: list(values[name]) for name in listed}


def card_from_json(values: Mapping[str, Any]) -> Card:
    """Return the card that was frozen; unknown keys of a newer release are left out."""
    known = {name: values[name] for name in Card.__dataclass_fields__ if name in values}
    for name in ("authors", "sources", "why"):
        known[name] = tuple(known.get(name, ()))
    known["trend_parts"] = tuple(TrendPart(**part) for part in known.get("trend_parts", ()))
    listed = known.get("listed_date")
    known["listed_date"] = date.fromisoformat(listed) if listed else None
    return Card(**known)


def sections_of(
    items: Iterable[tuple[int, str, tuple[str, ...]]], cards: Mapping[int, Card]
) -> tuple[Section, ...]:
    """Return the sections of (paper id, topic, why) items, in their order."""
    placed = [replace(cards[i], topic=topic, why=why) for i, topic, why in items if i in cards]
    return tuple(
        Section(topic, tuple(group)) for topic, group in groupby(placed, key=lambda c: c.topic)
    )
