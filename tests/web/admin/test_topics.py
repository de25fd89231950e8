"""The admin's pages of topics: listed, tested before they are saved, retired and brought back."""

import re
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page

from digest.domain.preferences import topics_from
from digest.domain.subscribers import Preferences
from digest.services.audit import list_audit
from digest.services.subscriptions import subscribe
from digest.services.topics import list_every, load_catalogue, save_topic
from digest.store.topics import StoredTopic
from digest.web.admin.desk import COOKIE
from tests.checkers import axe_violations, html_errors
from tests.web.admin.office import NAME, Office, open_office
from tests.web.chromium import browser

SLUG = "mixture-of-experts"
PATH = f"/admin/topics/{SLUG}"
NEW = "/admin/new-topic"
WORDS = {"name": "Experts", "group": "Language models", "description": "Of our own."}
HOSTILE = '</textarea><script>alert(1)</script>"{{7*7}}'


async def held(office: Office, slug: str = SLUG) -> StoredTopic:
    """Return the newest version of a topic."""
    every = await list_every(office.world.app.context)
    return next(topic for topic in every if topic.slug == slug)


async def test_the_list_has_readers_and_pace_and_who_wrote_it(office: Office) -> None:
    context = office.world.app.context
    topics = topics_from(await load_catalogue(context), slugs=(SLUG,))
    await subscribe(context, "eve@example.org", Preferences(topics=topics), confirmed=True)
    row = re.search(rf'<tr>.*{PATH}".*</tr>', await office.page("/admin/topics"))
    assert row is not None
    assert '<td class="number">1</td><td>about 1 paper a day</td><td>the program</td>' in row[0]
    assert "One reader follows it" in await office.page(PATH)


async def test_a_test_tells_what_is_gained_and_lost_and_saves_nothing(office: Office) -> None:
    before = await held(office)
    told = WORDS | {"version": "1", "query": "merging"}
    answer = await office.press(PATH, do="test", **told)
    assert answer.status_code == 200
    assert ">1 gained</span>" in answer.text
    assert ">1 lost</span>" in answer.text
    lost, _, matched = answer.text.partition("<h3>Lost</h3>")[2].partition("<h3>Matched</h3>")
    assert "Sparse experts" in lost
    assert "Merging experts of 10⁶ kinds</bdi></a> <span" in matched
    assert "4 May" in matched
    assert 'class="of-gained" x=' in answer.text
    assert ">merging</textarea>" in answer.text  # what was typed stands
    part = await office.press(f"{PATH}/test", query="merging")
    assert part.status_code == 200
    assert "1 gained" in part.text
    assert "<html" not in part.text
    assert await held(office) == before
    actions = {line.action for line in await list_audit(office.world.app.context)}
    assert not any(action.startswith("topic") for action in actions)


async def test_an_edit_is_saved_under_the_operators_name(office: Office) -> None:
    answer = await office.press(PATH, do="save", version="1", query="merging", **WORDS)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?done=saved")
    saved = await held(office)
    assert (saved.name, saved.query, saved.version) == ("Experts", "merging", 2)
    assert 'role="status">Saved.' in await office.page(PATH, done="saved")
    line = (await list_audit(office.world.app.context, limit=1))[0]
    assert (line.actor, line.action, line.object) == (NAME, "topic.save", f"topic/{SLUG}")
    assert line.detail["query"][1] == "merging"


async def test_an_edit_of_an_older_version_is_refused_and_kept_to_be_read(office: Office) -> None:
    context = office.world.app.context
    await save_topic(context, SLUG, "Theirs", "Lab", "", "sparse", actor="Bob", version=1)
    for version in ("1", "0", "3", "", "²", "9" * 30):
        answer = await office.press(PATH, do="save", version=version, query="merging", **WORDS)
        assert answer.status_code == 409, version
        assert ">merging</textarea>" in answer.text
    assert "Open version 2" in answer.text
    assert (await office.press(PATH, do="retire", version="1")).status_code == 409
    assert (await held(office)).name == "Theirs"


async def test_a_fault_in_a_query_is_pointed_at(office: Office) -> None:
    for path, told in ((PATH, WORDS | {"version": "1"}), (NEW, WORDS | {"slug": "ours"})):
        for do, status in (("test", 200), ("save", 422)):
            answer = await office.press(path, do=do, query="(sparse OR", **told)
            assert answer.status_code == status
            caret = re.search(
                r'<pre class="caret" tabindex="0">(.*?)</pre>', answer.text, re.DOTALL
            )
            assert caret is not None
            assert re.fullmatch(r"\(sparse OR\n *\^", caret[1])
        assert '<pre class="caret"' in (await office.press(f"{path}/test", query="(sparse OR")).text
    assert (await held(office)).version == 1


async def test_a_new_topic_is_tested_and_made_once(office: Office) -> None:
    told = WORDS | {"query": "merging", "slug": "ours"}
    tried = await office.press(NEW, do="test", **told)
    assert "<strong>1</strong> of 2 papers match" in tried.text
    assert "gained" not in tried.text
    made = await office.press(NEW, do="save", **told)
    assert made.headers["location"] == "/admin/topics/ours?done=saved"
    again = await office.press(NEW, do="save", **told | {"query": "sparse"})
    assert again.status_code == 409
    assert "already" in again.text
    bad = await office.press(NEW, do="save", **told | {"slug": "../Ours"})
    assert bad.status_code == 422
    taken = await office.press(NEW, do="save", **told | {"slug": "other"})
    assert (taken.status_code, "is taken" in taken.text) == (409, True)


async def test_a_topic_is_retired_and_brought_back(office: Office) -> None:
    gone = await office.press(PATH, do="retire", version="1")
    assert gone.headers["location"] == f"{PATH}?done=retired"
    assert "Bring it back" in await office.page(PATH, done="retired")
    assert ">Retired</h2>" in await office.page("/admin/topics")
    assert SLUG not in await load_catalogue(office.world.app.context)
    back = await office.press(PATH, do="restore", version="2")
    assert back.headers["location"] == f"{PATH}?done=restored"
    assert SLUG in await load_catalogue(office.world.app.context)


async def test_hostile_words_stay_words(office: Office) -> None:
    told = WORDS | {"slug": HOSTILE, "query": HOSTILE, "name": HOSTILE[:60], "group": "\x00"}
    for do in ("test", "save"):
        answer = await office.press(NEW, do=do, **told)
        assert answer.status_code in (200, 422)
        assert "<script>alert" not in answer.text
        assert "49" not in answer.text.partition("<textarea")[2].partition("</textarea>")[0]
    for path in ("/admin/topics/%00", "/admin/topics/none", "/admin/topics/%3Cb%3E"):
        assert (await office.client.get(path)).status_code == 404
        assert (await office.press(path, do="save", query="x", **WORDS)).status_code == 404
    assert (await office.press(f"{NEW}/test", query="x" * 3000)).status_code == 200


async def test_nobody_else_sees_or_does_anything(desk: Office) -> None:
    async with desk.stranger() as browser:
        for path in ("/admin/topics", PATH, NEW):
            answer = await browser.get(path)
            assert (answer.status_code, "location" in answer.headers) == (303, True)
        for path in (PATH, NEW, f"{PATH}/test", f"{NEW}/test"):
            assert (await browser.post(path, data={"do": "save"})).status_code == 303
            other = await desk.client.post(path, data={"csrf": "0" * 64, "do": "retire"})
            assert other.status_code == 403
        live = await browser.post(f"{PATH}/test", headers={"hx-request": "true"})
        assert live.headers["hx-redirect"] == "/admin/login"
    assert (await held(desk)).version == 1


async def test_no_get_changes_anything(desk: Office) -> None:
    before = await list_every(desk.world.app.context)
    for query in ({"do": "retire"}, {"done": "retired"}, {"do": "save", "query": "x"}):
        await desk.page(PATH, **query)
    assert (await desk.client.get(f"{PATH}/test")).status_code in (404, 405)
    assert await list_every(desk.world.app.context) == before


def _keep(problems: list[str], said: ConsoleMessage) -> None:
    problems.append(said.text)


async def edit(page: Page, address: str) -> None:
    """Edit the topic as an operator does: look at the test, then save."""
    await page.goto(f"{address}{PATH}")
    await page.fill("#query", "merging OR (")
    await page.wait_for_selector("#trial .caret")
    await page.fill("#query", "merging")
    await page.wait_for_selector("#trial .chip:text('1 gained')")
    assert await axe_violations(page) == []
    await page.click("button:text-is('Save')")
    await page.wait_for_selector("[role=status]:has-text('Saved')")
    assert await page.input_value("#query") == "merging"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_operator_edits_a_topic_in_a_browser(tmp_path: Path, scheme: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_office(tmp_path, url) as office, browser() as running:
        dark = scheme == "dark"
        context = await running.new_context(color_scheme="dark" if dark else "light")
        await context.add_cookies(
            [{"name": COOKIE, "value": office.who.cookie, "url": f"{office.address}/admin"}]
        )
        page = await context.new_page()
        problems: list[str] = []
        page.on("console", partial(_keep, problems))
        page.on("pageerror", lambda error: problems.append(str(error)))
        await edit(page, office.address)
        for path in ("/admin/topics", NEW):
            await page.goto(f"{office.address}{path}")
            assert await axe_violations(page) == []
        assert problems == []


async def test_the_pages_are_valid(desk: Office, tmp_path: Path) -> None:
    documents = {
        "topics.html": await desk.page("/admin/topics"),
        "topic.html": await desk.page(PATH),
        "new.html": await desk.page(NEW),
        "fault.html": (await desk.press(PATH, do="save", query="(", version="1", **WORDS)).text,
        "tried.html": (
            await desk.press(PATH, do="test", query="merging", version="1", **WORDS)
        ).text,
    }
    assert html_errors(documents, tmp_path) == []
