"""Retention: what is old goes, the books still balance, and nobody is sent anything twice."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Table, delete, func, insert, select, update

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import Suppression
from digest.domain.votes import Verdict as Said
from digest.ports import Outcome, Verdict
from digest.services.books import Account, read_books
from digest.services.export import export_reader
from digest.services.feedback import record_vote
from digest.services.housekeeping import keep_house
from digest.services.retention import CHUNK, prune_deliveries, thin_observations
from digest.services.why import why_day, why_paper
from digest.settings import Settings
from digest.store import papers
from digest.store.admin_schema import audit, link_open
from digest.store.delivery_schema import alarm, bounce
from digest.store.reader_schema import signup, vote
from digest.store.schema import delivery, plan, plan_card, selection, signal
from tests.services.own_rows import bar, mails_of
from tests.world import MONDAY, World, hours, open_world

DAY = date(2026, 5, 4)
LONG = timedelta(days=402)
A = "a@example.org"


async def rows_of(world: World, table: Table) -> int:
    """Return how many rows a table has."""
    async with world.app.database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def add(world: World, table: Table, *rows: dict[str, object]) -> None:
    """Write rows."""
    async with world.app.database.write() as connection:
        await connection.execute(insert(table), list(rows))


async def change(world: World, reader: int, **values: object) -> None:
    """Write columns of a reader's deliveries."""
    async with world.app.database.write() as connection:
        mine = update(delivery).where(delivery.c.subscriber_id == reader)
        await connection.execute(mine.values(values))


async def two_days(world: World) -> None:
    """Let three readers have two days: sent, refused, sent again in doubt, and no news."""
    for name in ("a", "b", "c"):
        await world.add_reader(f"{name}@example.org", "routing", hour=8)
    await world.list_papers("Routing one")
    world.relay.answers = [
        Outcome(Verdict.ACCEPTED, 250, "250 ok"),
        Outcome(Verdict.REFUSED, 550, "550 no"),
    ]
    await world.at(MONDAY + hours(8))
    await change(world, 3, uncertain=True, submissions=2, rewritten=True)
    await world.at(MONDAY + hours(32))


def bare(account: Account) -> Account:
    """Return the books without what says that rows were pruned."""
    return replace(account, editions=tuple(replace(one, pruned=0) for one in account.editions))


async def test_pruned_days_keep_their_sums(both: World) -> None:
    await two_days(both)
    first, last = DAY, DAY + timedelta(days=9)
    before = await read_books(both.app.context, first, last)
    assert sum(before.states.values()) == before.planned == 6
    assert {"sent", "refused", "empty"} == set(before.states)
    assert before.repeated == before.rewritten >= 1
    both.clock.set(MONDAY + LONG)
    await both.add_reader("new@example.org", "routing", confirmed=False)
    await keep_house(both.app.context)
    after = await read_books(both.app.context, first, last)
    assert bare(after) == before
    assert after.balanced
    assert [one.pruned for one in after.editions] == [one.planned for one in after.editions]
    for emptied in (selection, plan_card):
        assert await rows_of(both, emptied) == 0
    assert await rows_of(both, plan) >= 2  # they tell what was news to whoever was away


async def test_a_day_that_is_pruned_in_parts_balances_in_between(both: World) -> None:
    await two_days(both)
    before = await read_books(both.app.context, DAY, date.max)
    cut = MONDAY + LONG
    await change(both, 2, planned_at=cut)
    await change(both, 3, planned_at=cut)
    for reader, gone in ((2, 2), (3, 2), (0, 1)):  # the row with the highest id stays
        assert await prune_deliveries(both.app.context, cut) == gone
        account = await read_books(both.app.context, DAY, date.max)
        assert bare(account) == before
        assert account.balanced
        await change(both, reader, planned_at=MONDAY)
    assert await rows_of(both, delivery) == 1


async def test_what_is_open_or_proves_a_consent_is_never_pruned(both: World) -> None:
    await both.add_reader(A, "routing", confirmed=False)
    await both.send()
    await both.confirm(1)
    await both.list_papers("Routing one")
    await both.at(MONDAY + hours(8))
    await both.list_papers("Routing two")
    await both.plan_at(MONDAY + hours(32))
    await change(both, 1, state=State.HELD.value)
    async with both.app.database.write() as connection:
        sent = update(delivery).where(delivery.c.kind == Kind.CONFIRM.value)
        await connection.execute(sent.values(state=State.SENT.value))
    held = await mails_of(both, 1)
    both.clock.set(MONDAY + LONG)
    await keep_house(both.app.context)
    assert await mails_of(both, 1) == held
    assert len(held) == 3
    assert await rows_of(both, signup) == 1


async def test_votes_and_reports_outlive_the_mail_they_came_from(both: World) -> None:
    await two_days(both)
    async with both.app.database.write() as connection:
        await connection.execute(delete(bounce))
    assert await record_vote(both.app.context, 1, 1, Said.MORE, delivery_id=1)
    old = {"delivery_id": 1, "status": "5.1.1", "said": "no", "origin": "hook", "hard": True}
    for reader, mark in ((1, "free"), (2, "barred")):
        row = {"subscriber_id": reader, "kind": "bounce", "reason": "user_unknown"}
        await add(both, bounce, row | old | {"fingerprint": mark, "received_at": MONDAY})
    await bar(both, 2, Suppression.BOUNCE)
    await prune_deliveries(both.app.context, MONDAY + hours(9))
    async with both.app.database.read() as connection:
        votes = (await connection.execute(select(vote.c.paper_id, vote.c.delivery_id))).all()
        marks = (await connection.execute(select(bounce.c.fingerprint, bounce.c.delivery_id))).all()
    assert votes == [(1, None)]
    assert sorted(marks) == [("barred", None), ("free", None)]
    both.clock.set(MONDAY + LONG)
    await keep_house(both.app.context)
    told = await export_reader(both.app.context, await both.reader(2))
    assert [one["reason"] for one in told["bounces"]] == ["user_unknown"]
    assert told["subscriber"]["suppression"] == "bounce"
    assert await rows_of(both, bounce) == 1
    assert await rows_of(both, vote) == 1


async def test_a_pruned_day_is_never_sent_again_and_says_what_became_of_it(both: World) -> None:
    await two_days(both)
    both.clock.set(MONDAY + LONG)
    await keep_house(both.app.context)
    context, reader = both.app.context, await both.reader(1)
    answer = await why_day(context, reader, DAY)
    assert (answer.state, str(answer.reason)) == (
        "no digest",
        "it is longer ago than what is kept",
    )
    paper = await why_paper(context, reader, 1)
    assert paper is not None
    assert "it is longer ago than what is kept" in map(str, paper.reasons)
    mails = len(both.relay.messages)
    await both.list_papers("Routing one", arxiv_id="2605.10001", entry_id="2605.10001")
    for day in range(3):
        await both.at(MONDAY + LONG + timedelta(days=day, hours=8))
    assert len(both.relay.messages) == mails
    assert await both.day(DAY.isoformat()) is None


async def test_many_rows_go_in_more_than_one_chunk(both: World) -> None:
    reader = await both.add_reader(A, "routing", hour=8)
    settled = {"subscriber_id": reader, "kind": "test", "priority": 1, "state": "sent"}
    sent = settled | {"address": A, "language": "en", "extract": "short", "token_generation": 0}
    at = dict.fromkeys(("planned_at", "next_try_at", "expires_at"), MONDAY)
    count = 2 * CHUNK + 1
    await add(both, delivery, *(sent | at | {"dedupe_key": str(n)} for n in range(count)))
    assert await prune_deliveries(both.app.context, MONDAY) == 0
    assert await prune_deliveries(both.app.context, MONDAY + hours(1)) == count - 1
    assert [row.dedupe_key for row in await mails_of(both, reader)] == [str(count - 1)]
    await add(both, delivery, sent | at | {"dedupe_key": "next"})
    assert await prune_deliveries(both.app.context, MONDAY + hours(1)) == 1
    assert [row.id for row in await mails_of(both, reader)] == [count + 1]


async def test_of_old_observations_the_first_and_the_last_of_each_paper_stay(both: World) -> None:
    [one, two] = await both.list_papers("Routing one", "Routing two", votes=1)
    made: list[dict[str, Any]] = [
        {"paper_id": paper, "source": "s", "metric": metric, "taken_at": at, "value": n}
        for paper in (one, two)
        for metric in ("upvotes", "stars")
        for n, at in enumerate(MONDAY + hours(h) for h in range(1, 2 * CHUNK, 7))
    ]
    await add(both, signal, *made)
    cut = MONDAY + hours(CHUNK)

    async def readings() -> set[tuple[int, str, datetime]]:
        async with both.app.database.read() as connection:
            mine = select(signal.c.paper_id, signal.c.metric, signal.c.taken_at)
            rows = await connection.execute(mine.where(signal.c.source == "s"))
            return {tuple(row) for row in rows}

    young = {(r["paper_id"], r["metric"], r["taken_at"]) for r in made if r["taken_at"] >= cut}
    firsts = {(p, m, MONDAY + hours(1)) for p in (one, two) for m in ("upvotes", "stars")}
    assert await thin_observations(both.app.context, cut) > 0
    assert await readings() == young | firsts
    assert await thin_observations(both.app.context, cut) == 0
    assert await thin_observations(both.app.context, MONDAY + timedelta(days=900)) > 0
    last = max(r["taken_at"] for r in made)
    assert await readings() == firsts | {(p, m, last) for p, m, _ in firsts}


async def test_records_go_by_their_own_age(both: World) -> None:
    [paper] = await both.list_papers("Routing one")
    told = {"text": "", "raised_at": MONDAY, "last_at": MONDAY, "count": 1}
    over = {"key": "over", "cleared_at": MONDAY}
    await add(both, alarm, told | over, told | {"key": "open", "cleared_at": None})
    line = {"actor": "o", "action": "a", "object": "x", "detail": {}}
    await add(both, audit, line | {"at": MONDAY}, line | {"at": MONDAY + LONG})
    for day in (DAY, DAY + LONG):
        await add(both, link_open, {"day": day, "paper_id": paper, "count": 3})
    both.clock.set(MONDAY + LONG)
    await keep_house(both.app.context)
    assert [await rows_of(both, table) for table in (alarm, audit, link_open)] == [1, 2, 1]
    both.clock.set(MONDAY + timedelta(days=731))
    await keep_house(both.app.context)
    assert [await rows_of(both, table) for table in (alarm, audit, link_open)] == [1, 1, 1]


async def test_abstracts_are_kept_unless_the_operator_says_so(
    tmp_path: Path, database_url: str
) -> None:
    for days, left in ((0, True), (30, False)):
        kept = {"abstracts_days": days}
        async with open_world(tmp_path, database_url, retention=kept) as world:
            [old] = await world.list_papers("Routing one")
            world.clock.set(MONDAY + timedelta(days=60))
            [young] = await world.list_papers(f"Routing {days} anew")
            await keep_house(world.app.context)
            async with world.app.database.read() as connection:
                found = await papers.get_papers(connection, [old, young])
            assert bool(found[old].abstract) == left
            assert found[young].abstract


def test_observations_outlive_the_window() -> None:
    with pytest.raises(ValidationError, match="observations_days must be more"):
        Settings.model_validate(
            {"digest": {"window_days": 50}, "retention": {"observations_days": 50}}
        )
