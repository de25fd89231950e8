"""Taking entries in side by side, and beside other processes."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, update

from digest.domain.papers import Entry, Reading
from digest.store import schema as tables
from tests.world import open_world

MONDAY = datetime(2026, 5, 4, 12, tzinfo=UTC)


async def test_sources_read_side_by_side_make_one_paper_of_one(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url, MONDAY) as world:
        entries = [
            Entry(name, str(n), f"Paper {n}", f"https://arxiv.org/abs/2605.{n:05}",
                  arxiv_id=f"2605.{n:05}", readings=(Reading("upvotes", n),))
            for name in ("a", "b", "c") for n in range(1, 151)
        ]  # fmt: skip
        parts = [entries[:150], entries[150:300], entries[300:]]
        await asyncio.gather(*(world.ingest(part) for part in parts))
        async with world.app.database.read() as connection:
            count = {
                table.name: await connection.scalar(select(func.count()).select_from(table))
                for table in (tables.paper, tables.mention, tables.identity_key)
            }
        assert count == {"paper": 150, "mention": 450, "identity_key": 600}


async def test_a_paper_merged_away_elsewhere_is_not_fed_any_more(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, MONDAY) as world:
        title, text = "Sparse Routing of Experts in Deep Models", " ".join(map(str, range(200)))
        [one] = await world.ingest([Entry("a", "1", "Other", "https://a.example/", "x")])
        [two] = await world.ingest([Entry("a", "2", title, "https://b.example/", text, ("Ann",))])
        async with world.app.database.write() as connection:  # as another process would
            merged = update(tables.paper).where(tables.paper.c.id == two).values(merged_into=one)
            await connection.execute(merged)
        [again] = await world.ingest([Entry("b", "9", title, "https://c.example/", text, ("Ann",))])
        assert again == one
