"""Redirects: how many, where to, what is carried along and what is remembered."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.http import HttpFetcher
from digest.feeds.redirects import RedirectError, first_hop, next_hop, shown
from digest.ports import Fetched, FetchFailed, FetchFailure, FetchRequest, FetchResult
from tests.feeds.web_server import WebServer, answer, web_server


@pytest.fixture
async def site() -> AsyncIterator[WebServer]:
    async with web_server() as server:
        server.pages["/feed"] = answer(b"<rss/>")
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    made = HttpFetcher()
    yield made
    await made.aclose()


def moved(to: str, status: int = 301) -> bytes:
    return answer(b"moved", status=f"{status} Moved", Location=to)


async def get(fetcher: HttpFetcher, url: str) -> FetchResult:
    return await fetcher.fetch(FetchRequest(url, allow_private=True))


def why(result: FetchResult) -> FetchFailed:
    assert isinstance(result, FetchFailed), result
    return result


@pytest.mark.parametrize(
    ("statuses", "remembered"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 302), False), ((307, 301), False),
     ((303,), False)],
)  # fmt: skip
async def test_only_a_chain_of_permanent_redirects_is_remembered(
    site: WebServer, fetcher: HttpFetcher, statuses: tuple[int, ...], remembered: bool
) -> None:
    for step, status in enumerate(statuses):
        last = step == len(statuses) - 1
        site.pages[f"/{step}"] = moved("feed" if last else f"/{step + 1}", status)
    result = await get(fetcher, site.url("/0"))
    assert isinstance(result, Fetched)
    assert result.url == site.url("/feed")
    assert result.permanent_url == (site.url("/feed") if remembered else None)


async def test_a_direct_answer_has_no_permanent_url(site: WebServer, fetcher: HttpFetcher) -> None:
    result = await get(fetcher, site.url("/feed"))
    assert isinstance(result, Fetched)
    assert result.permanent_url is None


async def test_five_redirects_are_followed_and_six_are_not(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    for step in range(1, 7):
        site.pages[f"/{step}"] = moved(f"/{step - 1}" if step > 1 else "/feed")
    assert isinstance(await get(fetcher, site.url("/5")), Fetched)
    failure = why(await get(fetcher, site.url("/6")))
    assert failure.failure is FetchFailure.REDIRECTS
    assert failure.status == 301


async def test_a_loop_is_noticed(site: WebServer, fetcher: HttpFetcher) -> None:
    site.pages["/a"] = moved("/b", 302)
    site.pages["/b"] = moved("/a", 302)
    failure = why(await get(fetcher, site.url("/a")))
    assert failure.failure is FetchFailure.REDIRECTS
    assert "loop" in failure.detail
    assert len(site.asked) == 2


async def test_a_redirect_without_a_location_is_a_failure(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    site.pages["/a"] = answer(status="302 Found")
    assert why(await get(fetcher, site.url("/a"))).failure is FetchFailure.REDIRECTS


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://a.example/", "http://[", "data:,x"])
async def test_a_redirect_away_from_the_web_is_refused(
    site: WebServer, fetcher: HttpFetcher, to: str
) -> None:
    site.pages["/a"] = moved(to)
    assert why(await get(fetcher, site.url("/a"))).failure is FetchFailure.ADDRESS_REFUSED


async def test_every_hop_passes_the_guard(site: WebServer) -> None:
    hop = next_hop(first_hop("https://feed.example/"), 302, f"https://127.0.0.1:{site.port}/feed")
    fetcher = HttpFetcher()
    failure = why(await fetcher.fetch(FetchRequest(str(hop.url))))
    await fetcher.aclose()
    assert failure.failure is FetchFailure.ADDRESS_REFUSED
    assert site.connections == 0


def test_https_is_never_left_for_http() -> None:
    start = first_hop("https://feed.example/a")
    with pytest.raises(RedirectError, match="down to http"):
        next_hop(start, 301, "http://feed.example/a")
    assert next_hop(first_hop("http://feed.example/a"), 301, "https://feed.example/a").permanent


async def test_credentials_and_own_headers_stay_with_the_first_origin(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    async with web_server() as other:
        other.pages["/feed"] = answer(b"<rss/>")
        site.pages["/near"] = moved("/far")
        site.pages["/far"] = moved(other.url("/feed").replace("//", "//evil:too@"))
        url = site.url("/near").replace("//", "//me:secret@")
        result = await fetcher.fetch(FetchRequest(url, allow_private=True, headers={"X-Key": "k"}))
        expected = "Basic " + base64.b64encode(b"me:secret").decode()
        assert [asked.headers.get("authorization") for asked in site.asked] == [expected] * 2
        assert [asked.headers.get("x-key") for asked in site.asked] == ["k", "k"]
        assert not {"authorization", "x-key", "cookie"} & set(other.asked[0].headers)
    assert isinstance(result, Fetched)
    assert "@" not in result.url
    assert result.permanent_url is None


async def test_credentials_are_shown_in_no_failure(fetcher: HttpFetcher) -> None:
    async with web_server() as gone:
        url = gone.url("/feed").replace("//", "//me:secret@")
    failure = why(await get(fetcher, url))
    assert failure.url == gone.url("/feed")
    assert "secret" not in failure.reason


@pytest.mark.parametrize(
    ("url", "clean"),
    [("https://u:p@h/x@y", "https://h/x@y"), ("http://h?q=a@b", "http://h?q=a@b"),
     ("http://u@h", "http://h"), ("mailto:a@b", "mailto:a@b"), ("", "")],
)  # fmt: skip
def test_a_url_is_shown_without_its_credentials(url: str, clean: str) -> None:
    assert shown(url) == clean


@given(st.text(max_size=60), st.sampled_from([301, 302, 303, 307, 308]))
@settings(max_examples=300, deadline=None)
def test_any_location_leads_to_a_web_address_or_is_refused(location: str, status: int) -> None:
    try:
        hop = next_hop(first_hop("https://me:pw@feed.example/a/b"), status, location)
    except RedirectError:
        return
    assert hop.url.scheme == "https"
    assert hop.url.userinfo == b""
    assert (hop.auth is None) == (httpx.URL(hop.url).host != "feed.example" or not hop.same_origin)
