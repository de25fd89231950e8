"""MX records, asked of a DNS server on loopback that answers as the test says."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from digest.mail.exchanges import LIFETIME_S, DnsExchanges
from digest.ports import MailExchange

RECORDS = {
    "firm.example.": ["10 mx2.mail.example.", "5 mx1.mail.example."],
    "null.example.": ["0 ."],
    "empty.example.": [],
}


class Nameserver(asyncio.DatagramProtocol):
    """Knows ``RECORDS``; says nothing of silent.example, and nonsense of broken.example."""

    transport: Any

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text()
        if name == "silent.example.":
            return
        if name == "broken.example.":
            self.transport.sendto(b"\x00\x01 nonsense", addr)
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name not in RECORDS:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif RECORDS[name]:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", *RECORDS[name]))
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def nameserver() -> AsyncIterator[DnsExchanges]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Nameserver, ("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    try:
        yield DnsExchanges(("127.0.0.1",), port)
    finally:
        transport.close()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("domain", "found"),
    [
        ("firm.example", {MailExchange(10, "mx2.mail.example"),
                          MailExchange(5, "mx1.mail.example")}),
        ("null.example", {MailExchange(0, ".")}),
        ("empty.example", set()),
        ("nobody.example", set()),
    ],
)  # fmt: skip
async def test_what_the_dns_says_is_told(domain: str, found: set[MailExchange]) -> None:
    async with nameserver() as exchanges:
        told = await exchanges.find(domain)
    assert told is not None
    assert set(told) == found


@pytest.mark.parametrize("domain", ["a..b", "x" * 64 + ".example", "é" * 300, "", "broken.example"])
async def test_a_name_that_nobody_can_ask_for_is_unknown_or_has_none(domain: str) -> None:
    async with nameserver() as exchanges:
        assert not await exchanges.find(domain)


async def test_a_silent_server_is_waited_for_briefly() -> None:
    async with nameserver() as exchanges:
        began = time.monotonic()
        assert await exchanges.find("silent.example") is None
    assert time.monotonic() - began < LIFETIME_S + 1.5
