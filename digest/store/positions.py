"""How far the ledger has come: a sequence in a row of its own, which is never pruned."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, String, cast, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.markers import Marker
from digest.store.inserting import insert_new
from digest.store.meta import find_instant, save_value
from digest.store.schema import meta

UUID, SEQUENCE, MOVED_AT = "uuid", "ledger_sequence", "ledger_moved_at"
_LAST_ACT = "last_act_at"  # of a reader who left or came back
_COPY = "rehearsal_copy"  # set in the temporary copy of a live database, which never mails


@dataclass(frozen=True, slots=True)
class Position:
    """Where a database stands, since when, and whether it is a copy that no marker is for."""

    marker: Marker
    moved_at: datetime | None
    is_copy: bool


async def find_position(connection: AsyncConnection) -> Position:
    """Return where the ledger stands; a database that has sent nothing stands at 0."""
    keys = (UUID, SEQUENCE, MOVED_AT, _COPY)
    rows = await connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.in_(keys)))
    held = {row.key: row.value for row in rows}
    moved = held.get(MOVED_AT)
    marker = Marker(held.get(UUID, ""), int(held.get(SEQUENCE, "0")))
    return Position(marker, datetime.fromisoformat(moved) if moved else None, _COPY in held)


async def advance_position(connection: AsyncConnection, now: datetime) -> Marker:
    """Count the ledger's sequence on; return what the marker has to say once that is durable."""
    await save_value(connection, MOVED_AT, now.isoformat())
    await insert_new(connection, meta, {"key": SEQUENCE, "value": "0"})
    after = cast(cast(meta.c.value, BigInteger) + 1, String)
    await connection.execute(update(meta).where(meta.c.key == SEQUENCE).values(value=after))
    return (await find_position(connection)).marker


async def begin_anew(connection: AsyncConnection, uuid: str, sequence: int) -> Marker:
    """Make the database another one: markers of what it was before are of no use with it."""
    await save_value(connection, UUID, uuid)
    await save_value(connection, SEQUENCE, str(sequence))
    return Marker(uuid, sequence)


async def note_act(connection: AsyncConnection, at: datetime) -> None:
    """Let the database know when somebody last left or came back; it never goes back."""
    # every instant as long as every other, so that text compares as time does
    value = at.astimezone(UTC).isoformat(timespec="microseconds")
    await insert_new(connection, meta, {"key": _LAST_ACT, "value": value})
    later = (meta.c.key == _LAST_ACT) & (meta.c.value < value)
    await connection.execute(update(meta).where(later).values(value=value))


async def find_last_act(connection: AsyncConnection) -> datetime | None:
    """Return when somebody last left or came back, as far as the database knows."""
    return await find_instant(connection, _LAST_ACT)
