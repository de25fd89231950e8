"""What settings become when an installation is put together."""

from pathlib import Path

from digest.bootstrap import open_app
from tests.world import make_settings


async def test_as_many_mails_are_under_way_as_the_relays_of_one_priority_allow(
    tmp_path: Path,
) -> None:
    relays = [
        {"name": "one", "connections": 2, "priority": 1},
        {"name": "two", "connections": 3, "priority": 1},
        {"name": "spare", "connections": 4, "priority": 9},
    ]
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_app(make_settings(tmp_path, url, relays=relays), rehearsal=True) as app:
        assert app.context.connections == 5
