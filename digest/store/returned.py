"""What came back of a delivery: bounces and complaints, which change nothing of its row."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.delivery_schema import bounce


@dataclass(frozen=True, slots=True)
class Returned:
    """A report about one delivery: what it is, whether for good, and what the other side wrote."""

    kind: str
    hard: bool
    status: str
    reason: str
    said: str
    received_at: datetime


async def list_returned(connection: AsyncConnection, delivery_id: int) -> list[Returned]:
    """Return the reports about a delivery, in the order in which they came."""
    columns = [bounce.c[name] for name in Returned.__dataclass_fields__]
    rows = await connection.execute(
        select(*columns)
        .where(bounce.c.delivery_id == delivery_id)
        .order_by(bounce.c.received_at, bounce.c.id)
    )
    return [Returned(**row._mapping) for row in rows]
