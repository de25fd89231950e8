"""Hugging Face's Daily Papers: which days are asked for, and what an item becomes."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.papers import Entry, Reading
from digest.feeds.parse import Parsed
from digest.feeds.sources.huggingface import parse, polls
from digest.feeds.sources.polls import Poll

NOW = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)
POLL = Poll("2026-05-04", "https://huggingface.co/api/daily_papers?date=2026-05-04", "")
PAPER: dict[str, Any] = {
    "id": "2605.01234",
    "authors": [{"name": "Ada One", "hidden": False}, {"name": "Bo Two"}],
    "publishedAt": "2026-05-02T17:00:00.000Z",
    "submittedOnDailyAt": "2026-05-04T00:16:55.911Z",
    "title": "A Title\n  on Two Lines",
    "summary": "An abstract\nwith $x < 1$ and <think> tokens.",
    "upvotes": 61,
    "githubRepo": "https://github.com/a/b",
    "githubStars": 152,
    "ai_keywords": ["mixture of experts", " routing\n", "", 7],
    "organization": {"name": "lab", "fullname": "The Lab"},
}
ITEM: dict[str, Any] = {
    "paper": PAPER,
    "publishedAt": "2026-05-02T13:00:00.000Z",
    "title": "outer title",
    "numComments": 3,
}


def read(*items: object) -> Parsed:
    return parse(json.dumps(items).encode(), "hf", POLL, NOW)


def variant(**fields: object) -> dict[str, Any]:
    return {**ITEM, "paper": {**PAPER, **fields}}


def only(parsed: Parsed) -> Entry:
    assert parsed.error is None
    (entry,) = parsed.entries
    return entry


def test_an_item_becomes_an_entry() -> None:
    assert only(read(ITEM)) == Entry(
        source="hf",
        entry_id="2605.01234",
        title="A Title on Two Lines",
        url="https://arxiv.org/abs/2605.01234",
        abstract="An abstract with $x < 1$ and <think> tokens.",
        authors=("Ada One", "Bo Two"),
        arxiv_id="2605.01234",
        keywords=("mixture of experts", "routing"),
        organization="The Lab",
        pdf_url="https://arxiv.org/pdf/2605.01234",
        code_url="https://github.com/a/b",
        published_at=datetime(2026, 5, 2, 17, tzinfo=UTC),
        listed_at=datetime(2026, 5, 4, 0, 16, 55, 911000, tzinfo=UTC),
        listing_date=date(2026, 5, 4),
        readings=(Reading("upvotes", 61), Reading("comments", 3), Reading("stars", 152)),
    )


def test_an_item_without_its_own_day_is_of_the_day_asked_for() -> None:
    entry = only(read(variant(submittedOnDailyAt=None)))
    assert entry.listing_date == date(2026, 5, 4)
    assert entry.listed_at == datetime(2026, 5, 4, tzinfo=UTC)


def test_a_paper_that_is_not_on_arxiv_links_to_its_page() -> None:
    entry = only(read(variant(id="66aa-preprint")))
    assert (entry.entry_id, entry.arxiv_id, entry.pdf_url) == ("66aa-preprint", None, None)
    assert entry.url == "https://huggingface.co/papers/66aa-preprint"


def test_an_item_of_a_flat_schema_is_read_too() -> None:
    assert only(read({"id": "2605.01234", "title": "Flat", "upvotes": 2})).readings == (
        Reading("upvotes", 2.0),
    )


def test_the_outer_title_stands_in_for_a_missing_one() -> None:
    assert only(read(variant(title=None))).title == "outer title"


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        ("upvotes", "61", "readings", (Reading("comments", 3), Reading("stars", 152))),
        ("upvotes", -1, "readings", (Reading("comments", 3), Reading("stars", 152))),
        ("upvotes", True, "readings", (Reading("comments", 3), Reading("stars", 152))),
        ("githubRepo", "javascript:alert(1)", "code_url", None),
        ("githubRepo", {"url": "x"}, "code_url", None),
        ("organization", "lab", "organization", None),
        ("organization", {"name": "lab"}, "organization", "lab"),
        ("authors", "Ada One", "authors", ()),
        ("authors", ["Ada One", {"name": 5}, None], "authors", ("Ada One",)),
        ("ai_keywords", None, "keywords", ()),
        ("summary", None, "abstract", ""),
        ("publishedAt", "yesterday", "published_at", None),
        ("publishedAt", "2027-01-01T00:00:00Z", "published_at", NOW),
    ],
)
def test_odd_fields_cost_themselves_and_not_the_item(
    field: str, value: object, attribute: str, expected: object
) -> None:
    assert getattr(only(read(variant(**{field: value}))), attribute) == expected


def test_what_is_dropped_is_counted_with_its_reason() -> None:
    untitled = {"paper": {"id": "2605.09999"}}
    parsed = read(ITEM, ITEM, 1, None, {"paper": {}}, variant(id="../etc"), untitled)
    assert len(parsed.entries) == 1
    assert parsed.dropped == {
        "duplicate": 1,
        "not an object": 2,
        "without an id": 2,
        "without a title": 1,
    }
    assert parsed.error is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"1", "body is a JSON number, not a list"),
        (b"null", "body is a JSON null, not a list"),
        (b'"x"', "body is a JSON string, not a list"),
        (b"{}", "body is a JSON object, not a list"),
        (b'{"error": "Invalid <b>date</b>"}', "Hugging Face says: Invalid date"),
        (b"", "body is empty"),
        (b" \n", "body is empty"),
        (b"<!DOCTYPE html><html>", "body is an HTML page, not JSON"),
        (b'[{"paper": ', "body is not JSON: Expecting value at line 1 column 12"),
        (b"\xff\xfe\xfd", "body is not JSON: not in UTF-8, or a number too long"),
        (b"[" * 200_000, "body is not JSON: nested too deeply"),
        (b"[" + b"9" * 9000 + b"]", "body is not JSON: not in UTF-8, or a number too long"),
        (b"[1, 2]", "no item could be read: 2 not an object"),
    ],
)
def test_a_body_in_which_nothing_can_be_read_says_why(body: bytes, error: str) -> None:
    parsed = parse(body, "hf", POLL, NOW)
    assert parsed.error == error
    assert parsed.entries == ()


def test_an_empty_list_is_a_weekend() -> None:
    assert parse(b"[]", "hf", POLL, NOW) == Parsed()


def test_a_full_page_is_noted_since_more_may_be_missing() -> None:
    parsed = read(*(variant(id=f"2605.{n:05}") for n in range(1, 101)))
    assert len(parsed.entries) == 100
    assert list(parsed.noted.values()) == [1]


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2026-05-07T09:00+00:00", ["2026-05-05", "2026-05-06", "2026-05-07"]),
        ("2026-05-04T00:01+00:00", ["2026-04-30", "2026-05-01", "2026-05-04"]),
        ("2026-05-09T09:00+00:00", ["2026-05-07", "2026-05-08", "2026-05-09"]),
        ("2026-05-10T09:00+00:00", ["2026-05-07", "2026-05-08", "2026-05-10"]),
        ("2026-05-07T23:30-05:00", ["2026-05-06", "2026-05-07", "2026-05-08"]),
    ],
)
def test_the_last_listing_days_and_always_today_are_asked_for(now: str, days: list[str]) -> None:
    asked = polls("https://huggingface.co/", datetime.fromisoformat(now))
    assert [poll.key for poll in asked] == days
    assert asked[-1].url == (f"https://huggingface.co/api/daily_papers?date={days[-1]}&limit=100")


def test_at_least_today_is_asked_for() -> None:
    assert [poll.key for poll in polls("https://h.example", NOW, 0)] == ["2026-05-05"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PAPER, *ITEM]) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(st.lists(json_values, max_size=4))
@settings(max_examples=200, deadline=None)
def test_any_json_gives_entries_or_counted_reasons(items: list[Any]) -> None:
    parsed = read(*items)
    assert len(parsed.entries) + sum(parsed.dropped.values()) == len(items)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_a_result(body: bytes) -> None:
    parsed = parse(body, "hf", POLL, NOW)
    assert parsed.error or parsed == Parsed()
