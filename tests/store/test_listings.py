"""Which papers belong to a day: those that no source listed before it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest.domain.papers import Mention
from digest.store import listings, papers, sightings
from digest.store.database import Database
from tests.store.ledger_rows import NOW, opened
from tests.store.test_search import PAPER

DAY = timedelta(days=1)
MIDNIGHT = NOW.replace(hour=0)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        yield made


async def listed(database: Database, *when: tuple[str, datetime], offered: bool = True) -> int:
    """Add a paper with its listings; return its id."""
    async with database.write() as connection:
        paper = replace(PAPER, title="A paper", offered=offered)
        paper_id = await papers.add_paper(connection, paper, "", NOW)
        told = [(paper_id, Mention(source, at, "https://a.example")) for source, at in when]
        await sightings.save_mentions(connection, told)
    return paper_id


async def on(database: Database, start: datetime) -> list[int]:
    """Return the papers of a day."""
    async with database.read() as connection:
        return await listings.list_first_listed(connection, start, start + DAY)


async def test_a_paper_belongs_to_the_day_of_its_first_listing_alone(database: Database) -> None:
    first = await listed(database, ("a", MIDNIGHT), ("b", MIDNIGHT + DAY))
    twice = await listed(database, ("a", MIDNIGHT + 2 * DAY / 3), ("b", MIDNIGHT + DAY / 2))
    late = await listed(database, ("a", MIDNIGHT + DAY))
    assert await on(database, MIDNIGHT) == [first, twice]
    assert await on(database, MIDNIGHT + DAY) == [late]
    assert await on(database, MIDNIGHT - DAY) == []


async def test_archived_and_merged_papers_stand_on_no_day(database: Database) -> None:
    kept = await listed(database, ("a", MIDNIGHT + DAY))
    alias = await listed(database, ("b", MIDNIGHT))
    await listed(database, ("a", MIDNIGHT), offered=False)
    async with database.write() as connection:
        await papers.merge_papers(connection, kept, alias, NOW)
    assert await on(database, MIDNIGHT) == [kept]
    assert await on(database, MIDNIGHT + DAY) == []
    async with database.read() as connection:
        aliases = await listings.list_aliases_of(connection, kept)
    assert [paper.id for paper in aliases] == [alias]


async def test_neighbours_are_the_nearest_days_with_papers_of_their_own(
    database: Database,
) -> None:
    await listed(database, ("a", MIDNIGHT - 9 * DAY), ("b", MIDNIGHT - DAY))
    await listed(database, ("a", MIDNIGHT + 4 * DAY), ("b", MIDNIGHT + 6 * DAY))
    await listed(database, ("a", MIDNIGHT + 2 * DAY), offered=False)
    now = MIDNIGHT + 5 * DAY
    async with database.read() as connection:
        before = await listings.find_listing_before(connection, MIDNIGHT)
        after = await listings.find_listing_after(connection, MIDNIGHT + DAY, now)
        ahead = await listings.find_listing_after(connection, MIDNIGHT + 5 * DAY, now)
        nothing = await listings.find_listing_before(connection, MIDNIGHT - 9 * DAY)
    assert (before, after) == (MIDNIGHT - 9 * DAY, MIDNIGHT + 4 * DAY)
    assert (ahead, nothing) == (None, None)
