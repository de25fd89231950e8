"""Bodies: encodings, bombs, drips, endless and broken ones."""

import asyncio
import gzip
import zlib

import pytest

from digest.feeds.http import HttpFetcher
from digest.ports import FetchFailure
from tests.feeds.fetching import failed, fetched
from tests.feeds.web_server import Asked, WebServer, answer


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"<feed/>" * 50, mtime=0)),
        (
            "x-gzip",
            gzip.compress(b"<feed/>" * 25, mtime=0)
            + gzip.compress(b"<feed/>" * 25, mtime=0)
            + b"\0\0",
        ),
        ("deflate", zlib.compress(b"<feed/>" * 50)),
        ("deflate", zlib.compress(b"<feed/>" * 50)[2:-4]),
        ("identity", b"<feed/>" * 50),
    ],
)
async def test_encoded_bodies_are_decoded(
    site: WebServer, fetcher: HttpFetcher, encoding: str, packed: bytes
) -> None:
    site.pages["/feed"] = answer(packed, Content_Encoding=encoding)
    assert (await fetched(fetcher, site.url("/feed"))).body == b"<feed/>" * 50


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", b"not gzip at all"),
        ("gzip", gzip.compress(b"<feed/>" * 50, mtime=0)[:-9]),
        ("deflate", b"\xff\xff\xff"),
        ("br", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x", mtime=0), mtime=0)),
        ("gzip", gzip.compress(b"", mtime=0) * 2000),
    ],
)
async def test_broken_and_unasked_encodings_are_failures(
    site: WebServer, fetcher: HttpFetcher, encoding: str, packed: bytes
) -> None:
    site.pages["/feed"] = answer(packed, Content_Encoding=encoding)
    result = await failed(fetcher, site.url("/feed"))
    assert result.failure is FetchFailure.ENCODING


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_is_stopped_at_the_limit_after_decompression(
    site: WebServer, fetcher: HttpFetcher, encoding: str
) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    packed = pack(bytes(30_000_000))
    assert len(packed) < 100_000
    site.pages["/feed"] = answer(packed, Content_Encoding=encoding)
    result = await failed(fetcher, site.url("/feed"))
    assert result.failure is FetchFailure.TOO_LARGE
    assert "after decompression" in result.detail


async def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    site.pages["/exact"] = answer(bytes(100_000))
    site.pages["/more"] = answer(bytes(100_001))
    assert len((await fetched(fetcher, site.url("/exact"))).body) == 100_000
    assert (await failed(fetcher, site.url("/more"))).failure is FetchFailure.TOO_LARGE


async def test_an_endless_body_without_a_length_is_stopped(
    site: WebServer, fetcher: HttpFetcher
) -> None:
    async def endless(asked: Asked) -> bytes:
        asked.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            asked.writer.write(bytes(65536))
            await asked.writer.drain()

    site.pages["/feed"] = endless
    assert (await failed(fetcher, site.url("/feed"))).failure is FetchFailure.TOO_LARGE


async def test_a_body_that_only_drips_ends_with_the_time_of_the_whole(site: WebServer) -> None:
    async def drip(asked: Asked) -> bytes:
        asked.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            asked.writer.write(b".")
            await asyncio.sleep(0.02)

    site.pages["/feed"] = drip
    fetcher = HttpFetcher(timeout_s=0.3)
    result = await failed(fetcher, site.url("/feed"))
    await fetcher.aclose()
    assert (result.failure, result.detail) == (FetchFailure.TIMEOUT, "no end within 0.3 s")


async def test_a_server_that_says_nothing_times_out(site: WebServer) -> None:
    async def silent(asked: Asked) -> bytes:
        await asyncio.sleep(3600)
        return b""

    site.pages["/feed"] = silent
    fetcher = HttpFetcher(timeout_s=0.2)
    assert (await failed(fetcher, site.url("/feed"))).failure is FetchFailure.TIMEOUT
    await fetcher.aclose()


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\n\xff\xfe broken header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
        b"",
    ],
    ids=["cut body", "cut chunks", "no HTTP", "broken header", "endless header", "nothing"],
)
async def test_broken_http_is_a_failure(site: WebServer, fetcher: HttpFetcher, raw: bytes) -> None:
    async def page(asked: Asked) -> bytes:
        return raw

    site.pages["/feed"] = page
    assert (await failed(fetcher, site.url("/feed"))).failure is FetchFailure.PROTOCOL
