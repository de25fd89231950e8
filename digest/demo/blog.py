"""Writes the laboratory's blog as RSS 2.0, the third and smallest of the sample feeds."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request, Response

from digest.demo.papers import BlogPost
from digest.ports import Clock
from digest.web.conditional import conditional_response

SITE = "https://blog.example/"


def blog_router(posts: Sequence[BlogPost], clock: Clock) -> APIRouter:
    """Return ``/blog/feed.xml`` with what has been posted by the clock's now."""
    router = APIRouter()

    @router.get("/blog/feed.xml")
    async def feed(request: Request) -> Response:
        body = blog_feed(posts, clock.now())
        return conditional_response(request, body, "application/rss+xml; charset=utf-8")

    return router


def blog_feed(posts: Sequence[BlogPost], now: datetime) -> bytes:
    """Return the RSS document of the posts not later than ``now``, newest first."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    ET.SubElement(channel, "title").text = "Lumen Lab notes"
    ET.SubElement(channel, "link").text = SITE
    ET.SubElement(channel, "description").text = "What the invented Lumen Lab has been working on."
    posted = [post for post in posts if post.posted_at <= now]
    for post in sorted(posted, key=lambda post: post.posted_at, reverse=True):
        item = ET.SubElement(channel, "item")
        ET.SubElement(item, "title").text = post.title
        ET.SubElement(item, "link").text = f"{SITE}{post.slug}"
        ET.SubElement(item, "guid", isPermaLink="false").text = f"lumen-{post.slug}"
        ET.SubElement(item, "author").text = post.author
        ET.SubElement(item, "pubDate").text = format_datetime(post.posted_at, usegmt=True)
        ET.SubElement(item, "description").text = f"<p>{post.text}</p>"
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document
