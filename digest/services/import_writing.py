"""Writing one decision of an import into the database, as part of a chunk's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.import_plan import Decision, Deed
from digest.domain.import_rows import ImportRow, Standing
from digest.domain.schedule import local_date
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState, Suppression
from digest.services.barring import bar_by_hand, leave_by_hand
from digest.services.context import Context
from digest.services.subscriptions import ask_to_confirm, write_preferences
from digest.store import slots, subscribers

# why whoever bars somebody says so: each is a reason that readers are told in their language
_BARS = {
    Standing.BOUNCED: (Suppression.BOUNCE, "mail to it came back as undeliverable"),
    Standing.COMPLAINED: (Suppression.COMPLAINT, "a mail to it was reported as spam"),
    Standing.BARRED: (
        Suppression.OPERATOR,
        "it was reported as one that must not be mailed",
    ),
}
_LEFT = "unsubscribed by the operator"


class TakenError(Exception):
    """An address that somebody subscribed while the import ran."""


class Writer:
    """Writes decisions; remembers the slots that are there."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._slots: set[tuple[str, int]] = set()

    async def write(
        self,
        connection: AsyncConnection,
        address: str,
        row: ImportRow,
        decision: Decision,
        reader: Subscriber | None,
    ) -> None:
        """Do what was decided; ``reader`` is who has the address. Raises TakenError."""
        now = self._context.clock.now()
        if decision.deed in (Deed.UNCHANGED, Deed.REJECT):
            return
        if reader is not None:
            await self._change(connection, reader, decision, now)
            return
        try:
            async with connection.begin_nested():  # a clash costs this row alone
                await self._add(connection, address, row, decision, now)
        except IntegrityError as error:
            told = "somebody subscribed the address while the import ran; import it again"
            raise TakenError(told) from error

    async def _add(
        self,
        connection: AsyncConnection,
        address: str,
        row: ImportRow,
        decision: Decision,
        now: datetime,
    ) -> None:
        chosen = decision.preferences
        assert chosen is not None, "a newcomer has preferences"
        values = _values(row, decision, chosen, now)
        state = SubscriberState(values["state"])
        if state in (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.PENDING):
            await self._ensure_slot(connection, chosen.zone, chosen.hour, now)
        # no first digest at once: so many at one time would be a flood; their hour comes by itself
        number = await subscribers.add_subscriber(connection, address, chosen, state, now)
        await subscribers.save_columns(connection, number, values)
        if decision.deed is Deed.INVITE:
            await ask_to_confirm(connection, number, address, chosen, now)

    async def _ensure_slot(
        self, connection: AsyncConnection, zone: str, hour: int, now: datetime
    ) -> None:
        if (zone, hour) not in self._slots:
            await slots.ensure_slot(connection, zone, hour, now)
            self._slots.add((zone, hour))

    async def _change(
        self, connection: AsyncConnection, reader: Subscriber, decision: Decision, now: datetime
    ) -> None:
        if decision.deed is Deed.UPDATE:
            assert decision.preferences is not None, "an update has preferences"
            await write_preferences(connection, reader, decision.preferences, now)
            return
        if decision.deed is Deed.LEAVE:
            await leave_by_hand(self._context, connection, reader)
        else:
            await bar_by_hand(self._context, connection, reader, _BARS[decision.standing][0])


def _values(
    row: ImportRow, decision: Decision, chosen: Preferences, now: datetime
) -> dict[str, Any]:
    """Return the columns of a newcomer: dates of the file count where they are not in the future.

    A pause that is over is none.
    """
    created = min(row.created_at or now, now)
    values: dict[str, Any] = {"created_at": created, "state_reason": "", "confirmed_at": None}
    standing = decision.standing
    if decision.deed is Deed.INVITE:
        return values | {"state": SubscriberState.PENDING.value, "created_at": now}
    if decision.deed is Deed.LEAVE:
        told = {"state": SubscriberState.UNSUBSCRIBED.value, "state_reason": row.reason or _LEFT}
        return values | told | {"confirmed_at": _past(row.confirmed_at, now)}
    if decision.deed is Deed.BAR:
        why, reason = _BARS[standing]
        told = {"state": SubscriberState.SUPPRESSED.value, "suppression": why.value}
        values |= told | {"confirmed_at": _past(row.confirmed_at, now)}
        return values | {"state_reason": row.reason or reason}
    if standing is Standing.WAITING:
        return values | {"state": SubscriberState.WAITING.value}
    values["confirmed_at"] = _past(row.confirmed_at, now) or now
    until = row.paused_until
    if until is not None and until > local_date(chosen.zone, now):
        told = {"state": SubscriberState.PAUSED.value, "state_reason": f"paused until {until}"}
        return values | told | {"paused_until": until}
    return values | {"state": SubscriberState.ACTIVE.value}


def _past(instant: datetime | None, now: datetime) -> datetime | None:
    return min(instant, now) if instant else None
