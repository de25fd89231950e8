"""Sources that an operator added beside those of the settings, and sources that are paused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.admin_schema import operator_source
from digest.store.inserting import insert_new


@dataclass(frozen=True, slots=True)
class OperatorSource:
    """What an operator said of a source; ``settings`` is None for one of the settings."""

    name: str
    settings: Mapping[str, Any] | None
    paused: bool
    updated_at: datetime


async def list_operator_sources(connection: AsyncConnection) -> list[OperatorSource]:
    """Return every row, by name."""
    rows = await connection.execute(select(operator_source).order_by(operator_source.c.name))
    return [OperatorSource(**row._mapping) for row in rows]


async def find_operator_source(connection: AsyncConnection, name: str) -> OperatorSource | None:
    """Return the row of a name, locked until the transaction ends, or None."""
    query = select(operator_source).where(operator_source.c.name == name).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return OperatorSource(**row._mapping) if row else None


async def save_operator_source(connection: AsyncConnection, row: OperatorSource) -> None:
    """Write a row over the older one of its name."""
    values = {
        "settings": dict(row.settings) if row.settings is not None else None,
        "paused": row.paused,
        "updated_at": row.updated_at,
    }
    if await insert_new(connection, operator_source, {"name": row.name, **values}):
        return
    where = operator_source.c.name == row.name
    await connection.execute(update(operator_source).where(where).values(values))


async def delete_operator_source(connection: AsyncConnection, name: str) -> None:
    """Take a row out."""
    await connection.execute(delete(operator_source).where(operator_source.c.name == name))
