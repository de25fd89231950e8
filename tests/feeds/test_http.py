"""The fetcher against a real server: what it asks, what it accepts, what it reports."""

import asyncio
import gzip

import pytest

from digest.feeds.http import HttpFetcher
from digest.ports import Fetched, FetchFailed, FetchFailure, FetchRequest, NotModified
from tests.feeds.fetching import failed, fetched, get
from tests.feeds.web_server import Asked, WebServer, answer, web_server


async def test_a_body_comes_with_its_type_and_validators(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    site.pages["/feed"] = answer(
        b"<rss/>",
        Content_Type="text/xml",
        ETag='"v1"',
        Last_Modified="Mon, 04 May 2026 04:00:00 GMT",
    )
    result = await fetched(fetcher, site.url("/feed"))
    assert result == Fetched(
        site.url("/feed"),
        b"<rss/>",
        content_type="text/xml",
        etag='"v1"',
        last_modified="Mon, 04 May 2026 04:00:00 GMT",
    )


async def test_a_request_names_the_program_its_contact_and_what_it_accepts(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    site.pages["/feed"] = answer(b"x")
    await fetched(fetcher, site.url("/feed"), accept="application/atom+xml")
    headers = site.asked[0].headers
    assert headers["user-agent"].startswith("paper-digest/")
    assert headers["user-agent"].endswith(" (+owner@example.org)")
    assert headers["accept"] == "application/atom+xml"
    assert headers["accept-encoding"] == "gzip, deflate"
    assert "if-none-match" not in headers


async def test_without_a_contact_the_user_agent_is_the_program_alone(site: WebServer) -> None:
    site.pages["/feed"] = answer(b"x")
    fetcher = HttpFetcher()
    await fetched(fetcher, site.url("/feed"))
    await fetcher.aclose()
    assert "(" not in site.asked[0].headers["user-agent"]


async def test_validators_are_sent_back_and_a_304_says_not_modified(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    site.pages["/feed"] = b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=600\r\n\r\n"
    since = "Mon, 04 May 2026 04:00:00 GMT"
    result = await get(fetcher, site.url("/feed"), etag='W/"v1"', last_modified=since)
    assert result == NotModified(site.url("/feed"), fresh_for_s=600.0)
    assert site.asked[0].headers["if-none-match"] == 'W/"v1"'
    assert site.asked[0].headers["if-modified-since"] == since


async def test_a_304_to_an_unconditional_request_is_a_failure(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    site.pages["/feed"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    result = await failed(fetcher, site.url("/feed"))
    assert (result.failure, result.status) == (FetchFailure.STATUS, 304)


async def test_a_validator_with_a_line_break_is_not_sent(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    site.pages["/feed"] = answer(b"x")
    await fetched(fetcher, site.url("/feed"), etag='"a"\r\nX-Evil: 1', last_modified="naïve")
    assert not {"if-none-match", "if-modified-since", "x-evil"} & set(site.asked[0].headers)


async def test_freshness_is_read_from_cache_control(site: WebServer, fetcher: HttpFetcher) -> None:
    site.pages["/feed"] = answer(b"x", Cache_Control="public, max-age=900", Age="100")
    assert (await fetched(fetcher, site.url("/feed"))).fresh_for_s == 800.0


@pytest.mark.parametrize(
    ("status", "retry_after", "failure", "seconds"),
    [
        ("429 Too Many Requests", "120", FetchFailure.THROTTLED, 120.0),
        ("503 Unavailable", "Mon, 04 May 2026 08:02:00 GMT", FetchFailure.THROTTLED, 120.0),
        ("429 Too Many Requests", None, FetchFailure.THROTTLED, None),
        ("503 Unavailable", None, FetchFailure.STATUS, None),
        ("410 Gone", None, FetchFailure.GONE, None),
        ("500 Broken", "60", FetchFailure.STATUS, 60.0),
        ("404 Not Found", None, FetchFailure.STATUS, None),
        ("204 No Content", None, FetchFailure.STATUS, None),
        ("300 Multiple Choices", None, FetchFailure.STATUS, None),
    ],
)
async def test_other_statuses_are_failures_with_the_servers_wish(
    site: WebServer,
    fetcher: HttpFetcher,
    status: str,
    retry_after: str | None,
    failure: FetchFailure,
    seconds: float | None,
) -> None:
    wish = {"Retry_After": retry_after} if retry_after else {}
    site.pages["/feed"] = answer(b"" if status[:3] == "204" else b"why", status=status, **wish)
    result = await failed(fetcher, site.url("/feed"))
    assert (result.failure, result.status) == (failure, int(status[:3]))
    assert result.retry_after_s == seconds


async def test_the_first_two_kilobytes_of_an_error_page_are_kept(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    page = gzip.compress(b"incorrect id format for abc " * 400)
    site.pages["/feed"] = answer(page, status="400 Bad Request", Content_Encoding="gzip")
    result = await failed(fetcher, site.url("/feed"))
    assert result.body.startswith(b"incorrect id format for abc")
    assert len(result.body) == 2048


async def test_an_error_page_that_is_cut_off_still_tells_its_status(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    async def cut(asked: Asked) -> bytes:
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 99\r\n\r\noops"

    site.pages["/feed"] = cut
    result = await failed(fetcher, site.url("/feed"))
    assert (result.status, result.body) == (502, b"oops")


async def test_nobody_listening_is_a_failed_connection(fetcher: HttpFetcher) -> None:
    async with web_server() as gone:
        url = gone.url("/feed")
    assert (await failed(fetcher, url)).failure is FetchFailure.CONNECT


async def test_a_header_that_cannot_be_sent_is_a_value_not_an_exception(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    for value in ("two\r\nlines", "☃"):
        request = FetchRequest(site.url("/feed"), allow_private=True, headers={"X-Key": value})
        result = await fetcher.fetch(request)
        assert isinstance(result, FetchFailed)
    assert site.asked == []


async def test_configured_headers_are_sent(site: WebServer, fetcher: HttpFetcher) -> None:
    site.pages["/feed"] = answer(b"x")
    request = FetchRequest(
        site.url("/feed"), allow_private=True, headers={"user-agent": "mine", "X-Key": "k"}
    )
    assert isinstance(await fetcher.fetch(request), Fetched)
    assert site.asked[0].headers["user-agent"] == "mine"
    assert site.asked[0].headers["x-key"] == "k"


async def test_cookies_are_never_kept(site: WebServer, fetcher: HttpFetcher) -> None:
    site.pages["/feed"] = answer(b"x", Set_Cookie="id=1; Path=/")
    await fetched(fetcher, site.url("/feed"))
    await fetched(fetcher, site.url("/feed"))
    assert "cookie" not in site.asked[1].headers


async def test_connections_are_kept_between_fetches(site: WebServer, fetcher: HttpFetcher) -> None:
    site.pages["/feed"] = answer(b"x")
    await fetched(fetcher, site.url("/feed"))
    await fetched(fetcher, site.url("/feed"))
    assert (len(site.asked), site.connections) == (2, 1)


async def test_a_cancelled_fetch_is_cancelled(site: WebServer, fetcher: HttpFetcher) -> None:
    arrived = asyncio.Event()

    async def silent(asked: Asked) -> bytes:
        arrived.set()
        await asyncio.sleep(3600)
        return b""

    site.pages["/feed"] = silent
    task = asyncio.create_task(get(fetcher, site.url("/feed")))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_proxies_of_the_environment_are_ignored(
    site: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    site.pages["/feed"] = answer(b"direct")
    fetcher = HttpFetcher()
    assert (await fetched(fetcher, site.url("/feed"))).body == b"direct"
    await fetcher.aclose()
