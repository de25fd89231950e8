"""RFC 8058: the one click that unsubscribes, and the scanners that click without meaning it."""

from pathlib import Path

from digest.domain.subscribers import SubscriberState
from digest.domain.tokens import Claims, Purpose, derive_key, make_token
from tests.web.site import ADDRESS, FORM, Site, links_in, local, mail_of, open_site
from tests.world import MONDAY, hours

ONE_CLICK = "List-Unsubscribe=One-Click"
BOUNDARY = "simple boundary"
MULTIPART = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    f"One-Click\r\n--{BOUNDARY}--\r\n"
).encode()


async def test_thirty_requests_of_a_link_scanner_change_nothing(site: Site) -> None:
    own = [a for a in links_in(site.world.html_to(ADDRESS)[0]) if a.startswith("https://papers.")]
    paths = sorted({local(address) for address in own})
    kinds = {path.split("/")[2] for path in paths}
    assert kinds == {"feedback", "mail", "preferences", "privacy", "unsubscribe"}
    before = await site.rows()
    asked = 0
    for path in [*paths, "/digest/"]:
        for method in ("GET", "HEAD", "OPTIONS"):
            for agent in ("Mozilla/5.0", "python-requests/2.31", ""):
                answer = await site.client.request(method, path, headers={"user-agent": agent})
                assert answer.status_code == (405 if method == "OPTIONS" else 200), path
                asked += 1
    assert asked >= 30
    assert await site.rows() == before
    assert (await site.reader()).state is SubscriberState.ACTIVE


async def test_the_header_of_a_real_mail_unsubscribes_with_one_post(site: Site) -> None:
    mail = mail_of(site.world)
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    address = mail["List-Unsubscribe"].split(">")[0].removeprefix("<")
    answer = await site.client.post(local(address), content=ONE_CLICK, headers=FORM)
    assert answer.status_code == 200
    assert not answer.history
    assert "set-cookie" not in answer.headers
    assert (await site.reader()).state is SubscriberState.UNSUBSCRIBED


async def test_a_multipart_body_unsubscribes_as_well(lite: Site) -> None:
    answer = await lite.client.post(
        f"/digest/unsubscribe/{lite.token}",
        content=MULTIPART,
        headers={"content-type": f'multipart/form-data; boundary="{BOUNDARY}"'},
    )
    assert answer.status_code == 200
    assert (await lite.reader()).state is SubscriberState.UNSUBSCRIBED


async def test_a_second_click_says_the_same_and_changes_nothing(site: Site) -> None:
    path = f"/digest/unsubscribe/{site.token}"
    first = await site.client.post(path, content=ONE_CLICK, headers=FORM)
    held = await site.rows()
    second = await site.client.post(path, content=ONE_CLICK, headers=FORM)
    assert (second.status_code, second.text) == (first.status_code, first.text)
    assert await site.rows() == held
    assert "You are unsubscribed" in (await site.client.get(path)).text


async def test_what_was_planned_but_not_sent_is_cancelled(site: Site) -> None:
    site.world.clock.set(MONDAY + hours(20))
    await site.world.list_papers("Experts at night")
    site.world.clock.set(MONDAY + hours(32))
    await site.world.plan()
    assert await site.states() == ["sent", "pending"]
    await site.client.post(f"/digest/unsubscribe/{site.token}", content=ONE_CLICK, headers=FORM)
    assert await site.states() == ["sent", "cancelled"]
    await site.world.send()
    assert len(site.world.html_to(ADDRESS)) == 1


async def test_a_link_signed_with_an_older_secret_still_unsubscribes(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    old = "an older secret of this installation, 40 c"
    async with open_site(tmp_path, url, secret_keys_old=[old]) as site:
        claims = Claims(Purpose.MAIL, site.reader_id, 1, 0, MONDAY)
        token = make_token(derive_key(old), claims)
        assert (await site.client.post(f"/digest/unsubscribe/{token}")).status_code == 200
        assert (await site.reader()).state is SubscriberState.UNSUBSCRIBED
        other = make_token(derive_key("somebody else's secret, of forty characters"), claims)
        assert (await site.client.post(f"/digest/unsubscribe/{other}")).status_code == 404


async def test_the_link_of_a_reader_who_is_gone_answers_kindly(lite: Site) -> None:
    gone = Claims(Purpose.MAIL, 987_654, 1, 0, MONDAY)
    path = f"/digest/unsubscribe/{make_token(lite.world.app.context.token_keys[0], gone)}"
    for answer in (await lite.client.get(path), await lite.client.post(path)):
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.text


async def test_a_token_of_another_purpose_opens_nothing(lite: Site) -> None:
    before = await lite.rows()
    for purpose in (Purpose.CONFIRM, Purpose.FEED, Purpose.FORM):
        claims = Claims(purpose, lite.reader_id, 1, 0, MONDAY)
        token = make_token(lite.world.app.context.token_keys[0], claims)
        for page in ("unsubscribe", "preferences"):
            path = f"/digest/{page}/{token}"
            assert (await lite.client.get(path)).status_code == 404
            assert (await lite.client.post(path, data={"do": "undo"})).status_code == 404
        assert (await lite.client.get(f"/digest/mail/{token}")).status_code == 404
    assert await lite.rows() == before


async def test_a_damaged_token_is_a_page_that_says_so(lite: Site) -> None:
    other = "B" if lite.token.endswith("A") else "A"
    for end in ("", other, "=", "%00", "é"):
        path = f"/digest/unsubscribe/{lite.token[:-1]}{end}"
        for answer in (await lite.client.get(path), await lite.client.post(path)):
            assert answer.status_code == 404, end
            assert "This link does not work" in answer.text


async def test_a_slip_is_taken_back_by_the_button_on_the_same_page(site: Site) -> None:
    page = await site.client.post(f"/digest/unsubscribe/{site.token}")
    assert f'action="/digest/preferences/{site.token}"' in page.text
    assert 'name="do" value="undo"' in page.text
    back = await site.post(f"/digest/preferences/{site.token}", do="undo")
    assert "You are subscribed again." in back.text
    assert (await site.reader()).state is SubscriberState.ACTIVE
