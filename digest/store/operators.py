"""Operators' accounts and the sessions of their browsers."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.operators import Operator, Session, name_key
from digest.store.admin_schema import admin_account, admin_session


async def add_account(
    connection: AsyncConnection,
    name: str,
    now: datetime,
    *,
    password_hash: str | None = None,
    totp_sealed: str | None = None,
    recovery: tuple[str, ...] = (),
    subject: str | None = None,
) -> int:
    """Add an account and return its id; the name and the subject must be new."""
    values = {
        "name": name,
        "name_key": name_key(name),
        "password_hash": password_hash,
        "totp_sealed": totp_sealed,
        "recovery": list(recovery),
        "subject": subject,
        "created_at": now,
    }
    done = await connection.execute(insert(admin_account).values(values))
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


async def find_account(connection: AsyncConnection, name: str) -> Operator | None:
    """Return the account of a name, or None."""
    return await _find(connection, admin_account.c.name_key == name_key(name))


async def find_subject(connection: AsyncConnection, subject: str) -> Operator | None:
    """Return the account of an OpenID provider's subject, or None."""
    return await _find(connection, admin_account.c.subject == subject)


async def list_accounts(connection: AsyncConnection) -> list[Operator]:
    """Return every account, by name."""
    rows = await connection.execute(select(admin_account).order_by(admin_account.c.name_key))
    return [_operator(row) for row in rows]


async def save_account(connection: AsyncConnection, account: int, **values: Any) -> None:
    """Write columns of an account; its sessions stand."""
    if "recovery" in values:
        values["recovery"] = list(values["recovery"])
    where = admin_account.c.id == account
    await connection.execute(update(admin_account).where(where).values(values))


async def end_sessions(connection: AsyncConnection, account: int) -> None:
    """End every session of an account, those in other processes' hands among them."""
    column = admin_account.c.generation
    raised = {column: column + 1}
    await connection.execute(
        update(admin_account).where(admin_account.c.id == account).values(raised)
    )
    await connection.execute(delete(admin_session).where(admin_session.c.account_id == account))


async def remove_account(connection: AsyncConnection, account: int) -> None:
    """Delete an account and its sessions; the audit log keeps its name."""
    await connection.execute(delete(admin_session).where(admin_session.c.account_id == account))
    await connection.execute(delete(admin_account).where(admin_account.c.id == account))


async def take_step(connection: AsyncConnection, account: int, step: int) -> bool:
    """Mark a one-time code as used; return False where it, or a later one, was used before."""
    last = admin_account.c.totp_step
    done = await connection.execute(
        update(admin_account)
        .where(admin_account.c.id == account, (last.is_(None)) | (last < step))
        .values(totp_step=step)
    )
    return bool(done.rowcount)


async def take_recovery(connection: AsyncConnection, account: int, code_hash: str) -> bool:
    """Take a recovery code away; return False where it is none, or was used before."""
    query = select(admin_account.c.recovery).where(admin_account.c.id == account)
    left = await connection.scalar(query.with_for_update())
    if left is None or code_hash not in left:
        return False
    kept = [one for one in left if one != code_hash]
    await save_account(connection, account, recovery=tuple(kept))
    return True


async def add_session(connection: AsyncConnection, session: Session) -> None:
    """Add a session."""
    values = {field: getattr(session, field) for field in Session.__dataclass_fields__}
    await connection.execute(insert(admin_session).values(values))


async def find_session(connection: AsyncConnection, key: str) -> tuple[Session, Operator] | None:
    """Return a session and whose it is, whether or not it stands; None for an unknown key."""
    row = (
        await connection.execute(select(admin_session).where(admin_session.c.key == key))
    ).one_or_none()
    if row is None:
        return None
    session = Session(**row._mapping)
    account = await _find(connection, admin_account.c.id == session.account_id)
    return (session, account) if account else None


async def list_sessions(connection: AsyncConnection, account: int) -> list[Session]:
    """Return an account's sessions, the latest used first."""
    query = select(admin_session).where(admin_session.c.account_id == account)
    rows = await connection.execute(query.order_by(admin_session.c.seen_at.desc()))
    return [Session(**row._mapping) for row in rows]


async def save_seen(connection: AsyncConnection, key: str, now: datetime) -> None:
    """Note that a session was used."""
    where = admin_session.c.key == key
    await connection.execute(update(admin_session).where(where).values(seen_at=now))


async def remove_session(connection: AsyncConnection, account: int, key: str) -> bool:
    """End one session of an account; return whether there was one."""
    c = admin_session.c
    done = await connection.execute(
        delete(admin_session).where(c.key == key, c.account_id == account)
    )
    return bool(done.rowcount)


async def forget_sessions(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete sessions that ended before an instant; return how many."""
    over = select(admin_session.c.key).where(admin_session.c.expires_at < before).limit(limit)
    done = await connection.execute(delete(admin_session).where(admin_session.c.key.in_(over)))
    return int(done.rowcount)


async def _find(connection: AsyncConnection, where: Any) -> Operator | None:
    row = (await connection.execute(select(admin_account).where(where))).one_or_none()
    return None if row is None else _operator(row)


def _operator(row: Row[Any]) -> Operator:
    values = dict(row._mapping)
    del values["name_key"]
    return Operator(**values | {"recovery": tuple(values["recovery"])})
