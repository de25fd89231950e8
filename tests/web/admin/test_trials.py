"""What a query would have matched against another one: the sums of both sides agree."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.matching import iter_bits
from digest.domain.query import parse_query
from digest.services.snapshot import DAYS, Snapshot
from digest.web.admin.trials import SHOWN, try_topic
from tests.domain.test_pool import paper, pool

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WORDS = ("graph", "expert", "routing", "merging")
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from([f" {sign} ".join(words) for sign in ("AND", "OR", "AND NOT")])
)


def snapshot(titles: list[tuple[str, int]]) -> Snapshot:
    """Return a snapshot of papers with these titles, so many hours old."""
    papers = [
        paper(number, title, at=NOW - timedelta(hours=hours))
        for number, (title, hours) in enumerate(titles, 1)
    ]
    return Snapshot(NOW, pool(papers, {}))


@given(st.lists(st.tuples(TITLES, st.integers(0, DAYS * 24)), max_size=70), QUERIES, QUERIES)
def test_what_is_gained_and_lost_is_the_difference_of_both(
    titles: list[tuple[str, int]], one: str, two: str
) -> None:
    made = snapshot(titles)
    tried = try_topic(made, one, parse_query(two), "")
    new, old = (set(iter_bits(made.pool.index.match(parse_query(text)))) for text in (one, two))
    assert (tried.matched, tried.looked_at) == (len(new), len(titles))
    assert (tried.gained, tried.lost) == (len(new - old), len(old - new))
    assert len(tried.papers) == min(len(new), SHOWN)
    assert len(tried.lost_papers) == min(len(old - new), SHOWN)
    if len(new) <= SHOWN:
        assert sum(one.gained for one in tried.papers) == tried.gained
    assert [one.trend for one in tried.papers] == sorted(
        (one.trend for one in tried.papers), reverse=True
    )
    assert (tried.bars is None) is (not new)


@given(st.lists(st.tuples(TITLES, st.integers(0, DAYS * 24)), max_size=10), st.text(max_size=40))
def test_any_text_is_tried_or_pointed_at(titles: list[tuple[str, int]], text: str) -> None:
    tried = try_topic(snapshot(titles), text, None, "")
    assert bool(tried.error) is bool(tried.pointer)
    assert (tried.gained, tried.lost, tried.compared) == (0, 0, False)
