"""An installation whose readers were sent a digest that may come back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.intake.installation import sqlite
from tests.services.returned.came_back import mailed
from tests.world import World


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give one on each database."""
    async with mailed(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[World]:
    """Give one on SQLite, for what no database decides."""
    async with mailed(tmp_path, sqlite(tmp_path)) as opened:
        yield opened
