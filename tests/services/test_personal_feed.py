"""The personal feed: the papers of sent digests, each once, for thirty days."""

from datetime import timedelta

from digest.ports import Outcome, Verdict
from digest.services.personal_feed import KEPT, LONGEST, feed_token, list_feed
from digest.services.reader_links import renew_feed
from digest.store import papers
from tests.world import MONDAY, World, hours

REFUSED = Outcome(Verdict.REFUSED, 550, "550 no")


async def titles(world: World, reader: int) -> list[str]:
    """Return the titles of a reader's feed in order."""
    return [p.card.title for p in await list_feed(world.app.context, await world.reader(reader))]


async def test_papers_of_sent_digests_come_newest_first_and_go_after_thirty_days(
    both: World,
) -> None:
    reader = await both.add_reader("a@example.org", "experts", hour=8)
    assert await titles(both, reader) == []
    await both.list_papers("Experts one", votes=90)
    await both.list_papers("Experts two", votes=20)
    await both.at(MONDAY + hours(8))
    first = await titles(both, reader)
    assert first == ["Experts one", "Experts two"]
    await both.list_papers("Experts three")
    both.relay.answers = [REFUSED]
    await both.at(MONDAY + hours(32))
    assert await titles(both, reader) == first  # what did not arrive is not in it
    await both.list_papers("Experts four")
    await both.at(MONDAY + hours(56))
    assert set(await titles(both, reader)) == {*first, "Experts three", "Experts four"}
    assert (await titles(both, reader))[2:] == first
    both.clock.set(MONDAY + hours(9) + KEPT)
    assert set(await titles(both, reader)) == {"Experts three", "Experts four"}


async def test_a_paper_merged_since_stands_once_under_the_id_it_was_sent_with(
    both: World,
) -> None:
    reader = await both.add_reader("a@example.org", "experts", hour=8)
    [old] = await both.list_papers("Experts one")
    await both.at(MONDAY + hours(8))
    [new] = await both.list_papers("Experts two")
    await both.at(MONDAY + hours(32))
    async with both.app.database.write() as connection:
        await papers.merge_papers(connection, new, old, both.now)
    found = await list_feed(both.app.context, await both.reader(reader))
    assert [(p.card.paper_id, p.sent_at, p.topic) for p in found] == [
        (old, MONDAY + hours(8), "experts")
    ]


async def test_two_hundred_papers_are_enough(both: World) -> None:
    reader = await both.add_reader("a@example.org", "experts", hour=8, max_papers=100)
    for day in range(3):
        both.clock.set(MONDAY + timedelta(days=day))
        await both.list_papers(*(f"Experts {day} {number}" for number in range(80)))
        await both.at(MONDAY + timedelta(days=day, hours=8))
    found = await titles(both, reader)
    assert len(found) <= LONGEST
    assert found[0].startswith("Experts 2")


async def test_the_secret_stays_until_it_is_renewed(both: World) -> None:
    reader = await both.add_reader("a@example.org", "experts")
    first = feed_token(both.app.context, await both.reader(reader))
    both.clock.set(MONDAY + timedelta(days=99))
    assert feed_token(both.app.context, await both.reader(reader)) == first
    await renew_feed(both.app.context, reader)
    assert feed_token(both.app.context, await both.reader(reader)) != first
