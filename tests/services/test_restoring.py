"""An old backup is restored: nothing is sent until `resume`, and then nothing a second time.

RULES of the design, "Restore": back up, send, unsubscribe one, erase one, restore, resume, next
day: no repeat, and no mail to either.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from digest.domain.deliveries import State
from digest.domain.opt_outs import Act
from digest.domain.subscribers import SubscriberState, Suppression
from digest.ports import Outcome, Verdict
from digest.services import guard, opt_outs, subscriptions
from digest.services.alarms import list_alarms
from digest.services.erasure import erase
from digest.services.guard import RestoredError
from digest.services.resuming import ResumeError, join, resume
from digest.services.send import begin_sending
from digest.services.status import read_status
from digest.store import positions, subscribers
from tests.copies import Copies
from tests.services.faulty import row_of
from tests.services.own_rows import mails_of
from tests.services.restorable import Restorable
from tests.world import MONDAY, hours


async def the_day_after_the_backup(made: Restorable) -> None:
    """Send Tuesday's digests; then some of the readers leave, each in their way."""
    world = made.world
    await world.at(MONDAY + timedelta(days=1, hours=8))
    assert made.mails_to("stays") == 2
    context = world.app.context
    assert await subscriptions.unsubscribe(context, 2)
    assert await erase(context, 3)
    async with world.app.database.write() as connection:
        told = {"suppression": Suppression.COMPLAINT.value}
        suppressed = SubscriberState.SUPPRESSED
        await subscribers.save_state(connection, 4, suppressed, "spam", told)
        await opt_outs.note(context, connection, Act.COMPLAINT, "complains@example.org")
    world.clock.set(MONDAY + timedelta(days=1, hours=12))


async def test_a_restored_database_sends_nothing_until_it_is_resumed_and_then_nothing_twice(
    made: Restorable,
) -> None:
    await the_day_after_the_backup(made)
    world = await made.restore()
    context = world.app.context
    assert (await world.reader(3)).address == "erased@example.org"
    with pytest.raises(RestoredError, match="older than its marker"):
        await begin_sending(context, wait=False)
    with pytest.raises(RestoredError):
        await world.send()
    assert [alarm.key for alarm in await list_alarms(context)] == ["restore"]
    assert "digest resume" in (await read_status(context)).refused
    assert (await world.reader(2)).state is SubscriberState.UNSUBSCRIBED  # even before that
    done = await resume(context, since=None, repeat_ok=False)
    assert (done.readers, done.papers, done.skipped) == (1, 4, 1)
    assert (await world.reader(2)).state is SubscriberState.UNSUBSCRIBED
    erased = await world.reader(3)
    assert (erased.state, erased.address) == (SubscriberState.ERASED, "")
    assert (await world.reader(4)).suppression is Suppression.COMPLAINT
    status = await read_status(context)
    assert (status.refused, status.alarms) == ("", ())
    assert all(books.settled for books in status.books)
    before = len(made.relay.messages)
    world.clock.set(MONDAY + timedelta(days=2))
    await world.list_papers("Routing five")
    await world.at(MONDAY + timedelta(days=2, hours=8))
    new = made.relay.messages[before:]
    assert [m.envelope_to for m in new] == ["stays@example.org"]
    titles = ["one", "two", "three", "four", "five"]
    html = world.html_to("stays@example.org")[-1]
    assert [title for title in titles if f"Routing {title}" in html] == ["five"]
    assert new[0].message_id not in {m.message_id for m in made.relay.messages[:before]}


async def test_who_had_no_edition_since_the_backup_still_gets_everything(made: Restorable) -> None:
    await the_day_after_the_backup(made)
    world = await made.restore()
    await resume(world.app.context, since=None, repeat_ok=False)
    world.clock.set(MONDAY + timedelta(days=3))
    await world.at(MONDAY + timedelta(days=3, hours=8))
    html = world.html_to("weekly@example.org")[-1]
    assert all(f"Routing {title}" in html for title in ("one", "two", "three", "four"))


async def test_with_repeat_ok_papers_come_again_and_those_who_left_stay_away(
    made: Restorable,
) -> None:
    await the_day_after_the_backup(made)
    world = await made.restore()
    done = await resume(world.app.context, since=None, repeat_ok=True)
    assert (done.readers, done.cancelled, done.skipped) == (0, 0, 0)
    before = len(made.relay.messages)
    await world.at(MONDAY + timedelta(days=1, hours=12))
    assert [m.envelope_to for m in made.relay.messages[before:]] == ["stays@example.org"]


async def test_what_was_open_in_the_backup_is_not_sent_nor_are_its_papers(
    tmp_path: Path, database_url: str, request: pytest.FixtureRequest
) -> None:
    server = (
        None if database_url.startswith("sqlite") else request.getfixturevalue("postgres_server")
    )
    made = Restorable(tmp_path, database_url, Copies(tmp_path, server))
    world = await made.open()
    await world.add_reader("stays@example.org", "routing", hour=8)
    await world.list_papers("Routing one")
    made.relay.answers = [Outcome(Verdict.DEFERRED, 451, "451 later")]
    await world.at(MONDAY + hours(8))
    await made.back_up()
    world = made.world
    await world.at(MONDAY + hours(9))
    assert made.mails_to("stays") == 2
    world = await made.restore()
    await resume(world.app.context, since=world.now - timedelta(minutes=30), repeat_ok=False)
    [row] = await mails_of(world, 1)
    assert row.state is State.CANCELLED
    await world.at(MONDAY + timedelta(days=1, hours=8))
    assert made.mails_to("stays") == 2
    day = await world.day("2026-05-05", "stays@example.org")
    assert day is not None
    assert day.state == "empty"
    await made.close()


async def test_new_readers_and_mails_get_no_number_that_the_lost_ones_may_have(
    made: Restorable,
) -> None:
    await the_day_after_the_backup(made)
    lost = await made.world.add_reader("lost@example.org", "routing", hour=8)
    await made.world.at(MONDAY + timedelta(days=2, hours=8))
    ids = {row.id for row in await mails_of(made.world, lost)}
    world = await made.restore()
    await resume(world.app.context, since=None, repeat_ok=False)
    found = await world.add_reader("new@example.org", "routing", hour=9)
    assert found > lost
    await world.list_papers("Routing anew")
    await world.at(MONDAY + timedelta(days=3, hours=9))
    new = {row.id for row in await mails_of(world, found)}
    assert new
    assert min(new) > max(ids | {0})


async def test_a_missing_marker_refuses_and_a_further_machine_joins(
    made: Restorable, tmp_path: Path
) -> None:
    fresh = tmp_path / "second machine"
    fresh.mkdir()
    now = made.world.now
    await made.close()
    world = await made.open(now, fresh)
    with pytest.raises(RestoredError, match="missing"):
        await world.send()
    await join(world.app.context)
    await world.at(MONDAY + timedelta(days=1, hours=8))
    assert made.mails_to("stays") == 2
    await made.close()
    first = await made.open(MONDAY + timedelta(days=1, hours=9))
    await first.send()  # its marker is older than the database, which is well
    assert guard.read_text(first.app.context) == (fresh / guard.NAME).read_text()


async def test_after_a_resume_the_marker_of_another_machine_refuses_till_it_joins(
    made: Restorable, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / guard.NAME).write_text(guard.read_text(made.world.app.context) or "")
    await the_day_after_the_backup(made)
    world = await made.restore()
    await resume(world.app.context, since=None, repeat_ok=False)
    now = world.now
    await made.close()
    world = await made.open(now, other)
    with pytest.raises(RestoredError, match="another database"):
        await world.send()
    await join(world.app.context)
    await world.send()


async def test_a_database_that_is_well_is_not_resumed(made: Restorable) -> None:
    with pytest.raises(ResumeError, match="no need"):
        await resume(made.world.app.context, since=None, repeat_ok=False)
    [row] = await mails_of(made.world, 1)
    assert (await row_of(made.world, row.id)).state is State.SENT


async def test_the_marker_follows_the_ledger_and_is_never_ahead_of_it(made: Restorable) -> None:
    world = made.world
    for day in range(1, 4):
        await world.list_papers(f"Routing of day {day}")
        await world.at(MONDAY + timedelta(days=day, hours=8))
        async with world.app.database.read() as connection:
            held = (await positions.find_position(connection)).marker
        assert guard.read_text(world.app.context) == f"{held.uuid} {held.sequence}\n"


async def test_a_marker_that_cannot_be_written_raises_an_alarm_and_the_mails_go_out(
    made: Restorable,
) -> None:
    world = made.world
    path = guard.path_of(world.app.context)
    (path.parent / f".{path.name}.new").mkdir()
    await world.at(MONDAY + timedelta(days=1, hours=8))
    assert made.mails_to("stays") == 2
    assert [alarm.key for alarm in await list_alarms(world.app.context)] == ["marker"]
