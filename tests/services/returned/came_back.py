"""What tests of bounces share: two readers who were sent a digest, and what came back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from digest.domain.subscribers import SubscriberState, Suppression
from digest.services.bounces import Done, take_report
from digest.store.delivery_schema import bounce
from tests.intake.letters import UNKNOWN_USER, VERP, delivery_of, dsn, stamp_of
from tests.services.own_rows import mails_of
from tests.world import MONDAY, World, hours, open_world

ADDRESS = "ada@example.org"
DAY = timedelta(days=1)
BARRED = (SubscriberState.SUPPRESSED, Suppression.BOUNCE)
FOR_EVER = (SubscriberState.SUPPRESSED, Suppression.COMPLAINT)
READS = (SubscriberState.ACTIVE, None)


@asynccontextmanager
async def mailed(folder: Path, database_url: str) -> AsyncIterator[World]:
    """Open an installation whose reader, and another one, were sent Monday's digest."""
    calm = {"first_at_once": False}
    async with open_world(folder, database_url, digest=calm, mail=VERP) as opened:
        for address in (ADDRESS, "eve@example.org"):
            await opened.add_reader(address, "experts", hour=8)
        await opened.list_papers("Sparse experts", "Merging experts")
        await opened.at(MONDAY + hours(8))
        yield opened


async def standing(world: World, reader: int = 1) -> tuple[SubscriberState, Suppression | None]:
    held = await world.reader(reader)
    return held.state, held.suppression


async def take(world: World, raw: bytes, *envelope_to: str) -> Done:
    return await take_report(world.app.context, raw, envelope_to, "listener")


async def bounced(world: World, said: str = UNKNOWN_USER, number: int = 1) -> Done:
    """Let a delivery come back, to the return path that it left with."""
    stamp = stamp_of(world, await delivery_of(world, number))
    return await take(world, dsn(stamp, said=said), stamp)


async def log_of(world: World, reader: int = 1) -> list[tuple[str, bool, str]]:
    async with world.app.database.read() as connection:
        rows = await connection.execute(
            select(bounce).where(bounce.c.subscriber_id == reader).order_by(bounce.c.id)
        )
        return [(row.kind, row.hard, row.reason) for row in rows]


async def digest_on(world: World, day: int) -> int:
    """Send the digest of another day, with fresh papers; return its row's id."""
    world.clock.set(MONDAY + timedelta(days=day, hours=7))
    await world.list_papers(f"Experts {day}", f"More experts {day}")
    await world.at(MONDAY + timedelta(days=day, hours=8))
    return (await mails_of(world, 1))[-1].id
