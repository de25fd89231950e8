"""An installation on each database, its first digest planned by the clock alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, open_world


@pytest.fixture
async def both(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation on SQLite, then on PostgreSQL."""
    async with open_world(tmp_path, database_url, digest={"first_at_once": False}) as opened:
        yield opened
