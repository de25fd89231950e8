"""The link mailed to a new address: a button, a change, and one answer for whatever is wrong."""

from digest.domain.deliveries import Kind
from digest.domain.tokens import Purpose
from digest.services.address_change import request_change
from digest.services.compose import Composer
from tests.services.own_rows import mails_of
from tests.web.own_pages import manage
from tests.web.site import ADDRESS, Site
from tests.world import hours

NEW = "ada@example.net"


async def link_to(site: Site, address: str = NEW) -> str:
    """Ask for a change on the page; return the path of the link in the mail."""
    answer = await site.post(
        f"/digest/preferences/{await manage(site)}", do="address", address=address
    )
    assert f"We have written to {address}." in answer.text
    row = (await mails_of(site.world, site.reader_id, Kind.ADDRESS_CHANGE))[-1]
    return f"/digest/confirm/{Composer(site.world.app.context).token(row, Purpose.CONFIRM)}"


async def test_the_button_makes_the_change_and_says_so_twice(site: Site) -> None:
    path = await link_to(site)
    before = await site.rows()
    page = (await site.client.get(path)).text
    assert "From now on it goes to a***@example.net." in page
    assert ADDRESS not in page
    assert await site.rows() == before
    first = await site.client.post(path)
    assert first.status_code == 200
    assert "The address is changed" in first.text
    assert (await site.reader()).address == NEW
    held = await site.rows()
    again = await site.client.post(path)
    assert (again.status_code, again.text) == (200, first.text)
    assert "The address is changed" in (await site.client.get(path)).text
    assert await site.rows() == held
    # links that went to the old mailbox only unsubscribe from now on
    assert (await site.client.get(f"/digest/preferences/{site.token}")).status_code == 404
    assert (await site.client.get(f"/digest/unsubscribe/{site.token}")).status_code == 200


async def test_every_link_that_makes_no_change_gets_the_same_answer(site: Site) -> None:
    older = await link_to(site, "other@example.net")
    newest = await link_to(site)
    await site.world.add_reader(NEW, "experts")
    answers = [await site.client.get(path) for path in (older, newest)]
    answers += [await site.client.post(path) for path in (older, newest)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert (await site.reader()).address == ADDRESS


async def test_the_link_ends_after_48_hours(lite: Site) -> None:
    path = await link_to(lite)
    lite.world.clock.set(lite.world.now + hours(48.1))
    assert (await lite.client.get(path)).status_code == 404
    assert (await lite.client.post(path)).status_code == 404
    assert (await lite.reader()).address == ADDRESS


async def test_the_page_does_not_tell_whose_an_address_is(lite: Site) -> None:
    await lite.world.add_reader(NEW, "experts")
    path = f"/digest/preferences/{await manage(lite)}"
    taken = await lite.post(path, do="address", address=NEW)
    free = await lite.post(path, do="address", address="ada@example.com")
    assert taken.status_code == free.status_code == 200
    assert taken.text.replace(NEW, "X") == free.text.replace("ada@example.com", "X")


async def test_a_bad_address_is_shown_back(lite: Site) -> None:
    path = f"/digest/preferences/{await manage(lite)}"
    for typed, words in (("ada", "is not an e-mail address"), (ADDRESS, "goes to this address")):
        answer = await lite.post(path, do="address", address=typed)
        assert answer.status_code == 422
        assert words in answer.text
        assert f'name="address" value="{typed}"' in answer.text


async def test_a_mailed_change_is_confirmed_by_a_link_that_opens_nothing_else(lite: Site) -> None:
    context = lite.world.app.context
    await request_change(context, lite.reader_id, NEW)
    [row] = await mails_of(lite.world, lite.reader_id, Kind.ADDRESS_CHANGE)
    token = Composer(context).token(row, Purpose.CONFIRM)
    assert (await lite.client.get(f"/digest/preferences/{token}")).status_code == 404
    assert (await lite.client.post(f"/digest/unsubscribe/{token}")).status_code == 404
