"""What a link may do: the whole table of purpose, age, generation, state and right."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.access import MANAGE_VALID, Right, access_of, allows
from digest.domain.subscribers import NEVER, Preferences, Subscriber, SubscriberState
from digest.domain.tokens import Claims, Purpose

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
YOUNG, OLD = timedelta(minutes=60), timedelta(minutes=60, seconds=1)
S, P = SubscriberState, Purpose
ALIVE = {S.PENDING, S.WAITING, S.ACTIVE, S.PAUSED, S.UNSUBSCRIBED, S.SUPPRESSED}
# Every (purpose, right) that is ever granted: to links of which ages, to which states, and whether
# the generation of the link must be the reader's (of the feed, for a feed). All else is refused.
GRANTED: dict[tuple[Purpose, Right], tuple[set[timedelta], set[SubscriberState], bool]] = {
    (P.MAIL, Right.LEAVE): ({YOUNG, OLD}, ALIVE | {S.ERASED}, False),
    (P.MANAGE, Right.LEAVE): ({YOUNG, OLD}, ALIVE | {S.ERASED}, False),
    (P.MAIL, Right.USE): ({YOUNG, OLD}, ALIVE, True),
    (P.MANAGE, Right.USE): ({YOUNG}, ALIVE, True),
    (P.MANAGE, Right.MANAGE): ({YOUNG}, ALIVE, True),
    (P.FEED, Right.FEED): ({YOUNG, OLD}, {S.ACTIVE, S.PAUSED}, True),
}


def reader(state: SubscriberState = S.ACTIVE, erase_asked_at: datetime | None = None) -> Subscriber:
    """Return reader 7, whose links are of generation 3 and whose feed is of generation 5."""
    return Subscriber(
        id=7,
        address="ada@example.org",
        state=state,
        preferences=Preferences(),
        seen_set_id=1,
        topic_set_id=1,
        fresh_since=NEVER,
        token_generation=3,
        created_at=NOW,
        feed_generation=5,
        erase_asked_at=erase_asked_at,
    )


def claims(purpose: Purpose, age: timedelta, *, current: bool = True) -> Claims:
    """Return the claims of a link to reader 7, of the generation in force or the one before."""
    generation = (5 if purpose is P.FEED else 3) - (not current)
    return Claims(purpose, 7, 1, generation, NOW - age)


def test_the_table_says_what_every_link_may_do() -> None:
    looked_at = 0
    for purpose, right, age, state, current in product(P, Right, (YOUNG, OLD), S, (True, False)):
        ages, states, bound = GRANTED.get((purpose, right), (set(), set(), True))
        expected = age in ages and state in states and (current or not bound)
        found = allows(claims(purpose, age, current=current), reader(state), right, NOW)
        assert found == expected, (purpose, right, age, state, current)
        looked_at += 1
    assert looked_at == 5 * 4 * 2 * 7 * 2


def test_the_generation_of_links_opens_no_feed_and_that_of_the_feed_no_page() -> None:
    swapped = Claims(P.FEED, 7, 0, 3, NOW)
    assert not allows(swapped, reader(), Right.FEED, NOW)
    assert not allows(Claims(P.MAIL, 7, 1, 5, NOW), reader(), Right.USE, NOW)


def test_who_asked_to_be_erased_can_only_leave() -> None:
    going = reader(erase_asked_at=NOW)
    for purpose, right in product(P, Right):
        expected = right is Right.LEAVE and purpose in (P.MAIL, P.MANAGE)
        assert allows(claims(purpose, YOUNG), going, right, NOW) == expected


def test_a_link_whose_reader_is_gone_or_another_can_only_leave() -> None:
    for purpose, right in product(P, Right):
        expected = right is Right.LEAVE and purpose in (P.MAIL, P.MANAGE)
        assert allows(claims(purpose, YOUNG), None, right, NOW) == expected
        other = Claims(purpose, 8, 1, 5 if purpose is P.FEED else 3, NOW)
        assert allows(other, reader(), right, NOW) == expected


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(P),
    st.timedeltas(timedelta(days=-1), timedelta(days=4000)),
    st.booleans(),
    st.sampled_from(S),
    st.none() | st.just(NOW),
)
def test_access_is_full_exactly_where_the_person_may_be_managed(
    purpose: Purpose,
    age: timedelta,
    current: bool,
    state: SubscriberState,
    erase_asked_at: datetime | None,
) -> None:
    said, held = claims(purpose, age, current=current), reader(state, erase_asked_at)
    access = access_of(said, held, NOW)
    assert (access is not None) == allows(said, held, Right.USE, NOW)
    if access is None:
        assert not allows(said, held, Right.MANAGE, NOW)
        return
    assert access.full == allows(said, held, Right.MANAGE, NOW)
    assert access.full == (purpose is P.MANAGE and age <= MANAGE_VALID)
    # time takes rights away and gives none
    later = access_of(said, held, NOW + timedelta(hours=2))
    assert later is None or not later.full
