"""Which of several schedulers leads, on each database."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from digest.bootstrap import open_app
from digest.domain.leases import LEASE
from digest.services.context import Context
from digest.services.leading import Leading
from digest.services.lease import Lease
from digest.settings import Settings
from digest.store import leads
from digest.store.meta import find_value
from tests.world import World


def beside(context: Context, name: str) -> Leading:
    """Return another process's scheduler on the same database."""
    return Leading(replace(context, worker_id=name, lease=Lease(context.lease.time)))


async def holder(world: World) -> str:
    async with world.app.database.read() as connection:
        row = await leads.find_lead(connection)
    assert row is not None
    return row.worker_id


async def test_one_leads_until_it_leaves(both: World) -> None:
    one, two = beside(both.app.context, "one"), beside(both.app.context, "two")
    if both.app.database.is_sqlite:
        # its lock has let only this one start
        assert await one.keep()
        assert await two.keep()
        return
    assert not one.holds()
    assert await one.keep()
    assert not await two.keep()
    assert (one.holds(), two.holds(), await holder(both)) == (True, False, "one")
    await two.leave()
    assert await holder(both) == "one"
    await one.leave()
    assert not one.holds()
    assert await two.keep()
    assert await holder(both) == "two"


async def test_a_silent_one_is_followed_after_its_lease(both: World) -> None:
    one, two = beside(both.app.context, "one"), beside(both.app.context, "two")
    assert await one.keep()
    both.clock.set(both.now + LEASE)
    assert not one.holds()
    if not both.app.database.is_sqlite:
        assert not await two.keep()
    both.clock.set(both.now + timedelta(seconds=1))
    assert await two.keep()
    assert await holder(both) == "two"
    await one.leave()
    assert await holder(both) == "two"


async def test_a_clock_that_was_set_back_keeps_no_lead_for_years(both: World) -> None:
    one, two = beside(both.app.context, "one"), beside(both.app.context, "two")
    assert await one.keep()
    both.clock.set(both.now - timedelta(days=400))
    assert await two.keep()


async def test_of_many_that_ask_at_once_one_leads(both: World) -> None:
    if both.app.database.is_sqlite:
        return
    asked = [beside(both.app.context, f"n{number}") for number in range(8)]
    answers = await asyncio.gather(*(one.keep() for one in asked))
    assert sorted(answers) == [False] * 7 + [True]


async def test_parts_that_start_at_once_on_an_empty_database_agree(
    tmp_path: Path, empty_database_url: str
) -> None:
    async def start(number: int) -> str | None:
        settings = Settings.model_validate(
            {
                "data_dir": str(tmp_path / str(number)),
                "database_url": empty_database_url,
                "secret_key": "k" * 40,
            }
        )
        async with open_app(settings) as app, app.database.read() as connection:
            return await find_value(connection, "uuid")

    began = time.monotonic()
    uuids = await asyncio.gather(*(start(number) for number in range(4)))
    assert time.monotonic() - began < 60
    assert len(set(uuids)) == 1
    assert uuids[0]
