"""Renders each card once per language and level, and keeps it for the other readers."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from jinja2 import Environment

from digest.domain.editions import Card
from digest.domain.fragments import PLACEHOLDER, Fragment, encode_fragment
from digest.domain.links import feedback_url, open_url, paper_url
from digest.domain.tokens import TOKEN_LENGTH
from digest.mail.cards import CardText, card_text
from digest.mail.essentials import check_card
from digest.mail.fit import Size
from digest.mail.gate import PersonalLinks, placeholder_link
from digest.mail.look import Level, SiteLook
from digest.mail.mathml import page_html
from digest.texts import Texts

VERDICTS = ("more", "less", "save")
CACHED_CARDS = 4096  # about 8 KB each


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a mail in both forms, encoded, with the size of its HTML."""

    html: Fragment
    text: Fragment
    size: Size


def encoded_piece(html: str, text: str) -> Piece:
    """Return a rendered part as encoded fragments."""
    fragment = encode_fragment(html)
    tokens = len(fragment.pieces) - 1
    decoded = len(html.encode("utf-8", "replace")) + tokens * TOKEN_LENGTH
    return Piece(fragment, encode_fragment(text), Size(decoded, fragment.size))


class CardRenderer:
    """Turns cards into pieces of a mail. The whole card is the key: what differs is never mixed."""

    def __init__(
        self, html: Environment, text: Environment, look: SiteLook, *, strict: bool = False
    ) -> None:
        self._html = html.get_template("digest/card.html")
        self._text = text.get_template("digest/card.txt")
        self._base_url = look.base_url
        self._count_opens = look.count_opens
        self._strict = strict
        self._piece = lru_cache(maxsize=CACHED_CARDS)(self._render)

    def piece(self, card: Card, level: Level, t: Texts) -> Piece:
        """Return a card as a piece of a mail."""
        return self._piece(card, level, t)

    def page_html(self, card: Card, level: Level, t: Texts) -> str:
        """Return a card for the browser view: MathML, and the title's TeX to be looked up."""
        shown = card_text(card, level, t, paper_url(self._base_url, card.paper_id), page_html)
        raw = card.title if shown.title != card.title else ""
        return self._html.render(self._context(card, shown, level, t), raw_title=raw)

    def _render(self, card: Card, level: Level, t: Texts) -> Piece:
        shown = card_text(card, level, t, paper_url(self._base_url, card.paper_id))
        context = self._context(card, shown, level, t)
        text = self._text.render(context)
        linked = self._counted(card, shown) if self._count_opens else shown
        html = self._html.render(context | {"card": linked}, raw_title="")
        if self._strict:
            check_card((linked.url, shown.url), html, text, context["feedback"])
        return encoded_piece(html, text)

    def _counted(self, card: Card, shown: CardText) -> CardText:
        """Return a card whose links lead through the site, which counts and forgets who came."""

        def led(part: str, url: str) -> str:
            return open_url(self._base_url, part, card.paper_id) if url else ""

        return replace(
            shown,
            url=led("paper", shown.url),
            pdf_url=led("pdf", shown.pdf_url),
            code_url=led("code", shown.code_url),
        )

    def _context(self, card: Card, shown: CardText, level: Level, t: Texts) -> dict[str, Any]:
        feedback = PersonalLinks(
            (
                verdict,
                placeholder_link(feedback_url(self._base_url, PLACEHOLDER, verdict, card.paper_id)),
            )
            for verdict in VERDICTS
        )
        return {"card": shown, "level": level, "feedback": feedback, "t": t, "tn": t.many}
