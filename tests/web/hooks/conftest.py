"""Installations with every hook set up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.intake.installation import sqlite
from tests.web.hooks.hooked import BOUNCES, Hooked, hooked


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Hooked]:
    """Give one on SQLite with every hook."""
    async with hooked(tmp_path, sqlite(tmp_path), BOUNCES) as opened:
        yield opened


@pytest.fixture
async def both(tmp_path: Path, database_url: str) -> AsyncIterator[Hooked]:
    """Give one on each database with every hook."""
    async with hooked(tmp_path, database_url, BOUNCES) as opened:
        yield opened
