"""The API of one installation: a client without a token, and one with the operator's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients import plain_client
from tests.web.site import Site, open_site

TOKEN = "an operator's token of forty characters!"
OTHER_TOKEN = "another token of the operator, for a script"
ROOT = "/digest/api/v1"


@dataclass
class Api:
    """A served installation and two clients; paths are relative to the API."""

    site: Site
    public: httpx.AsyncClient
    operator: httpx.AsyncClient


@asynccontextmanager
async def open_api(folder: Path, database_url: str, **tables: Any) -> AsyncIterator[Api]:
    """Serve an installation with two operator's tokens."""
    told = {"api": {"tokens": [OTHER_TOKEN, TOKEN]}} | tables
    async with open_site(folder, database_url, **told) as site:
        base = str(site.client.base_url).rstrip("/") + ROOT
        bearer = {"authorization": f"Bearer {TOKEN}"}
        async with (
            plain_client(base) as public,
            plain_client(base, bearer) as operator,
        ):
            yield Api(site, public, operator)


@pytest.fixture
async def api(tmp_path: Path, database_url: str) -> AsyncIterator[Api]:
    """Give the API on both databases."""
    async with open_api(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def light(tmp_path: Path) -> AsyncIterator[Api]:
    """Give the API on SQLite alone, where the database is not what is asked about."""
    async with open_api(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3") as opened:
        yield opened
