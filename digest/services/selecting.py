"""Selections of one plan instant: the pool loaded once, each order and each choice made once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.facts import card_of, card_to_json
from digest.domain.pool import Pool, build_pool
from digest.domain.query import Query, QuerySyntaxError, parse_query
from digest.domain.ranking import Ranked, rank_topic
from digest.domain.seen import next_seen, pack_ids, seen_mask
from digest.domain.selection import Selected, TopicOrder, select
from digest.domain.subscribers import EVERY_DAY, TopicItem
from digest.domain.trend import scale_from
from digest.services.context import Context
from digest.store import papers, selections, signals
from digest.store.editions import SelectionKey
from digest.store.seen_sets import get_seen, get_topics, intern_packed
from digest.store.selections import NewSelection, StoredItem

log = structlog.get_logger()
OVERALL = "Trending"  # the heading of a reader without topics


async def load_pool(context: Context, now: datetime) -> Pool:
    """Return the pool at an instant, from the database alone."""
    async with context.database.read() as connection:
        eligible = await papers.list_eligible(connection, now)
        mentions = await signals.list_mentions(connection, now)
        readings = await signals.list_signals(connection, now)
        aliases = await signals.list_aliases(connection, now)
        history = await signals.list_history(connection, now - timedelta(days=30))
        last_id = await papers.find_last_id(connection)
    rising = context.settings.digest.rising_trend
    scale = scale_from(history)
    return build_pool(
        now,
        eligible,
        mentions,
        readings,
        aliases,
        scale,
        rising,
        last_id,
        context.tokens,
    )


async def load_selector(context: Context, now: datetime) -> "Selector":
    """Return the selector of a plan instant."""
    return Selector(await load_pool(context, now))


class Selector:
    """Makes each distinct selection of a plan instant once, for however many readers share it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._orders: dict[tuple[str, datetime | None], tuple[Ranked, ...]] = {}
        self._topics: dict[int, tuple[TopicItem, ...]] = {}
        self._seen: dict[int, frozenset[int]] = {}
        self._watermarks: dict[datetime, int] = {}
        self._chosen: dict[SelectionKey, Selected] = {}

    async def load(
        self,
        connection: AsyncConnection,
        keys: Sequence[SelectionKey],
        more: Sequence[SelectionKey],
    ) -> None:
        """Read the topic sets and seen sets of keys, and choose for the first ones."""
        every = (*keys, *more)
        topics = {key.topic_set_id for key in every} - self._topics.keys()
        self._topics |= await get_topics(connection, topics)
        seen = {key.seen_set_id for key in every} - self._seen.keys()
        self._seen |= await get_seen(connection, seen)
        since = {key.fresh_since for key in every} - self._watermarks.keys()
        self._watermarks |= await selections.get_watermarks(connection, since)
        for key in keys:
            self._chosen.setdefault(key, self.choose(key))

    def choose(self, key: SelectionKey) -> Selected:
        """Return the digest of a key whose sets are loaded."""
        best_since = None if key.weekdays == EVERY_DAY else key.fresh_since
        items = self._topics[key.topic_set_id]
        orders = [TopicOrder(item.name, self._order(item.query, best_since)) for item in items]
        if not items:
            orders = [TopicOrder(OVERALL, self._order("", best_since))]
        seen = seen_mask(self._seen[key.seen_set_id], self.pool.masks)
        after_id = self._watermarks.get(key.fresh_since, 0)
        fresh = self.pool.fresh_bits(key.fresh_since, after_id)
        return select(orders, seen, fresh, key.max_papers, key.min_papers)

    def _order(self, query: str, best_since: datetime | None) -> tuple[Ranked, ...]:
        known = (query, best_since)
        if known not in self._orders:
            parsed: Query | None = None
            try:
                parsed = parse_query(query) if query else None
                self._orders[known] = rank_topic(self.pool, parsed, best_since)
            except QuerySyntaxError as error:  # a release that reads fewer queries than the last
                log.warning("a stored query cannot be read", query=query, error=str(error))
                self._orders[known] = ()
        return self._orders[known]

    async def ensure_plan(self, connection: AsyncConnection) -> int:
        """Return the id of this instant's plan."""
        sources = {m.source for c in self.pool.candidates for m in c.mentions}
        return await selections.ensure_plan(
            connection,
            self.pool.planned_at,
            len(self.pool.candidates),
            len(sources),
            self.pool.last_paper_id,
        )

    async def store(
        self, connection: AsyncConnection, plan_id: int, keys: Sequence[SelectionKey]
    ) -> None:
        """Store the selections of keys that the plan does not have yet, with their cards."""
        held = await selections.find_selections(connection, plan_id)
        new = [key for key in keys if key not in held]
        packed = {key: self._next_seen(key) for key in new}
        interned = await intern_packed(connection, packed.values())
        bits = {choice.bit for key in new for choice in self._chosen[key].choices}
        trends = self.pool.trends(None)
        facts = {}
        for bit in bits:
            candidate = self.pool.candidates[bit]
            facts[candidate.paper.id] = card_to_json(card_of(candidate, trends[bit]))
        await selections.add_cards(connection, plan_id, facts)
        await selections.add_selections(
            connection, plan_id, [self._stored(key, interned[packed[key]]) for key in new]
        )

    def _next_seen(self, key: SelectionKey) -> bytes:
        sent = [self.pool.candidates[c.bit].paper.id for c in self._chosen[key].choices]
        return pack_ids(next_seen(self._seen[key.seen_set_id], sent, self.pool.closure_ids))

    def _stored(self, key: SelectionKey, next_seen_set_id: int) -> NewSelection:
        chosen = self._chosen[key]
        items = tuple(
            StoredItem(self.pool.candidates[c.bit].paper.id, c.topic, c.why) for c in chosen.choices
        )
        return NewSelection(
            key=key,
            next_seen_set_id=next_seen_set_id,
            items=items,
            matched=chosen.matched,
            already_seen=chosen.already_seen,
            fresh=chosen.fresh,
            empty_reason=chosen.empty_reason,
        )
