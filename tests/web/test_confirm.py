"""Confirmation links: GET shows, POST confirms, once, within 48 hours."""

import re
from datetime import timedelta
from pathlib import Path

from digest.domain.subscribers import SubscriberState
from tests.services.sign_ups import put, reader_of
from tests.web.signing_up import EVE, confirm_path, sign_up, wait
from tests.web.site import Site, open_site


async def test_the_page_shows_what_is_asked_for_and_the_address_masked(lite: Site) -> None:
    await sign_up(lite, queries="sparse <b>\nexperts", cadence="days", weekday=["mon", "thu"])
    page = await lite.client.get(await confirm_path(lite))
    assert page.status_code == 200
    assert "e***@example.org" in page.text
    assert EVE not in page.text
    assert "<bdi>sparse &lt;b&gt;</bdi>" in page.text
    assert "Monday and Thursday at 07:00, Europe/Berlin" in page.text


async def test_thirty_requests_of_a_link_scanner_confirm_nothing(site: Site) -> None:
    await sign_up(site)
    path = await confirm_path(site)
    before = await site.rows()
    for agent in ("Mozilla/5.0", "python-requests/2.31", ""):
        for cookies in ({}, {"session": "x"}):
            for method in ("GET", "HEAD", "OPTIONS", "GET", "HEAD"):
                header = "; ".join(f"{name}={value}" for name, value in cookies.items())
                answer = await site.client.request(
                    method, path, headers={"user-agent": agent, "cookie": header}
                )
                assert answer.status_code == (405 if method == "OPTIONS" else 200)
    assert await site.rows() == before


async def test_one_click_confirms_and_a_second_says_it_is_done(site: Site) -> None:
    await sign_up(site)
    path = await confirm_path(site)
    done = await site.client.post(path)
    assert done.status_code == 200
    assert "You are subscribed" in done.text
    assert "every day at 07:00, Europe/Berlin" in done.text
    reader = await reader_of(site.world)
    assert reader is not None
    assert reader.state is SubscriberState.ACTIVE
    held = await site.rows()
    for again in (await site.client.post(path), await site.client.get(path)):
        assert (again.status_code, "confirmed already" in again.text) == (200, True)
    assert await site.rows() == held


async def test_the_page_after_it_leads_to_the_preferences(lite: Site) -> None:
    await sign_up(lite)
    done = await lite.client.post(await confirm_path(lite))
    way = re.findall(r'href="(/digest/preferences/[\w-]+)"', done.text)[0]
    page = await lite.client.get(way)
    assert page.status_code == 200
    assert "e***@example.org" in page.text


async def test_a_link_is_good_for_48_hours(lite: Site) -> None:
    await sign_up(lite)
    path = await confirm_path(lite)
    asked = lite.world.now
    lite.world.clock.set(asked + timedelta(hours=48, seconds=1))
    for answer in (await lite.client.get(path), await lite.client.post(path)):
        assert answer.status_code == 404
        assert 'href="/digest/subscribe"' in answer.text
    lite.world.clock.set(asked + timedelta(hours=48))
    assert "You are subscribed" in (await lite.client.post(path)).text


async def test_a_newer_mail_takes_the_place_of_an_older_one(lite: Site) -> None:
    await sign_up(lite, queries="older")
    older = await confirm_path(lite)
    wait(lite, 24 * 3600)
    await sign_up(lite, queries="newer")
    newer = await confirm_path(lite)
    assert newer != older
    assert (await lite.client.get(older)).status_code == 404
    assert (await lite.client.post(older)).status_code == 404
    assert "newer" in (await lite.client.get(newer)).text


async def test_a_link_dies_when_its_reader_renews_all_links(lite: Site) -> None:
    await sign_up(lite)
    path = await confirm_path(lite)
    await lite.renew_links()
    assert (await lite.client.get(path)).status_code == 404
    assert (await lite.client.post(path)).status_code == 404
    reader = await reader_of(lite.world)
    assert reader is not None
    assert reader.state is SubscriberState.PENDING


async def test_a_link_of_another_purpose_and_one_that_is_damaged_open_nothing(lite: Site) -> None:
    for token in (lite.token, "x" * 52, "%00", lite.token[:-1]):
        path = f"/digest/confirm/{token}"
        assert (await lite.client.get(path)).status_code == 404
        assert (await lite.client.post(path)).status_code == 404


async def test_where_the_operator_approves_the_page_says_so(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, subscribe={"mode": "approval"}) as site:
        assert "looks at every new reader first" in (await sign_up(site)).text
        path = await confirm_path(site)
        assert "looks at every new reader first" in (await site.client.get(path)).text
        done = await site.client.post(path)
        assert "Your address is confirmed" in done.text
        reader = await reader_of(site.world)
        assert reader is not None
        assert reader.state is SubscriberState.WAITING


async def test_the_owner_of_an_address_that_bounced_lifts_that_by_a_click(lite: Site) -> None:
    reader = await put(lite.world, "bounced")
    await sign_up(lite)
    await lite.client.post(await confirm_path(lite))
    proved = await lite.world.reader(reader)
    assert (proved.state, proved.suppression) == (SubscriberState.ACTIVE, None)
