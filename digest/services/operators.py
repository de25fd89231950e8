"""Operators' accounts: made, changed and taken away; every change ends the sessions of before."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.operators import Operator, OperatorError, checked_name, checked_password
from digest.services.audit import note
from digest.services.codes import Codes, matching_step, new_codes, recovery_hashes, sealed_codes
from digest.services.context import Context
from digest.services.passwords import fits, hash_password
from digest.store import operators as accounts


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was made, and the codes that are shown once and never again."""

    account: int
    name: str
    codes: Codes


async def create_account(context: Context, name: str, password: str, actor: str) -> NewAccount:
    """Make an account of password and one-time codes; raises OperatorError."""
    named = checked_name(name)
    hashed = await hash_password(checked_password(password, named))
    codes = new_codes(context.settings.site.name, named)
    sealed, recovery = sealed_codes(context, codes)
    now = context.clock.now()
    async with context.database.write() as connection:
        if await accounts.find_account(connection, named) is not None:
            raise OperatorError(
                f"there is an account {named!r} already; `digest admin password` and "
                "`digest admin codes` change it"
            )
        account = await accounts.add_account(
            connection, named, now, password_hash=hashed, totp_sealed=sealed, recovery=recovery
        )
        await note(connection, now, actor, "account.create", f"account/{named}")
    return NewAccount(account, named, codes)


async def set_password(context: Context, name: str, password: str, actor: str) -> None:
    """Give an account a new password and end its sessions; raises OperatorError."""
    account = await get_account(context, name)
    if account.password_hash is None:
        raise OperatorError(f"{account.name} signs in at the OpenID provider and has no password")
    hashed = await hash_password(checked_password(password, account.name))
    await _change(context, account, "account.password", actor, password_hash=hashed)


async def change_password(
    context: Context, account: Operator, old: str, password: str, code: str
) -> None:
    """Change one's own password by the one of before and a code; raises OperatorError."""
    await _see_password(account, old)
    checked_password(password, account.name)  # before the code is used up
    await _see_code(context, account, code)
    await set_password(context, account.name, password, account.name)


async def change_codes(context: Context, account: Operator, old: str, code: str) -> Codes:
    """Renew one's own codes by the password and a code that is left; raises OperatorError."""
    await _see_password(account, old)
    await _see_code(context, account, code)
    return await renew_codes(context, account.name, account.name)


async def renew_codes(context: Context, name: str, actor: str) -> Codes:
    """Give an account a new secret for one-time codes and new recovery codes."""
    account = await get_account(context, name)
    if account.password_hash is None:
        raise OperatorError(f"{account.name} signs in at the OpenID provider and has no codes")
    codes = new_codes(context.settings.site.name, account.name)
    sealed, recovery = sealed_codes(context, codes)
    fresh = {"totp_sealed": sealed, "totp_step": None, "recovery": recovery}
    await _change(context, account, "account.codes", actor, **fresh)
    return codes


async def disable_account(context: Context, name: str, actor: str) -> None:
    """Let an account sign in no more; raises OperatorError where it is the last one that can."""
    account = await get_account(context, name)
    now = context.clock.now()
    async with context.database.write() as connection:
        await _keep_one(connection, account)
        await accounts.save_account(connection, account.id, disabled_at=now)
        await accounts.end_sessions(connection, account.id)
        await note(connection, now, actor, "account.disable", _object(account))


async def enable_account(context: Context, name: str, actor: str) -> None:
    """Let an account sign in again."""
    account = await get_account(context, name)
    await _change(context, account, "account.enable", actor, disabled_at=None)


async def remove_account(context: Context, name: str, actor: str) -> None:
    """Delete an account; raises OperatorError where it is the last one that can sign in."""
    account = await get_account(context, name)
    async with context.database.write() as connection:
        await _keep_one(connection, account)
        await accounts.remove_account(connection, account.id)
        await note(connection, context.clock.now(), actor, "account.remove", _object(account))


async def list_accounts(context: Context) -> list[Operator]:
    """Return every account, by name."""
    async with context.database.read() as connection:
        return await accounts.list_accounts(connection)


async def get_account(context: Context, name: str) -> Operator:
    """Return the account of a name; raises OperatorError where there is none."""
    async with context.database.read() as connection:
        found = await accounts.find_account(connection, name)
    if found is None:
        raise OperatorError(f"there is no account {name!r}; `digest admin list` shows them")
    return found


async def take_code(context: Context, account: Operator, code: str) -> bool:
    """Use up a one-time code or a recovery code; return False for one that is wrong or was used.

    Raises UnsealError where the secret of the codes cannot be read any more.
    """
    if account.totp_sealed is None:
        return False
    now = context.clock.now()
    step = matching_step(context, account.totp_sealed, account.totp_step, code, now)
    async with context.database.write() as connection:
        if step is not None:
            return await accounts.take_step(connection, account.id, step)
        for hashed in recovery_hashes(context, code):
            if await accounts.take_recovery(connection, account.id, hashed):
                await note(connection, now, account.name, "account.recovery", _object(account))
                return True
    return False


async def _see_password(account: Operator, password: str) -> None:
    if not await fits(account.password_hash, password):
        raise OperatorError("the present password is not that one")


async def _see_code(context: Context, account: Operator, code: str) -> None:
    if not await take_code(context, account, code):
        raise OperatorError("the code is not right; each works once, so wait for the next one")


async def _change(
    context: Context, account: Operator, action: str, actor: str, **values: Any
) -> None:
    async with context.database.write() as connection:
        await accounts.save_account(connection, account.id, **values)
        await accounts.end_sessions(connection, account.id)
        await note(connection, context.clock.now(), actor, action, _object(account))


def _object(account: Operator) -> str:
    return f"account/{account.name}"


async def _keep_one(connection: AsyncConnection, account: Operator) -> None:
    able = [one.id for one in await accounts.list_accounts(connection) if one.disabled_at is None]
    if able == [account.id]:
        raise OperatorError(
            f"{account.name} is the only account that can sign in; make another one before"
        )
