"""Asking for a link: one answer for every address, in bytes, status and time."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from digest.clocks import SimulatedClock
from digest.domain.deliveries import Kind
from digest.domain.subscribers import Suppression
from digest.web.app import create_app
from digest.web.ask_link import FLOOR_S
from digest.web.serving import serve
from tests.clients import plain_client
from tests.services.own_rows import bar, mails_of
from tests.web.site import ADDRESS, Site, open_site

PATH = "/digest/preferences"


async def test_the_answer_is_the_same_for_every_address(site: Site) -> None:
    await site.world.add_reader("pending@example.org", "experts", confirmed=False)
    barred = await site.world.add_reader("barred@example.org", "experts")
    await bar(site.world, barred, Suppression.COMPLAINT)
    addresses = (
        ADDRESS,
        ADDRESS,
        "nobody@example.org",
        "pending@example.org",
        "barred@example.org",
    )
    answers = [await site.post(PATH, address=address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    alike = [dict(answer.headers) | {"date": ""} for answer in answers]
    assert all(headers == alike[0] for headers in alike)
    assert "Look in your inbox" in answers[0].text
    [link] = await mails_of(site.world, site.reader_id, Kind.PREFERENCES_LINK)
    assert link.address == ADDRESS
    assert await mails_of(site.world, barred) == []


class WatchedClock(SimulatedClock):
    """Keeps how long it was asked to wait."""

    waits: list[float]

    async def sleep(self, seconds: float) -> None:
        """Note the wait."""
        self.waits.append(seconds)
        await super().sleep(seconds)


async def test_no_answer_comes_before_the_floor(lite: Site) -> None:
    clock = WatchedClock(lite.world.now)
    clock.waits = []
    context = replace(lite.world.app.context, clock=clock)
    async with (
        serve(create_app(context)) as port,
        plain_client(f"http://127.0.0.1:{port}") as client,
    ):
        for address in (ADDRESS, "nobody@example.org", "no address"):
            await client.post(PATH, data={"address": address})
    assert clock.waits == [FLOOR_S] * 3


async def test_what_is_no_address_is_shown_back_with_a_reason(lite: Site) -> None:
    before = await lite.rows()
    for typed in ("", "ada", 'ada@"><script>', "a@b@c", "ada@example.org\r\nBcc: x@example.org"):
        answer = await lite.post(PATH, address=typed)
        assert answer.status_code == 422, typed
        assert 'role="alert"' in answer.text
        assert "<script>" not in answer.text
    assert 'value="ada"' in (await lite.post(PATH, address=" ada ")).text
    assert (await lite.client.post(PATH)).status_code == 422
    assert await lite.rows() == before


async def test_a_network_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, subscribe={"per_network_hour": 2}) as site:
        for _ in range(2):
            assert (await site.post(PATH, address="nobody@example.org")).status_code == 200
        refused = await site.post(PATH, address=ADDRESS)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 1800
        assert "Too many requests came from your network" in refused.text
        assert f'value="{ADDRESS}"' in refused.text
        assert await mails_of(site.world, site.reader_id, Kind.PREFERENCES_LINK) == []
        site.world.clock.set(site.world.now + timedelta(minutes=31))
        assert (await site.post(PATH, address=ADDRESS)).status_code == 200
        assert len(await mails_of(site.world, site.reader_id, Kind.PREFERENCES_LINK)) == 1
