"""Relays good and bad, by real sessions; and the names of their addresses."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult

from digest.services.doctor.relays import LARGEST_MAIL
from tests.mail.certificates import Authority, make_authority
from tests.mail.scripted_relay import scripted_relay
from tests.services.doctor.clinic import clinic, line

NAME, PTR = "relay/main", "ptr/main"
BACK = "25.2.0.192.in-addr.arpa"


@contextlib.contextmanager
def relay(size: int = 10**7, **options: Any) -> Iterator[int]:
    """Run a relay that lets "u" in by the password "right"; give its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(
        Sink(), hostname="127.0.0.1", port=port, data_size_limit=size,
        authenticator=lambda *told: AuthResult(success=told[-1].password == b"right",
                                               handled=False),
        **options,
    )  # fmt: skip
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def told(port: int, **more: Any) -> list[dict[str, Any]]:
    return [{"name": "main", "host": "127.0.0.1", "port": port, "timeout_s": 5} | more]


def encrypted(port: int, authority: Authority, **more: Any) -> list[dict[str, Any]]:
    return told(port, tls="starttls", ca_file=authority.path, **more)


async def test_a_good_relay_is_told_with_what_it_offers(tmp_path: Path) -> None:
    async with scripted_relay() as server:
        server.extensions = ("PIPELINING", f"SIZE {LARGEST_MAIL}")
        async with clinic(tmp_path, relays=told(server.port)) as one:
            found = await line(one, NAME)
    assert (found.level, found.remedy) == ("green", "")
    assert ", PIPELINING" in found.found
    assert not any(word.startswith("MAIL") for word in server.commands)


async def test_a_certificate_near_its_end_is_yellow(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with relay(tls_context=authority.server("127.0.0.1")) as port:
        relays = encrypted(port, authority, username="u", password="right")
        async with clinic(tmp_path, relays=relays) as one:
            found = await line(one, NAME)
    assert "logged in by plain" in found.found
    assert (found.level, "ends in" in found.remedy) == ("yellow", True)


async def test_an_expired_certificate_is_red(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with relay(tls_context=authority.server("127.0.0.1", expired=True)) as port:
        async with clinic(tmp_path, relays=encrypted(port, authority)) as one:
            found = await line(one, NAME)
    assert (found.level, "certificate" in found.remedy) == ("red", True)


async def test_a_relay_without_the_tls_that_is_set_is_red(tmp_path: Path) -> None:
    with relay() as port:
        async with clinic(tmp_path, relays=told(port, tls="starttls")) as one:
            found = await line(one, NAME)
    assert (found.level, "offers no TLS" in found.remedy) == ("red", True)


async def test_a_wrong_password_is_red(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with relay(tls_context=authority.server("127.0.0.1")) as port:
        relays = encrypted(port, authority, username="u", password="wrong")
        async with clinic(tmp_path, relays=relays) as one:
            found = await line(one, NAME)
    assert (found.level, "password" in found.remedy) == ("red", True)


async def test_a_port_where_nobody_listens_is_red(tmp_path: Path) -> None:
    async with clinic(tmp_path, relays=told(9)) as one:
        found = await line(one, NAME)
    assert (found.level, "nothing listens" in found.remedy) == ("red", True)


async def test_a_relay_for_small_mails_is_red(tmp_path: Path) -> None:
    with relay(size=50_000) as port:
        async with clinic(tmp_path, relays=told(port)) as one:
            found = await line(one, NAME)
    assert (found.level, "50000 octets" in found.found) == ("red", True)


@pytest.mark.parametrize(
    ("names", "host", "level"),
    [(("relay.example.",), "relay.example", "green"), (("relay.example.",), "192.0.2.25", "green"),
     (("other.example.",), "relay.example", "yellow"), ((), "relay.example", "yellow"),
     ((), "nowhere.example", "yellow"), ((), "broken.example", "yellow"),
     ((), "127.0.0.1", "skipped")],
)  # fmt: skip
async def test_an_address_has_a_name_that_leads_back(
    tmp_path: Path, names: tuple[str, ...], host: str, level: str
) -> None:
    others: dict[tuple[str, str], tuple[str, ...]]
    others = {("relay.example", "A"): ("192.0.2.25",), ("other.example", "A"): ("192.0.2.26",)}
    if names:
        others[(BACK, "PTR")] = names
    async with clinic(
        tmp_path, others=others, broken=("broken.example",), relays=told(25, host=host)
    ) as one:
        found = await line(one, PTR)
    assert found.level == level
