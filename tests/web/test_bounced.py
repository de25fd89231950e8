"""A bounce from end to end: the page says why in plain words, and the owner's proof lifts it."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.domain.subscribers import SubscriberState, Suppression
from digest.services.bounces import take_report
from digest.services.subscriptions import change_preferences
from digest.store import bounces
from tests.intake.letters import FULL, VERP, complaint, delivery_of, dsn, stamp_of
from tests.web.site import ADDRESS, Site, links_in, local, open_site
from tests.world import hours

WHY = {
    "en": "No mail goes to this address any more: mail to it came back: there is no such mailbox.",
    "de": "An diese Adresse geht keine Mail mehr: Mail an sie kam zurück: dieses Postfach gibt es "
    "nicht.",
    "fr": "Plus aucun e-mail n’est envoyé à cette adresse\N{NO-BREAK SPACE}: le courrier "
    "est revenu\N{NO-BREAK SPACE}: cette boîte "
    "aux lettres n’existe pas.",
}


@pytest.fixture
async def site(tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    """Give a served installation with signed return paths, on each database."""
    async with open_site(tmp_path, database_url, mail=VERP) as opened:
        yield opened


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[Site]:
    """Give one on SQLite."""
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url, mail=VERP) as opened:
        yield opened


async def bounced(site: Site, said: str = "550 5.1.1 no such user here") -> None:
    stamp = stamp_of(site.world, await delivery_of(site.world))
    await take_report(site.world.app.context, dsn(stamp, said=said), [stamp], "listener")


async def page_of(site: Site) -> str:
    return (await site.client.get(f"/digest/preferences/{site.token}")).text


@pytest.mark.parametrize("language", sorted(WHY))
async def test_the_page_says_why_in_the_readers_language(lite: Site, language: str) -> None:
    held = (await lite.reader()).preferences
    context = lite.world.app.context
    await change_preferences(context, lite.reader_id, replace(held, language=language))
    await bounced(lite)
    assert WHY[language] in (await page_of(lite)).replace("&#39;", "'")


async def test_a_hard_bounce_is_shown_proved_and_lifted_with_its_points(site: Site) -> None:
    await bounced(site, FULL)
    await bounced(site)
    assert "Prove this address" in await page_of(site)
    for expected in ("A mail is on its way.", "today&#39;s is on its way"):
        answer = await site.post(f"/digest/preferences/{site.token}", do="prove")
        assert expected in answer.text
    await site.world.send()
    sent = [link for link in links_in(site.world.html_to(ADDRESS)[-1]) if "/confirm/" in link]
    shown = await site.client.get(local(sent[0]))
    assert (
        await site.reader()
    ).state is SubscriberState.SUPPRESSED  # a scanner's GET lifts nothing
    assert shown.status_code == 200
    await site.post(local(sent[0]))
    held = await site.reader()
    assert (held.state, held.suppression, held.state_reason) == (SubscriberState.ACTIVE, None, "")
    page = await page_of(site)
    assert "The next digest comes on" in page
    assert "Prove this address" not in page
    async with site.world.app.database.read() as connection:
        log = await bounces.list_bounces(connection, site.reader_id)
    assert [row.kind for row in log] == ["lifted", "bounce", "bounce"]
    assert await bounces_again(site) is SubscriberState.ACTIVE


async def bounces_again(site: Site) -> SubscriberState:
    """Let Monday's digest bounce once more, which was sent before the proof."""
    await bounced(site, "550 5.1.2 no such domain")
    return (await site.reader()).state


async def test_a_complaint_is_shown_and_nothing_offers_to_lift_it(lite: Site) -> None:
    stamp = stamp_of(lite.world, await delivery_of(lite.world))
    await take_report(lite.world.app.context, complaint(stamp), [stamp], "listener")
    page = await page_of(lite)
    assert "a mail to it was reported as spam" in page
    assert "Prove this address" not in page
    assert re.search(r"Only whoever runs this site can lift that: write to digest@papers", page)
    await lite.post(f"/digest/preferences/{lite.token}", do="prove")
    lite.world.clock.set(lite.world.now + hours(48))
    await lite.world.send()
    assert (await lite.reader()).suppression is Suppression.COMPLAINT
    assert len(lite.world.html_to(ADDRESS)) == 1
