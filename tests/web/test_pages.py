"""Confirming, the mail as a page, the front page, and what every answer carries."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from digest.domain.subscribers import SubscriberState
from digest.domain.tokens import Claims, Purpose, make_token
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.web.site import ADDRESS, FORM, Site, links_in, local, mail_of, open_site
from tests.world import MONDAY, hours

HOSTILE = '<script>alert("x")</script> & <img src=x onerror=y>\u202e experts'
HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "strict-transport-security": "max-age=31536000",
}


async def test_the_link_of_a_confirmation_mail_shows_a_button_and_acts_on_post(site: Site) -> None:
    reader = await site.world.add_reader("new@example.org", confirmed=False)
    await site.world.send()
    mail = mail_of(site.world)
    assert mail["To"] == "new@example.org"
    assert mail["List-Unsubscribe"] is None
    page = mail.get_body(("html",))
    assert page is not None
    path = local(next(a for a in links_in(page.get_content()) if "/confirm/" in a))
    before = await site.rows()
    asked = await site.client.get(path)
    assert f'action="{path}"' in asked.text
    assert await site.rows() == before
    for words in ("You are subscribed", "This is confirmed already"):
        answer = await site.client.post(path)
        assert answer.status_code == 200
        assert words in answer.text
    held = await site.world.reader(reader)
    assert (held.state, held.confirmed_at) == (SubscriberState.ACTIVE, site.world.now)


async def test_a_confirmation_link_ends_after_48_hours(lite: Site) -> None:
    reader = await lite.world.add_reader("new@example.org", confirmed=False)
    claims = Claims(Purpose.CONFIRM, reader, 2, 0, lite.world.now)
    path = f"/digest/confirm/{make_token(lite.world.app.context.token_keys[0], claims)}"
    lite.world.clock.set(lite.world.now + hours(48.1))
    for answer in (await lite.client.get(path), await lite.client.post(path)):
        assert answer.status_code == 404
        assert "older than 48 hours" in answer.text
    assert (await lite.world.reader(reader)).state is SubscriberState.PENDING


async def test_a_confirmation_link_brings_nobody_back_who_left_or_is_gone(lite: Site) -> None:
    key = lite.world.app.context.token_keys[0]
    await lite.client.post(f"/digest/unsubscribe/{lite.token}")
    for reader_id in (lite.reader_id, 987_654):
        token = make_token(key, Claims(Purpose.CONFIRM, reader_id, 2, 0, lite.world.now))
        assert (await lite.client.post(f"/digest/confirm/{token}")).status_code == 404
    token = make_token(key, Claims(Purpose.MAIL, lite.reader_id, 1, 0, lite.world.now))
    assert (await lite.client.post(f"/digest/confirm/{token}")).status_code == 404
    assert (await lite.reader()).state is SubscriberState.UNSUBSCRIBED


async def test_the_browser_view_is_the_mail_with_the_reader_s_own_links(site: Site) -> None:
    answer = await site.client.get(f"/digest/mail/{site.token}")
    assert answer.status_code == 200
    assert "Sparse experts" in answer.text
    assert "<msup><mn>10</mn><mn>6</mn></msup>" in answer.text
    assert ADDRESS not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    unsubscribe = next(local(a) for a in links_in(answer.text) if "/unsubscribe/" in a)
    assert (await site.client.post(unsubscribe, content="x", headers=FORM)).status_code == 200
    assert (await site.reader()).state is SubscriberState.UNSUBSCRIBED
    assert (await site.client.get(f"/digest/mail/{site.token}")).status_code == 200


async def test_a_mail_that_is_not_kept_is_a_404(lite: Site) -> None:
    claims = Claims(Purpose.MAIL, lite.reader_id, 987_654, 0, MONDAY)
    token = make_token(lite.world.app.context.token_keys[0], claims)
    answer = await lite.client.get(f"/digest/mail/{token}")
    assert answer.status_code == 404
    assert "This mail is not here" in answer.text


async def test_hostile_titles_are_text_on_every_page(lite: Site) -> None:
    lite.world.clock.set(MONDAY + hours(20))
    await lite.world.list_papers(HOSTILE, votes=900, url="javascript:alert(1)")
    await lite.world.at(MONDAY + hours(32))
    token = re.findall(r"/unsubscribe/([\w-]+)", lite.world.html_to(ADDRESS)[1])[0]
    for path in ("/digest/", f"/digest/mail/{token}"):
        page = (await lite.client.get(path)).text
        assert "experts" in page
        assert "<script" not in page, path
        assert "<img" not in page, path
        assert "&lt;script&gt;" in page, path
        assert "javascript:" not in page, path
        assert "\u202e" not in page, path


async def test_the_front_page_lists_what_trends_with_formulas_set(lite: Site) -> None:
    page = await lite.client.get("/digest/")
    assert page.status_code == 200
    assert "Merging experts of 10<sup>6</sup> kinds" in page.text
    assert page.text.count('href="https://arxiv.org/abs/2605.') == 2


async def test_health_tells_whether_the_database_is_read(lite: Site) -> None:
    answer = await lite.client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert (await lite.client.head("/digest/healthz")).status_code == 200
    path = lite.world.app.database.path
    assert path is not None
    await lite.world.app.database.close()
    for beside in path.parent.glob(f"{path.name}*"):
        beside.unlink()
    path.mkdir()
    answer = await lite.client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    # and a page that needs the database says so without its innards, headers and all
    async with plain_client(str(lite.client.base_url)) as client:
        failed = await client.get("/digest/")
    assert failed.status_code == 500
    assert "Something went wrong" in failed.text
    assert "sqlite" not in failed.text.casefold()
    assert failed.headers["x-content-type-options"] == "nosniff"
    path.rmdir()


async def test_every_answer_carries_the_safety_headers(lite: Site) -> None:
    for path in ("/digest/", f"/digest/preferences/{lite.token}", "/digest/nowhere", "/healthz"):
        answer = await lite.client.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        assert "default-src 'none'" in answer.headers["content-security-policy"], path
        public = path == "/digest/"
        told = "public, max-age=60" if public else "no-store"
        assert answer.headers["cache-control"] == told, path
        assert "server" not in answer.headers


async def test_the_style_sheet_is_kept_by_browsers_and_named_by_its_content(lite: Site) -> None:
    page = (await lite.client.get("/digest/")).text
    sheet = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)[0]
    assert sheet.startswith("/digest/assets/style.css?v=")
    answer = await lite.client.get(sheet)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "{{" not in answer.text


async def test_an_unknown_address_and_a_wrong_method_have_pages(lite: Site) -> None:
    answer = await lite.client.get("/digest/no/such/page")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert 'href="/digest/"' in answer.text
    assert (await lite.client.get("/elsewhere")).status_code == 404
    wrong = await lite.client.put(f"/digest/unsubscribe/{lite.token}")
    assert wrong.status_code == 405
    assert {m.strip() for m in wrong.headers["allow"].split(",")} & {"GET", "POST"}


async def test_a_body_over_64_kib_is_refused_with_or_without_its_length(lite: Site) -> None:
    path = f"/digest/preferences/{lite.token}"
    before = await lite.rows()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"do=save&queries="
        for _ in range(65):
            yield b"x" * 1024

    told = await lite.client.post(path, content=b"x" * 65_537, headers=FORM)
    untold = await lite.client.post(path, content=chunks(), headers=FORM)
    assert (told.status_code, untold.status_code) == (413, 413)
    assert "larger than any form" in untold.text
    assert await lite.rows() == before


async def test_links_work_without_a_prefix_and_where_a_proxy_cuts_it_off(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_site(tmp_path, url) as site:
        assert (await site.client.get(f"/preferences/{site.token}")).status_code == 200
        bare = site.world.app.context.settings.model_copy(
            update={"base_url": "http://papers.example"}
        )
        context = replace(site.world.app.context, settings=bare)
        async with (
            serve(create_app(context)) as port,
            plain_client(f"http://127.0.0.1:{port}") as client,
        ):
            page = await client.get(f"/preferences/{site.token}")
            assert f'action="/preferences/{site.token}"' in page.text
            assert "strict-transport-security" not in page.headers
            assert (await client.post(f"/unsubscribe/{site.token}")).status_code == 200
            assert (await client.get(f"/digest/preferences/{site.token}")).status_code == 404
