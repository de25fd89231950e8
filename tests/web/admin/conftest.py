"""An office on both databases, and on SQLite alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.admin.at_provider import opened
from tests.web.admin.office import Office, open_office
from tests.web.admin.provider import Provider


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


@pytest.fixture
async def beside(tmp_path: Path, database_url: str) -> AsyncIterator[tuple[Office, Provider]]:
    """Give office and provider on both databases."""
    async with opened(tmp_path, database_url) as pair:
        yield pair


@pytest.fixture
async def beside_lite(tmp_path: Path) -> AsyncIterator[tuple[Office, Provider]]:
    """Give office and provider on SQLite alone."""
    async with opened(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as pair:
        yield pair
