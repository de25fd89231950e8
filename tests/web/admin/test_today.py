"""The first admin page: the day in sums, what is wrong, and the doctor's last round."""

import re
from datetime import timedelta
from pathlib import Path

from digest.bootstrap import rounds_of
from digest.services.alarms import raise_alarm
from digest.services.glance import read_glance
from digest.web.admin.desk import COOKIE
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.web.admin.office import Office, open_office
from tests.world import MONDAY, hours


def words(page: str) -> str:
    """Return a page's text, its markup and spaces taken out."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_the_day_is_told_in_sums_that_balance(office: Office) -> None:
    world = office.world
    await world.list_papers("Experts of experts")
    await world.add_reader("eve@example.org", "nothing matches this")
    world.relay.answers = []
    await world.at(MONDAY + timedelta(days=1) + hours(8))
    glance = await read_glance(world.app.context)
    assert [(str(day.day), day.planned, dict(day.states)) for day in glance.days] == [
        ("2026-05-05", 3, {"sent": 1, "empty": 2}),
        ("2026-05-04", 2, {"sent": 2}),
    ]
    assert all(day.balanced for day in glance.days)
    assert glance.sends is not None
    assert [piece.kind for piece in glance.sends.pieces] == ["sent", "sent", "empty"]
    await office.come_back()
    text = words(await office.page("/admin"))
    assert "Tue 5 May 3 = 1 + 2 empty balance" in text
    assert "Mon 4 May 2 = 2 balance" in text


async def test_what_came_back_is_counted_by_its_day(office: Office) -> None:
    context = office.world.app.context
    async with context.database.write() as connection:
        for number, (kind, hard) in enumerate((("bounce", True), ("complaint", False))):
            await connection.exec_driver_sql(
                "INSERT INTO bounce (subscriber_id, kind, hard, status, reason, said, origin, "
                f"fingerprint, received_at) VALUES ({number + 1}, '{kind}', {str(hard).upper()}, "
                f"'', '', '', 'hook', 'f{number}', '2026-05-03 23:30:00')"
            )
    glance = await read_glance(context)
    assert (glance.bounced, glance.complaints, glance.complaint_share) == (1, 1, 0.5)
    assert glance.returns is not None
    assert [piece.kind for piece in glance.returns.pieces] == ["hard", "complaint"]
    assert "50.000% of what was sent" in words(await office.page("/admin"))


async def test_alarms_and_markup_in_them_are_shown_as_text(office: Office) -> None:
    await raise_alarm(office.world.app.context, "relay/<b>", "<script>alert(1)</script> call")
    page = await office.page("/admin")
    assert "relay/&lt;b&gt;" in page
    assert "<script" not in page


async def test_the_doctors_round_is_kept_and_looked_at_again(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_office(tmp_path, url) as office:
        rounds = rounds_of(office.world.app.context)
        app = create_app(office.world.app.context, rounds=rounds)
        async with (
            serve(app) as port,
            plain_client(f"http://127.0.0.1:{port}", {"cookie": f"{COOKIE}={office.who.cookie}"})
            as client,
        ):  # fmt: skip
            first = words((await client.get("/admin")).text)
            assert "first round is under way" in first
            await rounds.wait()
            shown = words((await client.get("/admin")).text)
            assert "to look at" in shown
            assert re.search(r"red database|red sender|red relay", shown), shown
            fields = {"csrf": await office.csrf()}
            again = await client.post("/admin", data=fields)
            assert (again.status_code, again.headers["location"]) == (303, "/admin#doctor")


async def test_a_round_without_instruments_shows_no_doctor(desk: Office) -> None:
    assert 'id="doctor"' not in await desk.page("/admin")


async def test_a_look_changes_nothing(office: Office) -> None:
    async with office.world.app.database.read() as connection:
        before = await connection.exec_driver_sql("SELECT count(*), max(id) FROM audit")
        acts = before.one()
    for path in ("/admin", "/admin/account", "/admin/login"):
        assert (await office.client.get(path)).status_code in (200, 303)
        assert (await office.client.head(path)).status_code in (200, 303)
    async with office.world.app.database.read() as connection:
        after = await connection.exec_driver_sql("SELECT count(*), max(id) FROM audit")
        assert after.one() == acts
