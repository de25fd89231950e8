"""A served installation for tests: its world, a client, and a reader's mail with its links."""

import html
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select, update

from digest.domain.subscribers import Subscriber, SubscriberState
from digest.store import subscribers
from digest.store.columns import metadata
from digest.store.schema import subscriber
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.world import MONDAY, World, hours, open_world

BASE = "https://papers.example/digest"
ADDRESS = "ada@example.org"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Site:
    """The installation as a browser meets it; ``token`` is that of the reader's first mail."""

    world: World
    client: httpx.AsyncClient
    reader_id: int
    token: str

    async def reader(self) -> Subscriber:
        """Return the reader as the database knows them."""
        return await self.world.reader(self.reader_id)

    async def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, to tell whether anything changed."""
        async with self.world.app.database.read() as connection:
            return {
                table.name: sorted(
                    (tuple(row) for row in await connection.execute(select(table))), key=repr
                )
                for table in metadata.sorted_tables
            }

    async def states(self) -> list[str]:
        """Return the state of each digest in the ledger."""
        return [day.state for day in await self.world.days()]

    async def suppress(self, reason: str) -> None:
        """Bar the reader's address, as a complaint does."""
        async with self.world.app.database.write() as connection:
            await subscribers.save_state(
                connection, self.reader_id, SubscriberState.SUPPRESSED, reason
            )

    async def renew_links(self) -> None:
        """Make the links of older mails void, but for the one that unsubscribes."""
        async with self.world.app.database.write() as connection:
            generation = subscriber.c.token_generation
            await connection.execute(update(subscriber).values({generation: generation + 1}))

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Post a form as a browser does; a list is a field that stands several times."""
        return await self.client.post(path, data=fields)

    async def save(self, **changed: str | list[str]) -> httpx.Response:
        """Post the preferences form as it stands when it is opened, with some fields changed."""
        fields: dict[str, str | list[str]] = {
            "do": "save",
            "queries": "experts",
            "zone": "UTC",
            "hour": "8",
            "weekday": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "max": "10",
            "min": "1",
            "extract": "short",
        }
        return await self.post(f"/digest/preferences/{self.token}", **fields | changed)


def mail_of(world: World) -> EmailMessage:
    """Return the newest mail that went out, parsed."""
    return message_from_bytes(world.relay.messages[-1].data, policy=policy.default)


def links_in(page: str) -> Sequence[str]:
    """Return the addresses that a page or mail links to, without fragments."""
    found = re.findall(r'href="([^"]+)"', page)
    return [html.unescape(address).partition("#")[0] for address in found]


def local(address: str) -> str:
    """Return the path of one of the installation's own addresses."""
    assert address.startswith(BASE), address
    return address.removeprefix("https://papers.example")


@asynccontextmanager
async def open_site(folder: Path, database_url: str, **tables: Any) -> AsyncIterator[Site]:
    """Serve an installation whose reader has just been sent a first digest, at 08:00 UTC."""
    told: dict[str, Any] = {"digest": {"first_at_once": False}} | tables
    async with open_world(folder, database_url, **told) as world:
        reader_id = await world.add_reader(ADDRESS, "experts")
        await world.list_papers("Sparse experts", "Merging experts of $10^6$ kinds")
        await world.at(MONDAY + hours(8))
        token = re.findall(r"/unsubscribe/([\w-]+)", world.html_to(ADDRESS)[0])[0]
        async with (
            serve(create_app(world.app.context)) as port,
            plain_client(f"http://127.0.0.1:{port}") as client,
        ):
            yield Site(world, client, reader_id, token)
