"""Signing in at an OpenID provider: begun here, asked there, believed only where it fits."""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from digest.domain.limits import Limit, client_network, limit_key
from digest.domain.operators import (
    Operator,
    OperatorError,
    checked_name,
    is_let_in,
    numbered_name,
)
from digest.ports import OpenIdError, OpenIdPerson, OpenIdProvider
from digest.services.audit import note
from digest.services.context import Context
from digest.services.sealing import UnsealError, seal, unseal
from digest.services.signing_in import SignedIn, begin_session
from digest.store import buckets, operators

log = structlog.get_logger()
VALID = timedelta(minutes=10)  # from the button to the provider's answer
_PURPOSE = "openid sign-in"
_OF_NETWORK = Limit(30, timedelta(hours=1))
_AGAIN = "Press the button again."
_MOST_NAMES = 1000


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: where the browser goes, and what it keeps until it is back."""

    url: str
    kept: str


async def begin_openid(
    context: Context, provider: OpenIdProvider, wanted: str, client: str
) -> Begun:
    """Begin to sign in; ``wanted`` is the page to go on to. Raises OperatorError."""
    await _slow_down(context, "admin openid", client)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        url = await provider.sign_in_url(back_address(context), state, nonce, verifier)
    except OpenIdError as error:
        raise _told(context, error) from error
    kept = {"state": state, "nonce": nonce, "verifier": verifier, "wanted": wanted}
    kept["at"] = context.clock.now().isoformat()
    return Begun(url, seal(context, json.dumps(kept), _PURPOSE))


async def end_openid(
    context: Context,
    provider: OpenIdProvider,
    kept: str,
    state: str,
    code: str,
    client: str,
    agent: str,
) -> tuple[SignedIn, str]:
    """Begin a session of whom the provider has signed in; return it and the page to go on to.

    ``kept`` is what the browser was given, ``state`` and ``code`` what the provider sent. Raises
    OperatorError.
    """
    now = context.clock.now()
    begun = _opened(context, kept, state, now)
    if not code:
        raise OperatorError(f"The provider sent no code. {_AGAIN}")
    await _slow_down(context, "admin openid back", client)
    try:
        person = await provider.identify(
            code, back_address(context), begun["nonce"], begun["verifier"], now
        )
    except OpenIdError as error:
        raise _told(context, error) from error
    told = context.settings.admin.openid
    allowed = told.allowed if told else ()
    if not is_let_in(allowed, person.subject, person.email, person.email_verified):
        await _refuse(context, "account", client)
        unproved = person.email and not person.email_verified
        raise OperatorError(
            "The provider has not verified your e-mail address, so it opens nothing here."
            if unproved
            else "You are not among those who may open these pages; the operator adds you to "
            "`allowed` under [admin.openid]."
        )
    account = await _account(context, person, now)
    if account.disabled_at is not None:
        await _refuse(context, f"account/{account.name}", client)
        raise OperatorError("This account is disabled.")
    return await begin_session(context, account, client, agent), begun["wanted"]


def back_address(context: Context) -> str:
    """Return the redirect URI that the provider must know."""
    return f"{context.settings.base_url}/admin/openid/callback"


def _opened(context: Context, kept: str, state: str, now: datetime) -> dict[str, str]:
    """Return what a browser kept of its own sign-in; raises OperatorError for any other."""
    try:
        begun: dict[str, str] = json.loads(unseal(context, kept, _PURPOSE))
    except UnsealError as error:
        raise OperatorError(f"This browser has begun no sign-in. {_AGAIN}") from error
    if not hmac.compare_digest(begun["state"].encode(), state.encode("utf-8", "replace")):
        raise OperatorError(f"That answer is of another sign-in. {_AGAIN}")
    if not timedelta(0) <= now - datetime.fromisoformat(begun["at"]) < VALID:
        raise OperatorError(f"That took too long. {_AGAIN}")
    return begun


async def _account(context: Context, person: OpenIdPerson, now: datetime) -> Operator:
    """Return the account of a person, made at their first sign-in."""
    subject = f"{person.issuer} {person.subject}"
    async with context.database.read() as connection:
        found = await operators.find_subject(connection, subject)
    if found is not None:
        return found
    try:
        async with context.database.write() as connection:
            wanted = _name_of(person)
            for number in range(1, _MOST_NAMES):
                name = numbered_name(wanted, number)
                if await operators.find_account(connection, name) is None:
                    break
            await operators.add_account(connection, name, now, subject=subject)
            detail = {"openid": person.issuer}
            await note(connection, now, name, "account.create", f"account/{name}", detail)
    except IntegrityError:  # the same person in two windows at once
        log.info("an account was made by another request", issuer=person.issuer)
    async with context.database.read() as connection:
        made = await operators.find_subject(connection, subject)
    if made is None:
        raise OperatorError(f"Another account was made at the same time. {_AGAIN}")
    return made


def _name_of(person: OpenIdPerson) -> str:
    # whoever may tell any address should not go by somebody else's
    for name in (person.email if person.email_verified else "", person.subject):
        try:
            return checked_name(name)
        except OperatorError:
            continue
    return "OpenID"


async def _slow_down(context: Context, purpose: str, client: str) -> None:
    """Let nobody have us ask the provider without end."""
    key = limit_key(context.token_keys[0], purpose, client_network(client))
    async with context.database.write() as connection:
        taken = await buckets.take(connection, key, _OF_NETWORK, context.clock.now())
    if not taken.allowed:
        minutes = max(1, round(taken.retry_after_s / 60))
        raise OperatorError(f"Too many tries. The next one is free in {minutes} min.")


async def _refuse(context: Context, object_: str, client: str) -> None:
    detail = {"network": client_network(client), "openid": True}
    async with context.database.write() as connection:
        await note(connection, context.clock.now(), "", "account.refused", object_, detail)
    log.warning("sign-in refused", network=client_network(client), openid=True)


def _told(context: Context, error: OpenIdError) -> OperatorError:
    told = context.settings.admin.openid
    issuer = told.issuer if told else ""
    log.warning("the OpenID provider does not sign in", issuer=issuer, reason=str(error))
    return OperatorError(f"Signing in there does not work: {error}.")
