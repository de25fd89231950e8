"""Who takes mail for a domain, remembered for days."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.delivery_schema import provider
from digest.store.inserting import insert_new


async def get_providers(
    connection: AsyncConnection, domains: Iterable[str], since: datetime
) -> dict[str, str]:
    """Return the providers of domains that were looked up since an instant."""
    rows = await connection.execute(
        select(provider.c.domain, provider.c.name).where(
            provider.c.domain.in_(sorted(domains)), provider.c.looked_up_at >= since
        )
    )
    return {row.domain: row.name for row in rows}


async def save_providers(
    connection: AsyncConnection, found: Mapping[str, str], now: datetime
) -> None:
    """Remember who takes mail for domains, in the order of their names."""
    for domain, name in sorted(found.items()):
        values = {"domain": domain, "name": name, "looked_up_at": now}
        if not await insert_new(connection, provider, values):
            await connection.execute(
                update(provider).where(provider.c.domain == domain).values(values)
            )


async def forget_before(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete what was looked up before an instant; return how many rows that were."""
    old = select(provider.c.domain).where(provider.c.looked_up_at < before).limit(limit)
    done = await connection.execute(delete(provider).where(provider.c.domain.in_(old)))
    return int(done.rowcount)
