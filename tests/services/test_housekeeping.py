"""Housekeeping: sign-ups that nobody confirmed go, and nobody else does."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from digest.services.housekeeping import keep_house
from digest.store.reader_schema import bucket, signup
from digest.store.schema import delivery, subscriber
from tests.services.sign_ups import STATES, ask, put
from tests.world import MONDAY, World, open_world


async def count(world: World) -> tuple[int, int, int, int]:
    """Return how many subscribers, sign-ups, mails and buckets there are."""
    async with world.app.database.read() as connection:
        counted = [
            await connection.scalar(select(func.count()).select_from(table))
            for table in (subscriber, signup, delivery, bucket)
        ]
    one, two, three, four = (int(number or 0) for number in counted)
    return one, two, three, four


async def test_who_never_confirmed_is_forgotten_after_thirty_days(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url) as world:
        for state in STATES:
            await put(world, state, f"{state}@example.org")
        await ask(world, "stranger@example.org")
        await ask(world, "again@example.org")
        world.clock.set(MONDAY + timedelta(days=20))
        await ask(world, "again@example.org")
        await ask(world, "last@example.org")
        everybody = await count(world)
        world.clock.set(MONDAY + timedelta(days=30))
        await keep_house(world.app.context)
        assert (await count(world))[:3] == everybody[:3]
        assert (await count(world))[3] == 0
        world.clock.set(MONDAY + timedelta(days=30, seconds=1))
        await keep_house(world.app.context)
        people, asked, mails, _ = await count(world)
        # pending@ and stranger@
        assert (people, asked, mails) == tuple(number - 2 for number in everybody[:3])
        await ask(world, "stranger@example.org")
        assert (await count(world))[0] == people + 1


async def test_the_highest_ids_are_never_given_out_twice(tmp_path: Path, database_url: str) -> None:
    async with open_world(tmp_path, database_url) as world:
        await ask(world, "one@example.org")
        await ask(world, "two@example.org")
        world.clock.set(MONDAY + timedelta(days=40))
        await keep_house(world.app.context)
        assert (await count(world))[0] == 1
        await ask(world, "three@example.org")
        async with world.app.database.read() as connection:
            ids = list(await connection.scalars(select(subscriber.c.id).order_by(subscriber.c.id)))
        assert ids == [2, 3]
