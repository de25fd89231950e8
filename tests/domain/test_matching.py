"""The bitmask matcher against a plain evaluator, and the laws that it must keep."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.matching import (
    Document,
    TokenCache,
    build_index,
    iter_bits,
    lowest_bits,
    tokenise,
)
from digest.domain.postings import mask_of
from digest.domain.query import Query, parse_query
from digest.domain.query_tree import conjunction, disjunction, negation
from tests.domain.naive_match import naive_matches
from tests.domain.query_strategies import documents, queries

pools = st.lists(documents, max_size=5)


def paper(title: str = "", abstract: str = "", **fields: object) -> Document:
    return Document(1, title, abstract, **fields)  # type: ignore[arg-type]  # names of Document


def matches(query: str, document: Document) -> bool:
    return build_index([document]).match(parse_query(query)) == 1


@settings(max_examples=250, deadline=None)
@given(pools, queries)
def test_the_index_finds_what_a_plain_evaluator_finds(pool: list[Document], text: str) -> None:
    query = parse_query(text)
    found = list(iter_bits(build_index(pool).match(query)))
    assert found == [bit for bit, one in enumerate(pool) if naive_matches(query, one)]


@settings(max_examples=50, deadline=None)
@given(pools, queries, queries)
def test_boolean_laws_hold(pool: list[Document], one: str, two: str) -> None:
    index = build_index(pool)
    a, b = parse_query(one), parse_query(two)
    everything = (1 << len(pool)) - 1

    def match(query: Query) -> int:
        return index.match(query)

    assert match(negation(conjunction([a, b]))) == match(disjunction([negation(a), negation(b)]))
    assert match(negation(disjunction([a, b]))) == match(conjunction([negation(a), negation(b)]))
    assert match(conjunction([a, b])) == match(a) & match(b)
    assert match(disjunction([a, b])) == match(a) | match(b)
    assert match(negation(a)) == everything ^ match(a)


@settings(max_examples=50, deadline=None)
@given(pools, queries)
def test_a_document_matches_the_same_alone_and_among_others(
    pool: list[Document], text: str
) -> None:
    query = parse_query(text)
    together = build_index(pool).match(query)
    assert [together >> bit & 1 for bit in range(len(pool))] == [
        build_index([one]).match(query) for one in pool
    ]


@settings(max_examples=150, deadline=None)
@given(documents, queries)
def test_hits_are_the_positive_atoms_that_match_alone(document: Document, text: str) -> None:
    query = parse_query(text)
    index = build_index([document])
    hits = index.hits(query, 0)
    alone = {atom for atom in query.positive_atoms() if naive_matches(atom, document)}
    assert set(hits.title + hits.elsewhere) == alone
    assert sorted(hits.labels) == sorted(atom.label() for atom in alone)
    assert all(atom.field in {"", "title"} for atom in hits.title)


@settings(max_examples=60, deadline=None)
@given(pools, queries)
def test_tokens_made_before_give_the_same_matches(pool: list[Document], text: str) -> None:
    query = parse_query(text)
    ready = [tokenise(one) for one in pool]
    assert build_index(pool, ready).match(query) == build_index(pool).match(query)


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(0, 700)), st.integers(0, 12))
def test_the_lowest_bits_are_the_best_scored(bits: set[int], n: int) -> None:
    mask = sum(1 << bit for bit in bits)
    assert list(iter_bits(mask)) == sorted(bits)
    assert lowest_bits(mask, n) == sorted(bits)[:n]
    assert mask_of(bits) == mask_of(sorted(bits, reverse=True)) == mask


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=30))
def test_no_text_of_a_document_raises(title: str, abstract: str, name: str) -> None:
    document = paper(title, abstract, authors=(name,), categories=(name,), sources=(title,))
    index = build_index([document])
    assert index.match(parse_query('x1 OR author:"y lecun" OR cat:cs OR source:a1*')) in {0, 1}


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("mixture-of-experts", paper("Mixture of Experts")),
        ('"mixture of experts"', paper(abstract="a Mixture-of-\nExperts layer")),
        ('"mixture of experts"', paper(abstract=r"a \emph{mixture} of {\bf experts}")),
        ("quantiz*", paper("Quantizing")),
        ('"language model*"', paper("Large Language Models")),
        ("gpt-4*", paper("GPT-4o")),
        ("author:andre", paper(authors=(r"Andr\'e Martins",))),
        ('author:"Yann LeCun"', paper(authors=("Ada B", "Yann LeCun"))),
        ('author:"Yann LeCun"', paper(authors=("LeCun, Yann",))),
        ('author:"LeCun, Yann"', paper(authors=("Yann LeCun",))),
        ('author:"Yann LeCun"', paper(authors=("Y. LeCun",))),
        ('author:"Y. LeCun"', paper(authors=("Yann LeCun",))),
        ('author:"Geoffrey Hinton"', paper(authors=("Geoffrey E. Hinton",))),
        ("author:hint*", paper(authors=("Geoffrey Hinton",))),
        ("author:o'brien", paper(authors=("Conor O’Brien",))),
        ("cat:cs.cl", paper(categories=("cs.CL",))),
        ("cat:cs", paper(categories=("stat.ML", "cs.CL"))),
        ("cat:hep-*", paper(categories=("hep-th",))),
        ("cat:I.2", paper(categories=("F.2.2; I.2.7",))),
        ("cat:68T45", paper(categories=("68T45 (Machine vision)",))),
        ('cat:"machine learning"', paper(categories=("Machine  Learning",))),
        ("source:arxiv", paper(sources=("arXiv cs.CL",))),
        ("source:huggingface", paper(sources=("Hugging Face",))),
        ('source:"Hugging Face"', paper(sources=("huggingface",))),
        ('source:"hugging face*"', paper(sources=("Hugging Face papers",))),
        ("diffusion", paper(keywords=("video diffusion",))),
        ("upvotes:>=20 stars:<10 stars:0", paper(upvotes=20)),
        ("NOT survey", paper("A study")),
        ("模型", paper("大模型")),
    ],
)
def test_it_matches(query: str, document: Document) -> None:
    assert matches(query, document)


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("expert", paper("Mixture of Experts")),
        ('"language model"', paper("Language models are no model")),
        ('author:"Yann LeCun"', paper(authors=("Y. L.", "Ada LeCun"))),
        ('"deep learning"', paper("Deep", "learning")),
        ('"video diffusion"', paper(keywords=("video", "diffusion"))),
        ('"a1 b1"', paper("b1 a1")),
        ("title:agents", paper(abstract="agents")),
        ("abstract:agents", paper("agents", keywords=("agents",))),
        ("lecun", paper(authors=("Yann LeCun",))),
        ('author:"Yann Hinton"', paper(authors=("Yann LeCun", "Geoffrey Hinton"))),
        ('author:"LeCun Geoffrey"', paper(authors=("Yann LeCun", "Geoffrey Hinton"))),
        ('author:"Yann LeCun"', paper(authors=("Y. L.",))),
        ('author:"Yann LeCun"', paper(authors=("Yves LeCun",))),
        ("cat:cs.C", paper(categories=("cs.CL",))),
        ("cat:math", paper(categories=("math-ph",))),
        ("cat:cs", paper(categories=("csx.AB",))),
        ("source:face*", paper(sources=("huggingface",))),
        ("upvotes:>20", paper(upvotes=20)),
        ("upvotes:20", paper(upvotes=21)),
        ("upvotes:>=0", paper(upvotes=float("nan"))),
        ("NOT survey", paper("A survey")),
    ],
)
def test_it_does_not_match(query: str, document: Document) -> None:
    assert not matches(query, document)


def test_hits_tell_the_title_from_the_rest() -> None:
    index = build_index(
        [paper("Other"), paper("Agents", "agents plan", authors=("Ada B",), upvotes=30)]
    )
    query = parse_query("agents plan OR author:ada OR upvotes:>=20 OR -survey")
    hits = index.hits(query, 1)
    assert [atom.label() for atom in hits.title] == ["agents"]
    assert {atom.label() for atom in hits.elsewhere} == {
        "agents", "plan", "author:ada", "upvotes>=20",
    }  # fmt: skip
    assert hits.labels[0] == "agents"
    assert len(hits.labels) == 4
    assert index.hits(query, 0).labels == ()


def test_an_empty_pool_matches_nothing_even_by_not() -> None:
    assert build_index([]).match(parse_query("NOT survey")) == 0


def test_tokens_of_another_number_are_refused() -> None:
    with pytest.raises(ValueError, match="1 documents but 0 tokens"):
        build_index([paper("a")], [])


def test_the_cache_keeps_tokens_until_a_text_changes_or_a_paper_leaves() -> None:
    cache = TokenCache()
    one, two = Document(1, "one"), Document(2, "two")
    first = cache.tokens([one, two])
    again = cache.tokens([Document(2, "two", upvotes=9.0), Document(1, "ONE")])
    assert again[0] is first[1]
    assert again[1] is not first[0]
    cache.tokens([one])
    assert cache.tokens([two])[0] is not first[1]
