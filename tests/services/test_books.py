"""The books: each row counted, each person without a mail explained, and an alarm where not."""

from datetime import date, timedelta

from sqlalchemy import Table, insert, update

from digest.domain.deliveries import State
from digest.ports import Outcome, Verdict
from digest.services.alarms import list_alarms
from digest.services.books import check_books, read_books
from digest.services.subscriptions import unsubscribe
from digest.services.why import why_day
from digest.store.delivery_schema import bounce
from digest.store.schema import delivery, edition
from tests.services.faulty import plan_for
from tests.world import MONDAY, World

DAY = date(2026, 5, 4)


async def test_every_person_without_a_mail_is_counted_with_the_reason(both: World) -> None:
    await both.add_reader("nothing@example.org", "perpetual motion", hour=8)
    await plan_for(both, 3)
    await unsubscribe(both.app.context, 2)
    both.relay.answers = [Outcome(Verdict.REFUSED, 550, "550 no")]
    await both.send()
    account = await read_books(both.app.context, DAY, DAY)
    assert account.balanced
    assert account.planned == 4
    assert account.states == {"sent": 1, "refused": 1, "cancelled": 1, "empty": 1}
    told = {one.state: one.reason for one in account.reasons}
    assert set(told) == {"refused", "cancelled", "empty"}
    assert told["refused"] == "the recipient was refused"
    assert told["cancelled"] == "the reader unsubscribed"
    assert all(told.values())
    assert [books.settled for books in account.editions] == [True]
    assert (await read_books(both.app.context, DAY + timedelta(days=1), date.max)).editions == ()


async def test_a_row_too_few_or_without_a_reason_raises_the_alarm_until_it_is_mended(
    both: World,
) -> None:
    await plan_for(both, 2)
    await both.send()
    context = both.app.context
    assert await check_books(context)
    assert await list_alarms(context) == []

    async def change(table: Table, **values: object) -> bool:
        async with both.app.database.write() as connection:
            await connection.execute(update(table).values(**values))
        return await check_books(context)

    assert not await change(edition, planned=3)
    [alarm] = await list_alarms(context)
    assert "2026-05-04" in alarm.text
    assert await change(edition, planned=2)
    assert not await change(delivery, state=State.REFUSED.value)
    account = await read_books(context, DAY, DAY)
    assert (account.balanced, account.editions[0].unexplained) == (False, 2)
    assert await change(delivery, reason="told now")
    assert [one.cleared_at is not None for one in await list_alarms(context)] == [True]


async def test_why_tells_what_came_back_though_the_row_stays_sent(both: World) -> None:
    [one] = await plan_for(both)
    await both.send()
    async with both.app.database.write() as connection:
        await connection.execute(
            insert(bounce).values(
                subscriber_id=1,
                delivery_id=one,
                kind="bounce",
                hard=True,
                status="5.1.1",
                reason="user unknown",
                said="no such user here",
                origin="listener",
                fingerprint="f",
                received_at=MONDAY + timedelta(hours=9),
            )
        )
    answer = await why_day(both.app.context, await both.reader(1), DAY)
    assert answer.state == "sent"
    assert answer.story is not None
    assert list(answer.story.lines())[-1] == (
        "hard bounce at 2026-05-04 09:00:00 UTC, user unknown: 5.1.1 no such user here"
    )
