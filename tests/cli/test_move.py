"""`digest db migrate`, as an operator says it who has outgrown SQLite."""

from pathlib import Path

from digest.locking import sender_lock
from tests.cli.running import Cli
from tests.postgres import PostgresServer


def test_an_installation_moves_by_one_command(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    digest("subscribers", "add", "ann@example.org")
    with postgres_server.database() as url:
        address = url.replace("+psycopg", "")
        with sender_lock(tmp_path / "data" / "sender.lock"):
            assert "another sender" in digest("db", "migrate", "--to", address, code=75).err
        told = digest("db", "migrate", "--to", address).out
        assert "subscriber" in told
        assert "database_url" in told
        listed = digest("subscribers", "list", DIGEST_DATABASE_URL=address).out
        assert "ann@example.org" in listed
        assert "name an empty one" in digest("db", "migrate", "--to", address, code=1).err
        assert "Nothing was due" in digest("send", DIGEST_DATABASE_URL=address).out
        assert "must not send" in digest("send", code=1).err
    assert "--to" in digest("db", "migrate", "--to", "mysql://x", code=2).err
    assert "SQLite to PostgreSQL" in digest("db", "migrate", "--to", "sqlite:///x", code=1).err
