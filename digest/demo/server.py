"""Serves the sample feeds on loopback as they stand at an instant of the simulated days."""

from fastapi import FastAPI

from digest.demo.arxiv_routes import arxiv_router
from digest.demo.blog import blog_router
from digest.demo.daily_papers import daily_papers_router
from digest.demo.listings import arxiv_listings, daily_listing
from digest.demo.papers import blog_posts, demo_papers
from digest.ports import Clock
from digest.web.serving import LocalServer


class SampleFeeds(LocalServer):
    """The daily list, the arXiv announcements with their API, and a blog, on one port.

    ``/api/daily_papers``, ``/atom/CATEGORY``, ``/api/query`` and ``/blog/feed.xml`` under
    ``base_url``, which is valid inside the ``async with`` block.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(_feeds_app(clock))


def _feeds_app(clock: Clock) -> FastAPI:
    papers = demo_papers()
    app = FastAPI(openapi_url=None)
    app.include_router(daily_papers_router(daily_listing(papers), clock))
    app.include_router(arxiv_router(arxiv_listings(papers), clock))
    app.include_router(blog_router(blog_posts(), clock))
    return app
