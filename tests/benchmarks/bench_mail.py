"""Mails a second: joined from shared fragments, against a full render and EmailMessage each."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from statistics import median
from typing import Any

from jinja2 import Template

from digest.domain.editions import DigestFacts
from digest.domain.message import MessageHead, build_message
from digest.mail.card_renderer import VERDICTS
from digest.mail.cards import CardText, card_text
from digest.mail.environment import html_environment, text_environment
from digest.mail.render import Renderer
from digest.resources import templates_dir
from digest.texts import Texts, shipped_texts
from tests.mail.samples import LOOK, VIEW, many_cards, renderer, sample_facts

ROUNDS = 7
JOINED, RENDERED = 400, 6  # mails a round, so that both take a comparable time
CARDS = 10
HEAD = MessageHead(
    date=datetime(2026, 5, 4, 6, tzinfo=UTC),
    from_name=LOOK.site_name,
    from_address="digest@papers.example.org",
    to_address="",
    subject="",
    message_id="",
    list_id="daily.papers.example.org",
    list_unsubscribe_mailto="mailto:leave@papers.example.org",
    feedback_id="topic:daily:digest:papers",
)


def rows() -> list[dict[str, Any]]:
    """Return one row: mails a second by fragments, and by Jinja and EmailMessage each."""
    facts, shared = sample_facts(many_cards(CARDS)), renderer()
    templates = [
        text_environment(templates_dir(), LOOK).get_template("digest/card.txt"),
        html_environment(templates_dir(), LOOK).get_template("digest/card.html"),
    ]
    t = shipped_texts(templates_dir() / "locale")["en"]
    cards = [card_text(card, VIEW.level, t, LOOK.base_url) for card in facts.cards]
    fast, slow = [], []
    for _ in range(ROUNDS):  # interleaved, so that a busy machine slows both alike
        fast.append(_per_second(JOINED, lambda: _join(facts, shared)))
        slow.append(_per_second(RENDERED, lambda: _render_each(facts, shared, templates, cards, t)))
    value, against = median(fast), median(slow)
    return [
        {
            "name": f"build of mails with {CARDS} papers",
            "value": round(value),
            "unit": "mails/s",
            "against": "Jinja and EmailMessage for each mail",
            "against_value": round(against),
            "ratio": round(value / against, 1),
        }
    ]


def _join(facts: DigestFacts, shared: Renderer) -> None:
    mail = shared.render_digest(facts, VIEW)
    for number in range(JOINED):
        token = f"{number:052d}"
        head = replace(
            HEAD,
            to_address=f"reader{number}@inbox.example",
            subject=mail.subject,
            message_id=f"<20260504.{number}@papers.example.org>",
            list_unsubscribe_https=f"{LOOK.base_url}/unsubscribe/{token}",
        )
        build_message(head, mail.text, mail.html, token)


def _render_each(
    facts: DigestFacts,
    shared: Renderer,
    templates: list[Template],
    cards: list[CardText],
    t: Texts,
) -> None:
    """Render head, cards and foot for each reader; TeX and extracts are ready, in its favour."""
    shell = replace(facts, sections=())
    urls = dict.fromkeys(VERDICTS, LOOK.base_url)
    shown = {"level": VIEW.level, "t": t, "tn": t.many, "raw_title": "", "feedback": urls}
    for number in range(RENDERED):
        token = f"{number:052d}"
        parts = [
            "".join(template.render(**shown, card=card) for card in cards) for template in templates
        ]
        page = shared.render_browser_view(shell, VIEW, token)
        message = EmailMessage(policy=SMTP)
        message["From"] = f"{LOOK.site_name} <{HEAD.from_address}>"
        message["To"] = f"reader{number}@inbox.example"
        message["Subject"] = "Invented papers"
        message["Message-ID"] = f"<20260504.{number}@papers.example.org>"
        message["List-Unsubscribe"] = f"<{LOOK.base_url}/unsubscribe/{token}>"
        message.set_content(parts[0])
        message.add_alternative(page + parts[1], subtype="html")
        message.as_bytes()


def _per_second(count: int, work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    for row in rows():
        print(row)  # noqa: T201 - a benchmark prints
