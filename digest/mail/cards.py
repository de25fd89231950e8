"""A card's facts as its template shows them: shortened, TeX converted, links checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup

from digest.domain.editions import Card
from digest.domain.extract import extract
from digest.domain.tex import tex_to_html, tex_to_text
from digest.domain.trend import trend_words
from digest.mail.look import Level
from digest.texts import Texts

AUTHORS_SHOWN = 3
TITLE_LIMIT = 400  # characters of the source; the longest honest arXiv title has about 250
LABEL_LIMIT = 80
ABSTRACT_LIMIT = 6_000
REST_LIMIT = 240  # of the rest of an abstract where the reader asked for short ones
URL_LIMIT = 1_500
WHY_SHOWN = 6
ToHtml: TypeAlias = Callable[[str], Markup]


@dataclass(frozen=True, slots=True)
class CardText:
    """What one card says. ``*_html`` is safe markup, the rest plain text; absent parts are ""."""

    title: str
    title_html: Markup
    label: str
    url: str
    authors: str
    organization: str
    sources: str
    trend: int
    trend_text: str
    rising: bool
    why: str
    lead: str
    lead_html: Markup
    result: str
    result_html: Markup
    rest: str
    rest_html: Markup
    pdf_url: str
    code_url: str


def card_text(
    card: Card, level: Level, t: Texts, paper_page: str, to_html: ToHtml | None = None
) -> CardText:
    """Return the texts of a card in one language; never raises for what a feed said.

    ``paper_page`` stands in for an address that cannot be linked to; ``to_html`` makes safe markup
    of a text with TeX, where a page can show more than a mail.
    """
    set_text = to_html or _html
    title = shorten(card.title, TITLE_LIMIT)
    parts = extract(title, shorten(card.abstract, ABSTRACT_LIMIT))
    rest = parts.rest if level is Level.FULL else shorten(parts.rest, REST_LIMIT)
    result = parts.result or ""
    plain_title = tex_to_text(title) or title
    return CardText(
        title=plain_title,
        title_html=set_text(title) or Markup.escape(title),
        label=shorten(plain_title, LABEL_LIMIT),
        url=web_url(card.url) or paper_page,
        authors=authors_line(card.authors, t),
        organization=tex_to_text(shorten(card.organization or "", LABEL_LIMIT)),
        sources=t.listing(tuple(shorten(source, 40) for source in card.sources)),
        trend=card.trend,
        trend_text=_trend_words(card, t),
        rising=card.rising,
        why=", ".join(shorten(atom, 60) for atom in card.why[:WHY_SHOWN]),
        lead=tex_to_text(parts.lead),
        lead_html=set_text(parts.lead),
        result=tex_to_text(result),
        result_html=set_text(result),
        rest=tex_to_text(rest),
        rest_html=set_text(rest),
        pdf_url=web_url(card.pdf_url),
        code_url=web_url(card.code_url),
    )


def authors_line(authors: tuple[str, ...], t: Texts) -> str:
    """Return "A, B, C and 12 more"; four are all named, since "and 1 more" saves nothing."""
    names = tuple(tex_to_text(shorten(name, 60)) for name in authors[: AUTHORS_SHOWN + 1])
    if len(authors) <= AUTHORS_SHOWN + 1:
        return t.listing(names)
    head = ", ".join(names[:AUTHORS_SHOWN])
    count = len(authors) - AUTHORS_SHOWN
    return t.many("{names} and {count} more", "{names} and {count} more", count, names=head)


def _trend_words(card: Card, t: Texts) -> str:
    words = [t.say(part) for part in trend_words(card.trend_parts)]
    return "; ".join(words) or shorten(card.trend_text, 160)


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, cut at a space outside of a formula, with "…"."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at = cut.rfind(" ")
    if at > limit // 2:
        cut = cut[:at]
    if cut.count("$") % 2 and cut.rfind("$") > limit // 2:
        cut = cut[: cut.rfind("$")]
    return cut.rstrip(" ,;:.-–—") + "…"


def web_url(url: str | None) -> str:
    """Return an http or https address fit for a link, or "" where there is none."""
    if not url or len(url) > URL_LIMIT or not url.lower().startswith(("http://", "https://")):
        return ""
    return "" if any(char.isspace() or not char.isprintable() for char in url) else url


def _html(text: str) -> Markup:
    return Markup(tex_to_html(text))  # noqa: S704 - tex_to_html escapes everything but its own tags
