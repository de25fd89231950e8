"""Fixtures that every part of the suite may use: databases of both kinds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer, running_server
from tests.prepared import lay_down, prepare, sqlite_url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first: at the end, one would keep a worker while the others idle."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Run one PostgreSQL per test process, from its first use to the end of the session."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def prepared_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """Give the URL of a prepared PostgreSQL database, to be copied and never connected to."""
    url = postgres_server.create_database()
    prepare(url)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database as a start leaves a new one, once for each kind.

    Such tests run twice. Each has a database of its own.
    """
    if request.param == "sqlite":
        url = sqlite_url(tmp_path / "digest.sqlite3")
        lay_down(url)
        yield url
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with server.database(request.getfixturevalue("prepared_postgres")) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without tables, once for each kind."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "digest.sqlite3")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with server.database() as url:
            yield url
