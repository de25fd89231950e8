"""Rows that several processes may want to make at once: the first one makes them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_new(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row, or leave the one that is there; return whether it was inserted."""
    insert = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
    new = insert(table).values(dict(values)).on_conflict_do_nothing()
    done = await connection.execute(new.returning(*table.primary_key))
    return done.first() is not None
