"""One installation with a reader whose first mail is out, served by a real server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.site import Site, open_site


@pytest.fixture
async def site(tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    """Give the site on both databases."""
    async with open_site(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[Site]:
    """Give the site on SQLite alone, where the database is not what is asked about."""
    async with open_site(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as opened:
        yield opened
