"""Whole mails, byte for byte. After a wanted change: REGENERATE_GOLDEN=1 pytest tests/golden."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.domain.message import MessageHead, build_message
from digest.mail.render import RenderedMail
from tests.mail.samples import LOOK, VIEW, renderer, sample_facts

FOLDER = Path(__file__).parent
TOKEN = "AQEAAAAAAAcAAAAAACoAAAABAABp-E7AGoldenGoldenGoldenGo"
HEAD = MessageHead(
    date=datetime(2026, 5, 4, 6, 0, tzinfo=UTC),
    from_name=LOOK.site_name,
    from_address="digest@papers.example.org",
    reply_to="owner@papers.example.org",
    to_address="ada@reader.example",
    subject="",
    message_id="<20260504.7.42@papers.example.org>",
)
LIST_HEAD = replace(
    HEAD,
    list_id="daily.papers.example.org",
    list_name=LOOK.site_name,
    list_unsubscribe_https=f"{LOOK.base_url}/unsubscribe/{TOKEN}",
    list_unsubscribe_mailto="mailto:leave@papers.example.org?subject=unsubscribe",
    list_help=f"{LOOK.base_url}/",
    list_owner="mailto:owner@papers.example.org",
    list_archive=f"{LOOK.base_url}/",
    feedback_id="topic:daily:digest:papers",
)


MOVED = {"new_address": "a***@new.example", "owner": "owner@papers.example.org"}

ALARMS: dict[str, Any] = {
    "title": "Papers: 1 alarm, 1 over",
    "news": [
        {
            "key": "source/arXiv",
            "text": "stale: nothing new since Thu 30 Apr 2026 02:10 UTC: 2 working days without, "
            "and it never missed one; `digest collect --force` asks again now",
            "since": "2026-05-05 02:10 UTC",
            "until": "2026-05-05 06:00 UTC",
            "times": "3",
        }
    ],
    "over": [
        {
            "key": "relay/main",
            "text": "AUTH refused: 535 5.7.8 <b>no</b>; `digest relays check` tries it",
            "since": "2026-05-04 05:00 UTC",
            "until": "2026-05-04 05:20 UTC",
            "times": "",
        }
    ],
}


def message(head: MessageHead, mail: RenderedMail) -> bytes:
    return build_message(replace(head, subject=mail.subject), mail.text, mail.html, TOKEN)


MAILS: dict[str, Callable[[], bytes]] = {
    "digest_short": lambda: message(LIST_HEAD, renderer().render_digest(sample_facts(), VIEW)),
    "digest_full": lambda: message(
        LIST_HEAD, renderer().render_digest(sample_facts(), replace(VIEW, extract="full"))
    ),
    "confirm": lambda: message(HEAD, renderer().render_mail("confirm")),
    "already_subscribed": lambda: message(HEAD, renderer().render_mail("already_subscribed")),
    "preferences_link": lambda: message(
        HEAD, renderer().render_mail("preferences_link", valid_hours=1)
    ),
    "address_change": lambda: message(HEAD, renderer().render_mail("address_change")),
    "address_changed_notice": lambda: message(
        HEAD, renderer().render_mail("address_changed_notice", **MOVED)
    ),
    "alarm": lambda: message(HEAD, renderer().render_mail("alarm", **ALARMS)),
    "test": lambda: message(
        HEAD,
        renderer().render_mail("test", relay="smtp.example.org", time="4 May 2026, 06:00 UTC"),
    ),
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_what_it_was_to_the_last_byte(name: str) -> None:
    path = FOLDER / f"{name}.eml"
    data = MAILS[name]()
    if os.environ.get("REGENERATE_GOLDEN"):
        path.write_bytes(data)
    assert data == path.read_bytes()


def test_no_golden_mail_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(MAILS)
