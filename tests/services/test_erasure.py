"""Erasure: nothing that names the reader stays, the books add up, and nobody mails them again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import Preferences, SubscriberState, Suppression
from digest.domain.votes import Verdict
from digest.ports import Outcome, OutgoingMessage
from digest.services import reader_links, subscriptions
from digest.services.erasure import blank_stragglers, erase, finish_erasures
from digest.services.feedback import record_vote
from digest.services.housekeeping import prune_orphans, prune_seen_sets
from digest.services.signup import request_subscription
from digest.services.status import read_status
from digest.services.subscriptions import SubscriptionError
from digest.store import marks, subscribers
from tests.services.own_rows import bar, everything, mails_of
from tests.store.ledger_rows import add_row
from tests.world import MONDAY, ToldTransport, World, hours, open_world

ADDRESS = "ada.lovelace@example.org"
TOPIC, CLIENT = "charlesbabbage", "192.0.2.7"


async def read_for_days(world: World, days: int = 2) -> int:
    """Let a reader with a telling topic get some digests; return their id."""
    reader = await world.add_reader(ADDRESS, "experts", TOPIC, zone="Asia/Tokyo", hour=18)
    for day in range(days):
        world.clock.set(MONDAY + timedelta(days=day))
        await world.list_papers(f"Experts of day {day}", f"More experts of day {day}")
        await world.at(MONDAY + timedelta(days=day, hours=9))
    return reader


async def test_nothing_that_names_the_reader_stays_and_the_books_add_up(both: World) -> None:
    reader = await read_for_days(both)
    await both.add_reader("other@example.org", "experts", hour=18, zone="Asia/Tokyo")
    first = (await mails_of(both, reader))[0]
    await record_vote(both.app.context, reader, 1, Verdict.SAVE, first.id)
    await bar(both, reader, Suppression.BOUNCE)
    assert await reader_links.prove_address(both.app.context, reader)
    before = {
        row.id: (row.state, row.planned_at, row.sent_at) for row in await mails_of(both, reader)
    }
    assert await erase(both.app.context, reader)
    held = await both.reader(reader)
    assert (held.state, held.address, held.suppression) == (SubscriberState.ERASED, "", None)
    assert (held.preferences.topics, held.preferences.zone) == ((), "UTC")
    assert (held.seen_set_id, held.topic_set_id) == (1, 1)
    after = {
        row.id: (row.state, row.planned_at, row.sent_at) for row in await mails_of(both, reader)
    }
    proof = max(before)
    assert after == before | {proof: (State.CANCELLED, before[proof][1], None)}
    for row in await mails_of(both, reader):
        assert (row.address, row.selection_id, row.reply, row.tries) == ("", None, "", ())
    rows = await everything(both)
    assert rows["vote"] == rows["signup"] == []
    assert ADDRESS not in repr(rows).lower()
    status = await read_status(both.app.context, days=9)
    assert status.books
    assert all(books.settled for books in status.books)


async def test_the_topics_of_who_is_gone_are_pruned_and_those_of_others_stay(both: World) -> None:
    reader = await read_for_days(both)
    await erase(both.app.context, reader)
    assert TOPIC in repr(await everything(both))
    stays = await both.add_reader("other@example.org", "experts", hour=9)
    await both.at(MONDAY + timedelta(days=2, hours=9))
    assert await prune_orphans(both.app.context) == 0  # not yet: a plan may be under way
    both.clock.set(MONDAY + timedelta(days=4))
    assert await prune_orphans(both.app.context) >= 2
    await prune_seen_sets(both.app.context)
    rows = await everything(both)
    assert TOPIC not in repr(rows)
    assert [len(rows[name]) for name in ("selection", "topic_set")] == [1, 2]
    assert (await both.reader(stays)).preferences.topics[0].name == "experts"
    [row] = await mails_of(both, stays)
    assert row.selection_id is not None


async def test_an_erased_reader_is_neither_planned_nor_mailed_nor_brought_back(
    both: World,
) -> None:
    reader = await read_for_days(both, days=1)
    await erase(both.app.context, reader)
    held = await everything(both)
    assert await erase(both.app.context, reader)
    assert await subscriptions.unsubscribe(both.app.context, reader)
    assert not await subscriptions.resubscribe(both.app.context, reader)
    assert not await reader_links.mail_link(both.app.context, reader)
    assert not await reader_links.prove_address(both.app.context, reader)
    await reader_links.sign_out(both.app.context, reader)
    await reader_links.renew_feed(both.app.context, reader)
    assert await everything(both) == held
    sent = len(both.relay.messages)
    for day in (1, 2, 3):
        await both.list_papers(f"Experts again {day}")
        await both.at(MONDAY + timedelta(days=day, hours=9))
    assert len(both.relay.messages) == sent
    assert len(await mails_of(both, reader)) == 1


async def test_the_address_may_subscribe_anew_as_a_stranger(both: World) -> None:
    reader = await read_for_days(both, days=1)
    await erase(both.app.context, reader)
    again = await both.add_reader(ADDRESS, "experts")
    assert again != reader
    assert (await both.reader(again)).seen_set_id == 1


@pytest.mark.parametrize("why", [Suppression.COMPLAINT, Suppression.OPERATOR, None])
async def test_an_address_that_complained_stays_barred_by_a_hash_alone(
    both: World, why: Suppression | None
) -> None:
    reader = await read_for_days(both, days=1)
    await bar(both, reader, why)
    await erase(both.app.context, reader)
    held = await both.reader(reader)
    assert (held.state, held.suppression) == (SubscriberState.ERASED, why)
    assert ADDRESS not in repr(await everything(both))
    with pytest.raises(SubscriptionError, match="barred before its data was erased"):
        await both.add_reader(ADDRESS.upper(), "experts")
    await reader_links.ask_for_link(both.app.context, ADDRESS, CLIENT)
    await request_subscription(
        both.app.context, ADDRESS, Preferences(), client=CLIENT, origin="page"
    )
    assert len(await mails_of(both, reader)) == 1
    async with both.app.database.read() as connection:
        assert await subscribers.find_by_address(connection, ADDRESS) is None
    await both.add_reader("another@example.org", "experts")


class AskingTransport(ToldTransport):
    """A relay during whose answer something else happens."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], Awaitable[bool]] | None = None
        self.finished: list[bool] = []

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Do what the test says while the relay reads the mail."""
        if self.meanwhile:
            self.finished.append(await self.meanwhile())
        return await super().send(message)


async def test_erasure_waits_for_the_mail_that_is_being_submitted(
    tmp_path: Path, database_url: str
) -> None:
    relay = AskingTransport()
    told = {"first_at_once": False}
    async with open_world(tmp_path, database_url, transport=relay, digest=told) as world:
        await erase_during_a_mail(world, relay)


async def erase_during_a_mail(both: World, relay: AskingTransport) -> None:
    """Ask for the erasure while the reader's digest is handed over."""
    reader = await both.add_reader(ADDRESS, "experts", hour=9)
    await both.list_papers("Experts at work")

    async def ask() -> bool:
        done = await erase(both.app.context, reader)
        return done or await finish_erasures(both.app.context) > 0

    relay.meanwhile = ask
    await both.at(MONDAY + hours(9))
    assert relay.finished == [False]
    held = await both.reader(reader)
    assert (held.state, held.erase_asked_at) == (SubscriberState.UNSUBSCRIBED, both.now)
    assert not await subscriptions.resubscribe(both.app.context, reader)
    [row] = await mails_of(both, reader)
    assert (row.state, row.address) == (State.SENT, ADDRESS)
    assert await finish_erasures(both.app.context) == 1
    assert await finish_erasures(both.app.context) == 0
    assert (await both.reader(reader)).state is SubscriberState.ERASED
    [row] = await mails_of(both, reader)
    assert (row.state, row.address) == (State.SENT, "")


async def test_what_is_held_or_comes_back_from_a_dead_worker_is_cancelled(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts")
    database = both.app.database
    held = await add_row(database, reader, "1", Kind.DIGEST, state="held")
    claimed = await add_row(database, reader, "2", Kind.DIGEST, state="claimed", owner="dead")
    under_way = await add_row(database, reader, "3", Kind.DIGEST, state="submitting", owner="dead")
    assert not await erase(both.app.context, reader)
    async with database.write() as connection:
        await marks.mark(connection, "dead", State.SUBMITTING, State.PENDING, [under_way])
    assert await finish_erasures(both.app.context) == 1
    found = {row.id: row.state for row in await mails_of(both, reader)}
    assert found == dict.fromkeys((held, claimed, under_way), State.CANCELLED)


async def test_a_row_that_a_planner_wrote_too_late_is_blanked(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts")
    await erase(both.app.context, reader)
    assert await blank_stragglers(both.app.context) == 0
    late = await add_row(both.app.database, reader, "late", Kind.DIGEST, address=ADDRESS)
    assert await blank_stragglers(both.app.context) == 1
    assert await blank_stragglers(both.app.context) == 0
    [row] = await mails_of(both, reader)
    assert (row.id, row.state, row.address) == (late, State.CANCELLED, "")


async def test_nobody_is_erased_without_a_fault(both: World) -> None:
    assert await erase(both.app.context, 987_654)
