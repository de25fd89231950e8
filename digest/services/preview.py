"""Preview: the digest that a reader would be sent at an instant, with nothing written down."""

from dataclasses import dataclass
from datetime import datetime

from digest.domain.editions import DigestFacts
from digest.domain.facts import card_of, sections_of
from digest.domain.schedule import local_date
from digest.domain.sentences import Sentence
from digest.domain.subscribers import Subscriber
from digest.domain.tokens import TOKEN_LENGTH
from digest.mail.look import View
from digest.services.context import Context
from digest.services.selecting import load_selector
from digest.store.editions import SelectionKey

SAMPLE_TOKEN = "-" * TOKEN_LENGTH


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, or ``empty`` why nothing would."""

    facts: DigestFacts
    view: View
    empty: Sentence | None

    @property
    def empty_reason(self) -> str:
        """Why nothing would be sent, in English, or ""."""
        return str(self.empty or "")


async def preview(context: Context, reader: Subscriber, now: datetime) -> Preview:
    """Return a reader's digest as it would be planned at ``now``."""
    chosen = reader.preferences
    key = SelectionKey(
        reader.topic_set_id,
        reader.seen_set_id,
        chosen.max_papers,
        chosen.min_papers,
        chosen.weekdays,
        reader.fresh_since,
    )
    selector = await load_selector(context, now)
    async with context.database.read() as connection:
        await selector.load(connection, [key], [])
    selected = selector.choose(key)
    pool = selector.pool
    candidates = [pool.candidates[choice.bit] for choice in selected.choices]
    items = [
        (candidate.paper.id, choice.topic, choice.why)
        for candidate, choice in zip(candidates, selected.choices, strict=True)
    ]
    facts = DigestFacts(
        edition_date=local_date(chosen.zone, now),
        planned_at=now,
        sections=sections_of(items, {c.paper.id: card_of(c, c.trend) for c in candidates}),
        looked_at=len(pool.candidates),
        source_count=len({m.source for c in pool.candidates for m in c.mentions}),
        matched=selected.matched,
        already_seen=selected.already_seen,
    )
    view = View(
        language=chosen.language,
        extract=chosen.extract,
        topics=tuple(item.name for item in chosen.topics),
        hour=f"{chosen.hour:02d}:00",
        zone=chosen.zone,
    )
    return Preview(facts, view, selected.empty)
