"""An office beside a provider, and browsers that go from one to the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from digest.services import operators
from digest.web.admin.desk import COOKIE
from tests.clients import plain_client
from tests.web.admin.office import Office, open_office
from tests.web.admin.provider import CLIENT, SECRET, Claims, Provider, open_provider

START, BACK = "/admin/openid", "/admin/openid/callback"


@asynccontextmanager
async def opened(folder: Path, url: str, *allowed: str) -> AsyncIterator[tuple[Office, Provider]]:
    """Serve a provider, and an office that asks it."""
    async with open_provider(Provider()) as provider:
        told: Claims = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
        told |= {"name": "the lab", "allowed": allowed or ("ada@example.ORG",)}
        async with open_office(folder, url, admin={"openid": told}) as office:
            provider.now = office.world.clock.now
            yield office, provider


async def way_back(browser: httpx.AsyncClient, wanted: str = "/admin/account") -> str:
    """Go to the provider and return the way back that it sends the browser: path and query."""
    away = await browser.get(START, params={"next": wanted})
    assert away.status_code == 303, away.text
    async with plain_client() as other:
        returned = await other.get(away.headers["location"])
    assert returned.status_code == 303, returned.text
    parts = urlsplit(returned.headers["location"])
    return f"{parts.path}?{parts.query}"


def pass_an_hour(office: Office) -> None:
    """Let the network try again."""
    office.world.clock.set(office.world.now + timedelta(hours=1))


async def enter(office: Office) -> httpx.Response:
    """Sign in with a browser of its own."""
    async with office.stranger() as browser:
        return await browser.get(await way_back(browser))


async def refused(office: Office) -> str:
    """Sign in, which must fail on a page and not with a fault; return the page."""
    before = await operators.list_accounts(office.world.app.context)
    answer = await enter(office)
    assert answer.status_code == 403, answer.text
    assert COOKIE not in answer.headers.get("set-cookie", "")
    assert await operators.list_accounts(office.world.app.context) == before
    return answer.text
