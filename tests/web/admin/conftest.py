"""An office on both databases, and on SQLite alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.admin.office import Office, open_office


@pytest.fixture
async def office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    """Give the office on both databases."""
    async with open_office(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    """Give the office on SQLite alone, where the database is not what is asked about."""
    async with open_office(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as opened:
        yield opened
