"""Taking up a database that was restored from a backup: what may have been done since counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import OPEN, PRIORITY, Kind, State
from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.subscribers import EMPTY_TOPIC_SET, NEVER, Preferences, SubscriberState
from digest.domain.tombstones import plain_key
from digest.store.locking_order import in_order
from digest.store.schema import delivery, paper, subscriber
from digest.store.seen_sets import get_seen, intern_seen

Rhythm = tuple[str, int, int]  # zone, hour, weekday mask
GAP = 1_000_000
_OPEN = [state.value for state in OPEN]
_HERE = [SubscriberState.ACTIVE.value, SubscriberState.PAUSED.value]


async def list_rhythms(connection: AsyncConnection) -> list[Rhythm]:
    """Return when the readers get their digests, each zone, hour and weekday mask once."""
    rows = await connection.execute(
        select(subscriber.c.zone, subscriber.c.hour, subscriber.c.weekdays)
        .where(subscriber.c.state.in_(_HERE))
        .distinct()
    )
    return [(row.zone, row.hour, row.weekdays) for row in rows]


async def list_eligible_ids(connection: AsyncConnection, now: datetime) -> frozenset[int]:
    """Return the papers that could have been in a mail until now and could be in another."""
    rows = await connection.execute(select(paper.c.id).where(paper.c.eligible_until > now))
    return frozenset(row.id for row in rows)


def _may_have_had(rhythms: Iterable[Rhythm]) -> ColumnElement[bool]:
    """Return whether a reader may have had a mail since the backup."""
    of_rhythm = [
        and_(subscriber.c.zone == zone, subscriber.c.hour == hour, subscriber.c.weekdays == days)
        for zone, hour, days in rhythms
    ]
    had_open = exists().where(
        delivery.c.subscriber_id == subscriber.c.id,
        delivery.c.kind == Kind.DIGEST.value,
        delivery.c.state.in_(_OPEN),
    )
    return and_(
        subscriber.c.state.in_(_HERE),
        or_(subscriber.c.at_once_on.is_not(None), had_open, *of_rhythm),
    )


async def list_seen_ids(connection: AsyncConnection, rhythms: Sequence[Rhythm]) -> list[int]:
    """Return the seen sets of the readers who may have had a mail since the backup."""
    rows = await connection.execute(
        select(subscriber.c.seen_set_id).where(_may_have_had(rhythms)).distinct()
    )
    return [row.seen_set_id for row in rows]


async def see_all(
    connection: AsyncConnection,
    rhythms: Sequence[Rhythm],
    before: Iterable[int],
    papers: frozenset[int],
    now: datetime,
) -> int:
    """Make papers seen by those readers who have one of the sets ``before``; return how many."""
    sets, count = await get_seen(connection, before), 0
    for old, seen in sets.items():
        new = await intern_seen(connection, seen | papers)
        done = await connection.execute(
            update(subscriber)
            .where(subscriber.c.seen_set_id == old, _may_have_had(rhythms))
            .values(seen_set_id=new, fresh_since=now)
        )
        count += int(done.rowcount)
    return count


async def cancel_everything_open(connection: AsyncConnection, reason: str) -> int:
    """Cancel every open delivery, and what readers were owed at once; return how many."""
    open_rows = in_order(delivery.c.state.in_(_OPEN))
    done = await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(open_rows))
        .values(state=State.CANCELLED.value, reason=reason, owner=None)
    )
    await connection.execute(
        update(subscriber).where(subscriber.c.at_once_on.is_not(None)).values(at_once_on=None)
    )
    return int(done.rowcount)


async def leave_gap(connection: AsyncConnection, now: datetime, reason: str) -> None:
    """Skip the ids that the lost part of the ledger may have used for readers and mails.

    Links and return paths in mails name them: of somebody whom the backup does not know, one must
    not come to name somebody else. A tombstone and a cancelled mail of its own hold the place.
    """
    who = int(await connection.scalar(select(func.max(subscriber.c.id))) or 0) + GAP
    which = int(await connection.scalar(select(func.max(delivery.c.id))) or 0) + GAP
    defaults = Preferences()
    await connection.execute(
        insert(subscriber).values(
            id=who,
            address="",
            address_key=plain_key(who),
            state=SubscriberState.ERASED.value,
            zone=defaults.zone,
            hour=defaults.hour,
            weekdays=defaults.weekdays,
            max_papers=defaults.max_papers,
            min_papers=defaults.min_papers,
            language=defaults.language,
            extract=defaults.extract,
            topic_set_id=EMPTY_TOPIC_SET,
            seen_set_id=EMPTY_SEEN_SET,
            fresh_since=NEVER,
            created_at=now,
        )
    )
    await connection.execute(
        insert(delivery).values(
            id=which,
            subscriber_id=who,
            kind=Kind.TEST.value,
            dedupe_key="restored",
            priority=PRIORITY[Kind.TEST],
            state=State.CANCELLED.value,
            reason=reason,
            address="",
            language=defaults.language,
            extract=defaults.extract,
            token_generation=0,
            planned_at=now,
            next_try_at=now,
            expires_at=now,
        )
    )
    if connection.dialect.name == "postgresql":
        for table, last in (("subscriber", who), ("delivery", which)):
            sequence = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            await connection.execute(sequence, {"name": table, "last": last})
