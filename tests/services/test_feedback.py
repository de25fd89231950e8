"""Votes: a log that grows by what is new, under the paper that survives."""

import asyncio
from typing import Any

from sqlalchemy import select

from digest.domain.deliveries import Kind
from digest.domain.votes import Opinion, Verdict
from digest.services.feedback import find_opinion, list_saved, record_vote
from digest.store import papers
from digest.store.reader_schema import vote
from tests.services.own_rows import mails_of
from tests.store.ledger_rows import add_row
from tests.world import MONDAY, World, hours


async def log_of(world: World) -> list[tuple[Any, ...]]:
    """Return the log of votes."""
    columns = (
        vote.c.subscriber_id,
        vote.c.paper_id,
        vote.c.verdict,
        vote.c.topic,
        vote.c.delivery_id,
    )
    async with world.app.database.read() as connection:
        rows = await connection.execute(select(*columns).order_by(vote.c.id))
        return [tuple(row) for row in rows]


async def test_a_vote_keeps_the_mail_and_the_topic_under_which_the_paper_stood(
    both: World,
) -> None:
    reader = await both.add_reader("a@example.org", "experts", hour=8)
    other = await both.add_reader("b@example.org", "pruning", hour=9)
    one, two = await both.list_papers("Experts at work", "Pruning trees")
    await both.at(MONDAY + hours(8))
    [mail] = await mails_of(both, reader)
    after = await record_vote(both.app.context, reader, one, Verdict.MORE, mail.id)
    assert after is not None
    assert (after.paper.title, after.opinion) == ("Experts at work", Opinion(Verdict.MORE))
    await record_vote(both.app.context, reader, two, Verdict.SAVE, mail.id)
    await record_vote(both.app.context, other, one, Verdict.LESS, mail.id)  # not their mail
    await record_vote(both.app.context, other, one, Verdict.SAVE, 987_654)
    link = await add_row(both.app.database, other, "l", Kind.PREFERENCES_LINK)
    await record_vote(both.app.context, other, two, Verdict.LESS, link)
    assert await log_of(both) == [
        (reader, one, "more", "experts", mail.id),
        (reader, two, "save", "", mail.id),
        (other, one, "less", "", None),
        (other, one, "save", "", None),
        (other, two, "less", "", link),
    ]


async def test_the_same_verdict_twice_adds_nothing_and_undo_is_a_line(both: World) -> None:
    reader = await both.add_reader("a@example.org", "experts")
    [paper] = await both.list_papers("Experts at work")
    for verdict in (
        Verdict.UNSAVE,
        Verdict.NEITHER,
        *[Verdict.SAVE] * 3,
        Verdict.MORE,
        Verdict.MORE,
    ):
        await record_vote(both.app.context, reader, paper, verdict)
    assert [row[2] for row in await log_of(both)] == ["save", "more"]
    await record_vote(both.app.context, reader, paper, Verdict.UNSAVE)
    await record_vote(both.app.context, reader, paper, Verdict.LESS)
    assert [row[2] for row in await log_of(both)] == ["save", "more", "unsave", "less"]
    held = await find_opinion(both.app.context, reader, paper)
    assert held is not None
    assert held.opinion == Opinion(Verdict.LESS)
    assert await list_saved(both.app.context, reader) == []


async def test_clicks_at_the_same_time_are_one_line(both: World) -> None:
    reader = await both.add_reader("a@example.org", "experts")
    [paper] = await both.list_papers("Experts at work")
    votes = (record_vote(both.app.context, reader, paper, Verdict.SAVE) for _ in range(5))
    await asyncio.gather(*votes)
    assert len(await log_of(both)) == 1


async def test_merged_papers_are_one_on_the_saved_list(both: World) -> None:
    reader = await both.add_reader("a@example.org", "experts")
    kept, alias, third = await both.list_papers("Experts", "The same experts", "A third")
    for paper in (alias, kept, third):
        await record_vote(both.app.context, reader, paper, Verdict.SAVE)
        both.clock.set(both.now + hours(1))
    assert [s.paper.id for s in await list_saved(both.app.context, reader)] == [third, kept, alias]
    async with both.app.database.write() as connection:
        await papers.merge_papers(connection, kept, alias, both.now)
    found = await list_saved(both.app.context, reader)
    assert [(s.paper.id, s.saved_at) for s in found] == [
        (third, MONDAY + hours(2)),
        (kept, MONDAY),  # since the first of the two was saved
    ]
    # by the old id, too: it says the same of the same paper, and takes it off the list
    again = await record_vote(both.app.context, reader, alias, Verdict.SAVE)
    assert again is not None
    assert again.paper.id == kept
    assert len(await log_of(both)) == 3
    await record_vote(both.app.context, reader, alias, Verdict.UNSAVE)
    assert [s.paper.id for s in await list_saved(both.app.context, reader)] == [third]
    assert (await log_of(both))[-1][1] == kept


async def test_there_is_no_vote_on_a_paper_that_there_is_not(both: World) -> None:
    reader = await both.add_reader("a@example.org", "experts")
    assert await record_vote(both.app.context, reader, 987_654, Verdict.SAVE) is None
    assert await find_opinion(both.app.context, reader, 987_654) is None
    assert await log_of(both) == []
