"""Signing in at an OpenID provider: a real one on loopback, right and wrong."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fastapi.responses import JSONResponse, PlainTextResponse, Response

from digest.services import operators
from digest.services.audit import list_audit
from digest.web.admin.openid import KEPT
from tests.web.admin.at_provider import BACK, START, enter, opened, pass_an_hour, refused, way_back
from tests.web.admin.office import Office, open_office
from tests.web.admin.provider import (
    CLIENT,
    Claims,
    Provider,
)


async def test_whoever_is_allowed_gets_an_account_at_the_first_sign_in(
    beside: tuple[Office, Provider],
) -> None:
    office, provider = beside
    for _ in range(2):
        async with office.stranger() as browser:
            assert f"{START}?next=" in (await browser.get("/admin/login")).text
            back = await browser.get(await way_back(browser))
            assert (back.status_code, back.headers["location"]) == (303, "/admin/account")
            page = await browser.get("/admin/account")
            assert "Signs in at the OpenID provider" in page.text
            assert KEPT not in browser.cookies
    account = await operators.get_account(office.world.app.context, "ada@example.org")
    assert (account.subject, account.password_hash) == (f"{provider.issuer} ada-1", None)
    lines = [line for line in await list_audit(office.world.app.context) if "@" in line.actor]
    assert [line.action for line in reversed(lines)] == [
        "account.create",
        "account.sign-in",
        "account.sign-in",
    ]


async def test_a_cookie_of_the_way_is_short_lived_and_tells_nothing(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, _ = beside_lite
    async with office.stranger() as browser:
        away = await browser.get(START)
        cookie = away.headers["set-cookie"].lower()
        kept = {"httponly", "samesite=lax", "path=/admin/openid", "max-age=600"}
        assert kept <= set(cookie.split("; "))
        [state] = parse_qs(urlsplit(away.headers["location"]).query)["state"]
        assert state not in away.headers["set-cookie"]
        path = await way_back(browser)
        office.world.clock.set(office.world.now.replace(minute=10))
        assert "took too long" in (await browser.get(path)).text


async def test_an_account_that_was_disabled_or_is_allowed_no_more_stays_out(
    beside: tuple[Office, Provider],
) -> None:
    office, provider = beside
    context = office.world.app.context
    assert (await enter(office)).status_code == 303
    provider.email = "other@example.org"  # of the same subject
    assert "not among those" in await refused(office)
    provider.email = "ada@example.org"
    await operators.disable_account(context, "ada@example.org", "cli:test")
    assert "disabled" in await refused(office)
    actions = [line.action for line in await list_audit(context)]
    assert actions.count("account.refused") == 2
    await operators.enable_account(context, "ada@example.org", "cli:test")
    assert (await enter(office)).status_code == 303


async def test_names_that_are_taken_get_a_number(beside: tuple[Office, Provider]) -> None:
    office, provider = beside
    assert (await enter(office)).status_code == 303
    provider.subject = "ada-2"
    assert (await enter(office)).status_code == 303
    names = {one.name for one in await operators.list_accounts(office.world.app.context)}
    assert names == {"Ada", "Ada@Example.org", "Ada@Example.org (2)"}


async def test_another_browsers_answer_and_an_old_one_open_nothing(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, provider = beside_lite
    async with office.stranger() as browser, office.stranger() as other:
        path = await way_back(browser)
        assert "has begun no sign-in" in (await other.get(path)).text
        await other.get(START)
        assert "of another sign-in" in (await other.get(path)).text
        for query in ("", "?state=%00&code=x", "?code=x", "?state=é"):
            await other.get(START)
            assert (await other.get(BACK + query)).status_code == 403
        kept = browser.cookies[KEPT]
        assert (await browser.get(path)).status_code == 303
        browser.cookies.set(KEPT, kept, path=START)  # as if it had been written down
        replayed = await browser.get(path)
        assert replayed.status_code == 403
        assert "invalid_grant" in replayed.text
    assert len(provider.codes) == 0


async def test_what_the_provider_refuses_is_told(beside_lite: tuple[Office, Provider]) -> None:
    office, _ = beside_lite
    async with office.stranger() as browser:
        denied = await browser.get(f"{BACK}?error=access_denied&state=x")
        assert (denied.status_code, "access_denied" in denied.text) == (403, True)
        hostile = await browser.get(BACK, params={"error": "<script>alert(1)</script>"})
        assert hostile.status_code == 403
        assert "script>alert" not in hostile.text
        assert (await browser.head(BACK)).status_code == 405
        led = await browser.get(await way_back(browser, "https://evil.example/"))
        assert led.headers["location"] == "/admin"


def _nonsense() -> list[Response]:
    return [
        PlainTextResponse("<html>"),
        JSONResponse([]),
        JSONResponse({}, 500),
        JSONResponse({"error": "<b>" * 50}, 400),
        Response(b"\xff\xfe", media_type="application/json"),
        PlainTextResponse("[" * 100_000),
        PlainTextResponse(json.dumps("x" * 300_000)),
        Response(status_code=302, headers={"location": "http://127.0.0.1:1/"}),
    ]


async def test_a_provider_that_answers_nonsense_is_no_fault_of_ours(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, provider = beside_lite
    for place in ("/.well-known/openid-configuration", "/token", "/keys"):
        for answer in _nonsense():
            provider.broken = {}
            async with office.stranger() as browser:
                path = await way_back(browser)
                provider.broken = {place: answer}
                page = await browser.get(path)
                assert page.status_code == 403
                assert "Signing in there does not work" in page.text
                assert "<b>" not in page.text
            pass_an_hour(office)
    async with office.stranger() as browser:
        provider.broken = {"/.well-known/openid-configuration": _nonsense()[0]}
        assert (await browser.get(START)).status_code == 503


async def test_a_description_that_leads_elsewhere_is_not_followed(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, provider = beside_lite
    elsewhere: tuple[Claims, ...] = (
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"token_endpoint": ["x"]},
        {"jwks_uri": "https://[::1"},
    )
    for described in elsewhere:
        provider.described = described
        async with office.stranger() as browser:
            answer = await browser.get(START)
            assert answer.status_code == 503, described
            assert "the provider" in answer.text


async def test_an_address_may_be_told_by_userinfo_of_the_same_person(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, provider = beside_lite
    provider.in_userinfo = True
    provider.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    provider.info_subject = "eve"
    assert "somebody else" in await refused(office)
    provider.info_subject = ""
    assert (await enter(office)).status_code == 303


async def test_a_listed_subject_needs_no_verified_address(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with opened(tmp_path, url, "ada-1") as (office, provider):
        provider.verified = False
        assert (await enter(office)).status_code == 303
        names = {one.name for one in await operators.list_accounts(office.world.app.context)}
        assert names == {"Ada", "ada-1"}  # an address that nobody verified names no account
        provider.subject = "ADA-1"
        assert "not verified" in await refused(office)


async def test_a_provider_that_is_down_is_told_and_tried_again(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    told = {"issuer": "http://127.0.0.1:9", "client_id": CLIENT, "allowed": ["ada@example.org"]}
    async with open_office(tmp_path, url, admin={"openid": told}) as office:
        async with office.stranger() as browser:
            answers = [await browser.get(START) for _ in range(31)]
        assert {answer.status_code for answer in answers} == {503}
        assert "could not be asked for its description" in answers[0].text
        assert "Too many tries" in answers[30].text


async def test_without_a_provider_there_is_no_such_page(desk: Office) -> None:
    async with desk.stranger() as browser:
        assert (await browser.get(START)).status_code == 404
        assert (await browser.get(BACK)).status_code == 404


async def test_one_sign_in_does_not_have_the_provider_asked_without_end(
    beside_lite: tuple[Office, Provider],
) -> None:
    office, provider = beside_lite
    async with office.stranger() as browser:
        path = await way_back(browser)
        kept = browser.cookies[KEPT]
        wrong = re.sub("code=[^&]+", "code=guessed", path)
        said = []
        for _ in range(31):
            browser.cookies.set(KEPT, kept, path=START)
            said.append((await browser.get(wrong)).text)
    assert all("invalid_grant" in text for text in said[:30])
    assert "Too many tries" in said[30]
    assert len(provider.codes) == 1  # its own code was never used up
