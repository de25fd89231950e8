"""Votes from a mail: a button that names the paper, an act, and a way back."""

import re

from digest.services.feedback import list_saved
from digest.store import papers
from tests.web.own_pages import manage
from tests.web.site import Site, links_in
from tests.world import hours

HOSTILE = '<script>alert("x")</script> experts'


async def votes(site: Site) -> list[str]:
    """Return the verdicts in the log."""
    return [row[3] for row in sorted((await site.rows())["vote"])]


async def test_a_link_shows_one_button_that_names_the_paper(site: Site) -> None:
    path = f"/digest/feedback/{site.token}/more/1"
    page = (await site.client.get(path)).text
    assert "<h1>More like this</h1>" in page
    assert "Sparse experts" in page
    assert re.findall(r"<button[^>]*>([^<]+)<", page) == ["More like this"]
    others = [link for link in links_in(page) if "/feedback/" in link]
    assert others == [f"/digest/feedback/{site.token}/{name}/1" for name in ("less", "save")]
    assert await votes(site) == []


async def test_posting_acts_once_and_can_be_undone(site: Site) -> None:
    for verdict, undone in (("more", "neither"), ("less", "neither"), ("save", "unsave")):
        path = f"/digest/feedback/{site.token}/{verdict}/1"
        before = len(await votes(site))
        first = await site.client.post(path)
        again = await site.client.post(path)
        assert (first.status_code, first.text) == (200, again.text)
        assert 'name="do" value="undo"' in first.text
        assert (await votes(site))[before:] == [verdict]
        back = await site.post(path, do="undo")
        await site.post(path, do="undo")
        assert ("Taken back" if undone == "neither" else "No longer saved") in back.text
        assert (await votes(site))[before:] == [verdict, undone]


async def test_the_vote_keeps_the_topic_of_the_mail_and_works_by_any_link(site: Site) -> None:
    await site.client.post(f"/digest/feedback/{site.token}/more/1")
    await site.client.post(f"/digest/feedback/{await manage(site)}/save/2")
    rows = sorted((await site.rows())["vote"])
    assert [(row[2], row[3], row[4], row[5]) for row in rows] == [
        (1, "more", "experts", 1),
        (2, "save", "experts", 1),  # the test's link names the same delivery
    ]


async def test_what_there_is_not_is_a_404_and_no_vote(lite: Site) -> None:
    for path in (
        "save/999999",
        "save/0",
        "save/x",
        "save/-1",
        "save/1e3",
        "save/٣",
        "hate/1",
        "unsave/1",
    ):
        for answer in (
            await lite.client.get(f"/digest/feedback/{lite.token}/{path}"),
            await lite.client.post(f"/digest/feedback/{lite.token}/{path}"),
        ):
            assert answer.status_code == 404, path
    assert (
        await lite.client.get(f"/digest/feedback/{lite.token}/save/{'9' * 30}")
    ).status_code == 404
    assert await votes(lite) == []


async def test_the_saved_list_links_and_removes(site: Site) -> None:
    path = f"/digest/preferences/{site.token}/saved"
    assert "None yet." in (await site.client.get(path)).text
    await site.client.post(f"/digest/feedback/{site.token}/save/1")
    site.world.clock.set(site.world.now + hours(1))
    await site.client.post(f"/digest/feedback/{site.token}/save/2")
    page = (await site.client.get(path)).text
    assert page.index("Merging experts of 10<sup>6</sup> kinds") < page.index("Sparse experts")
    assert "https://arxiv.org/abs/2605.10001" in links_in(page)
    assert "Saved on 4 May 2026" in page
    answer = await site.post(path, paper="2")
    assert "No longer saved" in answer.text
    assert "Merging experts" not in answer.text
    for wrong in ("", "x", "999999"):
        assert (await site.post(path, paper=wrong)).status_code == 404
    assert await votes(site) == ["save", "save", "unsave"]


async def test_a_hostile_title_is_text_and_a_merged_paper_its_survivor(lite: Site) -> None:
    [bad] = await lite.world.list_papers(HOSTILE, url="javascript:alert(1)")
    async with lite.world.app.database.write() as connection:
        await papers.merge_papers(connection, bad, 1, lite.world.now)
    for answer in (
        await lite.client.post(f"/digest/feedback/{lite.token}/save/1"),
        await lite.client.get(f"/digest/preferences/{lite.token}/saved"),
    ):
        assert "&lt;script&gt;" in answer.text
        assert "<script" not in answer.text
        assert "javascript:" not in answer.text
    found = await list_saved(lite.world.app.context, lite.reader_id)
    assert [item.paper.id for item in found] == [bad]
