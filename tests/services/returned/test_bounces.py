"""What a bounce does: to whom it is proved to belong, once, and to nobody else."""

from datetime import timedelta

import pytest

from digest.domain.deliveries import State
from digest.ports import Outcome, Verdict
from digest.services.bounces import Done, Effect
from digest.services.erasure import erase
from tests.intake.letters import (
    FULL,
    SPAM,
    UNKNOWN_USER,
    complaint,
    delivery_of,
    dsn,
    head_of,
    stamp_of,
    vacation,
)
from tests.services.own_rows import columns, everything, mails_of
from tests.services.returned.came_back import (
    ADDRESS,
    BARRED,
    DAY,
    READS,
    bounced,
    log_of,
    standing,
    take,
)
from tests.world import MONDAY, World, hours


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


async def test_a_bounce_of_the_address_before_the_change_leaves_the_new_one_alone(
    lite: World,
) -> None:
    await columns(lite, 1, address="new@example.org", address_key="new@example.org")
    assert (await bounced(lite)).effect is Effect.NOTED
    assert await standing(lite) == READS


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
