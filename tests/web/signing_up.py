"""Verbs of the tests about the page where somebody subscribes."""

import re
from datetime import timedelta

import httpx

from tests.web.site import Site

EVE = "eve@example.org"
PATH = "/digest/subscribe"
SENT = "<h1>Look in your inbox</h1>"
FIELDS: dict[str, str | list[str]] = {
    "do": "subscribe",
    "queries": "experts",
    "authors": "",
    "categories": "",
    "zone": "Europe/Berlin",
    "hour": "7",
    "cadence": "daily",
    "weekly": "mon",
    "max": "10",
    "min": "1",
    "extract": "short",
    "language": "en",
    "website": "",
}


async def stamp_of(site: Site) -> str:
    """Open the form and return its stamp."""
    return stamp_in((await site.client.get(PATH)).text)


def stamp_in(page: str) -> str:
    """Return the stamp of a form."""
    (stamp,) = re.findall(r'name="stamp" value="([\w-]+)"', page)
    return str(stamp)


def wait(site: Site, seconds: float) -> None:
    """Let time pass."""
    site.world.clock.set(site.world.now + timedelta(seconds=seconds))


async def sign_up(
    site: Site, address: str = EVE, after: float = 3, **changed: str | list[str]
) -> httpx.Response:
    """Open the form, fill it in and send it after some seconds."""
    stamp = await stamp_of(site)
    wait(site, after)
    return await site.post(PATH, **FIELDS | {"address": address, "stamp": stamp} | changed)


async def confirm_path(site: Site, address: str = EVE) -> str:
    """Send what is due and return the path of the newest confirmation link of an address."""
    await site.world.send()
    mail = site.world.html_to(address)[-1]
    return f"/digest{re.findall(r'/confirm/[-0-9A-Za-z_]+', mail)[0]}"
