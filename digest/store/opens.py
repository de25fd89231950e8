"""How often the links of papers were opened: by paper and day, never by whom."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.admin_schema import link_open
from digest.store.inserting import insert_new


async def add_opens(connection: AsyncConnection, counts: Mapping[tuple[date, int], int]) -> None:
    """Add to the counts of papers on days of UTC; the papers must be there."""
    c = link_open.c
    for (day, paper_id), count in sorted(counts.items()):
        new = {"day": day, "paper_id": paper_id, "count": count}
        if not await insert_new(connection, link_open, new):
            where = (c.day == day, c.paper_id == paper_id)
            await connection.execute(update(link_open).where(*where).values(count=c.count + count))
