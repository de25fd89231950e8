"""Sizes: what the status says of the database is what stands on the disk and in the tables."""

import asyncio
import sqlite3
from contextlib import closing

from sqlalchemy import func, insert, select, text

from digest.services.sizes import Sizes, read_sizes
from digest.services.status import read_status
from digest.store.admin_schema import audit
from digest.store.migrate import head_revision
from digest.store.sizes import LARGE
from digest.store.tables import metadata
from tests.world import MONDAY, World, hours


async def sizes_of(world: World) -> Sizes:
    async with world.app.database.read() as connection:
        return await read_sizes(world.app.context, connection)


async def test_rows_are_those_of_the_tables(both: World) -> None:
    for name in ("a", "b", "c"):
        await both.add_reader(f"{name}@example.org", "routing", hour=8)
    await both.list_papers("Routing one")
    await both.at(MONDAY + hours(8))
    async with both.app.database.read() as connection:
        counted = {
            name: await connection.scalar(select(func.count()).select_from(metadata.tables[name]))
            for name in LARGE
            if name != "seen_set"  # a copied database's statistics miss the rows copied with it
        }
    assert counted["delivery"] == 3
    for _ in range(50):  # PostgreSQL's statistics come in a second late
        status = await read_status(both.app.context)
        told = {name: status.sizes.rows[name] for name in counted}
        if told == counted:
            break
        await asyncio.sleep(0.2)
    assert told == counted
    assert status.revision == head_revision()


async def test_octets_are_those_of_the_disk(both: World) -> None:
    before = await sizes_of(both)
    async with both.app.database.write() as connection:
        line = {"at": MONDAY, "actor": "o", "action": "a", "object": "x" * 1000, "detail": {}}
        await connection.execute(insert(audit), [line] * 2000)
    full = await sizes_of(both)
    assert full.database_bytes >= before.database_bytes + 2_000_000
    assert full.free_bytes > 0
    path = both.app.database.path
    if path is None:
        return
    async with both.app.database.write() as connection:
        await connection.execute(text("DELETE FROM audit"))
    assert (await sizes_of(both)).reusable_bytes >= 2_000_000
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (await sizes_of(both)).database_bytes == path.stat().st_size


async def test_backups_and_copies_of_before_an_upgrade_are_counted(both: World) -> None:
    folder = both.app.context.settings.data_dir
    assert (await sizes_of(both)).backups == 0
    (folder / "backups").mkdir()
    (folder / "backups" / "digest-20260504T020000Z.sqlite3").write_bytes(b"x" * 1000)
    (folder / "backups" / "secret.key").write_bytes(b"x" * 40)
    path = both.app.database.path
    if path is not None:
        path.with_name(f"{path.name}.before-upgrade-from-0003").write_bytes(b"x" * 500)
    found = await sizes_of(both)
    assert (found.backups, found.backups_bytes) == ((2, 1500) if path else (1, 1000))
