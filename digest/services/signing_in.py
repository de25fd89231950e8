"""Signing in to the admin pages: slowly for whoever guesses, and as sessions that can be ended."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import structlog

from digest.domain.limits import Limit, client_network, limit_key
from digest.domain.operators import Operator, OperatorError, Session, name_key, session_stands
from digest.services.audit import note
from digest.services.context import Context
from digest.services.operators import take_code
from digest.services.passwords import fits, hash_password, is_outdated
from digest.services.sealing import UnsealError
from digest.store import buckets, operators

log = structlog.get_logger()
# a network may try so often at all, and so often one account; an account from everywhere
_OF_NETWORK = Limit(30, timedelta(hours=1))
_OF_BOTH = Limit(8, timedelta(minutes=30))
_OF_ACCOUNT = Limit(100, timedelta(hours=1))
_SEEN_EVERY = timedelta(minutes=1)  # a page does not write each time that it is read
_LONGEST_AGENT = 200
WRONG = "Name, password or code are not right. Each code works once; wait for the next one."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that stands; ``cookie`` is what the browser keeps, and nobody else."""

    account: Operator
    cookie: str
    session: Session


async def sign_in(
    context: Context, name: str, password: str, code: str, client: str, agent: str
) -> SignedIn:
    """Begin a session by password and code; raises OperatorError, one answer for all that is wrong.

    ``client`` is the IP address that asks.
    """
    await _slow_down(context, name, client)
    async with context.database.read() as connection:
        account = await operators.find_account(connection, name)
    right = await fits(account.password_hash if account else None, password)
    if account is None or not right or account.disabled_at is not None:
        return await _refuse(context, account, client)
    try:
        taken = await take_code(context, account, code)
    except UnsealError as error:
        log.exception("the one-time codes of an account cannot be read", account=account.name)
        raise OperatorError(
            f"The secret of these codes cannot be read: {error}. `digest admin codes` makes new "
            "ones."
        ) from error
    if not taken:
        return await _refuse(context, account, client)
    if account.password_hash and is_outdated(account.password_hash):
        await _hash_anew(context, account, password)
    return await begin_session(context, account, client, agent)


async def begin_session(context: Context, account: Operator, client: str, agent: str) -> SignedIn:
    """Begin a session of somebody who has proved who they are."""
    cookie, now = secrets.token_urlsafe(32), context.clock.now()
    session = Session(
        key=_key(cookie),
        account_id=account.id,
        generation=account.generation,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=context.settings.admin.session_hours),
        agent=agent[:_LONGEST_AGENT],
    )
    async with context.database.write() as connection:
        await operators.add_session(connection, session)
        detail = {"network": client_network(client)}
        await note(connection, now, account.name, "account.sign-in", _object(account), detail)
    log.info("an operator signed in", account=account.name, network=client_network(client))
    return SignedIn(account, cookie, session)


async def find_session(context: Context, cookie: str) -> SignedIn | None:
    """Return the session of a cookie where it stands, and note that it is used."""
    async with context.database.read() as connection:
        found = await operators.find_session(connection, _key(cookie))
    if found is None:
        return None
    (session, account), now = found, context.clock.now()
    idle = timedelta(minutes=context.settings.admin.idle_minutes)
    if not session_stands(session, account, now, idle):
        return None
    if now - session.seen_at >= _SEEN_EVERY:
        async with context.database.write() as connection:
            await operators.save_seen(connection, session.key, now)
    return SignedIn(account, cookie, session)


async def end_session(context: Context, account: Operator, key: str) -> bool:
    """End one session of an account; return whether there was one."""
    async with context.database.write() as connection:
        ended = await operators.remove_session(connection, account.id, key)
        if ended:
            await note(
                connection, context.clock.now(), account.name, "signed out", account.name, {}
            )
    return ended


async def list_sessions(context: Context, account: Operator) -> list[Session]:
    """Return an account's sessions that stand, the latest used first."""
    now, idle = context.clock.now(), timedelta(minutes=context.settings.admin.idle_minutes)
    async with context.database.read() as connection:
        every = await operators.list_sessions(connection, account.id)
    return [one for one in every if session_stands(one, account, now, idle)]


async def _slow_down(context: Context, name: str, client: str) -> None:
    key, now, network = context.token_keys[0], context.clock.now(), client_network(client)
    asked = (
        ("admin network", network, _OF_NETWORK),
        ("admin account and network", f"{name_key(name)}\n{network}", _OF_BOTH),
        ("admin account", name_key(name), _OF_ACCOUNT),
    )
    async with context.database.write() as connection:
        for purpose, value, limit in asked:
            taken = await buckets.take(connection, limit_key(key, purpose, value), limit, now)
            if not taken.allowed:
                minutes = max(1, round(taken.retry_after_s / 60))
                raise OperatorError(f"Too many tries. The next one is free in {minutes} min.")


async def _refuse(context: Context, account: Operator | None, client: str) -> SignedIn:
    """Write down that somebody failed; not what was typed, which may be a password."""
    detail = {"network": client_network(client)}
    tried = _object(account) if account else "account"
    async with context.database.write() as connection:
        await note(connection, context.clock.now(), "", "account.refused", tried, detail)
    log.warning("sign-in refused", network=client_network(client))
    raise OperatorError(WRONG)


def _object(account: Operator) -> str:
    return f"account/{account.name}"


async def _hash_anew(context: Context, account: Operator, password: str) -> None:
    hashed = await hash_password(password)
    async with context.database.write() as connection:
        await operators.save_account(connection, account.id, password_hash=hashed)


def _key(cookie: str) -> str:
    return sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
