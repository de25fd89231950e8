"""Signing in and out of the admin pages, as a browser does it."""

from datetime import timedelta

import httpx

from digest.services import operators
from digest.services.audit import list_audit
from digest.services.housekeeping import keep_house
from digest.services.signing_in import WRONG
from digest.web.admin.desk import COOKIE
from tests.web.admin.office import NAME, PASSWORD, Office


async def enter(client: httpx.AsyncClient, code: str, /, **changed: str) -> httpx.Response:
    fields = {"name": NAME, "password": PASSWORD, "code": code} | changed
    return await client.post("/admin/login", data=fields)


async def test_the_right_password_and_code_begin_a_session(office: Office) -> None:
    async with office.stranger() as browser:
        first = await browser.get("/admin")
        assert (first.status_code, first.headers["location"]) == (303, "/admin/login")
        answer = await enter(browser, office.code(), name=" ada ", next="/admin/account")
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/account")
        cookie = answer.headers["set-cookie"].lower()
        assert {"httponly", "samesite=lax", "path=/admin"} <= set(cookie.split("; "))
        assert (await browser.get("/admin")).status_code == 200
        assert (await browser.get("/admin/login")).status_code == 303


async def test_whatever_is_wrong_is_answered_alike(office: Office) -> None:
    wrong: tuple[dict[str, str], ...] = (
        {"name": "nobody"},
        {"password": "four words nobody else says"},
        {"code": "000000"},
        {"code": ""},
        {"name": "a\x00b"},
        {"password": ""},
    )
    for changed in wrong:
        async with office.stranger() as browser:
            answer = await enter(browser, office.code(), **changed)
            assert answer.status_code == 403, changed
            assert WRONG in answer.text
            assert COOKIE not in browser.cookies
            assert "four words" not in answer.text


async def test_a_code_works_once_even_for_two_at_the_same_time(office: Office) -> None:
    code = office.code()
    async with office.stranger() as browser:
        assert (await enter(browser, code)).status_code == 303
    async with office.stranger() as browser:
        assert (await enter(browser, code)).status_code == 403
        office.world.clock.set(office.world.now + timedelta(seconds=30))
        assert (await enter(browser, office.code())).status_code == 303


async def test_a_recovery_code_works_once_in_any_spelling(office: Office) -> None:
    recovery = office.codes.recovery[0]
    async with office.stranger() as browser:
        assert (await enter(browser, recovery.lower().replace("-", " "))).status_code == 303
    async with office.stranger() as browser:
        assert (await enter(browser, recovery)).status_code == 403
    account = await operators.get_account(office.world.app.context, NAME)
    assert len(account.recovery) == len(office.codes.recovery) - 1


async def test_guessing_is_stopped_for_a_network_and_not_for_ever(office: Office) -> None:
    async with office.stranger() as browser:
        for _ in range(8):
            assert WRONG in (await enter(browser, "000000")).text
        stopped = await enter(browser, office.code())
        assert stopped.status_code == 403
        assert "Too many tries" in stopped.text
        office.world.clock.set(office.world.now + timedelta(minutes=30))
        assert (await enter(browser, office.code())).status_code == 303


async def test_a_session_ends_by_itself_and_by_its_button(office: Office) -> None:
    start = office.world.now
    for minutes in (50, 100, 150):  # never idle for an hour
        office.world.clock.set(start + timedelta(minutes=minutes))
        assert (await office.client.get("/admin")).status_code == 200
    office.world.clock.set(start + timedelta(minutes=211))
    assert (await office.client.get("/admin")).status_code == 303
    async with office.stranger() as browser:
        await enter(browser, office.code())
        page = (await browser.get("/admin/account")).text
        csrf = page.partition('name="csrf" value="')[2][:64]
        left = await browser.post("/admin/logout", data={"csrf": csrf})
        assert left.headers["location"] == "/admin/login"
        assert (await browser.get("/admin")).status_code == 303


async def test_no_session_outlives_its_hours_though_it_is_used(office: Office) -> None:
    start = office.world.now
    for minutes in range(0, 12 * 60, 45):
        office.world.clock.set(start + timedelta(minutes=minutes))
        assert (await office.client.get("/admin")).status_code == 200
    office.world.clock.set(start + timedelta(hours=12))
    assert (await office.client.get("/admin")).status_code == 303


async def test_a_form_of_another_site_or_session_does_nothing(office: Office) -> None:
    for token in ("", "0" * 64, "é"):
        answer = await office.client.post(
            "/admin/account", data={"csrf": token, "do": "end", "session": office.who.session.key}
        )
        assert answer.status_code == 403
    assert (await office.client.get("/admin")).status_code == 200
    async with office.stranger() as browser:
        other = {"sec-fetch-site": "cross-site"}
        fields = {"name": NAME, "password": PASSWORD, "code": office.code()}
        answer = await browser.post("/admin/login", data=fields, headers=other)
        assert answer.status_code == 403
        assert (await browser.get("/admin")).status_code == 303


async def test_signing_in_leads_nowhere_else(desk: Office) -> None:
    places = (
        "https://evil.example/admin",
        "//evil.example",
        "/admin@evil",
        "/\\evil",
        "/administer",
    )
    for place in places:
        desk.world.clock.set(desk.world.now + timedelta(minutes=10))
        async with desk.stranger() as browser:
            answer = await enter(browser, desk.code(), next=place)
            assert (answer.status_code, answer.headers["location"]) == (303, "/admin"), place


async def test_a_change_of_password_ends_the_other_sessions(office: Office) -> None:
    async with office.stranger() as other:
        await enter(other, office.code())
        office.world.clock.set(office.world.now + timedelta(seconds=30))
        fresh = "another four words entirely"
        wrong = await office.press(
            "/admin/account", do="password", old="no", password=fresh, again=fresh,
            code=office.code(),
        )  # fmt: skip
        assert wrong.status_code == 422
        assert "present password" in wrong.text
        changed = await office.press(
            "/admin/account", do="password", old=PASSWORD, password=fresh, again=fresh,
            code=office.code(),
        )  # fmt: skip
        assert "is changed" in changed.text
        assert (await other.get("/admin")).status_code == 303
        assert (await office.client.get("/admin")).status_code == 200
        office.world.clock.set(office.world.now + timedelta(seconds=30))
        assert (await enter(other, office.code())).status_code == 403
        office.world.clock.set(office.world.now + timedelta(seconds=30))
        assert (await enter(other, office.code(), password=fresh)).status_code == 303


async def test_new_codes_are_shown_once_and_end_the_old_ones(office: Office) -> None:
    answer = await office.press("/admin/account", do="codes", old=PASSWORD, code=office.code())
    assert "data:image/svg+xml" in answer.text
    assert answer.text.count("<li><code>") == 10
    secret = answer.text.partition("Or type its secret: <code>")[2].partition("<")[0]
    assert secret
    assert secret not in await office.page("/admin/account")
    office.world.clock.set(office.world.now + timedelta(minutes=1))
    async with office.stranger() as browser:
        assert (await enter(browser, office.code())).status_code == 403
        assert (await enter(browser, office.codes.recovery[1])).status_code == 403


async def test_a_disabled_account_is_out_at_once(office: Office) -> None:
    context = office.world.app.context
    await operators.create_account(context, "Bob", "other words nobody says", "cli:test")
    await operators.disable_account(context, NAME, "cli:test")
    assert (await office.client.get("/admin")).status_code == 303
    async with office.stranger() as browser:
        assert (await enter(browser, office.code())).status_code == 403
        await operators.enable_account(context, NAME, "cli:test")
        office.world.clock.set(office.world.now + timedelta(minutes=1))
        assert (await enter(browser, office.code())).status_code == 303


async def test_the_audit_log_has_all_of_it_and_nothing_that_was_typed(office: Office) -> None:
    async with office.stranger() as browser:
        await enter(browser, "000000", name="a password by mistake")
        await enter(browser, office.code())
    lines = await list_audit(office.world.app.context)
    actions = [line.action for line in reversed(lines)]
    assert actions == ["account.create", "account.sign-in", "account.refused", "account.sign-in"]
    assert "mistake" not in repr(lines)


async def test_sessions_that_are_over_are_forgotten_and_no_others(office: Office) -> None:
    context = office.world.app.context
    office.world.clock.set(office.world.now + timedelta(hours=1))
    async with office.stranger() as browser:
        await enter(browser, office.code())
        office.world.clock.set(office.world.now + timedelta(hours=11, minutes=30))
        await keep_house(context)
        async with context.database.read() as connection:
            left = (await connection.exec_driver_sql("SELECT count(*) FROM admin_session")).scalar()
        assert left == 1
