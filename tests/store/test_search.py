"""Search on both databases: the same answers, no syntax in anybody's words, the index used."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from digest.domain.identifiers import title_key
from digest.domain.papers import Paper
from digest.domain.search_words import parse_search
from digest.store import papers, search
from digest.store.database import Database
from tests.store.ledger_rows import NOW, opened

PAPER = Paper(0, "", "https://a.example/1", NOW, NOW + timedelta(days=14))
TEXTS = (
    ("Routing in a mixture of experts", "We balance queues of tokens."),
    ("Queues", "A mixture of experts is balanced; experts rest while tokens wait."),
    ("Experts of a mixture", "Video diffusion without experts in it."),
    ("Naïve Bayes revisited", "Classifying texts, quickly."),
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as made:
        async with made.write() as connection:
            for number, (title, abstract) in enumerate(TEXTS):
                seen = NOW - timedelta(days=10 - number)
                paper = replace(PAPER, title=title, abstract=abstract, first_seen_at=seen)
                await papers.add_paper(connection, paper, title_key(title), NOW)
        yield made


async def found(database: Database, typed: str) -> list[int]:
    """Return the ids that a visitor's words find, in ascending order."""
    wanted = parse_search(typed)
    assert wanted is not None
    async with database.read() as connection:
        hits = await search.find_papers(connection, wanted)
    return sorted(hit.paper_id for hit in hits)


async def test_words_phrases_exclusions_and_alternatives_are_understood(
    database: Database,
) -> None:
    assert await found(database, "mixture experts") == [1, 2, 3]
    assert await found(database, '"mixture of experts"') == [1, 2]
    assert await found(database, '"mixture of experts" -routing') == [2]
    assert await found(database, "mixture -video -routing") == [2]
    assert await found(database, "routing or bayes") == [1, 4]
    assert await found(database, "routing bayes") == []
    assert await found(database, "EXPERT mixtures") == [1, 2, 3]  # by the stems of words
    assert await found(database, "classified") == [4]


async def test_a_word_in_the_title_fits_better_than_one_in_the_abstract(
    database: Database,
) -> None:
    wanted = parse_search("queues")
    assert wanted is not None
    async with database.read() as connection:
        fits = {h.paper_id: h.fit for h in await search.find_papers(connection, wanted)}
    assert fits[2] > fits[1] > 0


async def test_what_was_merged_away_or_rewritten_is_not_found(database: Database) -> None:
    async with database.write() as connection:
        await papers.merge_papers(connection, 1, 2, NOW)
        held = (await papers.get_papers(connection, [3]))[3]
        changed = replace(held, title="Holography", abstract="Light.")
        await papers.save_papers(connection, {3: (changed, "holography")}, NOW)
    assert await found(database, "mixture") == [1]
    assert await found(database, "holography") == [3]


async def test_only_the_newest_of_very_many_are_weighed(database: Database) -> None:
    many = search.MOST_HITS + 7
    async with database.write() as connection:
        for number in range(many):
            paper = replace(PAPER, title=f"Frogs, part {number}")
            last = await papers.add_paper(connection, paper, "", NOW)
    ids = await found(database, "frogs")
    assert ids == list(range(last - search.MOST_HITS + 1, last + 1))


async def test_no_text_that_a_visitor_types_is_an_error(database: Database) -> None:
    loop = asyncio.get_running_loop()
    typed_by = st.text() | st.text(alphabet="\"'*^:(){}-+&|!<>\\ \0ab orANDNOT%$", max_size=40)

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(typed_by)
    def check(typed: str) -> None:
        if parse_search(typed) is not None:
            asyncio.run_coroutine_threadsafe(found(database, typed), loop).result()

    await asyncio.to_thread(check)


async def test_the_words_are_looked_up_in_the_index(database: Database) -> None:
    if database.is_sqlite:
        return  # an FTS5 table is nothing but its index
    async with database.read() as connection:
        wanted = parse_search("experts")
        assert wanted is not None
        await search.find_papers(connection, wanted)
        explain = text(f"EXPLAIN {search.TSQUERY}")
        plan = await connection.execute(explain, {"words": '"experts"', "most": 5})
        assert "ix_paper_text" in "\n".join(row[0] for row in plan)
