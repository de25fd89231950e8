"""The transcripts of deliveries, where a try is told that nobody can mark any more."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.tries import Try, add_try, from_json, to_json
from digest.store.schema import delivery


async def add_lost(
    connection: AsyncConnection, rows: Iterable[Row[Any]], at: datetime, outcome: str
) -> None:
    """Add to rows, of (id, tries) and just locked, a try of which nobody heard how it ended."""
    lost = Try(at, "", "", None, "", outcome)
    told = [
        {"b_id": row.id, "b_tries": to_json(add_try(from_json(row.tries), lost))} for row in rows
    ]
    if told:
        tries = bindparam("b_tries", type_=delivery.c.tries.type)
        await connection.execute(
            update(delivery).where(delivery.c.id == bindparam("b_id")).values(tries=tries), told
        )
