"""The mails in every language: whole, read back, and hostile values stay text in all of them."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.editions import Section
from digest.domain.message import MessageHead, build_message
from digest.domain.preferences import LANGUAGES
from digest.domain.trend import TrendPart
from digest.mail.look import SiteLook
from digest.mail.render import RenderedMail
from tests.mail.reading import TOKEN, Outline, html_of, text_of
from tests.mail.samples import EXPERTS, LOOK, VIEW, one_card, renderer, sample_facts
from tests.mail.test_hostile_digest import HOSTILE
from tests.translations.catalogues import PLACEHOLDER
from tests.translations.extraction import extract

RENDERER = renderer()
FACTS: dict[str, dict[str, object]] = {
    "confirm": {},
    "already_subscribed": {},
    "preferences_link": {"valid_hours": 1},
    "address_change": {},
    "address_changed_notice": {"new_address": "a***@new.example", "owner": "o@papers.example"},
    "test": {"relay": "smtp.example.org", "time": "06:00"},
}
OPENS = {
    "confirm": "confirm",
    "already_subscribed": "preferences",
    "preferences_link": "preferences",
    "address_change": "confirm",
}
ENGLISH = [
    piece.strip()
    for message in extract()
    if message.id and any("email" in place for place, _ in message.locations)
    for piece in PLACEHOLDER.split(message.id if isinstance(message.id, str) else message.id[1])
    if len(piece.split()) > 2
]


def parsed(mail: RenderedMail, language: str) -> EmailMessage:
    """Return a mail as it is read from its bytes."""
    head = MessageHead(
        date=datetime(2026, 5, 4, 6, tzinfo=UTC),
        from_address="digest@papers.example.org",
        to_address="ada@reader.example",
        subject=mail.subject,
        message_id="<1@papers.example.org>",
        language=language,
    )
    data = build_message(head, mail.text, mail.html, TOKEN)
    return message_from_bytes(data, policy=policy.default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("name", FACTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_comes_whole_in_its_readers_language(language: str, name: str) -> None:
    mail = RENDERER.render_mail(name, language, **FACTS[name])
    message = parsed(mail, language)
    html, text = body(message, "html"), body(message, "plain")
    outline = Outline(html)
    assert message["Subject"] == mail.subject
    assert message["Content-Language"] == language
    assert f'<html lang="{language}" dir="ltr"' in html
    assert [tag for tag, _ in outline.tags].count("h1") == 1
    assert f"{LOOK.base_url}/privacy" in outline.links()
    assert "https://lab.example.org/imprint" in text.splitlines()
    assert all(len(line) <= 72 or line.startswith("https://") for line in text.splitlines())
    assert (mail.subject == RENDERER.render_mail(name, "en", **FACTS[name]).subject) == (
        language == "en"
    )


@pytest.mark.parametrize("name", FACTS)
def test_a_mail_opens_what_it_is_for_and_no_more(name: str) -> None:
    mail = RENDERER.render_mail(name, "en", **FACTS[name])
    wanted = {f"{LOOK.base_url}/{OPENS[name]}/{TOKEN}"} if name in OPENS else set()
    if name == "already_subscribed":
        wanted.add(f"{LOOK.base_url}/unsubscribe/{TOKEN}")
    assert {link for link in Outline(html_of(mail)).links() if TOKEN in link} == wanted
    assert set(re.findall(rf"\S*{TOKEN}\S*", text_of(mail))) == wanted


def test_the_notice_to_the_old_address_says_where_to_write_and_whither_it_goes() -> None:
    mail = RENDERER.render_mail("address_changed_notice", "en", **FACTS["address_changed_notice"])
    for part in (html_of(mail), text_of(mail)):
        assert "a***@new.example" in part
        assert "o@papers.example" in part


@pytest.mark.parametrize(
    ("language", "said"), [("en", "1 hour"), ("de", "1 Stunde"), ("fr", "1 heure")]
)
def test_a_link_on_request_is_said_to_work_for_an_hour(language: str, said: str) -> None:
    mail = RENDERER.render_mail("preferences_link", language, valid_hours=1)
    assert f"{said}." in text_of(mail)
    assert f"{said}." in mail.preheader


@pytest.mark.parametrize("language", ["de", "fr"])
def test_no_english_sentence_is_left(language: str) -> None:
    digest = RENDERER.render_digest(sample_facts(), replace(VIEW, language=language))
    mails = [RENDERER.render_mail(name, language, **facts) for name, facts in FACTS.items()]
    said = " ".join(
        f"{html_of(m)} {text_of(m)} {m.subject} {m.preheader}" for m in (digest, *mails)
    )
    flat = " ".join(said.split())
    assert len(ENGLISH) > 30
    assert [piece for piece in ENGLISH if piece in flat] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            (
                "Montag, 4. Mai 2026",
                "412 Paper aus 3 Quellen gesichtet, 61 passen zu deinen Themen,",
                "9 hattest du schon.",
                "Sprachmodelle",
                "und 2 weitere · Northwind AI",
                "92 Stimmen, steigend; Code 152 Sterne · Hugging Face und arXiv",
            ),
        ),
        (
            "fr",
            (
                "Lundi 4 mai 2026",
                "412 articles de 3 sources examinés",
                "Modèles de langue",
                "et 2 autres · Northwind AI",
                "92 votes, en hausse; code 152 étoiles · Hugging Face et arXiv",
            ),
        ),
    ],
)
def test_a_digest_counts_dates_and_lists_as_the_language_does(
    language: str, words: tuple[str, ...]
) -> None:
    facts = sample_facts((Section("Language models", (EXPERTS,)),))
    html = html_of(RENDERER.render_digest(facts, replace(VIEW, language=language)))
    assert [piece for piece in words if piece not in html] == []


def test_a_readers_own_query_is_a_heading_as_they_wrote_it() -> None:
    facts = sample_facts((Section("Save", (EXPERTS,)),))
    view = replace(VIEW, language="de", topics=("Save", "AI agents"))
    html = html_of(RENDERER.render_digest(facts, view))
    assert ">Save</p>" in html
    assert "mit Save und KI-Agenten abonniert" in html


def test_a_card_of_an_older_plan_says_its_trend_as_it_was_written() -> None:
    old = replace(EXPERTS, trend_parts=(), trend_text="9 upvotes")
    view = replace(VIEW, language="de")
    assert "9 upvotes" in html_of(RENDERER.render_digest(one_card(old), view))
    new = replace(old, trend_parts=(TrendPart("upvotes", 9), TrendPart("of a later release", 1)))
    assert "9 Stimmen ·" in html_of(RENDERER.render_digest(one_card(new), view))


def test_each_language_has_cards_of_its_own() -> None:
    english = RENDERER.render_digest(one_card(EXPERTS), VIEW)
    german = RENDERER.render_digest(one_card(EXPERTS), replace(VIEW, language="de"))
    again = RENDERER.render_digest(one_card(EXPERTS), replace(VIEW, language="de", topics=()))
    assert english.html[2] is not german.html[2]
    assert again.html[2] is german.html[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_view_speaks_the_readers_language_and_its_votes_are_theirs(
    language: str,
) -> None:
    view = replace(VIEW, language=language)
    outline = Outline(RENDERER.render_browser_view(sample_facts(), view, TOKEN))
    assert next(attrs for tag, attrs in outline.tags if tag == "html")["lang"] == language
    assert f"{LOOK.base_url}/feedback/{TOKEN}/save/101" in outline.links()


def test_a_card_asks_for_three_votes_that_name_their_paper() -> None:
    mail = RENDERER.render_digest(one_card(EXPERTS), VIEW)
    outline = Outline(html_of(mail))
    votes = {
        attrs["href"]: attrs["aria-label"]
        for tag, attrs in outline.tags
        if tag == "a" and "/feedback/" in (attrs["href"] or "")
    }
    title = "Patchwork: Routing 10⁶ Small Experts at O(log n) Cost"
    assert votes == {
        f"{LOOK.base_url}/feedback/{TOKEN}/more/101": f"More like this: {title}",
        f"{LOOK.base_url}/feedback/{TOKEN}/less/101": f"Less like this: {title}",
        f"{LOOK.base_url}/feedback/{TOKEN}/save/101": f"Save: {title}",
    }
    assert f"{LOOK.base_url}/feedback/{TOKEN}/more/101" in text_of(mail).splitlines()
    assert text_of(mail).count("/feedback/") == 1
    assert f"{LOOK.base_url}/preferences/{TOKEN}/saved" in text_of(mail).splitlines()
    assert f"{LOOK.base_url}/preferences/{TOKEN}/saved" in outline.links()


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, st.sampled_from(LANGUAGES), st.sampled_from(sorted(FACTS)))
def test_whatever_the_operator_or_an_address_holds_is_text(
    one: str, two: str, language: str, name: str
) -> None:
    look = SiteLook(one, LOOK.base_url, postal_address=two)
    facts = {key: value if isinstance(value, int) else two for key, value in FACTS[name].items()}
    mail = renderer(look).render_mail(name, language, **facts)
    outline = Outline(html_of(mail))
    assert {tag for tag, _ in outline.tags} <= {
        "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "p", "a",
        "br", "h1", "span",
    }  # fmt: skip
    assert all(link.startswith(LOOK.base_url) for link in outline.links())
    assert not any(key.startswith("on") for _, attrs in outline.tags for key in attrs)
    known = RENDERER.render_mail(name, language, **FACTS[name])
    assert html_of(mail).count(TOKEN) == html_of(known).count(TOKEN)
    assert text_of(mail).count(TOKEN) == text_of(known).count(TOKEN)
    assert "\n" not in mail.subject
