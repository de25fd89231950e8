"""The admin's import and export: tried first, done once, by nobody else."""

import csv
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import httpx

from digest.services.audit import list_audit
from digest.services.operators import create_account, get_account
from digest.services.people_export import list_people
from digest.services.signing_in import begin_session
from digest.web.admin.desk import COOKIE
from digest.web.safety import MAX_UPLOAD
from tests.checkers import axe_violations, html_errors
from tests.web.admin.office import NAME, PASSWORD, Office
from tests.web.chromium import browser

ALL, DEED, EXPORT = "/admin/exchange", "/admin/exchange/import", "/admin/exchange/export"
LISTMONK = """uuid,email,name,attributes,status,created_at,updated_at
1,ann@example.org,Ann,{},enabled,2020-02-10,2020-02-10
3,eve@example.org,Eve,{},blocklisted,2020-02-10,2020-02-10
4,not an address,=1+1,{},enabled,2020-02-10,2020-02-10
5,<script>alert(1)</script>,Zoe,{},enabled,2020-02-10,2020-02-10
"""


async def bring(
    office: Office, text: str | bytes, name: str = "people.csv", **fields: Any
) -> httpx.Response:
    """Bring a file to be tried."""
    body = text.encode() if isinstance(text, str) else text
    told = {"csrf": await office.csrf(), "what": "people", **fields}
    return await office.client.post(ALL, data=told, files={"file": (name, body)})


def sealed(answer: httpx.Response) -> str:
    """Return what carries a dry run to its deed."""
    found = re.search(r'name="sealed" value="([^"]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


def counts(answer: httpx.Response) -> dict[str, int]:
    """Return the figures of a result, by their words."""
    found = re.findall(r"<dt>([^<]+)</dt><dd>([\d,]+)</dd>", answer.text)
    return {words: int(count.replace(",", "")) for words, count in found if count != "0"}


async def states(office: Office) -> dict[str, str]:
    """Return every reader's state by address."""
    context = office.world.app.context
    return {one.address: one.state.value async for one in list_people(context)}


def kept(office: Office) -> list[Path]:
    """Return the files that are kept for a second step."""
    return list((office.world.app.context.settings.data_dir / "tmp").glob("*"))


async def test_a_file_is_tried_and_then_imported_once(office: Office) -> None:
    before = await states(office)
    tried = await bring(
        office, LISTMONK, consent="confirmed", topics=["mixture-of-experts"], hour="6"
    )
    assert tried.status_code == 200, tried.text
    assert "read as listmonk's: 4 rows" in html.unescape(tried.text)
    assert counts(tried) == {"Added": 1, "Barred": 1, "Rejected": 2}
    assert "is not an e-mail address" in tried.text
    assert "<script>alert" not in tried.text
    assert await states(office) == before
    assert not any(b"ann@example.org" in path.read_bytes() for path in kept(office))
    assert {path.stat().st_mode & 0o777 for path in kept(office)} == {0o600}
    done = await office.press(DEED, sealed=sealed(tried))
    assert done.status_code == 200, done.text
    assert counts(done) == counts(tried)
    assert ">Imported</h1>" in done.text
    new = {"ann@example.org": "active", "eve@example.org": "suppressed"}
    assert await states(office) == before | new
    again = await office.press(DEED, sealed=sealed(tried))
    assert again.status_code == 410
    assert "Bring it again" in again.text
    people = {one.address: one async for one in list_people(office.world.app.context)}
    chosen = people["ann@example.org"].preferences
    assert ([item.slug for item in chosen.topics], chosen.hour) == (["mixture-of-experts"], 6)
    actions = [(line.actor, line.action) for line in await list_audit(office.world.app.context)]
    assert actions[:2] == [(NAME, "subscribers.imported"), (NAME, "subscribers.import")]


async def test_rejected_lines_are_a_file_to_mend(office: Office) -> None:
    tried = await bring(office, LISTMONK)
    found = re.search(r'href="(/admin/exchange/report/[^"]+)"', tried.text)
    assert found is not None
    report = await office.client.get(found[1])
    assert 'filename="rejected.csv"' in report.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(report.text)))
    assert [line["line"] for line in lines] == ["2", "4", "5"]
    assert "nothing says that they agreed" in lines[0]["error"]
    assert lines[1]["name"] == "'=1+1"  # no formula for whoever opens it as a sheet
    for token in ("none", "..%2F..%2Fsecret.key", "0" * 10 + "-" + "a" * 32):
        assert (await office.client.get(f"/admin/exchange/report/{token}")).status_code == 404
    office.world.clock.set(office.world.now.replace(minute=31))
    assert (await office.client.get(found[1])).status_code == 404
    await bring(office, "address\nzoe@example.org\n")
    assert all(path.suffix == ".sealed" for path in kept(office))
    assert len(kept(office)) == 1  # those of before are swept away
    assert kept(office)[0].parent.stat().st_mode & 0o777 == 0o700


async def test_nobody_is_mailed_who_did_not_agree(office: Office) -> None:
    plain = "ann@example.org\nbo@example.org\n"
    assert counts(await bring(office, plain, "mailman.txt")) == {"Rejected": 2}
    invited = await bring(office, plain, "mailman.txt", consent="invite", kind="mailman")
    assert counts(invited) == {"Invited": 2}
    await office.press(DEED, sealed=sealed(invited))
    assert (await states(office))["bo@example.org"] == "pending"
    left = await bring(office, "gone@example.org\n", standing="left")
    assert counts(left) == {"Left": 1}


async def test_a_suppression_list_comes_in_and_goes_out(office: Office) -> None:
    listed = "address,reason\nada@example.org,complaint\nnobody@example.org,bounce\nx,y\n"
    tried = await bring(office, listed, what="barred")
    assert counts(tried) == {"Barred": 1, "Kept out": 1, "Rejected": 1}
    assert (await states(office))["ada@example.org"] == "active"
    done = await office.press(DEED, sealed=sealed(tried))
    assert counts(done) == counts(tried)
    assert (await states(office))["ada@example.org"] == "suppressed"
    out = await office.press(EXPORT, what="barred")
    assert 'filename="suppressions.csv"' in out.headers["content-disposition"]
    assert [line["address"] for line in csv.DictReader(io.StringIO(out.text))] == [
        "ada@example.org"
    ]


async def test_readers_go_out_as_csv_and_json_and_it_is_written_down(office: Office) -> None:
    table = await office.press(EXPORT, what="csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert {line["address"] for line in csv.DictReader(io.StringIO(table.text))} == {
        "ada@example.org",
        "bob@example.org",
    }
    lines = (await office.press(EXPORT, what="json")).text.splitlines()
    assert [json.loads(line)["address"] for line in lines] == ["ada@example.org", "bob@example.org"]
    shown = [line.action for line in await list_audit(office.world.app.context)]
    assert shown[:2] == ["subscribers.export"] * 2
    back = await bring(office, table.text)
    assert counts(back) == {"Unchanged": 2}
    assert (await office.press(EXPORT, what="everything")).status_code == 200


async def test_what_cannot_be_read_is_told(desk: Office) -> None:
    wrong: tuple[tuple[bytes, dict[str, Any], str], ...] = (
        (b"", {}, "not empty"),
        (b"\xff\xfe\x00", {}, ""),
        (b"no header\n", {}, "first line"),
        (b"{", {}, "JSON"),
        (b"address\n\xe4@example.org\n", {}, "UTF-8"),
        (LISTMONK.encode(), {"topics": "no-such-topic"}, "no-such-topic"),
        (LISTMONK.encode(), {"lists": "News"}, "LIST = SLUG"),
        (LISTMONK.encode(), {"kind": "sendy"}, "open the page again"),
        (LISTMONK.encode(), {"hour": "24"}, "open the page again"),
        (LISTMONK.encode(), {"hour": "²"}, "open the page again"),
        (LISTMONK.encode(), {"consent": "sure"}, "open the page again"),
    )
    for body, fields, words in wrong:
        answer = await bring(desk, body, **fields)
        assert answer.status_code == 422, (body, fields)
        assert words in html.unescape(answer.text)
    assert kept(desk) == []
    for bad in ("", "x", "é", "\x00"):
        assert (await desk.press(DEED, sealed=bad)).status_code == 410
    none = await desk.client.post(ALL, data={"csrf": await desk.csrf(), "what": "people"})
    assert none.status_code == 422


async def test_large_bodies_are_for_operators_alone(desk: Office) -> None:
    row = "{}@example.org\n"
    large = "".join(row.format(number) for number in range(5_000))  # 85 KB
    assert counts(await bring(desk, large)) == {"Rejected": 5_000}
    too_large = b"x" * (MAX_UPLOAD + 1)
    assert (await bring(desk, too_large)).status_code == 413
    async with desk.stranger() as other:
        data = {"file": ("people.csv", large.encode())}
        assert (await other.post(ALL, files=data)).status_code == 413
        other.cookies.set(COOKIE, "made up", path="/admin")
        assert (await other.post(ALL, files=data)).status_code == 303
    for path in ("/admin/account", DEED, "/subscribe"):
        answer = await desk.client.post(path, content=b"x" * 100_000)
        assert answer.status_code == 413, path


async def test_another_account_and_a_forged_form_take_nothing(desk: Office) -> None:
    before = await states(desk)
    tried = await bring(desk, LISTMONK, consent="confirmed")
    forged = {"csrf": "0" * 64, "sealed": sealed(tried)}
    assert (await desk.client.post(DEED, data=forged)).status_code == 403
    files = {"file": ("people.csv", LISTMONK.encode())}
    answer = await desk.client.post(ALL, data={"csrf": "0" * 64}, files=files)
    assert answer.status_code == 403
    assert (await desk.client.post(EXPORT, data={"what": "csv"})).status_code == 403
    async with desk.stranger() as other:
        assert (await other.get(ALL)).status_code == 303
        assert (await other.post(EXPORT, data={"what": "csv"})).status_code == 303
    await _sign_in_as_bob(desk)
    assert (await desk.press(DEED, sealed=sealed(tried))).status_code == 410
    assert await states(desk) == before


async def _sign_in_as_bob(desk: Office) -> None:
    context = desk.world.app.context
    await create_account(context, "Bob", PASSWORD, "cli:test")
    who = await begin_session(context, await get_account(context, "Bob"), "127.0.0.1", "tests")
    desk.client.cookies.set(COOKIE, who.cookie, path="/admin")


async def test_the_pages_are_valid_and_accessible(desk: Office, tmp_path: Path) -> None:
    tried = await bring(desk, LISTMONK)
    documents = {
        "exchange.html": await desk.page(ALL),
        "tried.html": tried.text,
        "done.html": (await desk.press(DEED, sealed=sealed(tried))).text,
        "barred.html": (await bring(desk, "ann@example.org\n", what="barred")).text,
    }
    assert html_errors(documents, tmp_path) == []
    file = tmp_path / "people.csv"
    file.write_text(LISTMONK)
    async with browser() as running:
        for dark in (False, True):
            context = await running.new_context(color_scheme="dark" if dark else "light")
            await context.add_cookies(
                [{"name": COOKIE, "value": desk.who.cookie, "url": f"{desk.address}/admin"}]
            )
            page = await context.new_page()
            await page.goto(f"{desk.address}{ALL}")
            for summary in await page.locator("summary").all():
                await summary.click()
            assert await axe_violations(page) == []
            await page.set_input_files("input[type=file] >> nth=0", file)
            await page.click("button:text-is('Try it') >> nth=0")
            await page.wait_for_selector("h1:text('What an import would do')")
            assert await axe_violations(page) == []
            await page.click("button:text-is('Import it')")
            await page.wait_for_selector("h1:text-is('Imported')")
            assert await axe_violations(page) == []
