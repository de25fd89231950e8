"""One installation per test, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation whose clock stands at Monday 2026-05-04 00:00 UTC."""
    async with open_world(tmp_path, database_url, digest={"first_at_once": False}) as opened:
        yield opened
