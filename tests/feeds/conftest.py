"""A server and a fetcher for one test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from digest.feeds.http import HttpFetcher
from tests.feeds.web_server import WebServer, web_server

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
async def site() -> AsyncIterator[WebServer]:
    async with web_server() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    made = HttpFetcher(contact="owner@example.org", max_bytes=100_000, now=lambda: NOW)
    yield made
    await made.aclose()
