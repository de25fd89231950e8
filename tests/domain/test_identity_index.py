"""The index of known papers, by examples and against a naive loop."""

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.identity import Ambiguous, IdentityIndex, Match, Record, Rule, compare
from tests.domain.identity_records import AUTHORS, BEES, HEAT, TITLE, arxiv_of, records


def test_a_match_names_the_paper_the_rule_and_the_reason() -> None:
    index = IdentityIndex()
    index.add(7, Record(TITLE, HEAT, AUTHORS, "2508.13426"))
    index.add(8, Record("Bees", BEES, ("Grace Hopper",), doi="10.1000/182"))
    assert index.find(Record("?", doi="10.1000/182")) == Match(8, Rule.DOI, 1.0, "DOI 10.1000/182")
    found = index.find(Record(TITLE.lower(), "", ("Lovelace, Ada",)))
    assert found == Match(7, Rule.TITLE, 1.0, "same title and author lovelace")
    assert index.find(Record(TITLE, HEAT, AUTHORS, "2508.13427")) is None
    assert len(index) == 2


def test_every_member_of_a_paper_speaks_for_it() -> None:
    index = IdentityIndex()
    index.add(1, Record("Old Title of Another Kind", BEES, AUTHORS))
    index.add(1, Record(TITLE, HEAT, AUTHORS, "2508.13426"))
    match = index.find(Record("Old title of another kind", BEES, AUTHORS))
    assert isinstance(match, Match)
    assert match.key == 1
    other = Record("Old title of another kind", BEES, AUTHORS, "2508.13427")
    assert index.find(other) is None  # the paper has its arXiv id from another member


def test_a_record_that_fits_two_papers_joins_neither() -> None:
    index = IdentityIndex()
    index.add(1, Record(TITLE, HEAT, ("Ada Lovelace",)))
    index.add(2, Record(TITLE, BEES, ("Grace Hopper",)))
    found = index.find(Record(TITLE))
    assert isinstance(found, Ambiguous)
    assert found.keys == (1, 2)
    assert "title" in found.reason


def test_a_doi_of_two_arxiv_papers_chooses_neither() -> None:
    index = IdentityIndex()
    index.add(1, Record("A", arxiv_id="2508.13426", doi="10.1000/182"))
    index.add(2, Record("B", arxiv_id="2508.13427", doi="10.1000/182"))
    record = Record("C", doi="10.1000/182")
    assert isinstance(index.find(record), Ambiguous)
    assert [match.key for match in index.exact(record)] == [1, 2]


def test_exact_names_all_papers_that_an_entry_ties_together() -> None:
    index = IdentityIndex()
    index.add(5, Record("A", doi="10.1000/182"))
    index.add(9, Record("B", arxiv_id="2508.13426"))
    record = Record("C", arxiv_id="2508.13426", doi="10.1000/182")
    assert [(m.key, m.rule) for m in index.exact(record)] == [(9, Rule.ARXIV), (5, Rule.DOI)]
    found = index.find(record)
    assert isinstance(found, Match)
    assert found.key == 9


def test_a_discarded_paper_is_found_no_more() -> None:
    index = IdentityIndex()
    index.add(1, Record(TITLE, HEAT, AUTHORS, "2508.13426"))
    index.find(Record("look", BEES))
    index.discard(1)
    index.discard(1)
    assert index.find(Record(TITLE, HEAT, AUTHORS, "2508.13426")) is None
    index.add(2, Record(TITLE, HEAT, AUTHORS))
    found = index.find(Record("Other Words", HEAT, AUTHORS))
    assert isinstance(found, Match)
    assert found.key == 2


def test_thousands_of_papers_added_and_searched_in_turns_are_all_found() -> None:
    index = IdentityIndex()
    texts = [" ".join(f"w{n}x{k}" for k in range(60)) + " the same end of all" for n in range(2500)]
    for n, text in enumerate(texts):
        index.add(n, Record(f"Title {n}", text))
        if n % 2 and n > 2200:
            index.find(Record("none", text))
    for n in (0, 999, 1000, 2199, 2300, 2499):
        found = index.find(Record("Anything", texts[n]))
        assert isinstance(found, Match)
        assert (found.key, found.rule) == (n, Rule.ABSTRACT)


def naive_fits(papers: dict[int, list[Record]], record: Record) -> dict[int, set[Rule]]:
    fits: dict[int, set[Rule]] = {}
    for key, members in papers.items():
        ids = {arxiv_of(member) for member in members} - {None}
        if arxiv_of(record) and ids and arxiv_of(record) not in ids:
            continue
        rules = {found[0] for member in members if (found := compare(record, member))}
        if rules:
            fits[key] = rules
    return fits


@given(st.lists(st.tuples(st.integers(0, 4), records), max_size=8), records, st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_the_index_finds_what_a_loop_over_all_pairs_finds(
    known: list[tuple[int, Record]], record: Record, gone: int
) -> None:
    index, papers = IdentityIndex(), dict[int, list[Record]]()
    for key, member in known:
        index.add(key, member)
        papers.setdefault(key, []).append(member)
    index.discard(gone)
    papers.pop(gone, None)
    fits = naive_fits(papers, record)
    exact = {key for key, rules in fits.items() if rules & {Rule.ARXIV, Rule.DOI}}
    assert {match.key for match in index.exact(record)} == exact
    found = index.find(record)
    if exact:
        keys = found.keys if isinstance(found, Ambiguous) else (found.key,) if found else ()
        assert set(keys) <= exact
        assert keys
    elif len(fits) > 1:
        assert isinstance(found, Ambiguous)
        assert set(found.keys) == set(fits)
    elif fits:
        assert isinstance(found, Match)
        assert found.rule in fits[found.key]
    else:
        assert found is None
