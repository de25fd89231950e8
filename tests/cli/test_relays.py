"""`digest relays check` tries what a send would do, and `digest status` shows the relays."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult

from tests.cli.running import Cli
from tests.mail.certificates import make_authority


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, Path]]:
    """Run a relay with STARTTLS and a password in a thread; give its port and authority."""
    authority = make_authority(folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        Sink(),
        hostname="127.0.0.1",
        port=port,
        tls_context=authority.server("127.0.0.1"),
        authenticator=lambda *told: AuthResult(
            success=told[-1].password == b"right", handled=False
        ),
        data_size_limit=123456,
    )
    controller.start()
    try:
        yield port, authority.path
    finally:
        controller.stop()


TOML = """
[[relays]]
name = "good"
host = "127.0.0.1"
port = {port}
tls = "starttls"
ca_file = "{authority}"
username = "u"
password = "right"

[[relays]]
name = "strange"
host = "127.0.0.1"
port = {port}
tls = "starttls"

[[relays]]
name = "bare"
host = "127.0.0.1"
port = {port}
priority = 20
rate_per_minute = 30
"""


def test_each_relay_is_tried_and_told_of(tmp_path: Path) -> None:
    with server(tmp_path) as (port, authority):
        digest = Cli(tmp_path, extra=TOML.format(port=port, authority=authority))
        good, strange, bare = digest("relays", "check", "--json", code=3).rows
        assert (good["failure"], good["auth"], good["verified"]) == ("", "plain", True)
        assert good["tls"].startswith("TLSv1.")
        assert good["size_limit"] == 123456
        assert "certificate" in strange["failure"]
        assert bare["failure"] == ""
        assert any("STARTTLS" in sentence for sentence in bare["advice"])
        told = digest("relays", "check", "good").out
        assert "certificate checked" in told
        assert "logged in by: plain" in told
        assert "no relay 'none'" in digest("relays", "check", "none", code=2).err
        digest("relays", "check", "strange", code=1)


def test_status_shows_the_relays(tmp_path: Path) -> None:
    authority = make_authority(tmp_path).path
    digest = Cli(tmp_path, extra=TOML.format(port=25, authority=authority))
    shown = digest("status").out
    assert "bare" in shown
    rates = {r["name"]: r["rate_per_minute"] for r in digest("status", "--json").row["relays"]}
    assert rates == {"good": None, "strange": None, "bare": 30}
