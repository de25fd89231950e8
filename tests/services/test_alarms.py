"""Alarms: one row a trouble, logged when it is news, and over when somebody says so."""

from datetime import timedelta

from structlog.testing import capture_logs

from digest.services.alarms import clear_alarm, list_alarms, raise_alarm
from digest.services.status import read_status
from tests.services.faulty import FaultyDatabase, worker
from tests.world import World


async def test_a_trouble_is_one_row_however_often_it_comes_and_logged_once(both: World) -> None:
    context, began = both.app.context, both.now
    with capture_logs() as logs:
        for minutes in range(3):
            both.clock.set(began + timedelta(minutes=minutes))
            await raise_alarm(context, "relay/main", f"trouble {minutes}")
    assert [line["log_level"] for line in logs if line["event"] == "alarm"] == ["error"]
    [one] = await list_alarms(context)
    assert (one.key, one.text, one.count) == ("relay/main", "trouble 2", 3)
    assert (one.raised_at, one.last_at, one.cleared_at) == (began, both.now, None)
    assert [alarm.key for alarm in (await read_status(context)).alarms] == ["relay/main"]


async def test_a_trouble_that_comes_back_is_news_again(both: World) -> None:
    context = both.app.context
    await raise_alarm(context, "b", "one")
    assert await clear_alarm(context, "b")
    assert not await clear_alarm(context, "b")
    assert (await read_status(context)).alarms == ()
    await raise_alarm(context, "a", "other")
    both.clock.set(both.now + timedelta(hours=1))
    with capture_logs() as logs:
        await raise_alarm(context, "b", "again")
    assert [line["key"] for line in logs if line["event"] == "alarm"] == ["b"]
    found = await list_alarms(context)
    assert [(one.key, one.count, one.raised_at) for one in found] == [
        ("b", 1, both.now),
        ("a", 1, both.now - timedelta(hours=1)),
    ]


async def test_an_alarm_about_a_database_that_is_away_is_in_the_log(both: World) -> None:
    database = FaultyDatabase(both.app.database.url)
    database.refusals = 1
    with capture_logs() as logs:
        await raise_alarm(worker(both, "w", database=database), "disk", "make room")
    assert [line["text"] for line in logs if line["event"] == "alarm"] == ["make room"]
    assert await list_alarms(both.app.context) == []
    await database.close()
