"""A whole list of records, grouped into papers whatever its order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.identity import Record, Rule, dedupe
from tests.domain.identity_records import AUTHORS, BEES, HEAT, TITLE, arxiv_of, cut, records


def test_a_list_is_grouped_under_its_first_lines() -> None:
    lines = [
        Record(TITLE, cut(HEAT, 0.3)),
        Record("Bees", BEES, ("Grace Hopper",)),
        Record(TITLE, HEAT, AUTHORS, "2508.13426"),
        Record("Something Else", "", (), "2508.13426v2"),
        Record("Home Choice of Swarms", BEES),
    ]
    found = [(a.line, a.paper, a.rule) for a in dedupe(lines)]
    assert found == [
        (1, 1, None),
        (2, 2, None),
        (3, 1, Rule.TITLE),
        (4, 1, Rule.ARXIV),
        (5, 2, Rule.ABSTRACT),
    ]
    assert dedupe([]) == []


def test_exact_rules_chain_and_a_doi_of_two_papers_does_not() -> None:
    chain = [
        Record("A", doi="10.1000/1"),
        Record("B", arxiv_id="2508.00001", doi="10.1000/1"),
        Record("C", arxiv_id="2508.00001"),
        Record("D", arxiv_id="2508.00002", doi="10.1000/2"),
        Record("E", arxiv_id="2508.00003", doi="10.1000/2"),
        Record("F", doi="10.1000/2"),
        Record("G", doi="10.1000/2"),
    ]
    found = dedupe(chain)
    assert [a.paper for a in found] == [1, 1, 1, 4, 5, 6, 6]
    assert [a.rule for a in found[1:3]] == [Rule.DOI, Rule.ARXIV]


def test_a_bare_title_between_two_papers_joins_neither_in_any_order() -> None:
    a = Record(TITLE, HEAT, ("Ada Lovelace",))
    b = Record(TITLE, BEES, ("Grace Hopper",))
    for lines in ([a, b, Record(TITLE)], [Record(TITLE), a, b], [a, Record(TITLE), b]):
        assert [x.paper for x in dedupe(lines)] == [1, 2, 3]


def partition(lines: list[Record]) -> set[frozenset[tuple[Record, int]]]:
    groups: dict[int, list[Record]] = {}
    for line, record in zip(dedupe(lines), lines, strict=True):
        groups.setdefault(line.paper, []).append(record)
    return {frozenset((one, group.count(one)) for one in group) for group in groups.values()}


@given(
    st.lists(records, max_size=8).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some))
    )
)
@settings(max_examples=200, deadline=None)
def test_the_order_of_lines_does_not_change_the_groups(
    orders: tuple[list[Record], list[Record]],
) -> None:
    lines, shuffled = orders
    assert partition(lines) == partition(shuffled)
    for group in partition(lines):
        assert len({arxiv_of(record) for record, _ in group} - {None}) <= 1
    for assignment in dedupe(lines):
        assert assignment.paper <= assignment.line
        assert (assignment.rule is None) == (assignment.paper == assignment.line)
