"""The audit log: in the transaction of what was done, newest first, page by page."""

from datetime import timedelta

import pytest

from digest.services.audit import AuditLine, list_audit, note
from tests.world import World


async def write(world: World, actor: str, action: str, object_: str, **detail: object) -> None:
    async with world.app.database.write() as connection:
        await note(connection, world.now, actor, action, object_, detail)


def told(lines: list[AuditLine]) -> list[tuple[str, str, str]]:
    return [(line.actor, line.action, line.object) for line in lines]


async def test_what_was_done_is_listed_newest_first_with_all_that_was_told(both: World) -> None:
    began = both.now
    await write(both, "cli:ada", "source.add", "source/Blog", url="https://blog.example/é.xml")
    both.clock.set(began + timedelta(minutes=1))
    await write(both, "eve", "subscribers.import", "file people.csv", accepted=3, lines=[1, 2])
    newest, oldest = await list_audit(both.app.context)
    assert (newest.at, newest.actor, newest.action) == (both.now, "eve", "subscribers.import")
    assert newest.detail == {"accepted": 3, "lines": [1, 2]}
    assert (oldest.at, oldest.object) == (began, "source/Blog")
    assert oldest.detail == {"url": "https://blog.example/é.xml"}


async def test_what_is_rolled_back_leaves_no_line(both: World) -> None:
    async def refused() -> None:
        async with both.app.database.write() as connection:
            await note(connection, both.now, "eve", "source.add", "source/Blog")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await refused()
    assert await list_audit(both.app.context) == []


async def test_pages_follow_each_other_without_gap_or_repeat(both: World) -> None:
    for number in range(5):
        await write(both, "eve", "source.test", f"source/{number}")
    seen: list[str] = []
    before = None
    while page := await list_audit(both.app.context, limit=2, before=before):
        seen += [line.object for line in page]
        before = page[-1].id
    assert seen == [f"source/{number}" for number in (4, 3, 2, 1, 0)]


async def test_lines_are_found_by_who_what_and_whereto(both: World) -> None:
    await write(both, "eve", "source.add", "source/A")
    await write(both, "ada", "source.pause", "source/A")
    await write(both, "eve", "sources.other", "source/B")
    await write(both, "eve", "source_x", "source/B")
    context = both.app.context
    assert told(await list_audit(context, actor="ada")) == [("ada", "source.pause", "source/A")]
    assert [line.action for line in await list_audit(context, action="source")] == [
        "source.pause",
        "source.add",
    ]
    assert [line.actor for line in await list_audit(context, action="source.add")] == ["eve"]
    assert [line.actor for line in await list_audit(context, object_="source/A")] == ["ada", "eve"]
    assert await list_audit(context, actor="eve", object_="source/C") == []


async def test_names_that_no_column_takes_are_made_ones_that_it_does(both: World) -> None:
    await write(both, "e\x00ve", "source.add", "x" * 10_000)
    [line] = await list_audit(both.app.context)
    assert (line.actor, len(line.object)) == ("e\N{REPLACEMENT CHARACTER}ve", 300)
    with pytest.raises(ValueError, match="at most 48"):
        await write(both, "eve", "a" * 49, "x")
