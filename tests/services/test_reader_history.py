"""A reader's history: digests, days without one, and papers by whatever name."""

from datetime import date, timedelta

import pytest

from digest.domain.tokens import Purpose, read_token
from digest.services.reader_history import find_paper, list_history
from digest.services.reader_links import sign_out
from tests.world import MONDAY, World, hours

BASE = "https://papers.example/digest"


async def test_days_with_and_without_a_digest_come_newest_first(both: World) -> None:
    reader = await both.add_reader("a@example.org", "experts", hour=8, weekdays=0b0000101)
    await both.list_papers("Experts one", "Experts two")
    await both.at(MONDAY + hours(8))
    await both.at(MONDAY + hours(32))
    await both.at(MONDAY + hours(56))
    await sign_out(both.app.context, reader)
    days = await list_history(both.app.context, await both.reader(reader))
    assert [(d.answer.day.day, d.answer.state) for d in days] == [
        (6, "empty"),
        (5, "no digest"),
        (4, "sent"),
    ]
    assert "not one of your days" in str(days[1].answer.reason)
    assert len(days[2].answer.papers) == 2
    assert days[1].mail_token == ""
    claims = read_token(both.app.context.token_keys, days[2].mail_token)
    assert claims is not None
    assert (claims.purpose, claims.subscriber, claims.generation) == (Purpose.MAIL, reader, 1)


async def test_thirty_digests_of_a_weekly_reader_are_shown_and_older_days_without_are_not(
    both: World,
) -> None:
    reader = await both.add_reader("a@example.org", "experts", hour=8, weekdays=0b1)
    for week in range(6):
        both.clock.set(MONDAY + timedelta(weeks=week))
        await both.list_papers(f"Experts of week {week}")
        await both.at(MONDAY + timedelta(weeks=week, hours=8))
    days = await list_history(both.app.context, await both.reader(reader))
    sent = [d.answer.day for d in days if d.answer.state == "sent"]
    assert sent == [date(2026, 5, 4) + timedelta(weeks=w) for w in reversed(range(6))]
    assert len(days) == 31  # of the last 30 days each, and the one Monday before them
    assert days[-1].answer.day == date(2026, 5, 4)


@pytest.mark.parametrize(
    "typed",
    [
        "{id}",
        " {id} ",
        "2605.10001",
        "2605.10001v3",
        "arXiv:2605.10001",
        "https://arxiv.org/abs/2605.10001v1",
        "https://arxiv.org/pdf/2605.10001",
        "https://huggingface.co/papers/2605.10001",
        BASE + "/paper/{id}",
        "https://blog.example/experts",
    ],
)
async def test_a_paper_is_found_by_whatever_a_reader_copies(both: World, typed: str) -> None:
    [paper] = await both.list_papers("Experts", url="https://blog.example/experts")
    found = await find_paper(both.app.context, typed.format(id=paper), BASE)
    assert found == paper


async def test_what_names_no_paper_finds_none(both: World) -> None:
    await both.list_papers("Experts")
    for typed in ("", "Experts", "2605.99999", "https://elsewhere.example", "٣", "1" * 400, "\x00"):
        assert await find_paper(both.app.context, typed, BASE) is None, typed
