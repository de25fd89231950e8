"""What readers choose, checked; and their topics, stored and named."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.catalogue import CatalogueTopic
from digest.domain.preferences import PreferenceError, check_preferences, topics_from
from digest.domain.query import parse_query
from digest.domain.subscribers import (
    Preferences,
    TopicItem,
    address_key,
    mask_address,
    topic_items,
    topic_set_hash,
    topic_set_json,
)

cases = settings(max_examples=150, deadline=None)
items = st.lists(
    st.builds(TopicItem, st.text(max_size=9), st.text(max_size=9), st.none() | st.just("slug")),
    max_size=5,
)
VISION = CatalogueTopic("vision", "Vision", "Sight", "d", "vision", parse_query("vision"))


@cases
@given(items)
def test_a_topic_set_survives_storing(chosen: list[TopicItem]) -> None:
    assert topic_items(topic_set_json(chosen)) == tuple(chosen)


@cases
@given(items, items)
def test_topic_sets_are_one_where_slugs_names_and_queries_are_the_same_in_order(
    one: list[TopicItem], two: list[TopicItem]
) -> None:
    def told(chosen: list[TopicItem]) -> list[tuple[str | None, ...]]:
        return [(i.slug, i.query, i.name if i.slug is not None else None) for i in chosen]

    same = told(one) == told(two)
    assert (topic_set_hash(one) == topic_set_hash(two)) == same


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"zone": "Mars/Base"}, "IANA"),
        ({"zone": "../etc/passwd"}, "IANA"),
        ({"hour": 24}, "0 to 23"),
        ({"hour": -1}, "0 to 23"),
        ({"weekdays": 0}, "weekday"),
        ({"weekdays": 128}, "weekday"),
        ({"max_papers": 0}, "1 to 100"),
        ({"max_papers": 101}, "1 to 100"),
        ({"min_papers": 0}, "minimum"),
        ({"min_papers": 11}, "minimum"),
        ({"language": "xx"}, "languages"),
        ({"extract": "long"}, "short or full"),
        ({"topics": tuple(TopicItem("a", "a") for _ in range(41))}, "at most 40"),
        ({"topics": (TopicItem("a", "((("),)}, "\n"),
    ],
)
def test_a_choice_out_of_bounds_is_refused_with_a_sentence(
    change: dict[str, object], words: str
) -> None:
    check_preferences(Preferences())
    with pytest.raises(PreferenceError, match=words):
        check_preferences(replace(Preferences(), **change))  # type: ignore[arg-type]  # by name


def test_topics_come_in_order_and_each_once() -> None:
    made = topics_from(
        {"vision": VISION},
        slugs=["vision", "vision"],
        queries=["Routing"],
        authors=['Ada "L" Lovelace'],
        categories=["cs.LG"],
    )
    assert [item.slug for item in made] == ["vision", None, None, None]
    assert [item.name for item in made][:2] == ["Vision", "Routing"]
    assert made[3].query == parse_query("cat:cs.LG").canonical()


def test_an_unknown_topic_names_the_nearest() -> None:
    with pytest.raises(PreferenceError, match="near it are vision"):
        topics_from({"vision": VISION}, slugs=["visoin"])
    with pytest.raises(PreferenceError, match="no topic 'x'"):
        topics_from({}, slugs=["x"])


@cases
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12))
def test_whatever_somebody_writes_becomes_topics_or_a_sentence(
    query: str, author: str, category: str
) -> None:
    for wanted in ({"queries": [query]}, {"authors": [author]}, {"categories": [category]}):
        try:
            made = topics_from({}, **wanted)
        except PreferenceError:
            continue
        check_preferences(replace(Preferences(), topics=made))


@cases
@given(st.emails())
def test_an_address_has_one_key_and_its_mask_hides_the_rest(address: str) -> None:
    assert address_key(f" {address.upper()} ") == address_key(address)
    local, _, host = address.rpartition("@")
    assert mask_address(address) == f"{local[0]}***@{host}"


def test_a_mask_of_nothing_is_still_text() -> None:
    assert mask_address("") == "***@"
