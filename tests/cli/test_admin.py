"""`digest admin`: accounts made, changed and taken away from the command line."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pyotp
import pytest

from tests.cli.running import Cli

GOOD = "four words nobody says"


@pytest.fixture
def digest(tmp_path: Path) -> Cli:
    """Give an installation in a folder."""
    return Cli(tmp_path)


def create(digest: Cli, name: str, password: str = GOOD, code: int = 0) -> str:
    ran = digest("admin", "create", name, "--password-file", "-", stdin=f"{password}\n", code=code)
    return ran.out + ran.err


def test_an_account_is_made_and_its_codes_are_shown_once(digest: Cli) -> None:
    told = create(digest, "Ada")
    secret = told.partition("type its secret: ")[2].split()[0]
    assert pyotp.TOTP(secret).now().isdecimal()
    assert "█" in told or "▀" in told or "▄" in told  # the picture to scan
    assert "/admin" in told
    recovery = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    assert len(recovery) == 10
    kept = digest.database.read_bytes()
    wal = digest.database.with_name(f"{digest.database.name}-wal")
    kept += wal.read_bytes() if wal.exists() else b""
    assert b"argon2id" in kept
    for word in (GOOD, secret, recovery[0], recovery[0].replace("-", "")):
        assert word.encode() not in kept
    assert "Ada" in digest("admin", "list").out


def test_what_cannot_be_is_refused_with_what_to_do(digest: Cli) -> None:
    assert "12 to 1024 characters" in create(digest, "Ada", "short", code=1)
    assert "printable" in create(digest, "  ", code=1)
    create(digest, "Ada")
    assert "already" in create(digest, " ada ", code=1)
    missing = digest("admin", "password", "Eve", "--password-file", "-", stdin=GOOD, code=1)
    assert "digest admin list" in missing.err
    assert "--password-file" in digest("admin", "create", "Bob", code=2).err
    for command in ("disable", "remove"):
        last = digest("admin", command, "Ada", code=1)
        assert "only account" in last.err


def test_a_change_ends_the_sessions_and_is_written_down(digest: Cli) -> None:
    create(digest, "Ada")
    create(digest, "Bob")
    with closing(sqlite3.connect(digest.database)) as connection, connection:
        connection.execute(
            "INSERT INTO admin_session (key, account_id, generation, created_at, seen_at, "
            "expires_at) VALUES ('k', 1, 0, '2026-01-01', '2026-01-01', '2099-01-01')"
        )
    digest("admin", "password", "Ada", "--password-file", "-", stdin="other words nobody says")
    digest("admin", "codes", "Ada")
    digest("admin", "disable", "Bob")
    digest("admin", "enable", "Bob")
    digest("admin", "remove", "Bob")
    with closing(sqlite3.connect(digest.database)) as connection:
        assert connection.execute("SELECT count(*) FROM admin_session").fetchone() == (0,)
        rows = connection.execute("SELECT generation FROM admin_account").fetchall()
        assert rows == [(2,)]
    acts = [line["action"] for line in reversed(digest("audit", "list", "--json").rows)]
    assert acts == [
        "account.create", "account.create", "account.password", "account.codes",
        "account.disable", "account.enable", "account.remove",
    ]  # fmt: skip


def test_an_empty_installation_says_how_to_begin(digest: Cli) -> None:
    assert "digest admin create NAME" in digest("admin", "list").out
