"""Setting a rehearsal's database to the morning of its first day. Never used on a live one."""

from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.seen import EMPTY_SEEN_SET
from digest.domain.subscribers import NEVER
from digest.store import admin_schema, delivery_schema, reader_schema, schema
from digest.store.meta import is_rehearsal

_HISTORY = (
    admin_schema.link_open,
    delivery_schema.bounce,
    reader_schema.vote,
    reader_schema.signup,
    schema.delivery,
    schema.selection,
    schema.plan_card,
    schema.plan,
    schema.edition,
    schema.signal,
    schema.mention,
    schema.merge,
    schema.identity_key,
    schema.feed,
    schema.source,
)


async def forget_history(connection: AsyncConnection) -> None:
    """Forget papers, plans and mails; keep readers with what they chose.

    Raises RuntimeError on a database that is not marked as a rehearsal's.
    """
    await _refuse_live(connection)
    await connection.execute(
        update(schema.subscriber).values(seen_set_id=EMPTY_SEEN_SET, fresh_since=NEVER)
    )
    for table in _HISTORY:
        await connection.execute(delete(table))
    await connection.execute(update(schema.paper).values(merged_into=None, split_from=None))
    await connection.execute(delete(schema.paper))


async def move_due(connection: AsyncConnection, start: datetime) -> None:
    """Make every feed due at the start, and drop what readers were owed at once later on."""
    await _refuse_live(connection)
    feed = schema.feed
    await connection.execute(
        update(feed).where(feed.c.next_poll_at > start).values(next_poll_at=start)
    )
    await connection.execute(
        update(schema.subscriber)
        .where(schema.subscriber.c.at_once_on > start.date())
        .values(at_once_on=None)
    )


async def find_latest(connection: AsyncConnection) -> tuple[date | None, datetime | None]:
    """Return the latest edition's local date and the latest paper's first sight."""
    edition = await connection.scalar(select(func.max(schema.edition.c.local_date)))
    paper = await connection.scalar(select(func.max(schema.paper.c.first_seen_at)))
    return edition, paper


async def _refuse_live(connection: AsyncConnection) -> None:
    if not await is_rehearsal(connection):
        raise RuntimeError("this is a live database")
