"""`digest doctor` as an operator meets it: a table, lines of JSON, and an exit code for cron."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.cli.running import Cli
from tests.cli.test_run import free_port
from tests.dns_server import Zone, dns_server

GREEN_DNS = {
    "papers.example": "v=spf1 mx -all",
    "_dmarc.papers.example": "v=DMARC1; p=reject",
}
MX = {("papers.example", "MX"): ("10 mx.example.",), ("mx.example", "A"): ("192.0.2.1",)}
CHOSEN = (
    *("relay", "spf", "dmarc", "alignment", "return path"),
    *("configuration", "secret", "database", "disk", "queue"),
)
RELAY = '[[relays]]\nname = "main"\nhost = "127.0.0.1"\nport = {}\n'


@contextmanager
def relay() -> Iterator[int]:
    """Run a relay that takes everything."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def names() -> Iterator[tuple[Zone, str]]:
    """Serve the records of a sender that did everything right; give zone and address."""
    with dns_server(GREEN_DNS) as (zone, port):
        zone.others.update(MX)
        yield zone, f"127.0.0.1:{port}"


def test_what_is_well_is_green_and_exits_0(tmp_path: Path) -> None:
    with relay() as port, names() as (_, server):
        digest = Cli(tmp_path, extra=RELAY.format(port))
        digest("db", "upgrade")
        only = [word for name in CHOSEN for word in ("--only", name)]
        rows = digest("doctor", "--nameserver", server, *only, "--json").rows
        shown = digest("doctor", "--nameserver", server, *only).out
    assert {row["level"] for row in rows} == {"green"}, rows
    assert [set(row) for row in rows] == [{"check", "level", "found", "remedy"}] * len(rows)
    assert "DNS of the sender" in shown
    assert "→" not in shown
    assert f"{len(rows)} green" in shown


def test_a_red_line_exits_1_and_has_its_remedy_below(tmp_path: Path) -> None:
    digest = Cli(tmp_path, extra=RELAY.format(free_port()))
    shown = digest("doctor", "--only", "relay/main", "--only", "database", code=1).out
    assert "✗ red" in shown
    assert "→ nothing listens there: start the relay" in shown
    assert "→ `digest db upgrade` creates it" in shown
    assert not digest.database.exists()


def test_a_whole_round_ends_and_leaves_the_database_alone(tmp_path: Path) -> None:
    with relay() as port, names() as (_, server):
        digest = Cli(tmp_path, extra=RELAY.format(port))
        digest("db", "upgrade")
        before = rows_of(digest.database)
        rows = digest("doctor", "--nameserver", server, "--json", code=1).rows
        assert rows_of(digest.database) == before
    red = {row["check"] for row in rows if row["level"] == "red"}
    assert red == {"base url", "one-click", "sender", "scheduler"}
    assert all(row["remedy"] for row in rows if row["level"] in ("red", "yellow"))


def rows_of(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def test_an_old_database_is_told_and_not_upgraded(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    with closing(sqlite3.connect(digest.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    (row,) = digest("doctor", "--only", "database", "--json", code=1).rows
    assert (row["level"], "digest db upgrade" in row["remedy"]) == ("red", True)
    assert digest("db", "current", "--json", code=1).row["current"] == "0001"


@pytest.mark.parametrize(
    "broken", ["colour = 1\n", '[mail]\nbounces = "never"\n', "this is no TOML", "[dkim]\nx = 1\n"]
)
def test_a_broken_configuration_is_a_red_line(tmp_path: Path, broken: str) -> None:
    digest = Cli(tmp_path)
    digest.config.write_text(broken, "utf-8")
    (row,) = digest("doctor", "--json", code=1).rows
    assert (row["check"], row["level"]) == ("configuration", "red")
    assert row["remedy"]
    assert "configuration" in digest("doctor", code=1).out


def test_a_key_that_cannot_be_used_is_a_red_line(tmp_path: Path) -> None:
    lines = '[dkim]\nselector = "s1"\nkey_file = "nothing.pem"\n'
    (row,) = Cli(tmp_path, extra=lines)("doctor", "--json", code=1).rows
    assert (row["check"], row["level"]) == ("configuration", "red")
    assert "nothing.pem" in row["found"]


def test_names_and_servers_that_are_none_are_refused(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    assert "no check 'liver'" in digest("doctor", "--only", "liver", code=2).err
    assert "--nameserver" in digest("doctor", "--nameserver", "dns.example", code=2).err
