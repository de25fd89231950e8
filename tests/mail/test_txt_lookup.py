"""Asking the DNS, by real packets on loopback: what is there, what is not, who does not answer."""

import asyncio
import socket

import pytest

from digest.domain.dkim_record import RecordState
from digest.mail.txt_lookup import DnsTxtLookup
from digest.services.dkim import check_records
from tests.dns_server import dns_server
from tests.mail.keys import published, signer

LONG = "v=DKIM1; k=rsa; p=" + "A" * 3000


async def test_records_come_whole_however_long_they_are() -> None:
    zone: dict[str, str | tuple[str, ...]] = {
        "one.example": "short",
        "long.example": LONG,
        "two.example": ("a", "b"),
    }
    with dns_server(zone) as (_, port):
        lookup = DnsTxtLookup(f"127.0.0.1:{port}")
        one, long, two = await asyncio.gather(*(lookup.txt(name) for name in zone))
    assert (one.records, one.failure) == (("short",), "")
    assert long.records == (LONG,)
    assert sorted(two.records) == ["a", "b"]


async def test_a_name_that_is_not_there_is_no_failure() -> None:
    with dns_server({"none.example": ()}) as (_, port):
        lookup = DnsTxtLookup(f"127.0.0.1:{port}")
        for name in ("none.example", "missing.example"):
            answer = await lookup.txt(name)
            assert (answer.records, answer.failure) == ((), "")


async def test_a_server_that_fails_or_is_silent_is_told() -> None:
    with dns_server({}) as (zone, port):
        zone.broken = frozenset({"broken.example"})
        answer = await DnsTxtLookup(f"127.0.0.1:{port}", patience_s=1).txt("broken.example")
        assert "SERVFAIL" in answer.failure
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        lookup = DnsTxtLookup(f"127.0.0.1:{silent.getsockname()[1]}", patience_s=0.2)
        assert (await lookup.txt("a.example")).failure
    assert (await lookup.txt("a..example")).failure


@pytest.mark.parametrize(
    "server", ["dns.example", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:70000", "[::1]:", "1.2.3"]
)
def test_what_is_no_nameserver_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        DnsTxtLookup(server)


@pytest.mark.parametrize("server", ["127.0.0.1", "::1", "[::1]:5353", "192.0.2.1:53"])
def test_an_address_with_or_without_a_port_is_a_nameserver(server: str) -> None:
    assert isinstance(DnsTxtLookup(server), DnsTxtLookup)


async def test_each_key_is_told_apart() -> None:
    records = [key.record for key in signer().keys]
    with dns_server(published()) as (zone, port):
        lookup = DnsTxtLookup(f"127.0.0.1:{port}", patience_s=1)
        checks = await check_records(records, lookup)
        assert [check.verdict.state for check in checks] == [RecordState.MATCHES] * 2
        assert [check.record for check in checks] == records
        zone.broken = frozenset({records[0].name})
        del zone.records[records[1].name]
        checks = await check_records(records, lookup)
    assert [check.verdict.state for check in checks] == [RecordState.UNKNOWN, RecordState.MISSING]
