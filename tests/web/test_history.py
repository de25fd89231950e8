"""The pages on what came and why, and the preview of the next mail."""

import re

from digest.web.safety import MAIL_POLICY
from tests.web.site import ADDRESS, Site, links_in
from tests.world import MONDAY, hours


async def test_the_history_links_each_digest_to_its_browser_view(site: Site) -> None:
    await site.world.at(MONDAY + hours(32))
    answer = await site.client.get(f"/digest/preferences/{site.token}/history")
    assert answer.text.index("Tuesday, 5 May 2026") < answer.text.index("Monday, 4 May 2026")
    assert "Nothing new" in answer.text
    assert "2 papers" in answer.text
    [view] = [link for link in links_in(answer.text) if "/mail/" in link]
    assert "Sparse experts" in (await site.client.get(view)).text
    assert ADDRESS not in answer.text


async def test_views_opened_from_the_history_have_links_that_work(lite: Site) -> None:
    await lite.renew_links()
    claims = re.findall(r"/unsubscribe/([\w-]+)", lite.world.html_to(ADDRESS)[0])
    assert claims == [lite.token] * len(claims)
    await lite.world.list_papers("Experts of Tuesday")
    await lite.world.at(MONDAY + hours(32))
    token = re.findall(r"/preferences/([\w-]+)", lite.world.html_to(ADDRESS)[1])[0]
    page = (await lite.client.get(f"/digest/preferences/{token}/history")).text
    views = [link for link in links_in(page) if "/mail/" in link]
    assert len(views) == 2
    for view in views:
        inner = (await lite.client.get(view)).text
        own = re.findall(r'href="https://papers.example(/digest/preferences/[\w-]+)', inner)
        assert (await lite.client.get(own[0])).status_code == 200


async def test_why_a_paper_came_or_did_not(lite: Site) -> None:
    lite.world.clock.set(MONDAY + hours(9))
    await lite.world.list_papers("Pruning <b>trees</b>")
    path = f"/digest/preferences/{lite.token}/why"
    came = await lite.client.get(path, params={"paper": "2605.10001"})
    assert "It came" in came.text
    assert "in the digest of 2026-05-04" in came.text
    not_come = await lite.client.get(path, params={"paper": "https://arxiv.org/abs/2605.10003"})
    assert "It did not come" in not_come.text
    assert "it matches none of the topics" in not_come.text
    assert "<b>" not in not_come.text
    unknown = await lite.client.get(path, params={"paper": '"><script>x'})
    assert unknown.status_code == 404
    assert "No paper is known by that." in unknown.text
    assert "<script" not in unknown.text
    assert (await lite.client.get(path)).status_code == 200
    assert (await lite.client.get(path, params={"paper": "9" * 400})).status_code == 404


async def test_the_preview_is_the_mail_itself_with_the_reader_s_own_links(site: Site) -> None:
    path = f"/digest/preferences/{site.token}/preview"
    empty = await site.client.get(path)
    assert "A digest made now would be empty" in empty.text
    assert "you have had all 2 papers that match your topics" in empty.text
    await site.world.list_papers("Experts of tomorrow")
    before = await site.rows()
    answer = await site.client.get(path)
    assert answer.headers["content-security-policy"] == MAIL_POLICY
    assert "Experts of tomorrow" in answer.text
    assert "Sparse experts" not in answer.text
    assert ADDRESS not in answer.text
    own = {link for link in links_in(answer.text) if link.startswith("https://papers.example")}
    own.remove("https://papers.example/digest/privacy")
    assert own
    assert all(site.token in link for link in own)
    assert await site.rows() == before
