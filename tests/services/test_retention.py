"""Retention: what is old goes, the books still balance, and nobody is sent anything twice."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Table, func, insert, select, update

from digest.domain.deliveries import Kind, State
from digest.domain.papers import Reading
from digest.domain.subscribers import Suppression
from digest.domain.votes import Verdict as Said
from digest.ports import Outcome, Verdict
from digest.services.books import Account, read_books
from digest.services.export import export_reader
from digest.services.feedback import record_vote
from digest.services.housekeeping import keep_house
from digest.services.retention import CHUNK, blank_abstracts, prune_deliveries, thin_observations
from digest.services.why import why_day, why_paper
from digest.store import papers
from digest.store.admin_schema import audit, link_open
from digest.store.delivery_schema import alarm, bounce
from digest.store.reader_schema import signup, vote
from digest.store.schema import delivery, plan, plan_card, selection, signal
from tests.services.own_rows import bar, mails_of
from tests.world import MONDAY, World, hours, open_world

DAY = date(2026, 5, 4)
LONG = timedelta(days=401)
A = "a@example.org"


async def rows_of(world: World, table: Table) -> int:
    """Return how many rows a table has."""
    async with world.app.database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def days_of_three(world: World) -> None:
    """Let three readers have two days: sent, refused, sent twice in doubt, and too little news."""
    for name in ("a", "b", "c"):
        await world.add_reader(f"{name}@example.org", "routing", hour=8)
    await world.list_papers("Routing one")
    world.relay.answers = [Outcome(Verdict.ACCEPTED, 250, "ok"), Outcome(Verdict.REFUSED, 550, "no")]
    await world.at(MONDAY + hours(8))
    async with world.app.database.write() as connection:
        doubtful = update(delivery).where(delivery.c.subscriber_id == 3)
        values = {"uncertain": True, "submissions": 2, "rewritten": True}
        await connection.execute(doubtful.values(values))
    await world.at(MONDAY + hours(32))


def bare(account: Account) -> Account:
    """Return the books without what says that rows were pruned."""
    return replace(account, editions=tuple(replace(one, pruned=0) for one in account.editions))


async def test_pruned_days_keep_their_sums(both: World) -> None:
    await days_of_three(both)
    before = await read_books(both.app.context, DAY, date.max)
    assert before.states == {"sent": 2, "refused": 1, "empty": 2} | {"sent": 3, "empty": 2}
    assert (before.repeated, before.rewritten) == (1, 1)
    both.clock.set(MONDAY + LONG)
    await both.add_reader("new@example.org", "routing", hour=1)
    await both.at(MONDAY + LONG + hours(1))
    newest = await rows_of(both, delivery)
    await keep_house(both.app.context)
    kept = await rows_of(both, delivery)
    assert kept < newest
    after = await read_books(both.app.context, DAY, DAY + timedelta(days=9))
    assert bare(after) == before
    assert after.balanced
    assert [one.pruned for one in after.editions] == [one.planned for one in after.editions]
    assert (await rows_of(both, selection), await rows_of(both, plan_card)) == (kept - 1, 0)
    assert await rows_of(both, plan) >= 2  # they tell what was news to whoever was away


async def test_a_day_that_is_pruned_in_parts_balances_in_between(both: World) -> None:
    await days_of_three(both)
    async with both.app.database.write() as connection:
        recent = update(delivery).where(delivery.c.subscriber_id == 3)
        await connection.execute(recent.values(planned_at=MONDAY + LONG))
    before = await read_books(both.app.context, DAY, date.max)
    for _ in range(2):
        await prune_deliveries(both.app.context, MONDAY + timedelta(days=9))
        account = await read_books(both.app.context, DAY, date.max)
        assert bare(account) == before
    async with both.app.database.write() as connection:
        await connection.execute(recent.values(planned_at=MONDAY))
        await connection.execute(insert(alarm), [])
