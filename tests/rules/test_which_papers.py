"""RULES, "Which papers": a test for each line."""

from dataclasses import replace
from datetime import timedelta

from digest.domain.papers import Entry, Paper, Reading
from digest.services.merges import split_merged
from digest.store import papers
from tests.world import MONDAY, SOURCE, World, hours

A = "a@example.org"


async def paper(world: World, paper_id: int) -> Paper:
    async with world.app.database.read() as connection:
        return (await papers.get_papers(connection, [paper_id]))[paper_id]


async def test_eligibility_ends_a_window_after_the_first_sighting_and_never_moves(
    world: World,
) -> None:
    [first] = await world.list_papers("Alpha routing")
    world.clock.set(MONDAY + timedelta(days=6))
    entry = Entry(SOURCE, "2605.10001", "Alpha routing", "https://arxiv.org/abs/2605.10001",
                  arxiv_id="2605.10001", listed_at=world.now)  # fmt: skip
    assert await world.ingest([entry]) == [first]
    found = await paper(world, first)
    assert found.eligible_until == MONDAY + timedelta(days=14)
    assert found.first_seen_at == MONDAY


async def test_a_paper_out_of_its_window_is_not_sent(world: World) -> None:
    await world.list_papers("Alpha routing")
    world.clock.set(MONDAY + timedelta(days=13, hours=20))
    await world.list_papers("Beta routing")
    await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + timedelta(days=14, hours=8))
    row = await world.day("2026-05-18")
    assert row is not None
    assert await world.titles(row.paper_ids) == ["Beta routing"]


async def test_papers_keys_and_ids_stay_when_abstracts_are_long_past(world: World) -> None:
    [first] = await world.list_papers("Alpha routing")
    world.clock.set(MONDAY + timedelta(days=400))
    again = Entry(SOURCE, "x", "Alpha routing", "https://arxiv.org/abs/2605.10001v2",
                  arxiv_id="2605.10001", listed_at=world.now)  # fmt: skip
    assert await world.ingest([again]) == [first]


async def test_the_first_fetch_of_a_feed_archives_what_is_older_than_the_window(
    world: World,
) -> None:
    old = Entry("Blog", "1", "Old routing", "https://blog.example/1",
                published_at=MONDAY - timedelta(days=15))  # fmt: skip
    new = Entry("Blog", "2", "New routing", "https://blog.example/2",
                published_at=MONDAY - timedelta(days=13))  # fmt: skip
    await world.ingest([old, new], archive=MONDAY - timedelta(days=14))
    await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    assert await world.titles(row.paper_ids) == ["New routing"]


async def test_an_archived_paper_that_a_list_names_later_is_offered(world: World) -> None:
    old = Entry("Blog", "1", "Old routing", "https://arxiv.org/abs/2601.00001",
                arxiv_id="2601.00001", published_at=MONDAY - timedelta(days=90))  # fmt: skip
    ids = await world.ingest([old], archive=MONDAY - timedelta(days=14))
    listed = replace(old, source=SOURCE, readings=(Reading("upvotes", 5),))
    assert await world.ingest([listed]) == ids
    await world.add_reader(A, "routing", hour=8)
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    assert row.paper_ids == tuple(ids)


async def united_pair(world: World) -> tuple[int, int]:
    """List two papers that a third entry shows to be one; return (older, younger)."""
    by_doi = Entry("Journal", "j1", "A calm study of routers", "https://doi.org/10.1000/xyz",
                   doi="10.1000/xyz", listed_at=world.now)  # fmt: skip
    [older] = await world.ingest([by_doi])
    [younger] = await world.list_papers("Routers, studied calmly")
    return older, younger


async def unite(world: World) -> None:
    both = Entry("Lab", "l1", "Routers, studied calmly", "https://arxiv.org/abs/2605.10001",
                 arxiv_id="2605.10001", doi="10.1000/xyz", listed_at=world.now)  # fmt: skip
    await world.ingest([both])


async def test_a_merge_makes_the_younger_an_alias_and_takes_the_smaller_window(
    world: World,
) -> None:
    older, younger = await united_pair(world)
    world.clock.set(MONDAY + timedelta(days=1))
    await unite(world)
    async with world.app.database.read() as connection:
        assert await papers.find_survivor(connection, younger) == older
        assert await papers.find_survivor(connection, older) == older
    found = await paper(world, older)
    assert found.eligible_until == MONDAY + timedelta(days=14)
    assert found.arxiv_id == "2605.10001"


async def test_a_paper_seen_under_an_alias_does_not_come_again(world: World) -> None:
    older, younger = await united_pair(world)
    await world.add_reader(A, "title:calmly", hour=8)
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    assert row.paper_ids == (younger,)
    await unite(world)
    await world.list_papers("Something else, studied calmly")
    await world.at(MONDAY + hours(32))
    row = await world.day("2026-05-05")
    assert row is not None
    assert older not in row.paper_ids
    assert younger not in row.paper_ids
    assert row.sent == 1


async def test_a_paper_split_off_counts_as_seen_by_whoever_saw_its_parent(world: World) -> None:
    older, younger = await united_pair(world)
    await unite(world)
    await world.add_reader(A, "title:routers", hour=8)
    await world.at(MONDAY + hours(8))
    row = await world.day("2026-05-04")
    assert row is not None
    assert row.paper_ids == (older,)
    await split_merged(world.app.context, younger)
    await world.list_papers("Other routers")
    await world.at(MONDAY + hours(32))
    row = await world.day("2026-05-05")
    assert row is not None
    assert await world.titles(row.paper_ids) == ["Other routers"]


async def test_two_arxiv_ids_never_become_one_paper(world: World) -> None:
    first, second = await world.list_papers("Twin routing", "Twin routing")
    assert first != second
    claims_both = Entry("Lab", "l1", "Twin routing", "https://lab.example/1",
                        arxiv_id="2605.10001", doi="10.1/1")  # fmt: skip
    contradicts = Entry("Lab", "l2", "Twin routing", "https://lab.example/2",
                        arxiv_id="2605.10002", doi="10.1/1")  # fmt: skip
    assert await world.ingest([claims_both]) == [first]
    assert await world.ingest([contradicts]) == [second]


async def test_an_entry_that_fits_two_clusters_joins_neither(world: World) -> None:
    title = "A careful measurement of router collapse in sparse models"
    one, two = await world.list_papers(title, title, authors=("Ada Quill", "Bo Reed"))
    entry = Entry("Lab", "l1", title, "https://lab.example/1", authors=("Ada Quill",))
    [third] = await world.ingest([entry])
    assert third not in (one, two)
