"""Serves the sample feeds on loopback as they stand at an instant of the simulated days."""

import contextlib
from types import TracebackType
from typing import Self

from fastapi import FastAPI

from digest.demo.arxiv_routes import arxiv_router
from digest.demo.blog import blog_router
from digest.demo.daily_papers import daily_papers_router
from digest.demo.listings import arxiv_listings, daily_listing
from digest.demo.papers import blog_posts, demo_papers
from digest.ports import Clock
from digest.web.serving import serve


class SampleFeeds:
    """The daily list, the arXiv announcements with their API, and a blog, on one port.

    ``/api/daily_papers``, ``/atom/CATEGORY``, ``/api/query`` and ``/blog/feed.xml`` under
    ``base_url``, which is valid inside the ``async with`` block.
    """

    def __init__(self, clock: Clock) -> None:
        self.base_url = ""
        self._app = _feeds_app(clock)
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start to listen on a free port."""
        port = await self._stack.enter_async_context(serve(self._app))
        self.base_url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server and wait for its last answer."""
        await self._stack.aclose()


def _feeds_app(clock: Clock) -> FastAPI:
    papers = demo_papers()
    app = FastAPI(openapi_url=None)
    app.include_router(daily_papers_router(daily_listing(papers), clock))
    app.include_router(arxiv_router(arxiv_listings(papers), clock))
    app.include_router(blog_router(blog_posts(), clock))
    return app
