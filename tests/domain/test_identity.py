"""One paper or two: the rules, pair by pair."""

import pytest
from hypothesis import given, settings

from digest.domain.identity import Record, Rule, compare
from tests.domain.identity_records import AUTHORS, BEES, HEAT, TITLE, arxiv_of, cut, records


def rule_of(a: Record, b: Record) -> Rule | None:
    found = compare(a, b)
    assert found == compare(b, a)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Record("A", arxiv_id="2508.13426v1"), Record("B", arxiv_id="arXiv:2508.13426")),
        (Record("A", arxiv_id="2508.13426"), Record("B", doi="10.48550/arXiv.2508.13426")),
        (Record("A", arxiv_id="math.GT/0309136"), Record("B", arxiv_id="math/0309136v2")),
    ],
)
def test_one_arxiv_id_is_one_paper(a: Record, b: Record) -> None:
    assert rule_of(a, b) is Rule.ARXIV


def test_two_arxiv_ids_are_two_papers_whatever_else_agrees() -> None:
    a = Record(TITLE, HEAT, AUTHORS, "2508.13426", "10.1000/182")
    assert rule_of(a, Record(TITLE, HEAT, AUTHORS, "2508.13427", "10.1000/182")) is None


def test_one_doi_is_one_paper_and_two_dois_prove_nothing() -> None:
    assert rule_of(Record("A", doi="10.1000/182"), Record("B", doi="doi:10.1000/182")) is Rule.DOI
    a, b = (Record(TITLE, HEAT, AUTHORS, doi=f"10.1000/{n}") for n in (1, 2))
    assert rule_of(a, b) is Rule.TITLE


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Record("Heat", HEAT, AUTHORS), Record("HEAT", cut(HEAT, 0.5), ("Turing, A.",))),
        (Record(TITLE, HEAT, AUTHORS), Record(TITLE.upper(), BEES, AUTHORS)),
        (Record(TITLE, HEAT), Record(TITLE + " (2024)", cut(HEAT, 0.3), AUTHORS)),
        (Record(TITLE, HEAT, AUTHORS), Record(TITLE)),
        (Record(TITLE), Record(TITLE, "Too short.")),
        (Record("$\\beta$-VAE", HEAT), Record("β-VAE", HEAT, AUTHORS)),
    ],
)
def test_the_same_title_with_evidence_is_one_paper(a: Record, b: Record) -> None:
    assert rule_of(a, b) is Rule.TITLE


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Record("Introduction"), Record("Introduction")),
        (Record("A Survey", HEAT), Record("A Survey", BEES)),
        (Record(TITLE, HEAT), Record(TITLE, BEES)),
        (Record(TITLE, HEAT, ("Ada Lovelace",)), Record(TITLE, HEAT, ("Grace Hopper",))),
        (Record(TITLE, "", ("Ada Lovelace",)), Record(TITLE, HEAT, ("Grace Hopper",))),
        (Record("Introduction", HEAT, ("W. Wang",)), Record("Introduction", BEES, ("X. Wang",))),
        (
            Record(TITLE, HEAT, ("W. Wang", "B. Li", "C. Xu")),
            Record(TITLE, BEES, ("X. Wang", "D. Ma", "E. Yu")),
        ),
        (Record("The 2024 Challenge", "", AUTHORS), Record("The 2025 Challenge", "", AUTHORS)),
        (Record("", HEAT[:20], AUTHORS), Record("", HEAT[:20], AUTHORS)),
        (Record("$$", "", AUTHORS), Record("--", "", AUTHORS)),
    ],
)
def test_the_same_title_without_evidence_is_two_papers(a: Record, b: Record) -> None:
    assert rule_of(a, b) is None


def test_half_of_a_full_abstract_is_one_paper_under_another_title() -> None:
    a = Record(TITLE, HEAT, AUTHORS)
    assert (
        rule_of(a, Record("Phonons at an Interface", cut(HEAT, 0.9), ("Turing",))) is Rule.ABSTRACT
    )
    assert rule_of(a, Record("Phonons at an Interface", HEAT, ("Grace Hopper",))) is None
    assert (
        rule_of(a, Record("Phonons at an Interface", cut(HEAT, 0.6), AUTHORS)) is None
    )  # 33 words
    assert rule_of(a, Record("Phonons at an Interface", BEES, AUTHORS)) is None


@pytest.mark.parametrize("sequel", ["II", "2", "V2", "Part Two", "++"])
def test_a_sequel_is_another_paper_unless_its_abstract_is_the_same(sequel: str) -> None:
    first = Record(TITLE, HEAT, AUTHORS)
    mixed = cut(HEAT, 0.7) + " " + cut(BEES, 0.3)
    assert rule_of(first, Record(f"{TITLE} {sequel}", mixed, AUTHORS)) is None
    assert rule_of(first, Record(f"{TITLE} {sequel}", HEAT, AUTHORS)) is Rule.ABSTRACT


def test_parts_of_a_series_are_different_papers() -> None:
    one, two = Record(f"{TITLE}, Part I", HEAT, AUTHORS), f"{TITLE}, Part II"
    assert rule_of(one, Record(two, cut(HEAT, 0.8) + " " + cut(BEES, 0.3), AUTHORS)) is None


def test_a_title_nearly_the_same_needs_some_of_the_abstract() -> None:
    near = TITLE.replace("Heat Flow", "Heat-flows")
    assert rule_of(Record(TITLE, HEAT, AUTHORS), Record(near, cut(HEAT, 0.5))) is (
        Rule.TITLE_ABSTRACT
    )
    assert rule_of(Record(TITLE, HEAT, AUTHORS), Record(near, "", AUTHORS)) is None
    assert rule_of(Record(TITLE, HEAT, AUTHORS), Record(near, BEES, AUTHORS)) is None


def test_mh_moe_and_multi_head_mixture_of_experts_are_two_papers() -> None:
    a = Record("Multi-Head Mixture-of-Experts", HEAT, AUTHORS)
    b = Record("MH-MoE: Multi-Head Mixture-of-Experts", BEES + " " + cut(HEAT, 0.2), AUTHORS)
    assert rule_of(a, b) is None


@given(records, records)
@settings(max_examples=300, deadline=None)
def test_comparison_is_symmetric_and_never_joins_two_arxiv_ids(a: Record, b: Record) -> None:
    found = compare(a, b)
    assert found == compare(b, a)
    if arxiv_of(a) and arxiv_of(b) and arxiv_of(a) != arxiv_of(b):
        assert found is None
    if found:
        assert 0 < found[1] <= 1
        assert found[2]
