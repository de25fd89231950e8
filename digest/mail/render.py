"""Renders mails from frozen facts; personal is only the token, whose place stays open.

Cards are rendered and encoded once per card, language and level, whatever number of readers sees
them; a digest is its head, those cards, and its foot (RULES.md "People", fragments).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment

from digest.domain import links
from digest.domain.deliveries import CONFIRM_VALID
from digest.domain.editions import Card, DigestFacts, Section
from digest.domain.fragments import PLACEHOLDER, Fragment, checked_token, encode_fragment
from digest.domain.headers import clean_text
from digest.domain.tex import tex_to_text
from digest.looks.overrides import Override
from digest.mail.card_renderer import CardRenderer, Piece, encoded_piece
from digest.mail.cards import TITLE_LIMIT, shorten
from digest.mail.environment import html_environment, text_environment
from digest.mail.essentials import (
    check_digest,
    check_mail,
    check_page,
    check_part,
    check_placed,
    check_subject,
)
from digest.mail.fit import Size, fit_levels
from digest.mail.gate import CUT, PersonalLinks, Trusted, gate, placeholder_link
from digest.mail.look import Level, SiteLook, View
from digest.texts import Texts, shipped_texts, texts_for

SUBJECT_TITLE = 90
PREHEADER_LIMIT = 160
TOPICS_NAMED = 12


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail without head and token: hand ``text`` and ``html`` to `build_message`."""

    subject: str
    preheader: str
    text: tuple[Fragment, ...]
    html: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class RenderedDigest(RenderedMail):
    """A digest; ``paper_ids`` are those that stand in it with title and link, in order.

    Papers that found no room are not among them and must not become seen.
    """

    paper_ids: tuple[int, ...] = ()


class Renderer:
    """All templates of an installation, compiled and their styles inlined when it is made.

    With ``overrides`` it is strict: a mail that lacks what it must have raises LackingError, and a
    template may raise anything. See `digest.mail.steady` for who goes on without them.
    """

    def __init__(
        self, templates_dir: Path, look: SiteLook, overrides: Mapping[str, Override] | None = None
    ) -> None:
        self.look = look
        self._strict = bool(overrides)
        self._html = _compiled(html_environment(templates_dir, look, overrides), (".html", ".j2"))
        self._text = _compiled(text_environment(templates_dir, look, overrides), (".txt", ".j2"))
        self._texts = shipped_texts(templates_dir / "locale")
        self._cards = CardRenderer(self._html, self._text, look, strict=self._strict)
        self._links = _personal_links(look.base_url)

    def render_digest(self, facts: DigestFacts, view: View) -> RenderedDigest:
        """Return a digest that every reader of the same selection and view can share."""
        t = texts_for(self._texts, view.language)
        context = self._digest_context(facts, view, t)
        head, foot = self._skeleton("digest", context)
        placed = list(self._placed(facts, t))

        def size_of(index: int, level: Level) -> Size:
            heading, card = placed[index]
            size = self._cards.piece(card, level, t).size
            return size.plus(heading.size) if heading else size

        base = head.size.plus(foot.size).plus(self._more(len(placed), t).size)
        levels = fit_levels(len(placed), view.level, base, size_of)
        if self._strict:
            check_placed(len(placed), len(levels))
        pieces = [head]
        for (heading, card), level in zip(placed, levels, strict=False):
            pieces += [heading] if heading else []
            pieces.append(self._cards.piece(card, level, t))
        if len(levels) < len(placed):
            pieces.append(self._more(len(placed) - len(levels), t))
        pieces.append(foot)
        return RenderedDigest(
            subject=context["subject"],
            preheader=context["preheader"],
            text=tuple(piece.text for piece in pieces),
            html=tuple(piece.html for piece in pieces),
            paper_ids=tuple(card.paper_id for (_, card), _ in zip(placed, levels, strict=False)),
        )

    def render_browser_view(self, facts: DigestFacts, view: View, token: str) -> str:
        """Return the digest as a web page: every card, the links its reader's own.

        Raises ValueError for a token that is not one.
        """
        filling = checked_token(token).decode("ascii")
        t = texts_for(self._texts, view.language)
        context = self._digest_context(facts, view, t) | {"browser": True}
        page = self._html.get_template("digest/body.html").render(context)
        if self._strict:
            check_page(page, self._links)
        head, _, foot = page.partition(CUT)
        section = self._html.get_template("digest/section.html")
        rows = [head]
        for part in facts.sections:
            rows.append(section.render(topic=_heading(part, t)))
            rows += [self._cards.page_html(card, view.level, t) for card in part.cards]
        return "".join([*rows, foot]).replace(PLACEHOLDER, filling)

    def render_mail(self, name: str, language: str = "en", **facts: object) -> RenderedMail:
        """Return a mail of the folder ``name`` (confirm, test, ...) from the facts it asks for.

        ``valid_hours`` tells how long its link works, 48 hours where it is not given.
        Raises jinja2.TemplateError for an unknown folder or a fact that is missing.
        """
        t = texts_for(self._texts, language)
        context: dict[str, Any] = {"valid_hours": CONFIRM_VALID // timedelta(hours=1), **facts}
        context |= {"t": t, "tn": t.many, "links": self._links, "browser": False}
        for part in ("subject", "preheader"):
            source = self._text.get_template(f"{name}/{part}.txt").render(context)
            context[part] = clean_text(source)
        html = self._html.get_template(f"{name}/body.html").render(context)
        text = self._text.get_template(f"{name}/body.txt").render(context)
        if self._strict:
            check_subject(name, context["subject"], context["preheader"])
            check_mail(name, html, text, self._links)
        return RenderedMail(
            context["subject"],
            context["preheader"],
            (encode_fragment(text),),
            (encode_fragment(html),),
        )

    def _digest_context(self, facts: DigestFacts, view: View, t: Texts) -> dict[str, Any]:
        titles = [_plain_title(card) for card in facts.cards[:4]]
        top = shorten(titles[0], SUBJECT_TITLE) if titles else ""
        subject = self._text.get_template("digest/subject.txt").render(
            t=t, tn=t.many, top=top, others=len(facts.cards) - 1
        )
        if self._strict:
            check_subject("digest", subject, "")
        others = "; ".join(shorten(title, 60) for title in titles[1:])
        return {
            "t": t,
            "tn": t.many,
            "facts": facts,
            "day": _capital(t.day(facts.edition_date)),
            "links": self._links,
            "cut": Trusted(CUT),
            "browser": False,
            "subject": clean_text(subject),
            "preheader": shorten(t("Also today: {titles}", titles=others), PREHEADER_LIMIT)
            if others
            else "",
            "topics": tuple(shorten(t.topic(name), 80) for name in view.topics[:TOPICS_NAMED]),
            "hour": view.hour,
            "zone": view.zone,
        }

    def _skeleton(self, name: str, context: Mapping[str, Any]) -> tuple[Piece, Piece]:
        html = self._html.get_template(f"{name}/body.html").render(context)
        text = self._text.get_template(f"{name}/body.txt").render(context)
        if self._strict:
            check_digest(html, text, self._links)
        heads, feet = zip(html.split(f"{CUT}\n"), text.split(f"{CUT}\n"), strict=True)
        return encoded_piece(*heads), encoded_piece(*feet)

    def _placed(self, facts: DigestFacts, t: Texts) -> Iterator[tuple[Piece | None, Card]]:
        """Yield each card, the first of a section with the section's heading."""
        for section in facts.sections:
            heading: Piece | None = self._both("digest/section", topic=_heading(section, t))
            for card in section.cards:
                yield heading, card
                heading = None

    def _more(self, count: int, t: Texts) -> Piece:
        return self._both("digest/more", count=count, t=t, tn=t.many, links=self._links)

    def _both(self, name: str, **context: object) -> Piece:
        html = self._html.get_template(f"{name}.html").render(context)
        text = self._text.get_template(f"{name}.txt").render(context)
        if self._strict:
            check_part(name, html, text, self._links)
        return encoded_piece(html, text)


def _compiled(environment: Environment, suffixes: tuple[str, ...]) -> Environment:
    # Reading and compiling happen here, once: a broken template stops the start, not a mail.
    for name in environment.list_templates(filter_func=lambda name: name.endswith(suffixes)):
        environment.get_template(name)
    return environment


def _personal_links(base_url: str) -> PersonalLinks:
    makers = {
        "preferences": links.preferences_url,
        "pause": links.pause_url,
        "saved": links.saved_url,
        "unsubscribe": links.unsubscribe_url,
        "browser": links.browser_view_url,
        "confirm": links.confirm_url,
    }
    return PersonalLinks(
        (name, placeholder_link(make(base_url, PLACEHOLDER))) for name, make in makers.items()
    )


def _heading(section: Section, t: Texts) -> str:
    return shorten(t.topic(section.topic), 120) or t("Trending")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]  # a weekday is written small in French, but in a heading


def _plain_title(card: Card) -> str:
    return str(gate(tex_to_text(shorten(card.title, TITLE_LIMIT)))) or card.title[:SUBJECT_TITLE]
