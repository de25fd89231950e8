"""What the database holds of a reader, for tests of what readers do with their own data."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from digest.domain.deliveries import Kind
from digest.domain.subscribers import Suppression
from digest.store import subscribers
from digest.store.columns import metadata
from digest.store.deliveries import Delivery, find_delivery
from digest.store.schema import delivery
from tests.world import World


async def mails_of(world: World, reader: int, *kinds: Kind) -> list[Delivery]:
    """Return a reader's deliveries in order; of some kinds alone where they are named."""
    query = select(delivery.c.id).where(delivery.c.subscriber_id == reader).order_by(delivery.c.id)
    if kinds:
        query = query.where(delivery.c.kind.in_([kind.value for kind in kinds]))
    async with world.app.database.read() as connection:
        ids = (await connection.execute(query)).scalars().all()
        found = [await find_delivery(connection, i) for i in ids]
    return [row for row in found if row is not None]


async def everything(world: World, *but: str) -> dict[str, Sequence[Any]]:
    """Return every row of every table, some of them left out."""
    async with world.app.database.read() as connection:
        return {
            table.name: (await connection.execute(select(table))).all()
            for table in metadata.sorted_tables
            if table.name not in but
        }


async def columns(world: World, reader: int, **values: Any) -> None:
    """Write columns of a reader."""
    async with world.app.database.write() as connection:
        await subscribers.save_columns(connection, reader, values)


async def bar(world: World, reader: int, suppression: Suppression | None) -> None:
    """Suppress a reader, as a bounce or a complaint does."""
    told = suppression.value if suppression else None
    await columns(world, reader, state="suppressed", state_reason="barred", suppression=told)
