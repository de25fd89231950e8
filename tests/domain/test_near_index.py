"""The index that is built as it is asked finds what one index of everything finds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.identity import IdentityIndex, Match, Record
from digest.domain.near_index import NearIndex

TITLES = (
    "A careful measurement of router collapse in sparse models",
    "A careful measurement of router collapse in sparse models 2",
    "Quiet oceans of light",
)
WORDS = "we measure how routers collapse and find that forty percent of the experts never wake up "
RECORDS = st.builds(
    Record,
    title=st.sampled_from(TITLES),
    abstract=st.sampled_from(["", WORDS * 4, WORDS * 3 + "and then some more words follow here"]),
    authors=st.sampled_from([(), ("Ada Quill",), ("Bo Reed", "Ada Quill")]),
    arxiv_id=st.sampled_from([None, None, "2605.00001", "2605.00002"]),
)


def told(found: object) -> object:
    return found.key if isinstance(found, Match) else type(found).__name__


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), RECORDS), max_size=10), st.lists(RECORDS, max_size=4))
def test_it_finds_by_the_near_rules_what_one_index_finds(
    papers: list[tuple[int, Record]], asked: list[Record]
) -> None:
    near, held = NearIndex(), {}
    for key, record in papers:
        near.put(key, record)
        held[key] = record
    for record in asked:
        others = {k: r for k, r in held.items() if not (r.arxiv_id and record.arxiv_id)}
        whole = IdentityIndex()
        for key, paper in others.items():
            whole.add(key, paper)
        assert told(near.find(record)) == told(whole.find(record))


def test_a_forgotten_paper_is_not_found_wherever_it_waited() -> None:
    record = Record(TITLES[0], WORDS * 4, ("Ada Quill",))
    near = NearIndex()
    near.put(1, record)
    near.discard(1)
    assert near.find(record) is None
    near.put(2, record)
    assert told(near.find(record)) == 2
    near.discard(2)
    near.discard(2)
    assert near.find(record) is None
