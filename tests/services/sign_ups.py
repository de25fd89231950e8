"""Verbs of the tests about sign-ups: ask, look into the ledger, put an address into a state."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from digest.domain.preferences import topics_from
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState, Suppression
from digest.services.signup import request_subscription
from digest.services.subscriptions import unsubscribe
from digest.store import signups, subscribers
from digest.store.schema import delivery, subscriber
from digest.store.signups import Signup
from tests.world import World

EVE = "eve@example.org"
STATES = ("new", "pending", "active", "paused", "waiting", "unsubscribed", "bounced", "complained")


async def ask(world: World, address: str = EVE, *queries: str, **chosen: Any) -> None:
    """Ask for a subscription as a stranger on the page does."""
    preferences = replace(
        Preferences(topics=topics_from({}, queries=queries or ("sparse",))), **chosen
    )
    await request_subscription(
        world.app.context, address, preferences, client="192.0.2.7", origin="page"
    )


async def reader_of(world: World, address: str = EVE) -> Subscriber | None:
    """Return who has an address."""
    async with world.app.database.read() as connection:
        return await subscribers.find_by_address(connection, address)


async def signups_of(world: World, address: str = EVE) -> list[Signup]:
    """Return an address's sign-ups, the oldest first."""
    reader = await reader_of(world, address)
    async with world.app.database.read() as connection:
        return await signups.list_signups(connection, reader.id) if reader else []


async def mails(world: World) -> Sequence[tuple[str, str, str]]:
    """Return (kind, date, state) of every mail in the ledger that is no digest."""
    async with world.app.database.read() as connection:
        rows = await connection.execute(
            select(delivery.c.kind, delivery.c.dedupe_key, delivery.c.state)
            .where(delivery.c.kind != "digest")
            .order_by(delivery.c.id)
        )
        return [(row.kind, row.dedupe_key, row.state) for row in rows]


async def put(world: World, state: str, address: str = EVE) -> int:
    """Bring an address into one of `STATES` the day before; return its reader's id, 0 for none."""
    if state == "new":
        return 0
    reader = await world.add_reader(address, "owned", confirmed=state not in ("pending", "waiting"))
    told: dict[str, tuple[SubscriberState, Suppression | None]] = {
        "paused": (SubscriberState.PAUSED, None),
        "waiting": (SubscriberState.WAITING, None),
        "bounced": (SubscriberState.SUPPRESSED, Suppression.BOUNCE),
        "complained": (SubscriberState.SUPPRESSED, Suppression.COMPLAINT),
        "barred": (SubscriberState.SUPPRESSED, Suppression.OPERATOR),
    }
    if state == "unsubscribed":
        await unsubscribe(world.app.context, reader)
    elif state in told:
        now, why = told[state]
        async with world.app.database.write() as connection:
            values = {"state": now.value, "suppression": why.value if why else None}
            where = subscriber.c.id == reader
            await connection.execute(update(subscriber).where(where).values(values))
    return reader
