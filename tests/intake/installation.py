"""An installation that takes mail in: one reader was sent a digest, and its owner is written to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from digest.domain.letters import FORWARDED
from digest.domain.subscribers import SubscriberState, Suppression
from digest.ports import OutgoingMessage
from tests.intake.letters import VERP, delivery_of, stamp_of
from tests.world import MONDAY, World, hours, open_world

ADDRESS = "ada@example.org"
OWNER = "owner@elsewhere.example"
LEAVE = "leave@papers.example"
BARRED = (SubscriberState.SUPPRESSED, Suppression.BOUNCE)
READS = (SubscriberState.ACTIVE, None)
GONE = (SubscriberState.UNSUBSCRIBED, None)


def sqlite(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/digest.sqlite3"


@asynccontextmanager
async def mailed(folder: Path, url: str, **tables: Any) -> AsyncIterator[World]:
    """Open an installation whose reader was sent Monday's digest."""
    told: dict[str, Any] = {
        "digest": {"first_at_once": False},
        "mail": VERP | {"unsubscribe": LEAVE},
        "bounces": {"forward_to": f"The owner <{OWNER}>"},
    }
    async with open_world(folder, url, **told | tables) as opened:
        await opened.add_reader(ADDRESS, "experts", hour=8)
        await opened.list_papers("Sparse experts", "Merging experts")
        await opened.at(MONDAY + hours(8))
        yield opened


async def stamp(world: World) -> str:
    """Return the return path of the digest that went out."""
    return stamp_of(world, await delivery_of(world))


async def standing(world: World) -> tuple[SubscriberState, Suppression | None]:
    held = await world.reader(1)
    return held.state, held.suppression


def forwarded(world: World) -> list[OutgoingMessage]:
    """Return what was passed on to the owner."""
    return [m for m in world.relay.messages if FORWARDED.encode() in m.data]
