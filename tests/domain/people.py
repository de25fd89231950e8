"""Strategies for people and files of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from digest.domain.catalogue import CatalogueTopic
from digest.domain.preferences import topics_from
from digest.domain.query import parse_query
from digest.domain.subscribers import (
    NEVER,
    Preferences,
    Subscriber,
    SubscriberState,
    Suppression,
    TopicItem,
)

CATALOGUE_SLUGS = ("moe", "agents")
_LOCALS = st.from_regex(r"[a-z0-9=+'#|-][a-z0-9=+'|-]{0,9}", fullmatch=True)
ADDRESSES = st.builds("{}@example.org".format, _LOCALS)
INSTANTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001  the zone is the next argument
    max_value=datetime(2026, 4, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
STATES = st.sampled_from([one for one in SubscriberState if one is not SubscriberState.ERASED])
QUERIES = st.sampled_from(
    ["sparse", 'moe OR "long context"', "title:attention -vision", r'"a\b"', "experts AND cs"]
)
NAMES = st.sampled_from(["Emmy Noether", "A. Turing", "O'Neil"])


def catalogue() -> dict[str, CatalogueTopic]:
    """The ready topics of these tests, by slug."""
    query = parse_query("experts")
    return {
        slug: CatalogueTopic(slug, slug.title(), "g", "", "experts", query)
        for slug in CATALOGUE_SLUGS
    }


def topics() -> st.SearchStrategy[tuple[TopicItem, ...]]:
    """Topics in the order of the columns: ready ones, queries, authors, categories."""
    items = [TopicItem(slug.title(), "experts", slug) for slug in CATALOGUE_SLUGS]
    ready = st.lists(st.sampled_from(items), unique=True)
    own = st.builds(
        lambda queries, authors, categories: topics_from({}, (), queries, authors, categories),
        st.lists(QUERIES, unique=True, max_size=3),
        st.lists(NAMES, unique=True, max_size=2),
        st.lists(st.sampled_from(["cs.LG", "quant-ph"]), unique=True, max_size=2),
    )
    return st.builds(lambda one, other: (*one, *other), ready, own)


PREFERENCES = st.builds(
    Preferences,
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
    hour=st.integers(0, 23),
    weekdays=st.integers(1, 127),
    max_papers=st.integers(5, 100),
    min_papers=st.integers(1, 5),
    language=st.sampled_from(["en", "de", "fr"]),
    extract=st.sampled_from(["short", "full"]),
    topics=topics(),
)


@st.composite
def readers(draw: st.DrawFn) -> Subscriber:
    """A reader in any state, with what goes with it."""
    state = draw(STATES)
    created = draw(INSTANTS)
    reader = Subscriber(
        id=draw(st.integers(1, 999)),
        address=draw(ADDRESSES),
        state=state,
        preferences=draw(PREFERENCES),
        seen_set_id=1,
        topic_set_id=1,
        fresh_since=NEVER,
        token_generation=0,
        created_at=created,
        state_reason=draw(st.sampled_from(["", "unsubscribed", "=cmd()", "a\tb"])),
    )
    if state not in (SubscriberState.PENDING, SubscriberState.WAITING):
        reader = replace(reader, confirmed_at=created + timedelta(hours=1))
    if state is SubscriberState.PAUSED:
        until = date(2026, 12, 24)
        reader = replace(reader, paused_until=until, state_reason=f"paused until {until}")
    if state is SubscriberState.SUPPRESSED:
        reader = replace(reader, suppression=draw(st.sampled_from(list(Suppression))))
    return reader
