"""After the click: sorry, undo, a pause or a weekly digest instead."""

from datetime import date

import pytest

from digest.domain.deliveries import Kind, State
from digest.domain.schedule import weekday_names
from digest.domain.subscribers import SubscriberState, Suppression
from digest.services import reader_links, subscriptions
from digest.services.erasure import erase
from tests.services.own_rows import bar, mails_of
from tests.web.site import FORM, Site
from tests.world import MONDAY, hours


async def leave(site: Site) -> str:
    """Unsubscribe; return the page."""
    return (await site.client.post(f"/digest/unsubscribe/{site.token}")).text


async def test_the_page_offers_three_ways_back_each_one_click(site: Site) -> None:
    page = await leave(site)
    assert "We are sorry to see you go." in page
    for do in ("undo", "fortnight", "weekly"):
        assert f'name="do" value="{do}"' in page
    assert page.count(f'action="/digest/preferences/{site.token}"') == 2


async def test_two_weeks_of_rest_instead(site: Site) -> None:
    await leave(site)
    answer = await site.post(f"/digest/preferences/{site.token}", do="fortnight")
    assert "You are subscribed again, and the digest rests for two weeks." in answer.text
    assert "Paused: no digest comes before Monday, 18 May 2026." in answer.text
    reader = await site.reader()
    assert (reader.state, reader.paused_until) == (SubscriberState.PAUSED, date(2026, 5, 18))
    await site.world.list_papers("Experts in May")
    await site.world.at(MONDAY + hours(14 * 24 + 8))
    assert (await site.reader()).state is SubscriberState.ACTIVE


@pytest.mark.parametrize(("held", "then"), [(0b1111111, 0b1), (0b0110100, 0b0000100), (0b1, 0b1)])
async def test_one_digest_a_week_instead(lite: Site, held: int, then: int) -> None:
    await lite.save(weekday=list(weekday_names(held)))
    await leave(lite)
    answer = await lite.post(f"/digest/preferences/{lite.token}", do="weekly")
    assert "with one digest a week" in answer.text
    reader = await lite.reader()
    assert (reader.state, reader.preferences.weekdays) == (SubscriberState.ACTIVE, then)


async def test_undo_after_a_pause_forgets_the_pause(lite: Site) -> None:
    path = f"/digest/preferences/{lite.token}"
    await lite.post(path, do="pause", until="2026-05-12")
    await leave(lite)
    await lite.post(path, do="undo")
    reader = await lite.reader()
    assert (reader.state, reader.paused_until) == (SubscriberState.ACTIVE, None)


async def test_ways_back_are_for_those_who_left_alone(lite: Site) -> None:
    for do in ("undo", "fortnight", "weekly"):
        answer = await lite.post(f"/digest/preferences/{lite.token}", do=do)
        assert answer.status_code == 200  # nothing to undo, nothing done
    reader = await lite.reader()
    assert (reader.state, reader.preferences.weekdays) == (SubscriberState.ACTIVE, 0b1111111)


async def test_every_mail_that_waits_is_cancelled_and_not_digests_alone(site: Site) -> None:
    await reader_links.mail_link(site.world.app.context, site.reader_id)
    waiting = await site.world.add_reader("new@example.org", "experts", confirmed=False)
    await subscriptions.unsubscribe(site.world.app.context, waiting)
    await leave(site)
    [link] = await mails_of(site.world, site.reader_id, Kind.PREFERENCES_LINK)
    [confirm] = await mails_of(site.world, waiting)
    assert (link.state, confirm.state) == (State.CANCELLED, State.CANCELLED)


async def test_a_bounced_reader_is_told_why_and_offered_a_proof_once_a_day(site: Site) -> None:
    await bar(site.world, site.reader_id, Suppression.BOUNCE)
    path = f"/digest/preferences/{site.token}"
    page = (await site.client.get(path)).text
    assert "No mail goes to this address any more: barred." in page
    assert "Prove this address" in page
    assert "A mail is on its way." in (await site.post(path, do="prove")).text
    assert (await site.post(path, do="prove")).status_code == 422
    await site.world.send()
    [proof] = await mails_of(site.world, site.reader_id, Kind.CONFIRM)
    assert proof.state is State.SENT


async def test_who_complained_is_offered_no_proof(lite: Site) -> None:
    await bar(lite.world, lite.reader_id, Suppression.COMPLAINT)
    path = f"/digest/preferences/{lite.token}"
    assert "Prove this address" not in (await lite.client.get(path)).text
    before = await lite.rows()
    assert (await lite.post(path, do="prove")).status_code == 422
    assert (await lite.post(path, do="link")).status_code == 422
    assert await lite.rows() == before


async def test_the_link_of_an_erased_reader_says_the_same_for_ever(site: Site) -> None:
    await erase(site.world.app.context, site.reader_id)
    before = await site.rows()
    path = f"/digest/unsubscribe/{site.token}"
    for answer in (
        await site.client.get(path),
        await site.client.post(path, content="List-Unsubscribe=One-Click", headers=FORM),
    ):
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.text
        assert "Subscribe again" not in answer.text
    assert await site.rows() == before
