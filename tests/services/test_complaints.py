"""More than 0.1 % of a week's digests complained about, by two people or more, is an alarm."""

from datetime import datetime, timedelta

from digest.domain.deliveries import Kind
from digest.services.alarms import list_alarms
from digest.services.complaints import ALARM, review_complaints
from digest.store.bounces import BounceRow, add_bounce
from digest.store.measures import Returned, count_digests, count_returned
from tests.store.ledger_rows import add_row
from tests.world import MONDAY, World, hours


async def complain(
    world: World, reader: int, at: datetime, kind: str = "complaint", *, hard: bool = False
) -> None:
    """Write a report down."""
    row = BounceRow(
        subscriber_id=reader,
        delivery_id=None,
        kind=kind,
        hard=hard,
        status="",
        reason="feedback",
        said="",
        origin="hook",
        fingerprint=f"{reader} {kind} {at.isoformat()}",
        received_at=at,
    )
    async with world.app.database.write() as connection:
        assert await add_bounce(connection, row)


async def sent_to(world: World, *addresses: str) -> list[int]:
    """Send each a digest on Monday; return their ids."""
    await world.list_papers("Sparse experts")
    readers = [await world.add_reader(address, "experts", hour=8) for address in addresses]
    await world.at(MONDAY + hours(8))
    return readers


async def test_two_complaints_are_an_alarm_and_a_week_later_it_is_over(both: World) -> None:
    one, other, _ = await sent_to(both, "a@example.org", "b@example.org", "c@example.org")
    await complain(both, one, both.now)
    assert not await review_complaints(both.app.context)
    assert await list_alarms(both.app.context) == []
    await complain(both, other, both.now)
    assert await review_complaints(both.app.context)
    [alarm] = await list_alarms(both.app.context)
    assert alarm.key == ALARM
    assert alarm.text.startswith("2 complaints about 3 digests within seven days")
    both.clock.set(both.now + timedelta(days=7, seconds=1))
    assert not await review_complaints(both.app.context)
    assert [one.cleared_at for one in await list_alarms(both.app.context)] == [both.now]


async def test_bounces_are_no_complaints_and_only_digests_count(both: World) -> None:
    one, other = await sent_to(both, "a@example.org", "b@example.org")
    await add_row(both.app.database, one, kind=Kind.PREFERENCES_LINK, state="sent")
    await complain(both, one, both.now, "bounce", hard=True)
    await complain(both, one, both.now, "lifted")
    await complain(both, other, both.now)
    since = MONDAY
    async with both.app.database.read() as connection:
        assert await count_returned(connection, since) == Returned(hard=1, complaints=1)
        assert await count_returned(connection, both.now) == Returned(hard=0, complaints=0)
        assert await count_digests(connection, since) == {"sent": 2}
        assert await count_digests(connection, both.now) == {}
