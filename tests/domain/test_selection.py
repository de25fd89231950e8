"""The choice of a digest: never too long, never seen, under the first topic, enough news."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.ranking import Ranked
from digest.domain.selection import (
    Selected,
    TopicOrder,
    empty_sentence,
    select,
    wanted_papers,
)

BITS = 14


@dataclass(frozen=True)
class Case:
    topics: tuple[TopicOrder, ...]
    seen: int
    fresh: int
    maximum: int
    minimum: int

    def choose(self) -> Selected:
        return select(self.topics, self.seen, self.fresh, self.maximum, self.minimum)


def topic(name: str, bits: list[int]) -> TopicOrder:
    ordered = sorted(bits, key=lambda bit: (-(bit * 7 % 5), bit))
    ranked = tuple(Ranked(b, (-(b * 7 % 5), 0, 0, 0.0, b), (f"{name}-{b}",)) for b in ordered)
    return TopicOrder(name, ranked)


masks = st.integers(0, 2**BITS - 1)
cases = st.builds(
    Case,
    topics=st.lists(st.lists(st.integers(0, BITS - 1), unique=True), max_size=5).map(
        lambda lists: tuple(topic(f"t{n}", bits) for n, bits in enumerate(lists))
    ),
    seen=masks,
    fresh=masks,
    maximum=st.integers(1, 8),
    minimum=st.integers(1, 8),
)
many = settings(max_examples=300, deadline=None)


@many
@given(cases)
def test_a_digest_is_never_longer_than_asked_and_holds_no_paper_twice_or_again(case: Case) -> None:
    bits = [choice.bit for choice in case.choose().choices]
    assert len(bits) <= case.maximum
    assert len(set(bits)) == len(bits)
    assert not [bit for bit in bits if case.seen >> bit & 1]


@many
@given(cases)
def test_either_enough_news_or_no_mail_with_the_reason(case: Case) -> None:
    chosen = case.choose()
    matching = {r.bit for t in case.topics for r in t.ranked}
    news = [b for b in matching if not case.seen >> b & 1 and case.fresh >> b & 1]
    wanted = min(case.minimum, case.maximum)
    assert chosen.fresh == len(news)
    assert chosen.matched == len(matching)
    assert chosen.already_seen == len([b for b in matching if case.seen >> b & 1])
    assert bool(chosen.choices) == (len(news) >= wanted)
    assert bool(chosen.empty_reason) == (not chosen.choices)
    if chosen.choices:
        assert len([c for c in chosen.choices if c.bit in news]) >= wanted


@many
@given(cases)
def test_a_paper_stands_under_the_first_topic_that_it_matches(case: Case) -> None:
    names = [t.name for t in case.topics]
    for choice in case.choose().choices:
        first = next(t for t in case.topics if choice.bit in [r.bit for r in t.ranked])
        assert choice.topic == first.name
        assert choice.why == (f"{first.name}-{choice.bit}",)
    order = [names.index(choice.topic) for choice in case.choose().choices]
    assert order == sorted(order)


@many
@given(cases)
def test_a_digest_is_full_where_there_is_enough_to_fill_it(case: Case) -> None:
    chosen = case.choose()
    unseen = {r.bit for t in case.topics for r in t.ranked if not case.seen >> r.bit & 1}
    if chosen.choices:
        assert len(chosen.choices) == min(case.maximum, len(unseen))


@many
@given(cases)
def test_every_topic_gets_its_best_paper_where_there_is_room_for_a_floor(case: Case) -> None:
    chosen = case.choose()
    if not chosen.choices or len(case.topics) > case.maximum - min(case.minimum, case.maximum):
        return
    placed: set[int] = set()
    for order in case.topics:
        own = [r.bit for r in order.ranked if r.bit not in placed and not case.seen >> r.bit & 1]
        placed |= {r.bit for r in order.ranked}
        if own:
            assert own[0] in [choice.bit for choice in chosen.choices]


def test_the_reasons_for_no_mail_are_told_apart() -> None:
    one = (topic("t", [0, 1]),)
    assert select((topic("t", []),), 0, 0, 5, 1).empty_reason == (
        "no paper of the window matches your topics"
    )
    assert select(one, 0b11, 0b11, 5, 1).empty_reason == (
        "you have had all 2 papers that match your topics"
    )
    assert select(one, 0, 0b01, 5, 2).empty_reason == (
        "1 new of 2 matching papers, and you asked for at least 2 papers"
    )
    assert select(one, 0, 0, 5, 1).empty_reason.endswith("at least 1 paper")


@many
@given(cases)
def test_the_reason_for_no_mail_follows_from_the_figures_that_are_kept(case: Case) -> None:
    chosen = case.choose()
    if chosen.empty is not None:
        wanted = wanted_papers(case.minimum, case.maximum)
        derived = empty_sentence(chosen.matched, chosen.already_seen, chosen.fresh, wanted)
        assert derived == chosen.empty
        assert str(derived) == chosen.empty_reason


def test_a_choice_does_not_depend_on_what_stands_seen_elsewhere() -> None:
    case = Case((topic("t", [1, 2, 3]),), 0, 0b1110, 2, 1)
    assert case.choose() == Case(case.topics, 1 << 9, 0b1110, 2, 1).choose()
