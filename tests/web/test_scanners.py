"""GET, HEAD and OPTIONS change nothing, on every page that a token opens and with any cookies."""

from digest.domain.deliveries import Kind
from digest.domain.tokens import Purpose
from digest.services import reader_links
from digest.services.address_change import request_change
from digest.services.compose import Composer
from tests.services.own_rows import mails_of
from tests.web.own_pages import feed_path, manage, own_pages
from tests.web.site import Site, links_in


async def test_scanners_change_nothing_on_any_page_of_a_reader(site: Site) -> None:
    await site.world.list_papers("Experts for the list")
    paths = set((await own_pages(site)).values())
    context = site.world.app.context
    await request_change(context, site.reader_id, "new@example.net")
    await reader_links.mail_link(context, site.reader_id)
    [change] = await mails_of(site.world, site.reader_id, Kind.ADDRESS_CHANGE)
    confirm = Composer(context).token(change, Purpose.CONFIRM)
    full = f"/digest/preferences/{await manage(site)}"
    paths |= {full, f"{full}/export.json", f"{full}/erase", f"{full}/preview"}
    paths |= {f"/digest/preferences/{site.token}", await feed_path(site)}
    paths |= {f"/digest/confirm/{confirm}", f"/digest/mail/{site.token}"}
    # whatever those pages lead to, as a scanner that follows links would
    for path in sorted(paths):
        page = (await site.client.get(path)).text
        paths |= {link for link in links_in(page) if link.startswith("/digest/preferences/")}
        paths |= {link for link in links_in(page) if link.startswith("/digest/feedback/")}
    before = await site.rows()
    asked = 0
    for path in sorted(paths):
        for method in ("GET", "HEAD", "OPTIONS"):
            for headers in ({}, {"cookie": "session=1; do=erase"}):
                answer = await site.client.request(method, path, headers=headers)
                expected = {405} if method == "OPTIONS" else {200, 403, 404}
                assert answer.status_code in expected, (method, path)
                assert "set-cookie" not in answer.headers
                asked += 1
    assert asked >= 90
    assert await site.rows() == before


async def test_what_a_query_asks_for_is_not_done(lite: Site) -> None:
    full = f"/digest/preferences/{await manage(lite)}"
    before = await lite.rows()
    for path in (f"{full}?do=signout", f"{full}/erase?do=erase", f"{full}/saved?paper=1"):
        assert (await lite.client.get(path)).status_code == 200
    assert (
        await lite.client.get(f"/digest/feedback/{lite.token}/save/1?do=undo")
    ).status_code == 200
    assert await lite.rows() == before
