"""The transcript of a delivery: what each try came to that no relay took, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, null, select
from sqlalchemy.engine import Engine

from digest.domain.deliveries import State
from digest.domain.replies import Stage
from digest.domain.tries import KEPT
from digest.ports import Outcome, Verdict
from digest.services.erasure import erase
from digest.services.export import export_reader
from digest.services.ledger import LedgerWriter
from digest.services.retention import prune_deliveries
from digest.services.send import send_due
from digest.services.why import why_day
from digest.store import deliveries, workers
from digest.store.schema import delivery
from tests.cli.test_json_shapes import mismatches
from tests.services.faulty import BreakingTransport, plan_for, row_of, worker
from tests.services.test_export import documented
from tests.world import MONDAY, World

LATER = Outcome(Verdict.DEFERRED, 451, "451 4.7.1 later", "main", stage=Stage.RCPT)
BUSY = Outcome(Verdict.DEFERRED, 452, "452 4.3.1 full\r\nof mail", "other", stage=Stage.DATA)
NOBODY = Outcome(Verdict.REFUSED, 550, "550 5.1.1 no such user", "main", stage=Stage.RCPT)


async def kept_null(world: World) -> list[bool]:
    """Return of each row whether the database has a NULL for its transcript."""
    query = select(delivery.c.tries.is_(null())).order_by(delivery.c.id)
    async with world.app.database.read() as connection:
        return [bool(row[0]) for row in await connection.execute(query)]


async def send_again(world: World, delivery_id: int) -> None:
    """Send at a row's next try."""
    world.clock.set((await row_of(world, delivery_id)).next_try_at)
    await world.send()


async def test_each_try_is_told_in_order(both: World) -> None:
    [one] = await plan_for(both)
    both.relay.answers = [LATER, BUSY, NOBODY]
    moments = []
    for _ in range(3):
        await send_again(both, one)
        moments.append(both.now)
    found = await row_of(both, one)
    assert found.state is State.REFUSED
    assert [one.at for one in found.tries] == moments
    assert [(t.relay, t.stage, t.code, t.reply, t.outcome) for t in found.tries] == [
        ("main", "rcpt to", 451, "451 4.7.1 later", "put off by the relay"),
        ("other", "data", 452, "452 4.3.1 full of mail", "put off by the relay"),
        ("main", "rcpt to", 550, "550 5.1.1 no such user", "the recipient was refused"),
    ]
    answer = await why_day(both.app.context, await both.reader(1), MONDAY.date())
    assert answer.story is not None
    assert answer.story.tries == found.tries


async def test_what_is_taken_at_once_has_none_and_what_came_before_stays(both: World) -> None:
    first, second = await plan_for(both, 2)
    both.relay.answers = [LATER]
    await both.send()
    assert sorted(await kept_null(both)) == [False, True]
    [waits] = [i for i in (first, second) if (await row_of(both, i)).state is State.PENDING]
    before = (await row_of(both, waits)).tries
    await send_again(both, waits)
    found = await row_of(both, waits)
    assert (found.state, found.reply) == (State.SENT, "250 ok")
    assert found.tries == before
    assert len(before) == 1


async def test_the_marks_of_what_is_sent_write_no_transcript(both: World) -> None:
    await plan_for(both, 3)
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await both.send()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    written = [s.partition("SET")[2].partition("RETURNING")[0] for s in statements if "SET" in s]
    assert any("reply=" in columns.replace(" ", "") for columns in written)
    assert not [columns for columns in written if "tries" in columns]


async def test_of_many_tries_the_latest_are_kept(both: World) -> None:
    [one] = await plan_for(both)
    down = [Outcome(Verdict.RELAY_DOWN, None, f"down {n}") for n in range(KEPT + 5)]
    both.relay.answers = list(down)
    for _ in down:
        await send_again(both, one)
    found = await row_of(both, one)
    assert (found.state, found.attempts) == (State.PENDING, 0)
    assert [t.reply for t in found.tries] == [o.reply for o in down[5:]]
    assert {(t.relay, t.stage, t.code, t.outcome) for t in found.tries} == {
        ("", "", None, "no relay answered")
    }


async def test_a_client_that_breaks_off_is_told_too(both: World) -> None:
    [one] = await plan_for(both)
    with pytest.raises(ValueError, match="a fault of the client"):
        await send_due(worker(both, "w", transport=BreakingTransport()))
    [told] = (await row_of(both, one)).tries
    assert told.reply == "ValueError: a fault of the client"
    assert told.outcome.startswith("the relay's answer was lost")


async def test_a_worker_that_died_is_told_in_the_transcript(both: World) -> None:
    [one] = await plan_for(both)
    both.relay.answers = [LATER]
    await send_again(both, one)
    before = (await row_of(both, one)).tries
    both.clock.set((await row_of(both, one)).next_try_at)
    dying = worker(both, "dying")
    async with both.app.database.write() as connection:
        [claimed] = await deliveries.claim(connection, "dying", both.now)
        await workers.beat(connection, "dying", both.now)
    async with LedgerWriter(dying) as ledger:
        assert await ledger.submitting(claimed)
    async with both.app.database.write() as connection:
        assert await workers.sweep(connection, "dying", both.now, hold=True) == (0, 1)
    found = await row_of(both, one)
    assert found.state is State.HELD
    assert found.tries[:-1] == before
    assert (found.tries[-1].at, found.tries[-1].outcome) == (both.now, workers.DIED)


async def test_an_erasure_takes_the_transcript_away(both: World) -> None:
    [one] = await plan_for(both)
    named = Outcome(Verdict.DEFERRED, 451, "451 4.2.1 <0@example.org> is full", "main")
    both.relay.answers = [named]
    await both.send()
    assert await kept_null(both) == [False]
    assert await erase(both.app.context, 1)
    assert await kept_null(both) == [True]
    assert (await row_of(both, one)).tries == ()


async def test_a_reader_s_export_has_it(both: World) -> None:
    await plan_for(both)
    both.relay.answers = [LATER]
    await both.send()
    held = await export_reader(both.app.context, await both.reader(1))
    assert mismatches(held, documented()) == []
    [told] = held["deliveries"][0]["tries"]
    assert (told["at"], told["code"], told["reply"]) == (
        both.now.isoformat().replace("+00:00", "Z"),
        451,
        "451 4.7.1 later",
    )


async def test_it_goes_with_its_row(both: World) -> None:
    [one] = await plan_for(both)
    both.relay.answers = [NOBODY]
    await both.send()
    assert len((await row_of(both, one)).tries) == 1
    both.clock.set(both.now + timedelta(days=800))
    await both.add_reader("new@example.org", "routing", confirmed=False)  # the newest row stays
    await prune_deliveries(both.app.context, both.now - timedelta(days=400))
    async with both.app.database.read() as connection:
        told = select(func.count()).where(delivery.c.tries.is_not(None))
        assert await connection.scalar(told) == 0
        assert await connection.scalar(select(delivery.c.id).where(delivery.c.id == one)) is None
