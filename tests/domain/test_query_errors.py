"""What a reader is told of a query that cannot be read."""

import pytest

from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.query_grammar import MAX_ATOMS, MAX_DEPTH, MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "empty"),
        (" \n ", 0, "empty"),
        ('rag "dense retrieval', 4, "a phrase is not closed"),
        ("rag AND", 7, "`AND` needs something on its right"),
        ("rag OR OR x1", 7, "`OR` needs something on its right"),
        ("OR rag", 0, "on its left"),
        ("rag NOT", 7, "`NOT` needs something"),
        ("(rag", 4, "a parenthesis is not closed"),
        ("rag (", 5, "is open"),
        ("rag)", 3, "closes nothing"),
        ("rag ()", 5, "parentheses are empty"),
        ('rag ""', 4, "the phrase is empty"),
        ("upvotes:many", 0, "`upvotes:` needs a number such as upvotes:>=20"),
        ("rag stars:", 4, "`stars:` needs a number such as stars:>=20"),
        ("stars >", 0, "`stars:` needs a number"),
        ("upvotes:>=1,000", 0, "needs a number"),
        ("rag venue:ICML", 4, "title: abstract: author: cat: source: upvotes: stars:"),
        ("https://arxiv.org", 0, "quotation marks"),
        ("rag : x1", 4, "field's name"),
        ("title:", 6, "`title:` needs a word"),
        ("title:-rag", 6, "write NOT before the field"),
        ("title:(rag author:x1)", 11, "cannot stand inside the parentheses of `title:`"),
        ("title:(rag upvotes:5)", 11, "cannot stand inside"),
        ("rag - survey", 4, "stands right before it"),
        ("rag …", 4, "no letter or digit"),
        ("rag \u200b\u202e", 4, "no letter or digit"),
        ("r*g", 1, "only at the end of a word"),
        ("rag r*", 4, "too short"),
        ("rag *", 4, "no letter or digit"),
        ("cat:(cs.CL OR ...)", 14, "no letter or digit"),
        ("r1 " * MAX_ATOMS + "r2", 3 * MAX_ATOMS, "at most 200"),
        ("(" * (MAX_DEPTH + 1) + "x1" + ")" * (MAX_DEPTH + 1), MAX_DEPTH, "at most 30"),
        ("x" * (MAX_LENGTH + 1), MAX_LENGTH, "at most 2000"),
        ("title:(" + " ".join(f"w{n:07}" for n in range(200)) + ")", 1807, "leave out"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_to_do(
    text: str, position: int, says: str
) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(text)
    assert (caught.value.position, caught.value.text) == (position, text)
    assert says in caught.value.message
    assert str(caught.value) == caught.value.message


def test_the_pointer_shows_the_query_with_a_caret_below_the_fault() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("agents\nAND )")
    assert caught.value.pointer() == "agents AND )\n           ^"


def test_the_pointer_counts_wide_characters_as_two_columns() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("模型 )")
    assert caught.value.pointer() == "模型 )\n     ^"


def test_the_pointer_of_a_long_query_shows_only_its_surroundings() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("agents " * 100 + ")")
    shown, caret = caught.value.pointer().splitlines()
    assert shown.endswith("agents )")
    assert len(shown) < 110
    assert len(caret) == len(shown)


@pytest.mark.parametrize(
    "text",
    [
        "(" * MAX_LENGTH, '"' * (MAX_LENGTH - 1), "stars:" * 300, "{\\'" * 600, "-" * MAX_LENGTH,
        "a1:" * 600, "* " * 900, "OR " * 600, "x1 OR (" * 280,
    ],
)  # fmt: skip
def test_hostile_queries_are_refused(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse_query(text)
