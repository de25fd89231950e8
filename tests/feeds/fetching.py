"""Short ways to fetch in a test and to say what must come of it."""

from digest.feeds.http import HttpFetcher
from digest.ports import Fetched, FetchFailed, FetchRequest, FetchResult


async def get(fetcher: HttpFetcher, url: str, **more: str) -> FetchResult:
    return await fetcher.fetch(FetchRequest(url, allow_private=True, **more))  # type: ignore[arg-type]  # only text fields are passed


async def fetched(fetcher: HttpFetcher, url: str, **more: str) -> Fetched:
    result = await get(fetcher, url, **more)
    assert isinstance(result, Fetched), result
    return result


async def failed(fetcher: HttpFetcher, url: str, **more: str) -> FetchFailed:
    result = await get(fetcher, url, **more)
    assert isinstance(result, FetchFailed), result
    return result
