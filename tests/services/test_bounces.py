"""What a report does: to whom it is proved to belong, once, and to nobody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import SubscriberState, Suppression
from digest.ports import Outcome, Verdict
from digest.services import reader_links
from digest.services.bounces import Done, Effect, take_report
from digest.services.erasure import erase
from digest.services.subscriptions import unsubscribe
from digest.store.delivery_schema import bounce
from tests.intake.letters import (
    FULL,
    SPAM,
    UNKNOWN_USER,
    VERP,
    complaint,
    delivery_of,
    dsn,
    head_of,
    stamp_of,
    vacation,
)
from tests.services.own_rows import columns, everything, mails_of
from tests.world import MONDAY, World, hours, open_world

ADDRESS = "ada@example.org"
DAY = timedelta(days=1)
BARRED = (SubscriberState.SUPPRESSED, Suppression.BOUNCE)
FOR_EVER = (SubscriberState.SUPPRESSED, Suppression.COMPLAINT)
READS = (SubscriberState.ACTIVE, None)


@asynccontextmanager
async def mailed(folder: Path, database_url: str) -> AsyncIterator[World]:
    """Open an installation whose reader, and another one, were sent Monday's digest."""
    told: dict[str, Any] = {"digest": {"first_at_once": False}, "mail": VERP}
    async with open_world(folder, database_url, **told) as opened:
        for address in (ADDRESS, "eve@example.org"):
            await opened.add_reader(address, "experts", hour=8)
        await opened.list_papers("Sparse experts", "Merging experts")
        await opened.at(MONDAY + hours(8))
        yield opened


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give one on each database."""
    async with mailed(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[World]:
    """Give one on SQLite, for what no database decides."""
    async with mailed(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as opened:
        yield opened


async def standing(world: World, reader: int = 1) -> tuple[SubscriberState, Suppression | None]:
    held = await world.reader(reader)
    return held.state, held.suppression


async def take(world: World, raw: bytes, *envelope_to: str) -> Done:
    return await take_report(world.app.context, raw, envelope_to, "listener")


async def bounced(world: World, said: str = UNKNOWN_USER, number: int = 1) -> Done:
    """Let a delivery come back, to the return path that it left with."""
    stamp = stamp_of(world, await delivery_of(world, number))
    return await take(world, dsn(stamp, said=said), stamp)


async def log_of(world: World, reader: int = 1) -> list[tuple[str, bool, str]]:
    async with world.app.database.read() as connection:
        rows = await connection.execute(
            select(bounce).where(bounce.c.subscriber_id == reader).order_by(bounce.c.id)
        )
        return [(row.kind, row.hard, row.reason) for row in rows]


async def digest_on(world: World, day: int) -> int:
    """Send the digest of another day, with fresh papers; return its row's id."""
    world.clock.set(MONDAY + timedelta(days=day, hours=7))
    await world.list_papers(f"Experts {day}", f"More experts {day}")
    await world.at(MONDAY + timedelta(days=day, hours=8))
    return (await mails_of(world, 1))[-1].id


async def test_the_return_path_that_goes_out_is_the_one_that_is_read(lite: World) -> None:
    sent = {message.envelope_to: message.envelope_from for message in lite.relay.messages}
    assert sent[ADDRESS] == stamp_of(lite, await delivery_of(lite))


async def test_a_hard_bounce_bars_its_own_reader_at_once_and_no_other(world: World) -> None:
    assert await bounced(world) == Done(Effect.SUPPRESSED, 1, "user unknown")
    held = await world.reader(1)
    assert (held.state, held.suppression) == BARRED
    assert held.state_reason == "mail to it came back: there is no such mailbox"
    assert await standing(world, 2) == READS
    assert await log_of(world) == [("bounce", True, "user unknown")]


async def test_a_bounce_changes_neither_the_row_that_was_sent_nor_the_seen_set(
    lite: World,
) -> None:
    row, seen = await delivery_of(lite), (await lite.reader(1)).seen_set_id
    await bounced(lite)
    assert await delivery_of(lite) == row
    assert row.state is State.SENT
    assert (await lite.reader(1)).seen_set_id == seen


async def test_a_hard_bounce_cancels_what_waits_and_nothing_is_planned_any_more(
    world: World,
) -> None:
    await world.list_papers("Experts again", "And again experts")
    await world.plan_at(MONDAY + DAY + hours(8))
    await bounced(world)
    await world.send()
    [_, waited] = await mails_of(world, 1)
    assert (waited.state, waited.reason) == (State.CANCELLED, "mail to the address came back")
    await world.list_papers("Experts once more", "Newest experts")
    await world.at(MONDAY + 2 * DAY + hours(8))
    assert len(await mails_of(world, 1)) == 2


async def test_the_same_report_counts_once(world: World) -> None:
    stamp = stamp_of(world, await delivery_of(world))
    first = await take(world, dsn(stamp, said=FULL), stamp)
    again = await take(world, b"Received: from elsewhere\r\n" + dsn(stamp, said=FULL), stamp)
    assert (first.effect, again.effect) == (Effect.COUNTED, Effect.REPEATED)
    assert len(await log_of(world)) == 1


@pytest.mark.parametrize("how", ["forged", "cut", "old", "of the future", "made up", "nothing"])
async def test_without_a_valid_stamp_nothing_at_all_changes(lite: World, how: str) -> None:
    row = await delivery_of(lite)
    stamp = stamp_of(lite, row)
    if how == "forged":
        stamp = stamp_of(lite, row, b"another key")
    elif how == "cut":
        stamp = stamp.replace("@", "a@")
    elif how == "old":
        lite.clock.set(lite.now + timedelta(days=31))
    elif how == "of the future":
        lite.clock.set(lite.now - timedelta(days=2))
    elif how == "made up":
        stamp = f"b-{'a' * 24}@bounces.papers.example"
    else:
        stamp = "digest@papers.example"
    before = await everything(lite)
    original = f"Message-ID: <20260504.1.{row.id}@papers.example>".encode()
    for raw in (dsn(stamp, original=original), complaint(stamp, mail_from=stamp)):
        assert (await take(lite, raw, stamp)).effect is Effect.UNPROVEN
    assert await everything(lite) == before


async def test_a_stamp_of_thirty_days_still_counts(lite: World) -> None:
    stamp = stamp_of(lite, await delivery_of(lite))
    lite.clock.set(lite.now + timedelta(days=30))
    assert (await take(lite, dsn(stamp), stamp)).effect is Effect.SUPPRESSED


async def test_the_stamp_in_the_mail_does_where_the_envelope_is_not_known(lite: World) -> None:
    stamp = stamp_of(lite, await delivery_of(lite))
    assert (await take(lite, dsn(stamp.upper()))).effect is Effect.SUPPRESSED


async def test_the_stamp_tells_the_reader_whatever_address_is_reported(lite: World) -> None:
    stamp = stamp_of(lite, await delivery_of(lite))
    done = await take(lite, dsn(stamp, "eve@example.org"), stamp)
    assert done == Done(Effect.SUPPRESSED, 1, "user unknown")
    assert await standing(lite, 2) == READS


async def test_some_members_of_an_alias_that_fail_are_a_point_and_no_more(lite: World) -> None:
    stamp = stamp_of(lite, await delivery_of(lite))
    raw = dsn(stamp, "one@elsewhere.example", others=["two@elsewhere.example"])
    assert (await take(lite, raw, stamp)).effect is Effect.COUNTED
    assert await standing(lite) == READS


async def test_without_a_stamp_the_link_in_the_returned_header_proves_a_bounce(
    lite: World,
) -> None:
    header = head_of(lite.relay.messages[0])
    assert lite.relay.messages[0].envelope_to == ADDRESS
    header = header.replace(b"b-", b"x-")
    raw = dsn("digest@papers.example", original=header)
    assert (await take(lite, raw)).effect is Effect.SUPPRESSED
    assert await standing(lite, 2) == READS


async def test_a_link_older_than_thirty_days_proves_nothing(lite: World) -> None:
    raw = dsn("digest@papers.example", original=head_of(lite.relay.messages[0]))
    lite.clock.set(lite.now + timedelta(days=31))
    assert (await take(lite, raw)).effect is Effect.UNPROVEN


@pytest.mark.parametrize("said", [SPAM, "554 5.7.26 DMARC", "550 5.7.1 no such user here"])
async def test_what_is_said_of_us_blames_nobody(lite: World, said: str) -> None:
    assert (await bounced(lite, said)).effect is Effect.NOTED
    assert await standing(lite) == READS


async def test_a_delay_and_an_automatic_answer_do_nothing(lite: World) -> None:
    stamp = stamp_of(lite, await delivery_of(lite))
    late = dsn(stamp, said="450 4.4.1 no answer yet", action="delayed")
    assert (await take(lite, late, stamp)).effect is Effect.NOTED
    assert (await take(lite, vacation(stamp), stamp)).effect is Effect.NOTHING
    assert await standing(lite) == READS


async def test_soft_bounces_of_five_days_bar_and_of_one_day_do_not(world: World) -> None:
    assert (await bounced(world, FULL)).effect is Effect.COUNTED
    for _ in range(6):  # as many in one day as may be
        stamp = stamp_of(world, await delivery_of(world))
        done = await take(world, dsn(stamp, said=f"452 4.2.2 full {_}"), stamp)
    assert done.effect is Effect.REPEATED
    for day in range(1, 4):
        row = await digest_on(world, day)
        assert (await bounced(world, FULL, row)).effect is Effect.COUNTED
    assert await standing(world) == READS
    row = await digest_on(world, 4)
    assert (await bounced(world, FULL, row)).effect is Effect.SUPPRESSED
    assert (await world.reader(1)).state_reason == "mail to it came back on several days"


async def test_a_good_delivery_takes_a_point_off(lite: World) -> None:
    await bounced(lite, FULL)
    for day in range(1, 6):
        row = await digest_on(lite, day)
        if day != 2:  # Wednesday's mail stays where it was delivered
            await bounced(lite, FULL, row)
    assert await standing(lite) == READS
    assert (await bounced(lite, FULL, await digest_on(lite, 6))).effect is Effect.SUPPRESSED


async def test_a_complaint_bars_for_ever_confirmations_included(world: World) -> None:
    stamp = stamp_of(world, await delivery_of(world))
    done = await take(world, complaint("abuse@papers.example", mail_from=stamp))
    assert done == Done(Effect.SUPPRESSED, 1, "feedback")
    assert await standing(world) == FOR_EVER
    assert not await reader_links.prove_address(world.app.context, 1)
    assert not await reader_links.mail_link(world.app.context, 1)
    await unsubscribe(world.app.context, 1)
    assert await standing(world) == FOR_EVER


async def test_a_complaint_is_heard_after_a_bounce_and_from_whoever_left(lite: World) -> None:
    await bounced(lite)
    stamp = stamp_of(lite, await delivery_of(lite))
    assert (await take(lite, complaint(stamp), stamp)).effect is Effect.SUPPRESSED
    assert await standing(lite) == FOR_EVER
    await unsubscribe(lite.app.context, 2)
    other = stamp_of(lite, await delivery_of(lite, 2))
    assert (await take(lite, complaint(other), other)).effect is Effect.SUPPRESSED
    assert await standing(lite, 2) == FOR_EVER


async def test_a_complaint_proved_by_a_link_alone_unsubscribes(lite: World) -> None:
    header = head_of(lite.relay.messages[0]).replace(b"b-", b"x-")
    raw = complaint("abuse@papers.example", original=header)
    assert (await take(lite, raw)).effect is Effect.UNSUBSCRIBED
    assert await standing(lite) == (SubscriberState.UNSUBSCRIBED, None)


@pytest.mark.parametrize(
    ("feedback", "state"),
    [
        ("not-spam", SubscriberState.ACTIVE),
        ("auth-failure", SubscriberState.ACTIVE),
        ("opt-out", SubscriberState.UNSUBSCRIBED),
        ("virus", SubscriberState.SUPPRESSED),
    ],
)
async def test_a_complaint_does_what_its_type_asks(
    lite: World, feedback: str, state: SubscriberState
) -> None:
    stamp = stamp_of(lite, await delivery_of(lite))
    await take(lite, complaint(stamp, feedback=feedback), stamp)
    assert (await standing(lite))[0] is state


async def test_a_bounce_of_the_address_before_the_change_leaves_the_new_one_alone(
    lite: World,
) -> None:
    await columns(lite, 1, address="new@example.org", address_key="new@example.org")
    assert (await bounced(lite)).effect is Effect.NOTED
    assert await standing(lite) == READS


async def test_a_complaint_about_the_address_before_the_change_bars_that_address(
    world: World,
) -> None:
    await columns(world, 1, address="new@example.org", address_key="new@example.org")
    stamp = stamp_of(world, await delivery_of(world))
    assert (await take(world, complaint(stamp), stamp)).effect is Effect.SUPPRESSED
    assert await standing(world) == READS
    with pytest.raises(ValueError, match="was barred"):
        await world.add_reader(ADDRESS, "experts")


async def test_a_bounce_of_an_erased_reader_leaves_no_trace(world: World) -> None:
    await bounced(world, FULL)
    stamp = stamp_of(world, await delivery_of(world))
    assert await erase(world.app.context, 1)
    assert await log_of(world) == []
    assert (await take(world, dsn(stamp), stamp)).effect is Effect.NOTHING
    assert await log_of(world) == []


async def test_a_refusal_within_the_session_bars_by_the_same_rules(world: World) -> None:
    world.clock.set(MONDAY + DAY + hours(7))
    await world.list_papers("Experts at large", "Small experts")
    world.relay.answers = [
        Outcome(Verdict.REFUSED, 550, UNKNOWN_USER),
        Outcome(Verdict.REFUSED, 550, SPAM),
    ]
    await world.at(MONDAY + DAY + hours(8))
    refused = [m.envelope_to for m in world.relay.messages[-2:]]
    found = {(await world.reader(n)).address: await standing(world, n) for n in (1, 2)}
    assert found == {refused[0]: BARRED, refused[1]: READS}
    states = [(await mails_of(world, n))[-1].state for n in (1, 2)]
    assert states == [State.REFUSED, State.REFUSED]


async def test_proving_the_address_lifts_a_bounce_and_clears_the_points(world: World) -> None:
    for day in range(1, 5):
        await bounced(world, FULL, await digest_on(world, day))
    row = await digest_on(world, 5)
    assert (await bounced(world, FULL, row)).effect is Effect.SUPPRESSED
    assert await reader_links.prove_address(world.app.context, 1)
    await world.send()
    assert (await mails_of(world, 1, Kind.CONFIRM))[-1].state is State.SENT
    await world.confirm(1)
    assert await standing(world) == READS
    assert (await log_of(world))[-1] == ("lifted", False, "")
    # what was sent before the proof says nothing any more, a hard one included
    stamp = stamp_of(world, await delivery_of(world, row))
    assert (await take(world, dsn(stamp), stamp)).effect is Effect.NOTED
    assert (await bounced(world, FULL, await digest_on(world, 6))).effect is Effect.COUNTED
    assert await standing(world) == READS
