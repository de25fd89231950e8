"""A reader's digests as an Atom feed at a secret address."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import Response
from markupsafe import Markup

from digest.domain import links
from digest.domain.subscribers import Subscriber
from digest.services.personal_feed import FeedPaper, list_feed
from digest.web import routes
from digest.web.atom import MEDIA_TYPE, AtomEntry, AtomFeed, write_atom
from digest.web.conditional import entity_tag, names_tag
from digest.web.parts import Web
from digest.web.reader_cards import ReaderCards
from digest.web.reader_pages import dead_link

AUTHORS_NAMED = 20


def add_personal_feed(app: FastAPI, web: Web) -> None:
    """Add the route of the personal feed."""
    cards = ReaderCards(web.context.settings.base_url)

    @app.api_route(routes.FEED, methods=["GET", "HEAD"])
    async def feed(token: str, request: Request) -> Response:
        """Give the feed; 410 where its address was renewed or its reader left."""
        claims = web.gate.read_feed(token)
        if claims is None:
            return dead_link(web, request)
        reader = await web.gate.feed_reader(claims)
        if reader is None:
            t = web.texts(request)
            return web.pages.message(
                t("This feed is gone"),
                t(
                    "It has a new address, or its reader has left. Your preferences show the "
                    "address in force."
                ),
                410,
                links=[(links.ask_link_url(web.pages.root), t("Have a new link mailed"))],
                language=t.language,
            )
        found = await list_feed(web.context, reader)
        made = _feed(web, cards, reader, token, found)
        return _answer(request, write_atom(made), made.updated)


def _feed(
    web: Web, cards: ReaderCards, reader: Subscriber, token: str, found: list[FeedPaper]
) -> AtomFeed:
    settings = web.context.settings
    t = web.pages.texts(reader.preferences.language)
    name = settings.site.name
    # RFC 4151: a name and a day on which it was ours; it survives a renewed address
    host = urlsplit(settings.base_url).hostname or "localhost"
    tag = f"tag:{host},{reader.created_at:%Y-%m-%d}:reader/{reader.id}"
    return AtomFeed(
        id=tag,
        title=t("{site}: your papers", site=name),
        subtitle=t("The papers of your digests of the last 30 days"),
        language=t.language,
        author=name,
        self_url=links.feed_url(settings.base_url, token),
        home_url=f"{settings.base_url}/",
        updated=max((paper.sent_at for paper in found), default=reader.created_at),
        entries=[_entry(cards, paper, tag, t.language) for paper in found],
    )


def _entry(cards: ReaderCards, paper: FeedPaper, tag: str, language: str) -> AtomEntry:
    shown = cards.of_card(paper.card, language)
    parts = [shown.lead_html, shown.result_html, shown.rest_html]
    told = Markup("").join(Markup("<p>{}</p>").format(part) for part in parts if part)
    return AtomEntry(
        id=f"{tag}/paper/{paper.card.paper_id}",
        title=shown.title_html,
        url=shown.url,
        updated=paper.sent_at,
        authors=paper.card.authors[:AUTHORS_NAMED],
        category=paper.topic,
        summary_html=told,
    )


def _answer(request: Request, body: bytes, updated: datetime) -> Response:
    """Return the feed, or 304 where the client holds it (RFC 9110 section 13.2.2)."""
    tag = entity_tag(body)
    headers = {
        "etag": tag,
        "last-modified": format_datetime(updated.astimezone(UTC), usegmt=True),
        "cache-control": "private, no-cache",
        "x-robots-tag": "noindex",
    }
    asked = request.headers.get("if-none-match")
    since = request.headers.get("if-modified-since", "")
    held = names_tag(asked, tag) if asked is not None else _is_since(updated, since)
    if held:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)


def _is_since(updated: datetime, since: str) -> bool:
    """Return whether nothing is newer than an HTTP date; False for what is none."""
    try:
        instant = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return updated.replace(microsecond=0) <= aware
