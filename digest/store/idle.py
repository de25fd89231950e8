"""Rows that nothing needs any more: looked for while others write, removed a few at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Idle:
    """The rows of a table that meet every condition; its key is ``id``."""

    table: Table
    conditions: tuple[ColumnElement[bool], ...]

    async def list_ids(self, connection: AsyncConnection, after: int, limit: int) -> list[int]:
        """Return up to ``limit`` ids greater than ``after``, in their order."""
        key = self.table.c.id
        query = select(key).where(key > after, *self.conditions).order_by(key).limit(limit)
        return list((await connection.execute(query)).scalars())

    async def remove(self, connection: AsyncConnection, ids: Sequence[int]) -> int:
        """Delete those of some rows that still meet the conditions; return how many did."""
        mine = self.table.c.id.in_(ids)
        done = await connection.execute(delete(self.table).where(mine, *self.conditions))
        return int(done.rowcount)
