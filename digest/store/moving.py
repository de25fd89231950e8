"""A whole database carried from SQLite to PostgreSQL, row by row, counted on both sides."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import AddConstraint, DropConstraint

from digest.store.database import Database
from digest.store.schema import delivery, paper, subscriber
from digest.store.tables import metadata

_CHUNK = 1000
_TABLES = metadata.sorted_tables


class MoveError(Exception):
    """A database that cannot be carried over, with what to do; nothing was changed then."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows a table has on either side."""

    table: str
    rows: int


async def move_all(
    source: Database,
    target: Database,
    finish: Callable[[AsyncConnection], Awaitable[None]],
) -> list[Moved]:
    """Copy every table into an upgraded and empty database; return the counts.

    It is one transaction, in which ``finish`` is the last to write: all of it or nothing. Raises
    MoveError for a target that holds readers, and where the counts differ in the end.
    """
    async with source.read() as held, target.write() as fresh:
        await _refuse_full(fresh)
        foreign = [key for table in _TABLES for key in table.foreign_key_constraints]
        # rows may name later ones (a paper its survivor): the keys are checked again at the end
        for key in foreign:
            await fresh.execute(DropConstraint(key))
        moved = [await _move(held, fresh, table) for table in _TABLES]
        for key in foreign:
            await fresh.execute(AddConstraint(key))
        for table in _TABLES:
            await _set_sequence(fresh, table)
        await finish(fresh)
    return moved


async def _refuse_full(fresh: AsyncConnection) -> None:
    for table in (subscriber, delivery, paper):
        if await fresh.scalar(select(func.count()).select_from(table)):
            raise MoveError(
                f"the new database holds rows already (in {table.name}): name an empty one"
            )


async def _move(held: AsyncConnection, fresh: AsyncConnection, table: Table) -> Moved:
    await fresh.execute(table.delete())  # what an upgrade puts into every new database
    count = 0
    rows = await held.stream(select(table).order_by(*table.primary_key))
    async for chunk in rows.mappings().partitions(_CHUNK):
        try:
            await fresh.execute(insert(table), [dict(row) for row in chunk])
        except DBAPIError as error:
            raise MoveError(f"a row of {table.name} is not taken: {error.orig}") from error
        count += len(chunk)
    arrived = await fresh.scalar(select(func.count()).select_from(table))
    if arrived != count:
        raise MoveError(f"{table.name} has {count} rows, of which {arrived} arrived")
    return Moved(table.name, count)


async def _set_sequence(fresh: AsyncConnection, table: Table) -> None:
    """Let the next row's id come after the last one's."""
    [*columns] = table.primary_key
    if len(columns) != 1 or columns[0].name != "id":
        return
    named = {"name": table.name}
    sequence = await fresh.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), named)
    last = await fresh.scalar(select(func.max(columns[0])))
    if sequence is not None and last is not None:
        await fresh.execute(select(func.setval(sequence, last)))
