"""The guard: which addresses are public, and that the address connected to is the one checked."""

import ipaddress
import socket
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.guard import is_public, resolve
from digest.feeds.http import HttpFetcher
from digest.ports import Fetched, FetchFailed, FetchFailure, FetchRequest
from tests.feeds.web_server import WebServer, answer, web_server

CLOSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1",
    "127.255.0.1", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1",
    "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "4000::1",
]  # fmt: skip
OPEN = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.169.0.1",
    "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e",
    "2001:4860:4860::8888", "64:ff9b::808:808",
]  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
@settings(max_examples=500, deadline=None)
def test_no_address_that_python_calls_private_is_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    special = address.is_private or address.is_loopback or address.is_link_local
    special |= address.is_multicast or address.is_reserved or address.is_unspecified
    carried = address in ipaddress.ip_network("64:ff9b::/96")
    assert not (is_public(str(address)) and special and not carried)


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_text_that_is_no_address_is_not_public(text: str) -> None:
    assert is_public(text) is (text in OPEN)


@pytest.fixture
async def site() -> AsyncIterator[WebServer]:
    async with web_server() as server:
        server.pages["/"] = answer(b"inside")
        yield server


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0"]
)
async def test_a_name_or_number_that_leads_to_this_machine_is_refused(
    site: WebServer, host: str
) -> None:
    fetcher = HttpFetcher()
    result = await fetcher.fetch(FetchRequest(site.url("/", host)))
    await fetcher.aclose()
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.ADDRESS_REFUSED
    assert site.connections == 0


async def test_a_refused_address_is_named_in_the_reason(site: WebServer) -> None:
    fetcher = HttpFetcher()
    result = await fetcher.fetch(FetchRequest(site.url("/")))
    await fetcher.aclose()
    assert isinstance(result, FetchFailed)
    assert result.reason == (
        "address refused: 127.0.0.1 is 127.0.0.1, which is not a public address"
    )


async def test_a_private_address_is_fetched_with_leave(site: WebServer) -> None:
    fetcher = HttpFetcher()
    result = await fetcher.fetch(FetchRequest(site.url("/", "localhost"), allow_private=True))
    await fetcher.aclose()
    assert isinstance(result, Fetched)


async def test_a_connection_opened_with_leave_never_serves_a_request_without(
    site: WebServer,
) -> None:
    fetcher = HttpFetcher()
    await fetcher.fetch(FetchRequest(site.url("/"), allow_private=True))
    result = await fetcher.fetch(FetchRequest(site.url("/")))
    await fetcher.aclose()
    assert isinstance(result, FetchFailed)
    assert len(site.asked) == 1


class Names:
    """A resolver whose answers are given in order, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def test_a_public_name_that_resolves_to_a_private_address_is_refused(
    site: WebServer,
) -> None:
    fetcher = HttpFetcher(resolver=Names(["127.0.0.1"]))
    result = await fetcher.fetch(FetchRequest(site.url("/", "feed.example")))
    await fetcher.aclose()
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.ADDRESS_REFUSED
    assert site.connections == 0


async def test_the_name_is_resolved_once_and_its_address_connected_to(site: WebServer) -> None:
    names = Names(["127.0.0.1"], ["192.0.2.1"])  # a second answer would lead nowhere
    fetcher = HttpFetcher(resolver=names)
    request = FetchRequest(site.url("/", "feed.example"), allow_private=True)
    result = await fetcher.fetch(request)
    await fetcher.aclose()
    assert isinstance(result, Fetched)
    assert names.asked == [("feed.example", site.port)]
    assert site.asked[0].headers["host"] == f"feed.example:{site.port}"


async def test_the_next_address_is_tried_when_the_first_is_dead(site: WebServer) -> None:
    fetcher = HttpFetcher(resolver=Names(["127.0.0.2", "127.0.0.1"]))
    request = FetchRequest(site.url("/", "feed.example"), allow_private=True)
    result = await fetcher.fetch(request)
    await fetcher.aclose()
    assert isinstance(result, Fetched)


async def test_a_name_without_an_address_is_a_dns_failure() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, f"{host}:{port} is not known")

    overlong = f"http://{'a' * 70}.example/"  # no label has more than 63 octets, RFC 1035 2.3.4
    for resolver, url in (
        (Names([]), "http://empty.example/"),
        (unknown, "http://unknown.example/"),
        (resolve, overlong),
    ):
        fetcher = HttpFetcher(resolver=resolver)
        result = await fetcher.fetch(FetchRequest(url))
        await fetcher.aclose()
        assert isinstance(result, FetchFailed)
        assert result.failure is FetchFailure.DNS


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "/feed", "", "http://",
     "http://[::1", "http://a\x00b/", "javascript:alert(1)", "http://exa mple/"],
)  # fmt: skip
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    fetcher = HttpFetcher(resolver=Names([]))
    result = await fetcher.fetch(FetchRequest(url))
    await fetcher.aclose()
    assert isinstance(result, FetchFailed)
    assert result.failure is FetchFailure.ADDRESS_REFUSED
