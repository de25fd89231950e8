"""Why: what became of a reader's digest of a day, and why a paper came or did not."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.query import parse_query
from digest.domain.schedule import due_utc, local_date, weekday_names
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.services.context import Context
from digest.services.selecting import load_pool
from digest.store import deliveries, papers, selections
from digest.store.deliveries import Delivery
from digest.store.seen_sets import get_seen
from digest.store.selections import StoredSelection


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """What became of one local date: ``state`` is a delivery state, or "no digest"."""

    day: date
    state: str
    reason: str
    papers: tuple[tuple[int, str], ...] = ()
    matched: int | None = None
    already_seen: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """Whether a paper came, and why: one sentence each."""

    paper_id: int
    title: str
    came: bool
    reasons: tuple[str, ...]


async def why_day(context: Context, reader: Subscriber, day: date) -> DayAnswer:
    """Explain a reader's digest of a local date, derived from ledger, plan and preferences."""
    async with context.database.read() as connection:
        row = await deliveries.find_digest(connection, reader.id, day)
        if row is None:
            return DayAnswer(day, "no digest", _no_row(context, reader, day))
        return await _explain(connection, row, day)


async def why_recent(context: Context, reader: Subscriber, days: int = 7) -> list[DayAnswer]:
    """Explain the last days of a reader, the newest first."""
    today = local_date(reader.preferences.zone, context.clock.now())
    first = local_date(reader.preferences.zone, reader.created_at)
    span = [today - timedelta(days=back) for back in range(days)]
    return [await why_day(context, reader, day) for day in span if day >= first]


async def _explain(connection: AsyncConnection, row: Delivery, day: date) -> DayAnswer:
    if row.selection_id is None:
        return DayAnswer(day, row.state.value, row.reason)
    chosen = (await selections.get_selections(connection, [row.selection_id]))[row.selection_id]
    cards = await selections.get_cards(
        connection, chosen.plan_id, [item.paper_id for item in chosen.items]
    )
    listed = tuple((i.paper_id, str(cards[i.paper_id]["title"])) for i in chosen.items)
    reason = row.reason or _sentence(row, chosen)
    return DayAnswer(
        day, row.state.value, reason, listed, chosen.matched, chosen.already_seen, row.reply
    )


def _sentence(row: Delivery, chosen: StoredSelection) -> str:
    count = len(chosen.items)
    noun = "paper" if count == 1 else "papers"
    if row.state is State.SENT and row.sent_at is not None:
        return f"sent with {count} {noun} at {row.sent_at:%Y-%m-%d %H:%M} UTC"
    return f"{count} {noun} planned; next try at {row.next_try_at:%Y-%m-%d %H:%M} UTC"


def _no_row(context: Context, reader: Subscriber, day: date) -> str:
    chosen = reader.preferences
    due = due_utc(chosen.zone, day, chosen.hour)
    now = context.clock.now()
    rules = (
        (
            reader.state is SubscriberState.PENDING,
            "the subscription was never confirmed; the link in the confirmation mail does it",
        ),
        (
            reader.state in (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED),
            f"{reader.state.value}: {reader.state_reason}",
        ),
        (due is None, f"{day} does not exist in {chosen.zone}"),
        (
            not chosen.weekdays >> day.weekday() & 1,
            f"not one of your days ({', '.join(weekday_names(chosen.weekdays))})",
        ),
        (
            reader.paused_until is not None and day < reader.paused_until,
            f"paused until {reader.paused_until}",
        ),
        (day < local_date(chosen.zone, reader.created_at), "the subscription is younger"),
        (due is not None and due > now, f"it is due at {due:%Y-%m-%d %H:%M} UTC" if due else ""),
    )
    for holds, sentence in rules:
        if holds:
            return sentence
    return "no edition was planned; was `digest run` running? `digest status` shows the last ones"


async def why_paper(context: Context, reader: Subscriber, paper_id: int) -> PaperAnswer | None:
    """Explain why a paper came to a reader or did not; None where there is no such paper."""
    now = context.clock.now()
    async with context.database.read() as connection:
        survivor = await papers.find_survivor(connection, paper_id)
        if survivor is None:
            return None
        paper = (await papers.get_papers(connection, [survivor]))[survivor]
        closure = set(await papers.list_closure(connection, survivor))
        came = await _came_in(connection, reader, closure)
        seen = (await get_seen(connection, [reader.seen_set_id]))[reader.seen_set_id]
    reasons = [f"paper {paper_id} was merged into {survivor}"] if survivor != paper_id else []
    if came:
        reasons.append(came)
        return PaperAnswer(survivor, paper.title, came=True, reasons=tuple(reasons))
    if closure & seen:
        reasons.append("it counts as seen, under another of its ids")
    if not paper.offered:
        reasons.append("it was published before the source was added, so it was archived")
    elif paper.eligible_until <= now:
        reasons.append(f"its time to be offered ended on {paper.eligible_until:%Y-%m-%d}")
    reasons += await _matching(context, reader, survivor)
    return PaperAnswer(survivor, paper.title, came=False, reasons=tuple(reasons))


async def _came_in(
    connection: AsyncConnection, reader: Subscriber, closure: set[int]
) -> str | None:
    for row in await deliveries.list_digests(connection, reader.id, 400):
        if row.selection_id is None:
            continue
        found = await selections.get_selections(connection, [row.selection_id])
        for item in found[row.selection_id].items:
            if item.paper_id in closure:
                why = f"matches {', '.join(item.why)}" if item.why else "on the trending list"
                return f"in the digest of {row.dedupe_key} ({row.state.value}): {why}"
    return None


async def _matching(context: Context, reader: Subscriber, paper_id: int) -> list[str]:
    pool = await load_pool(context, context.clock.now())
    bits = {c.paper.id: bit for bit, c in enumerate(pool.candidates)}
    if paper_id not in bits:
        return []
    bit = bits[paper_id]
    trend = pool.candidates[bit].trend.rounded
    topics = reader.preferences.topics
    if not topics:
        return [f"trend {trend}: it may still come from the overall trending list"]
    reasons = []
    for item in topics:
        query = parse_query(item.query)
        mask = pool.index.match(query)
        if mask >> bit & 1:
            ahead = (mask & ((1 << bit) - 1)).bit_count()
            why = ", ".join(pool.index.hits(query, bit).labels)
            reasons.append(
                f"it matches {item.name} ({why}) with trend {trend}; {ahead} papers of that topic "
                "stand before it"
            )
    return reasons or [f"it matches none of the topics: {', '.join(i.name for i in topics)}"]
