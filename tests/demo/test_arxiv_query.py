"""Tests of the query language that the sample arXiv understands."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.demo.arxiv_listings import ArxivRecord
from digest.demo.arxiv_query import QueryError, parse_query

MONDAY = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)


def record(number: int, *categories: str, version: int = 1) -> ArxivRecord:
    submitted = datetime(2026, 5, number, 12, 0, tzinfo=UTC)
    return ArxivRecord(
        f"2605.9000{number}",
        f"Title {number}",
        "About owls",
        ("Ada Ek",),
        categories,
        submitted,
        MONDAY,
        version,
    )


RECORDS = [record(2, "cs.CL", "cs.LG"), record(1, "cs.LG"), record(3, "math.GT")]


def found(**parameters: str) -> list[str]:
    records, _ = parse_query(parameters).answer(RECORDS)
    return [one.arxiv_id[-1] for one in records]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cat:cs.LG", "12"),
        ("cat:cs.*", "12"),
        ("cat:cs.LG AND cat:cs.CL", "2"),
        ("cat:cs.CL OR cat:math.GT", "23"),
        ("cat:cs.LG ANDNOT cat:cs.CL", "1"),
        ("(cat:math.GT OR cat:cs.CL) AND submittedDate:[20260503 TO 20260504]", "3"),
        ("submittedDate:[202605011200 TO 202605021159]", "1"),
        ('ti:"title 2"', "2"),
        ("au:ek AND all:owls", "123"),
        ("owls", "123"),
    ],
)
def test_a_search_finds_its_records(query: str, expected: str) -> None:
    assert sorted(found(search_query=query)) == list(expected)


def test_records_are_sorted_by_date_either_way_when_asked_to() -> None:
    by_date = {"search_query": "cat:cs.LG", "sortBy": "submittedDate"}
    assert found(**by_date) == ["2", "1"]
    assert found(**by_date, sortOrder="ascending") == ["1", "2"]


def test_pages_keep_the_total() -> None:
    records, total = parse_query({"search_query": "owls", "start": "1", "max_results": "1"}).answer(
        RECORDS
    )
    assert ([one.arxiv_id for one in records], total) == (["2605.90001"], 3)


def test_an_id_means_its_last_version_unless_it_names_one() -> None:
    revised = [*RECORDS, record(1, "cs.LG", version=2)]
    for asked, versions in (("2605.90001", [2]), ("2605.90001v1", [1]), ("2605.90001v3", [])):
        records, _ = parse_query({"id_list": asked}).answer(revised)
        assert [one.version for one in records] == versions


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({}, "is needed"),
        ({"id_list": "2605.90001,abc"}, "incorrect id format for abc"),
        ({"search_query": "cat:cs.LG AND"}, "ends too early"),
        ({"search_query": "(cat:cs.LG"}, "not closed"),
        ({"search_query": "cat:cs.LG cat:cs.CL"}, "unexpected"),
        ({"search_query": "mood:good"}, "unknown field mood"),
        ({"search_query": "submittedDate:[yesterday TO now]"}, "bad date range"),
        ({"search_query": "submittedDate:[20261301 TO 20261302]"}, "bad date 20261301"),
        ({"search_query": "owls", "max_results": "2001"}, "not be above 2000"),
        ({"search_query": "owls", "start": "-1"}, "non-negative"),
    ],
)
def test_a_bad_question_is_told_what_is_wrong(parameters: dict[str, str], complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        parse_query(parameters)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='ca:t()[]ANDORT "0123456789dis.*', max_size=40))
def test_a_search_finds_known_records_or_is_told_what_is_wrong(text: str) -> None:
    try:
        query = parse_query({"search_query": text})
    except QueryError:
        return
    records, total = query.answer(RECORDS)
    assert records == [record for record in RECORDS if record in records]
    assert total == len(records)
