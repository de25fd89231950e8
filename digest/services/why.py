"""Why: what became of a reader's digest of a day, and why a paper came or did not."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.query import parse_query
from digest.domain.reasons import STATE_WORDS, reason_sentence
from digest.domain.schedule import due_utc, local_date
from digest.domain.selection import empty_sentence, wanted_papers
from digest.domain.sentences import Sentence
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.services.context import Context
from digest.services.selecting import load_pool
from digest.services.story import Story, tell_story
from digest.store import deliveries, papers, selections
from digest.store.deliveries import Delivery
from digest.store.seen_sets import get_seen
from digest.store.selections import StoredSelection

_PRUNED = Sentence("it is longer ago than what is kept")


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """What became of one local date: ``state`` is a delivery state, or "no digest".

    ``reply`` are the relay's own words; ``story`` is the row's whole course, for an operator.
    """

    day: date
    state: str
    reason: Sentence
    papers: tuple[tuple[int, str], ...] = ()
    matched: int | None = None
    already_seen: int | None = None
    reply: str = ""
    story: Story | None = None


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """Whether a paper came, and why: one sentence each."""

    paper_id: int
    title: str
    came: bool
    reasons: tuple[Sentence, ...]


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
    story = await tell_story(connection, row)
    if row.selection_id is None:
        return DayAnswer(day, row.state.value, reason_sentence(row.reason), story=story)
    chosen = (await selections.get_selections(connection, [row.selection_id]))[row.selection_id]
    cards = await selections.get_cards(
        connection, chosen.plan_id, [item.paper_id for item in chosen.items]
    )
    listed = tuple((i.paper_id, str(cards[i.paper_id]["title"])) for i in chosen.items)
    reason = _sentence(row, chosen)
    return DayAnswer(
        day, row.state.value, reason, listed, chosen.matched, chosen.already_seen, row.reply, story
    )


def _sentence(row: Delivery, chosen: StoredSelection) -> Sentence:
    count = len(chosen.items)
    if row.state is State.EMPTY:
        wanted = wanted_papers(chosen.min_papers, chosen.max_papers)
        return empty_sentence(chosen.matched, chosen.already_seen, chosen.fresh, wanted)
    if row.reason:
        return reason_sentence(row.reason)
    if row.state is State.SENT and row.sent_at is not None:
        return Sentence(
            "sent with {count} paper at {time} UTC",
            {"count": count, "time": f"{row.sent_at:%Y-%m-%d %H:%M}"},
            "sent with {count} papers at {time} UTC",
        )
    return Sentence(
        "{count} paper planned; next try at {time} UTC",
        {"count": count, "time": f"{row.next_try_at:%Y-%m-%d %H:%M}"},
        "{count} papers planned; next try at {time} UTC",
    )


def _no_row(context: Context, reader: Subscriber, day: date) -> Sentence:
    chosen = reader.preferences
    due = due_utc(chosen.zone, day, chosen.hour)
    now = context.clock.now()
    rules = (
        *_standing(reader),
        (
            due is None,
            Sentence("{day} does not exist in {zone}", {"day": day, "zone": chosen.zone}),
        ),
        (not chosen.weekdays >> day.weekday() & 1, Sentence("not one of your days")),
        (
            reader.paused_until is not None and day < reader.paused_until,
            Sentence("paused until {day}", {"day": reader.paused_until}),
        ),
        (
            day < local_date(chosen.zone, reader.created_at),
            Sentence("the subscription is younger"),
        ),
        (
            now.date() - day >= timedelta(days=context.settings.retention.deliveries_days),
            _PRUNED,
        ),
        (
            due is not None and due > now,
            Sentence("it is due at {time} UTC", {"time": f"{due or now:%Y-%m-%d %H:%M}"}),
        ),
    )
    for holds, sentence in rules:
        if holds:
            return sentence
    return Sentence("no edition was planned: the program was not running then")


def _standing(reader: Subscriber) -> tuple[tuple[bool, Sentence], ...]:
    """Return why a reader as they stand gets no digest on any day."""
    return (
        (
            reader.state is SubscriberState.PENDING,
            Sentence(
                "the subscription was never confirmed; the link in the confirmation mail does it"
            ),
        ),
        (
            reader.state is SubscriberState.UNSUBSCRIBED,
            Sentence("no digest: {reason}", {"reason": reason_sentence(reader.state_reason)}),
        ),
        (
            reader.state is SubscriberState.WAITING,
            Sentence("the subscription is confirmed and waits for the operator's approval"),
        ),
        (
            reader.state is SubscriberState.SUPPRESSED,
            Sentence(
                "no mail goes to this address: {reason}",
                {"reason": reason_sentence(reader.state_reason)},
            ),
        ),
    )


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
    reasons = []
    if survivor != paper_id:
        merged = {"paper": paper_id, "survivor": survivor}
        reasons.append(Sentence("paper {paper} was merged into {survivor}", merged))
    if came:
        reasons.append(came)
        return PaperAnswer(survivor, paper.title, came=True, reasons=tuple(reasons))
    kept = timedelta(days=context.settings.retention.deliveries_days)
    if paper.first_seen_at <= now - kept:  # it may have come in a digest of then
        reasons.append(_PRUNED)
    elif closure & seen:
        reasons.append(Sentence("it counts as seen, under another of its ids"))
    if not paper.offered:
        archived = "it was published before the source was added, so it was archived"
        reasons.append(Sentence(archived))
    elif paper.eligible_until <= now:
        ended = {"day": paper.eligible_until.date()}
        reasons.append(Sentence("its time to be offered ended on {day}", ended))
    reasons += await _matching(context, reader, survivor)
    return PaperAnswer(survivor, paper.title, came=False, reasons=tuple(reasons))


async def _came_in(
    connection: AsyncConnection, reader: Subscriber, closure: set[int]
) -> Sentence | None:
    for row in await deliveries.list_digests(connection, reader.id, 400):
        if row.selection_id is None:
            continue
        found = await selections.get_selections(connection, [row.selection_id])
        for item in found[row.selection_id].items:
            if item.paper_id in closure:
                return _placed(row, item.why)
    return None


def _placed(row: Delivery, why: tuple[str, ...]) -> Sentence:
    values = {
        "day": date.fromisoformat(row.dedupe_key[:10]),
        "state": STATE_WORDS[row.state],
        "atoms": ", ".join(why),
    }
    if why:
        return Sentence("in the digest of {day} ({state}): matches {atoms}", values)
    return Sentence("in the digest of {day} ({state}): on the trending list", values)


async def _matching(context: Context, reader: Subscriber, paper_id: int) -> list[Sentence]:
    pool = await load_pool(context, context.clock.now())
    bits = {c.paper.id: bit for bit, c in enumerate(pool.candidates)}
    if paper_id not in bits:
        return []
    bit = bits[paper_id]
    trend = pool.candidates[bit].trend.rounded
    topics = reader.preferences.topics
    if not topics:
        return [
            Sentence(
                "trend {trend}: it may still come from the overall trending list", {"trend": trend}
            )
        ]
    reasons = []
    for item in topics:
        query = parse_query(item.query)
        mask = pool.index.match(query)
        if mask >> bit & 1:
            ahead = (mask & ((1 << bit) - 1)).bit_count()
            reasons.append(
                Sentence(
                    "it matches {topic} ({atoms}) with trend {trend}; {count} paper of that topic "
                    "stands before it",
                    {
                        "topic": item.name,
                        "atoms": ", ".join(pool.index.hits(query, bit).labels),
                        "trend": trend,
                        "count": ahead,
                    },
                    "it matches {topic} ({atoms}) with trend {trend}; {count} papers of that topic "
                    "stand before it",
                )
            )
    named = {"topics": ", ".join(item.name for item in topics)}
    return reasons or [Sentence("it matches none of the topics: {topics}", named)]
