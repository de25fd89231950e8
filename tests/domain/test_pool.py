"""The pool: its order, its closures, what is fresh; and the one order of each topic."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.facts import card_from_json, card_of, card_to_json, sections_of
from digest.domain.papers import Mention, Paper, Signal
from digest.domain.pool import Pool, build_pool, closure_masks, latest
from digest.domain.query import parse_query
from digest.domain.ranking import rank_topic
from digest.domain.trend import scale_from

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def paper(number: int, title: str = "Routing", *, at: datetime = NOW, **more: object) -> Paper:
    return Paper(number, title, f"https://arxiv.org/abs/{number}", at, at + 14 * DAY, **more)  # type: ignore[arg-type]  # fields by name


def pool(papers: list[Paper], votes: dict[int, float], **more: object) -> Pool:
    mentions = {p.id: [Mention("HF", p.first_seen_at, "u")] for p in papers}
    signals = {i: [Signal("HF", "upvotes", v, NOW - DAY / 2)] for i, v in votes.items()}
    given = {"aliases": {}, "scale": scale_from({}), "rising_trend": 40} | more
    return build_pool(NOW, papers, mentions, signals, **given)  # type: ignore[arg-type]  # by name


def ids(pool: Pool, mask: int) -> set[int]:
    return {c.paper.id for bit, c in enumerate(pool.candidates) if mask >> bit & 1}


def test_candidates_stand_by_trend_then_by_newest_listing_then_by_id() -> None:
    papers = [paper(1), paper(2, at=NOW - DAY), paper(3), paper(4)]
    made = pool(papers, {2: 50.0})
    assert [c.paper.id for c in made.candidates] == [2, 1, 3, 4]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.integers(1, 30), st.integers(1, 8), max_size=20))
def test_every_alias_covers_exactly_its_papers_bit(aliases: dict[int, int]) -> None:
    merged = {alias + 100: target for alias, target in aliases.items()}
    papers = [paper(n) for n in range(1, 9)]
    masks = closure_masks(papers, merged)
    for bit, item in enumerate(papers):
        for member in {item.id, *(a for a, t in merged.items() if t == item.id)}:
            assert masks[member] == 1 << bit
    assert set(masks) == {p.id for p in papers} | set(merged)


def test_a_paper_split_off_is_covered_by_its_parent_and_the_parents_aliases() -> None:
    masks = closure_masks([paper(5, split_from=2), paper(1)], {2: 1, 3: 1})
    assert masks[5] == 0b01
    for parent in (1, 2, 3):
        assert masks[parent] == 0b11


def test_news_is_what_came_after_the_readers_last_plan_or_rose_since() -> None:
    papers = [paper(1, at=NOW - 2 * DAY), paper(2, at=NOW - 2 * DAY), paper(7)]
    made = pool(papers, {2: 100.0})
    assert ids(made, made.fresh_bits(NOW - DAY, 2)) == {2, 7}
    assert ids(made, made.fresh_bits(NOW, 2)) == {7}
    assert ids(made, made.fresh_bits(NOW, 7)) == set()


def test_the_overall_list_is_what_has_attention_or_else_everything() -> None:
    papers = [paper(1), paper(2)]
    with_votes, without = pool(papers, {2: 9.0}), pool(papers, {})
    assert ids(with_votes, with_votes.trending_bits) == {2}
    assert ids(without, without.trending_bits) == {1, 2}


def test_the_latest_reading_of_each_source_counts() -> None:
    read = [
        Signal("HF", "stars", 9, NOW),
        Signal("HF", "stars", 50, NOW - DAY),
        Signal("X", "stars", 12, NOW - DAY),
    ]
    assert latest(read, "stars") == 12
    assert latest(read, "upvotes") == 0


def test_a_topic_ranks_by_trend_title_abstract_newest_and_id() -> None:
    papers = [
        paper(1, "Plain", abstract="on routing"),
        paper(2, "Routing", at=NOW - DAY),
        paper(3, "Routing of experts"),
        paper(4, "Routing of experts"),
        paper(5, "Plain again", abstract="on routing"),
        paper(6, "Nothing of it"),
    ]
    made = pool(papers, {5: 80.0})
    order = rank_topic(made, parse_query("routing OR experts"), None)
    assert [made.candidates[r.bit].paper.id for r in order] == [5, 3, 4, 2, 1]
    assert set(order[1].why) == {"routing", "experts"}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["routing", "pruning", "vision"]), min_size=1, max_size=12))
def test_an_order_holds_each_match_once_and_does_not_depend_on_the_pools_order(
    titles: list[str],
) -> None:
    papers = [paper(n, title) for n, title in enumerate(titles, 1)]
    votes = {n: float(n * 13 % 7) for n in range(1, len(titles) + 1)}
    query = parse_query("routing OR vision")
    one, two = pool(papers, votes), pool(papers[::-1], votes)
    orders = [
        [made.candidates[r.bit].paper.id for r in rank_topic(made, query, None)]
        for made in (one, two)
    ]
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == [n for n, t in enumerate(titles, 1) if t != "pruning"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.lists(st.text(max_size=9), max_size=4), st.booleans())
def test_a_frozen_card_survives_json(abstract: str, authors: list[str], voted: bool) -> None:
    item = paper(1, "T", abstract=abstract, authors=tuple(authors), organization="Org")
    made = pool([item], {1: 9.0} if voted else {})
    card = card_of(made.candidates[0], made.trends(None)[0])
    assert card_from_json(card_to_json(card)) == card
    assert card.sources == ("HF",)
    assert card_from_json(card_to_json(card) | {"of_a_newer_release": 1}) == card


def test_sections_follow_the_items_and_skip_lost_cards() -> None:
    made = pool([paper(1), paper(2)], {})
    cards = {c.paper.id: card_of(c, c.trend) for c in made.candidates}
    sections = sections_of([(2, "A", ("x",)), (9, "A", ()), (1, "B", ())], cards)
    assert [(s.topic, [c.paper_id for c in s.cards]) for s in sections] == [("A", [2]), ("B", [1])]
    assert sections[0].cards[0].why == ("x",)
