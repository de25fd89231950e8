"""Digests as their readers see them: text and HTML, and what must be absent."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from digest.domain.fragments import PLACEHOLDER
from digest.domain.message import MessageHead, build_message
from digest.domain.trend import TrendPart
from digest.mail.look import View
from tests.mail.reading import TOKEN, Outline, html_of, text_of
from tests.mail.samples import (
    COLLABORATION,
    EXPERTS,
    LOOK,
    SILENT,
    VIEW,
    many_cards,
    one_card,
    renderer,
    sample_facts,
)

FULL = replace(VIEW, extract="full")
RENDERER = renderer()


def test_a_digest_tells_of_each_paper_what_the_reader_needs() -> None:
    html = html_of(RENDERER.render_digest(one_card(EXPERTS), VIEW))
    for words in (
        "Monday, 4 May 2026",
        "412 papers from 3 sources looked at, 61 matched your topics, 9 you have had before.",
        "Mira Okafor, Jonas Lindqvist, Wei-Ting Hsu and 2 more · Northwind AI",
        "Trend 95",
        "92 upvotes, rising; code 152 stars · Hugging Face and arXiv",
        "Matches mixture of experts, cat:cs.LG",
        "<strong>Result:</strong>",
    ):
        assert words in html


def test_the_text_part_tells_the_same_with_full_addresses_on_their_own_lines() -> None:
    text = text_of(RENDERER.render_digest(one_card(EXPERTS), VIEW))
    lines = text.splitlines()
    for line in (
        "Monday, 4 May 2026",
        "Patchwork: Routing 10⁶ Small Experts at O(log n) Cost",
        EXPERTS.url,
        EXPERTS.pdf_url,
        EXPERTS.code_url,
        f"{LOOK.base_url}/preferences/{TOKEN}",
        f"{LOOK.base_url}/preferences/{TOKEN}#pause",
        f"{LOOK.base_url}/unsubscribe/{TOKEN}",
        f"{LOOK.base_url}/mail/{TOKEN}",
    ):
        assert line in lines


def test_the_text_part_is_wrapped_at_72() -> None:
    text = text_of(RENDERER.render_digest(sample_facts(many_cards(20)), FULL))
    assert all(len(line) <= 72 or line.startswith("https://") for line in text.splitlines())


def test_664_authors_become_three_and_a_number() -> None:
    html = html_of(RENDERER.render_digest(one_card(COLLABORATION), VIEW))
    assert "Physicist Number-1, Physicist Number-2, Physicist Number-3 and 661 more" in html
    assert "Number-4" not in html


def test_four_authors_are_all_named() -> None:
    card = replace(EXPERTS, authors=("A", "B", "C", "D"), organization=None)
    assert ">A, B, C and D<" in html_of(RENDERER.render_digest(one_card(card), VIEW))


def test_a_full_view_holds_all_of_the_abstract_and_a_short_one_only_its_beginning() -> None:
    last = "We release code, checkpoints and the routing traces of the full run."
    assert last in html_of(RENDERER.render_digest(one_card(EXPERTS), FULL))
    assert last not in html_of(RENDERER.render_digest(one_card(EXPERTS), VIEW))


def test_a_paper_that_tells_little_leaves_no_empty_lines() -> None:
    html = html_of(RENDERER.render_digest(one_card(SILENT), VIEW))
    assert "Result:" not in html
    assert "Trend" not in html
    assert not re.search(r"<p[^>]*>\s*</p>", html)


def test_there_is_one_h1_and_an_h2_a_paper() -> None:
    tags = [tag for tag, _ in Outline(html_of(RENDERER.render_digest(sample_facts(), VIEW))).tags]
    assert tags.count("h1") == 1
    assert tags.count("h2") == 5


def test_every_table_is_for_looks_only_and_the_language_is_told() -> None:
    outline = Outline(html_of(RENDERER.render_digest(sample_facts(), VIEW)))
    assert {attrs.get("role") for tag, attrs in outline.tags if tag == "table"} == {"presentation"}
    assert next(attrs for tag, attrs in outline.tags if tag == "html")["lang"] == "en"
    assert next(attrs for tag, attrs in outline.tags if tag == "html")["dir"] == "ltr"


def test_link_names_tell_their_paper_and_repeat_the_visible_words() -> None:
    outline = Outline(html_of(RENDERER.render_digest(sample_facts(), VIEW)))
    labels = [attrs["aria-label"] for tag, attrs in outline.tags if "aria-label" in attrs]
    assert "PDF of Patchwork: Routing 10⁶ Small Experts at O(log n) Cost" in labels
    assert len(labels) == len(set(labels))


def test_a_logo_is_shown_with_the_sites_name_only_where_the_operator_wants_it() -> None:
    look = replace(LOOK, logo_url="https://papers.example.org/logo.png")
    html = html_of(renderer(look).render_digest(sample_facts(), VIEW))
    assert '<img src="https://papers.example.org/logo.png" alt="Paper Digest"' in html


def test_the_subject_names_the_first_paper_and_counts_the_others() -> None:
    subject = RENDERER.render_digest(sample_facts(), VIEW).subject
    assert subject == "Patchwork: Routing 10⁶ Small Experts at O(log n) Cost and 4 more papers"


def test_the_subject_of_one_paper_is_its_title() -> None:
    mail = RENDERER.render_digest(one_card(SILENT), VIEW)
    assert (mail.subject, mail.preheader) == ("A Paper without an Abstract", "")


def test_a_digest_without_papers_still_renders() -> None:
    mail = RENDERER.render_digest(sample_facts(()), VIEW)
    assert mail.subject == "No new papers"
    assert mail.paper_ids == ()


def test_why_you_get_this_names_the_topics_and_the_hour() -> None:
    html = html_of(RENDERER.render_digest(sample_facts(), VIEW))
    assert "with Mixture of experts, Robot learning and Astrophysics." in html
    assert "It leaves at 08:00 (Europe/Berlin)." in html
    assert LOOK.postal_address in html if LOOK.postal_address else False


def test_a_reader_without_topics_is_told_so_and_sees_no_count_of_matches() -> None:
    html = html_of(RENDERER.render_digest(sample_facts(), View()))
    assert "because you subscribed to Paper Digest." in html
    assert "matched your topics" not in html


def test_cards_are_shared_between_selections_and_views() -> None:
    one = RENDERER.render_digest(one_card(EXPERTS), VIEW)
    other = RENDERER.render_digest(one_card(replace(EXPERTS)), replace(VIEW, topics=("Other",)))
    assert one.html[2] is other.html[2]


def test_a_card_whose_facts_changed_is_rendered_anew() -> None:
    one = RENDERER.render_digest(one_card(EXPERTS), VIEW)
    other = RENDERER.render_digest(
        one_card(replace(EXPERTS, trend_parts=(TrendPart("upvotes", 93),))), VIEW
    )
    assert "93 upvotes" in html_of(other)
    assert "93 upvotes" not in html_of(one)


def test_the_same_facts_give_the_same_bytes_in_another_process_of_the_program() -> None:
    assert renderer().render_digest(sample_facts(), VIEW) == RENDERER.render_digest(
        sample_facts(), VIEW
    )


def test_the_browser_view_is_the_same_digest_with_the_readers_links() -> None:
    page = RENDERER.render_browser_view(sample_facts(many_cards(150)), FULL, TOKEN)
    outline = Outline(page)
    assert [tag for tag, _ in outline.tags].count("h2") == 150
    assert f"{LOOK.base_url}/unsubscribe/{TOKEN}" in outline.links()
    assert f"{LOOK.base_url}/mail/{TOKEN}" not in outline.links()
    assert PLACEHOLDER not in page
    assert '<meta name="referrer" content="no-referrer">' in page


def test_the_browser_view_keeps_the_titles_tex_where_it_can_be_looked_up() -> None:
    page = RENDERER.render_browser_view(sample_facts(), VIEW, TOKEN)
    assert 'title="Patchwork: Routing $10^6$ Small Experts at $\\mathcal{O}(\\log n)$ Cost"' in page


def test_a_confirmation_carries_its_link_in_both_parts() -> None:
    mail = RENDERER.render_mail("confirm")
    link = f"{LOOK.base_url}/confirm/{TOKEN}"
    assert mail.subject == "Confirm your subscription to Paper Digest"
    assert link in text_of(mail).splitlines()
    assert f'href="{link}"' in html_of(mail)
    assert "48 hours" in text_of(mail)
    assert "unsubscribe/" not in html_of(mail)


def test_a_test_mail_names_the_relay_it_left_through() -> None:
    mail = RENDERER.render_mail("test", relay="smtp.example.org", time="08:00 UTC")
    assert "smtp.example.org" in text_of(mail)
    assert "smtp.example.org" in html_of(mail)


def test_a_test_mail_does_without_a_relay() -> None:
    assert "It left through" not in text_of(RENDERER.render_mail("test"))


def test_a_mail_with_a_fact_missing_is_not_rendered() -> None:
    with pytest.raises(UndefinedError):
        RENDERER.render_mail("test", relay="smtp.example.org")


def test_a_mail_without_templates_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        RENDERER.render_mail("no_such_mail")


def test_a_rendered_digest_and_a_head_make_a_message_that_parses() -> None:
    mail = RENDERER.render_digest(sample_facts(), VIEW)
    head = MessageHead(
        date=datetime(2026, 5, 4, 6, tzinfo=UTC),
        from_address="digest@papers.example.org",
        to_address="ada@reader.example",
        subject=mail.subject,
        message_id="<20260504.1.1@papers.example.org>",
    )
    data = build_message(head, mail.text, mail.html, TOKEN)
    message = message_from_bytes(data, policy=policy.default)
    assert message["Subject"] == mail.subject
    html = message.get_body(("html",))
    assert html is not None
    assert html.get_content().replace("\r\n", "\n") == html_of(mail)
