"""An installation with an operator who has signed in, for the tests of the admin pages."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyotp

from digest.bootstrap import openid_of
from digest.services.codes import Codes
from digest.services.operators import create_account, get_account
from digest.services.signing_in import SignedIn, begin_session
from digest.web.admin.desk import COOKIE
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.world import MONDAY, World, hours, open_world

NAME, PASSWORD = "Ada", "four words nobody says"


@dataclass
class Office:
    """The installation, a browser's client that is signed in, and the operator's codes."""

    world: World
    client: httpx.AsyncClient
    address: str
    codes: Codes
    who: SignedIn

    def code(self) -> str:
        """Return the code that the operator's app shows now."""
        return pyotp.TOTP(self.codes.secret).at(self.world.now)

    async def page(self, path: str, **query: str) -> str:
        """Return a page's HTML; it must be there."""
        answer = await self.client.get(path, params=query or None)
        assert answer.status_code == 200, (answer.status_code, answer.headers.get("location"))
        return answer.text

    async def press(self, path: str, **fields: Any) -> httpx.Response:
        """Post a form of the pages, its token taken from a page."""
        return await self.client.post(path, data={"csrf": await self.csrf(), **fields})

    async def csrf(self) -> str:
        """Return the token of this session's forms."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', await self.page("/admin/account"))
        assert found is not None
        return found[1]

    async def come_back(self) -> None:
        """Begin a new session, as after a day on which the old one has ended."""
        context = self.world.app.context
        account = await get_account(context, NAME)
        self.who = await begin_session(context, account, "127.0.0.1", "tests")
        self.client.cookies.set(COOKIE, self.who.cookie, path="/admin")

    def stranger(self) -> httpx.AsyncClient:
        """Return a client without a session."""
        return plain_client(self.address)


@asynccontextmanager
async def open_office(folder: Path, database_url: str, **tables: Any) -> AsyncIterator[Office]:
    """Serve an installation with two readers, whose digests of Monday are sent."""
    told: dict[str, Any] = {
        "base_url": "http://127.0.0.1:8000", "digest": {"first_at_once": False}
    } | tables  # fmt: skip
    async with open_world(folder, database_url, **told) as world:
        await world.add_reader("ada@example.org", "experts")
        await world.add_reader("bob@example.org", "merging")
        await world.list_papers("Sparse experts", "Merging experts of $10^6$ kinds")
        await world.at(MONDAY + hours(8))
        context = world.app.context
        made = await create_account(context, NAME, PASSWORD, "cli:test")
        who = await begin_session(context, await get_account(context, NAME), "127.0.0.1", "tests")
        async with serve(create_app(context, openid=openid_of(context.settings))) as port:
            address = f"http://127.0.0.1:{port}"
            async with plain_client(address) as client:
                client.cookies.set(COOKIE, who.cookie, path="/admin")
                yield Office(world, client, address, made.codes, who)
