"""A visitor's search: read like a search engine's, and never syntax in either database."""

import re
import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.domain.search_words import (
    LONGEST,
    Branch,
    Search,
    fts5_match,
    parse_search,
    searched_text,
    websearch,
)

cases = settings(max_examples=400, deadline=None)
# texts that come near to FTS5's own syntax
syntax = st.lists(
    st.sampled_from(
        [
            *"\"'*^:(){}+-, \t\0",
            "AND",
            "OR",
            "NOT",
            "NEAR(",
            "or",
            "title",
            "ab",
            "c3",
            "é",
            "\ud800",
        ]
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("typed", "branches"),
    [
        ("graph transformer", (Branch(("graph", "transformer")),)),
        ('"mixture of experts" routing', (Branch(("mixture of experts", "routing")),)),
        ("diffusion -video", (Branch(("diffusion",), ("video",)),)),
        ('agents -"tool use"', (Branch(("agents",), ("tool use",)),)),
        ("speech OR audio or music", (Branch(("speech",)), Branch(("audio",)), Branch(("music",)))),
        ("state-of-the-art", (Branch(("state-of-the-art",)),)),
        ("“curly quotes”", (Branch(("curly quotes",)),)),
        ('an "open end', (Branch(("an", "open end")),)),
        ("speech or -audio", (Branch(("speech",)),)),
        ("c++ *", (Branch(("c++",)),)),
        ("or", None),
        ("-only -without", None),
        ('"" -- ... ***', None),
        ("", None),
    ],
)
def test_a_search_is_read(typed: str, branches: tuple[Branch, ...] | None) -> None:
    assert parse_search(typed) == (Search(branches) if branches else None)


def test_both_databases_are_told_the_same() -> None:
    search = parse_search('graph "mixture of experts" -video or NEAR(title:x)')
    assert search is not None
    assert fts5_match(search) == (
        '(("graph" AND "mixture of experts") NOT ("video")) OR ("NEAR(title:x)")'
    )
    assert websearch(search) == '"graph" "mixture of experts" -"video" or "NEAR(title:x)"'


@cases
@given(st.text() | syntax)
@example('"' * 300)
@example("- " * 300)
@example("a" * 10_000)
def test_no_text_is_syntax_for_fts5(typed: str) -> None:
    search = parse_search(typed)
    if search is None:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(title, abstract)")
    connection.execute("SELECT * FROM t WHERE t MATCH ?", (fts5_match(search),)).fetchall()
    connection.close()


@cases
@given(st.text() | syntax)
def test_terms_are_bounded_hold_no_quotation_and_no_control_character(typed: str) -> None:
    search = parse_search(typed)
    for branch in search.branches if search else ():
        assert branch.wanted
        for term in (*branch.wanted, *branch.unwanted):
            assert '"' not in term
            assert term.isprintable()
            assert len(term) <= LONGEST
            assert any(char.isalnum() for char in term)


@cases
@given(st.text() | syntax)
def test_what_was_typed_is_shown_on_one_line_without_control_characters(typed: str) -> None:
    shown = searched_text(typed)
    assert shown.isprintable()
    assert searched_text(shown) == shown
    assert parse_search(shown) == parse_search(typed)


@cases
@given(st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=6))
def test_plain_words_are_all_wanted(words: list[str]) -> None:
    search = parse_search(" ".join(words))
    told = [word for word in words if word != "or"]
    wanted = [term for branch in search.branches for term in branch.wanted] if search else []
    assert wanted == told


def test_a_search_reads_as_it_was_meant_when_it_is_written_anew() -> None:
    typed = '"graph" "mixture of experts" -"video" or "speech"'
    search = parse_search(typed)
    assert search is not None
    assert websearch(search) == typed
    assert re.findall("OR", fts5_match(search)) == ["OR"]
