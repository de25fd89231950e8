"""The audit log: what operators did. Lines are added; none is ever changed or taken out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.store.admin_schema import audit


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act of an operator: when, who, what was done, to what, and its particulars."""

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: Mapping[str, Any]


async def add_line(
    connection: AsyncConnection,
    at: datetime,
    actor: str,
    action: str,
    object_: str,
    detail: Mapping[str, Any],
) -> int:
    """Write a line down; return its id."""
    values = {"at": at, "actor": actor, "action": action, "object": object_, "detail": dict(detail)}
    done = await connection.execute(insert(audit).values(values).returning(audit.c.id))
    return int(done.scalar_one())


async def list_lines(
    connection: AsyncConnection,
    limit: int,
    *,
    before: int | None = None,
    actor: str | None = None,
    action: str | None = None,
    object_: str | None = None,
) -> list[AuditLine]:
    """Return the newest lines, of ids below ``before`` and of one actor, action, object if told.

    ``action`` is one by name, or all below a word: ``source`` has ``source.add`` in it.
    """
    wanted = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    if actor is not None:
        wanted = wanted.where(audit.c.actor == actor)
    if action is not None:
        below = audit.c.action.startswith(f"{action}.", autoescape=True)
        wanted = wanted.where((audit.c.action == action) | below)
    if object_ is not None:
        wanted = wanted.where(audit.c.object == object_)
    rows = await connection.execute(wanted)
    return [AuditLine(**row._mapping) for row in rows]
