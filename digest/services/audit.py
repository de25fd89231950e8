"""The audit log: who did what, written in the transaction of what was done.

It names no reader's address, so that an erasure leaves nothing behind here: a reader is
``subscriber/12``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.services.context import Context
from digest.store import audit
from digest.store.audit import AuditLine

__all__ = ["AuditLine", "list_audit", "note", "note_reader"]
_ACTOR, _ACTION, _OBJECT = 200, 48, 300  # characters; the columns hold no more, or should not


async def note(
    connection: AsyncConnection,
    now: datetime,
    actor: str,
    action: str,
    object_: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down what an operator does, in the same transaction: both are there, or neither.

    ``actor`` is an account's name or ``cli:USERNAME``, ``action`` words with dots (source.add),
    ``object_`` what it was done to (source/arXiv), ``detail`` whatever JSON can say.
    """
    if len(action) > _ACTION:
        raise ValueError(f"an action has at most {_ACTION} characters: {action}")
    await audit.add_line(
        connection, now, _clean(actor, _ACTOR), action, _clean(object_, _OBJECT), detail or {}
    )


async def note_reader(
    context: Context,
    connection: AsyncConnection,
    actor: str,
    action: str,
    subscriber_id: int,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down what an operator does to a reader; nothing where ``actor`` is "": the reader did.

    ``action`` is the word after ``subscriber.``.
    """
    if actor:
        now, named = context.clock.now(), f"subscriber/{subscriber_id}"
        await note(connection, now, actor, f"subscriber.{action}", named, detail)


async def list_audit(
    context: Context,
    *,
    limit: int = 100,
    before: int | None = None,
    actor: str | None = None,
    action: str | None = None,
    object_: str | None = None,
) -> list[AuditLine]:
    """Return the newest lines first; ``before`` is the id of the last line of the page before.

    ``action`` is one by name, or all below a word: ``source`` has ``source.add`` in it.
    """
    async with context.database.read() as connection:
        return await audit.list_lines(
            connection, limit, before=before, actor=actor, action=action, object_=object_
        )


def _clean(text: str, most: int) -> str:
    # PostgreSQL takes no NUL, and no column a text without end
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:most]
