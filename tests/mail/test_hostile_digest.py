"""Digests of hostile, huge and endless input: nothing gets in, nothing is clipped."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.editions import Card, Section
from digest.domain.fragments import PLACEHOLDER
from digest.mail.fit import DECODED_LIMIT, ENCODED_LIMIT
from digest.mail.look import SiteLook, View
from tests.mail.reading import TOKEN, Outline, html_of, text_of
from tests.mail.samples import (
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
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            PLACEHOLDER * 2,
            f"https://evil.example/{PLACEHOLDER}",
            "{{ look }}",
            "<script>alert(1)</script>",
            '" onclick="x',
            "javascript:alert(1)",
            "\u202ereversed",
            "--=_0\r\n",
            "$\\frac{1}{",
        ]
    ),
)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    html = html_of(RENDERER.render_digest(sample_facts(), VIEW))
    for absent in ("<img", "<script", "<link", "url(", "@import", "<form", "<iframe"):
        assert absent not in html


@pytest.mark.parametrize("count", [1, 10, 35, 36, 60, 120, 400])
@pytest.mark.parametrize("view", [VIEW, FULL])
def test_a_digest_of_any_length_stays_below_what_clients_clip(count: int, view: View) -> None:
    mail = RENDERER.render_digest(sample_facts(many_cards(count)), view)
    assert sum(fragment.size for fragment in mail.html) <= ENCODED_LIMIT
    assert len(html_of(mail).encode()) <= DECODED_LIMIT
    assert mail.paper_ids == tuple(range(1, len(mail.paper_ids) + 1))
    left_out = count - len(mail.paper_ids)
    assert (f"{left_out} more papers on the web" in html_of(mail)) == (left_out > 0)
    assert (f"{left_out} more papers on the web" in text_of(mail)) == (left_out > 0)


def test_papers_without_room_are_not_among_those_that_become_seen() -> None:
    mail = RENDERER.render_digest(sample_facts(many_cards(400)), FULL)
    assert 35 < len(mail.paper_ids) < 400
    html = html_of(mail)
    assert f"Invented Paper Number {mail.paper_ids[-1]}:" in html
    assert f"Invented Paper Number {mail.paper_ids[-1] + 1}:" not in html


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_a_feed_cannot_bring_in_markup_or_the_readers_token(one: str, two: str, six: str) -> None:
    card = Card(
        paper_id=9,
        title=f"x {one}",
        url=f"https://a.example/{two}",
        abstract=f"We show {two}. Results improve {six} by 4%. {one}",
        authors=(one, two),
        pdf_url=one,
        code_url=f"https://c.example/{six}",
        organization=six,
        sources=(two,),
        trend=4,
        trend_text=one,
        why=(six,),
    )
    facts = sample_facts((Section(two, (card,)),))
    view = replace(FULL, topics=(one,), zone=six, hour=two)
    mail = RENDERER.render_digest(facts, view)
    outline = Outline(html_of(mail))
    assert {tag for tag, _ in outline.tags} <= {
        "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "p", "a",
        "br", "h1", "h2", "span", "strong", "b", "code", "em", "i", "sub", "sup",
    }  # fmt: skip
    assert all(re.match("https://", link) for link in outline.links())
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    assert html_of(mail).count(TOKEN) == 9
    assert text_of(mail).count(TOKEN) == 6
    for link in outline.links():
        assert TOKEN not in link or link.startswith(LOOK.base_url)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/", "https://a.example/ x"])
def test_an_address_that_cannot_be_linked_gives_way_to_the_papers_own_page(url: str) -> None:
    html = html_of(RENDERER.render_digest(one_card(replace(SILENT, url=url)), VIEW))
    assert f'href="{LOOK.base_url}/paper/105"' in html
    assert url not in html


def test_a_title_of_a_megabyte_does_no_harm() -> None:
    card = replace(SILENT, title="word " * 200_000, abstract="$" * 1_000_000)
    mail = RENDERER.render_digest(one_card(card), FULL)
    assert len(mail.subject) < 120
    assert len(html_of(mail)) < 20_000


def test_the_browser_view_refuses_what_is_no_token() -> None:
    with pytest.raises(ValueError, match="52"):
        RENDERER.render_browser_view(sample_facts(), VIEW, '"><script>')


@pytest.mark.parametrize(
    "bad",
    [
        {"base_url": "papers.example.org"},
        {"base_url": "javascript:x"},
        {"accent": "red"},
        {"accent": "#12345;}"},
    ],
)
def test_a_look_that_would_break_every_mail_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"base_url|colour"):
        SiteLook(**({"site_name": "x", "base_url": "https://a.example"} | bad))


def test_a_slash_at_the_end_of_the_base_address_is_dropped() -> None:
    assert SiteLook("x", "https://a.example/papers/").base_url == "https://a.example/papers"
