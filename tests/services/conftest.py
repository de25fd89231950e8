"""An installation on each database, its first digest planned by the clock alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.copies import Copies
from tests.services.restorable import Restorable, restorable
from tests.world import World, open_world


@pytest.fixture
async def both(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Give an installation on SQLite, then on PostgreSQL."""
    async with open_world(tmp_path, database_url, digest={"first_at_once": False}) as opened:
        yield opened


@pytest.fixture
async def made(
    tmp_path: Path, database_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[Restorable]:
    """Give an installation that has sent once and was backed up, on each database."""
    server = (
        None if database_url.startswith("sqlite") else request.getfixturevalue("postgres_server")
    )
    async with restorable(tmp_path, database_url, Copies(tmp_path, server)) as opened:
        yield opened
