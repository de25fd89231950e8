"""Export as a file, and erasure in two steps."""

import json

from digest.domain.subscribers import SubscriberState
from tests.web.own_pages import feed_path, manage
from tests.web.site import ADDRESS, Site
from tests.world import MONDAY, hours


async def test_the_export_is_a_file_of_json(site: Site) -> None:
    answer = await site.client.get(f"/digest/preferences/{await manage(site)}/export.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="paper-digest-export.json"'
    )
    assert answer.headers["cache-control"] == "no-store"
    held = json.loads(answer.text)
    assert held["subscriber"]["address"] == ADDRESS
    assert len(held["deliveries"][0]["papers"]) == 2


async def test_erasure_shows_what_goes_and_acts_on_the_second_step(site: Site) -> None:
    token, feed = await manage(site), await feed_path(site)
    page = (await site.client.get(f"/digest/preferences/{token}")).text
    assert f'href="/digest/preferences/{token}/erase"' in page
    step = (await site.client.get(f"/digest/preferences/{token}/erase")).text
    assert f"your address, {ADDRESS}" in step
    assert "What stays is a number with dates" in step
    assert (await site.reader()).address == ADDRESS
    answer = await site.client.post(f"/digest/preferences/{token}/erase")
    assert "Everything is erased" in answer.text
    reader = await site.reader()
    assert (reader.state, reader.address) == (SubscriberState.ERASED, "")
    for path in (f"preferences/{token}", f"preferences/{site.token}", f"mail/{site.token}"):
        assert (await site.client.get(f"/digest/{path}")).status_code == 404
    assert (await site.client.get(feed)).status_code == 410
    assert (await site.client.post(f"/digest/preferences/{token}/erase")).status_code == 404
    assert ADDRESS not in repr(await site.rows())
    await site.world.list_papers("Experts of Tuesday")
    await site.world.at(MONDAY + hours(32))
    assert len(site.world.relay.messages) == 1
