"""How large the database and its tables are, told without reading the ledger."""

from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.schema import delivery
from digest.store.tables import metadata

LARGE = (
    *("delivery", "selection", "plan_card", "seen_set"),
    *("paper", "mention", "signal"),
    *("subscriber", "signup", "vote", "bounce", "audit"),
)
_PAGES = "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size"
_LIVE = "SELECT relname, n_live_tup FROM pg_stat_user_tables WHERE schemaname = current_schema()"


async def count_rows(connection: AsyncConnection) -> dict[str, int]:
    """Return how many rows the large tables have; on PostgreSQL about, as its statistics say.

    SQLite counts them, but for the ledger: from its lowest id to its highest hardly one is missing.
    """
    if connection.dialect.name == "postgresql":
        live = {row[0]: int(row[1]) for row in await connection.execute(text(_LIVE))}
        return {name: live.get(name, 0) for name in LARGE}
    found = {}
    for name in LARGE:
        query = select(func.count()).select_from(metadata.tables[name])
        if name == delivery.name:
            query = select(func.max(delivery.c.id) - func.min(delivery.c.id) + 1)
        found[name] = int(await connection.scalar(query) or 0)
    return found


async def measure(connection: AsyncConnection, path: Path | None) -> tuple[int, int]:
    """Return the database's octets and those of them that are free to be used again.

    ``path`` is SQLite's file; what PostgreSQL could use again it does not tell: 0.
    """
    if path is None:
        query = text("SELECT pg_database_size(current_database())")
        return int(await connection.scalar(query) or 0), 0
    files = (path, path.with_name(f"{path.name}-wal"))
    size = sum(file.stat().st_size for file in files if file.exists())
    return size, int(await connection.scalar(text(_PAGES)) or 0)


async def find_revision(connection: AsyncConnection) -> str:
    """Return the revision that the database is at."""
    return str(await connection.scalar(text("SELECT version_num FROM alembic_version")))
