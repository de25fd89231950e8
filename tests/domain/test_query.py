"""The topic query language: what it means, what it refuses, and its canonical form."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.domain.query import (
    And,
    Atom,
    AtomKind,
    Not,
    QuerySyntaxError,
    parse_query,
    query_hash,
)
from digest.domain.query_grammar import MAX_ATOMS, MAX_DEPTH, MAX_LENGTH
from digest.domain.query_tree import conjunction, disjunction, negation
from tests.domain.query_strategies import queries


def same(*texts: str) -> bool:
    return len({parse_query(text) for text in texts}) == 1


def word(text: str, field: str = "") -> Atom:
    return Atom(AtomKind.WORD, field, (text,))


def test_not_binds_tighter_than_and_and_and_tighter_than_or() -> None:
    a, b, c = word("a1"), word("b1"), word("c1")
    assert parse_query("a1 OR NOT b1 c1") == disjunction([a, conjunction([Not(b), c])])
    assert parse_query("(a1 OR b1) AND c1") == conjunction([disjunction([a, b]), c])
    assert parse_query("NOT (a1 b1)") == Not(And((a, b)))


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "mixture-of-experts",
            '"mixture of experts"',
            "Mixture‐of‐Experts",
            "“MIXTURE of experts”",
        ),
        ("André", "ANDRE", "Andr\\'e", "andre", '"Andre"'),
        ("straße", "STRASSE", "strasse"),
        ("Łukasz OR ørsted", "lukasz OR orsted"),
        ("a1 b1", "a1 AND b1", "b1  a1", "(a1) (b1)", "((a1 AND (b1)))", "a1 b1 a1", "a1\n\tb1"),
        ("a1 -b1", "a1 NOT b1", "a1 AND NOT b1", "-b1 a1", "a1 ---b1"),
        (
            "title:(a1 OR b1)",
            "title:b1 OR title:a1",
            "TITLE: (b1 OR a1)",
        ),
        ("cat:cs", "cat:cs.*", "CAT:CS", "cat:cs."),
        ("cat:cs.CL", 'cat:"cs.cl"'),
        ('author:"Yann LeCun"', 'author:"LeCun, Yann"', "author:yann-lecun"),
        ('source:"Hugging Face"', "source:huggingface", "source:Hugging-Face"),
        ("upvotes:>=20", "upvotes >= 20", "Upvotes:≥20.0", "upvotes>=020"),
        ("upvotes:20", "upvotes:=20", "upvotes=20"),
        ("gpt-4*", '"GPT 4*"'),
        ("（a1 OR b1）", "a1 OR b1"),
    ],
)
def test_spellings_of_one_query_are_one_tree(spellings: tuple[str, ...]) -> None:
    assert same(*spellings)
    assert len({query_hash(parse_query(text)) for text in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a1 b1", "a1 OR b1"),
        ("title:a1", "a1"),
        ("expert", "experts"),
        ("expert*", "expert"),
        ("upvotes:>20", "upvotes:>=20"),
        ('"a1 b1"', '"b1 a1"'),
        ("cat:cs", "cat:cs*"),
        ("a1 OR b1 c1", "(a1 OR b1) c1"),
        ("and", "AND1"),
    ],
)
def test_different_queries_have_different_hashes(one: str, other: str) -> None:
    assert query_hash(parse_query(one)) != query_hash(parse_query(other))


def test_the_hash_of_a_query_never_changes_between_releases() -> None:
    query = parse_query("mixture-of-experts OR title:(routing -survey) cat:cs.LG upvotes:>=20")
    assert query.canonical() == (
        '"mixture of experts" OR -title:survey cat:cs.lg title:routing upvotes>=20'
    )
    assert query_hash(query) == "2c6cd1b5baa8ba6722cbb77d9843dd7cdf76945111cfad0189713b8f05338b70"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('"Mixture of Experts"', "mixture of experts"),
        ("quantiz*", "quantiz*"),
        ("author:LeCun", "author:lecun"),
        ('author:"Yann LeCun"', 'author:"yann lecun"'),
        ("cat:CS.lg", "cat:cs.LG"),
        ("cat:physics.ao-ph", "cat:physics.ao-ph"),
        ("cat:hep-*", "cat:hep-*"),
        ("upvotes:>=20", "upvotes>=20"),
        ("stars:100", "stars=100"),
        ('title:"language model*"', 'title:"language model*"'),
    ],
)
def test_a_label_is_what_a_reader_would_write(text: str, label: str) -> None:
    (atom,) = parse_query(text).atoms()
    assert atom.label() == label
    assert same(text, f'"{label}"' if not atom.field else label)


def test_atoms_under_not_are_listed_but_never_positive() -> None:
    query = parse_query("a1 -b1 NOT (c1 OR -d1)")
    assert {atom.label() for atom in query.atoms()} == {"a1", "b1", "c1", "d1"}
    assert {atom.label() for atom in query.positive_atoms()} == {"a1", "d1"}


def test_limits_are_inclusive() -> None:
    assert len(parse_query(" ".join(f"w{n}" for n in range(MAX_ATOMS))).atoms()) == MAX_ATOMS
    assert parse_query("(" * MAX_DEPTH + "x1" + ")" * MAX_DEPTH) == word("x1")
    assert parse_query("x" * MAX_LENGTH).atoms()[0].terms == ("x" * MAX_LENGTH,)
    assert parse_query("-" * (MAX_LENGTH - 2) + "x1") == word("x1")


def test_a_query_of_not_alone_is_allowed() -> None:
    assert parse_query("NOT survey") == Not(word("survey"))


def test_small_and_or_not_are_words() -> None:
    assert {atom.label() for atom in parse_query("and or not ANDROID").atoms()} == {
        "and", "or", "not", "android",
    }  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(queries)
def test_the_canonical_form_parses_back_to_an_equal_tree(text: str) -> None:
    query = parse_query(text)
    again = parse_query(query.canonical())
    assert again == query
    assert again.canonical() == query.canonical()
    assert again.atoms() == query.atoms()
    assert query_hash(again) == query_hash(query)


@settings(max_examples=200, deadline=None)
@given(queries, queries, queries)
def test_order_and_grouping_of_operands_do_not_change_a_query(
    one: str, two: str, three: str
) -> None:
    assert same(f"({one}) ({two}) ({three})", f"({three}) AND (({two}) AND ({one}))")
    assert same(f"({one}) OR ({two}) OR ({three})", f"(({two}) OR ({three})) OR ({one}) OR ({two})")
    assert same(f"NOT NOT ({one})", one, f"  (({one}))\n")


@settings(max_examples=200, deadline=None)
@given(queries)
def test_atoms_are_the_leaves_and_positive_ones_are_among_them(text: str) -> None:
    query = parse_query(text)
    assert set(query.positive_atoms()) <= set(query.atoms())
    assert set(negation(query).atoms()) == set(query.atoms())
    assert all(atom.key in query.canonical() for atom in query.atoms())


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "AND",
                    "OR",
                    "NOT",
                    "(",
                    ")",
                    '"',
                    "-",
                    "*",
                    ":",
                    "title:",
                    "upvotes:",
                    ">=",
                    "20",
                    "author:",
                    "cat:",
                    "cs.",
                    "rag",
                    "é",
                    " ",
                    "\x00",
                    "\\'",
                    "{",
                    "source:",
                    "“",
                    "＂",
                ]
            ),
            max_size=14,
        ).map("".join),
    )
)
@example("cat:＊")
@example('cat:"((a)b)"')
@example('cat:"ｃ＊d"')
@example('cat:"a. ."')
@example("source:＊*")
@example("ŉ")
def test_any_text_gives_a_query_or_an_error_that_points_into_it(text: str) -> None:
    query = error = None
    try:
        query = parse_query(text)
    except QuerySyntaxError as raised:
        error = raised
    if query is not None:
        assert parse_query(query.canonical()) == query
    if error is not None:
        assert 0 <= error.position <= len(text)
        assert error.message
        assert error.pointer().count("\n") == 1


def test_smart_constructors_collapse_single_operands() -> None:
    assert conjunction([word("a1"), word("a1")]) == word("a1")
    assert disjunction([word("a1")]) == word("a1")
