"""What each kind of link opens: a mail's, one mailed on request, and those that are over."""

from datetime import timedelta

from digest.domain.subscribers import SubscriberState
from digest.domain.tokens import Purpose
from tests.web.own_pages import feed_path, manage, token_of
from tests.web.site import ADDRESS, Site

HOUR, MORE = timedelta(hours=1), timedelta(hours=1, seconds=1)
OWN = ("", "/history", "/why?paper=1", "/saved", "/preview")
OF_THE_PERSON = ("/export.json", "/erase")


async def statuses(site: Site, token: str, pages: tuple[str, ...]) -> set[int]:
    """Return the answers of a reader's pages to a token."""
    base = f"/digest/preferences/{token}"
    return {(await site.client.get(f"{base}{page}")).status_code for page in pages}


async def test_a_mail_s_link_opens_the_pages_and_not_what_concerns_the_person(site: Site) -> None:
    assert await statuses(site, site.token, OWN) == {200}
    assert await statuses(site, site.token, OF_THE_PERSON) == {403}
    assert (await site.client.get(f"/digest/feedback/{site.token}/save/1")).status_code == 200
    page = (await site.client.get(f"/digest/preferences/{site.token}")).text
    assert ADDRESS not in page
    assert "a***@example.org" in page
    assert "/feeds/" not in page
    assert "Mail me a link for this" in page


async def test_a_link_mailed_on_request_opens_everything_for_an_hour(site: Site) -> None:
    fresh, over = await manage(site, HOUR), await manage(site, MORE)
    assert await statuses(site, fresh, (*OWN, *OF_THE_PERSON)) == {200}
    assert await statuses(site, over, (*OWN, *OF_THE_PERSON)) == {404}
    page = (await site.client.get(f"/digest/preferences/{fresh}")).text
    assert ADDRESS in page
    assert f"https://papers.example{await feed_path(site)}" in page
    dead = (await site.client.get(f"/digest/preferences/{over}")).text
    assert 'href="/digest/preferences"' in dead
    assert "Have a new link mailed" in dead
    # and one that is over still unsubscribes
    assert (await site.client.post(f"/digest/unsubscribe/{over}")).status_code == 200
    assert (await site.reader()).state is SubscriberState.UNSUBSCRIBED


async def test_links_of_another_purpose_or_generation_open_nothing(lite: Site) -> None:
    before = await lite.rows()
    tokens = [await token_of(lite, purpose) for purpose in (Purpose.CONFIRM, Purpose.FEED)]
    tokens += [await token_of(lite, purpose, generation=9) for purpose in Purpose]
    for token in tokens:
        assert await statuses(lite, token, (*OWN, *OF_THE_PERSON)) == {404}
        for path in (
            f"preferences/{token}",
            f"preferences/{token}/erase",
            f"feedback/{token}/save/1",
        ):
            assert (await lite.post(f"/digest/{path}", do="undo")).status_code == 404
        assert (await lite.client.get(f"/digest/mail/{token}")).status_code == 404
    assert await lite.rows() == before


async def test_a_mail_s_link_is_told_what_a_link_on_request_could_do(lite: Site) -> None:
    before = await lite.rows()
    path = f"/digest/preferences/{lite.token}"
    for fields in (
        {"do": "address", "address": "new@example.net"},
        {"do": "feed"},
        {"do": "signout"},
    ):
        answer = await lite.post(path, **fields)
        assert answer.status_code == 403, fields
        assert 'name="do" value="link"' in answer.text
    assert (await lite.post(f"{path}/erase")).status_code == 403
    assert await lite.rows() == before


async def test_the_button_mails_a_link_and_says_so_without_the_address(site: Site) -> None:
    path = f"/digest/preferences/{site.token}"
    answer = await site.post(path, do="link")
    assert "A link is on its way to a***@example.org." in answer.text
    again = await site.post(path, do="link")
    assert again.status_code == 422
    assert "A link was mailed to you within the hour" in again.text


async def test_signing_out_leaves_old_links_the_one_right_to_leave(site: Site) -> None:
    token, feed = await manage(site), await feed_path(site)
    answer = await site.post(f"/digest/preferences/{token}", do="signout")
    assert "All links are signed out" in answer.text
    for old in (token, site.token):
        assert await statuses(site, old, (*OWN, *OF_THE_PERSON)) == {404}
        assert (await site.client.get(f"/digest/mail/{old}")).status_code == 404
        assert (await site.client.get(f"/digest/feedback/{old}/more/1")).status_code == 404
    assert (await site.client.get(feed)).status_code == 410
    left = await site.client.post(f"/digest/unsubscribe/{site.token}")
    assert "You are unsubscribed" in left.text
    assert "Subscribe again" not in left.text


async def test_a_renewed_feed_has_another_address_and_the_old_one_is_gone(lite: Site) -> None:
    token, old = await manage(lite), await feed_path(lite)
    answer = await lite.post(f"/digest/preferences/{token}", do="feed")
    assert "The feed has a new address." in answer.text
    new = await feed_path(lite)
    assert new in answer.text
    assert old not in answer.text
    assert (await lite.client.get(old)).status_code == 410
    assert (await lite.client.get(new)).status_code == 200
    assert (await lite.client.get(f"/digest/preferences/{lite.token}")).status_code == 200


async def test_pages_speak_the_reader_s_language_and_say_which(lite: Site) -> None:
    for page in OWN[:-1]:
        text = (await lite.client.get(f"/digest/preferences/{lite.token}{page}")).text
        assert '<html lang="en" dir="ltr">' in text
