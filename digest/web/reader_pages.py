"""What the pages of a reader share: dead links, links that may not do enough, refusals in words."""

from fastapi import Request
from fastapi.responses import Response

from digest.domain import links
from digest.domain.sentences import SentenceError
from digest.texts import Texts
from digest.web.parts import Web


def dead_link(web: Web, request: Request) -> Response:
    """Return the page of a link that opens nothing: it says how to get one that does."""
    t = web.texts(request)
    return web.pages.message(
        t("This link does not work"),
        t(
            "It is damaged, or was signed out or renewed since; one mailed on request works for an "
            "hour. The newest mail has links that work, and a new one can be mailed to you."
        ),
        404,
        links=[(links.ask_link_url(web.pages.root), t("Have a new link mailed"))],
        language=t.language,
    )


def small_link(web: Web, t: Texts, token: str) -> Response:
    """Return the page of a link that every mail has, where one mailed on request is needed."""
    return web.pages.message(
        t("This needs a link of its own"),
        t(
            "Mails get forwarded, so a link from a digest does not open this. One that does can be "
            "mailed to you; it works for an hour."
        ),
        403,
        action=links.preferences_url(web.pages.root, token),
        button=t("Mail me a link for this"),
        do="link",
        links=[(links.preferences_url(web.pages.root, token), t("Back to your preferences"))],
        language=t.language,
    )


def said(t: Texts, error: Exception) -> str:
    """Return a refusal in a reader's language, where it can be translated."""
    return t.say(error.sentence) if isinstance(error, SentenceError) else str(error)
