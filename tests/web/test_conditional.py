"""Tests of entity tags and of what If-None-Match names."""

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.web.conditional import entity_tag, names_tag


@settings(max_examples=100, deadline=None)
@given(st.binary(), st.binary())
def test_two_bodies_share_a_tag_only_when_they_are_equal(one: bytes, other: bytes) -> None:
    assert (entity_tag(one) == entity_tag(other)) is (one == other)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=3), max_size=4), st.binary(max_size=3))
def test_a_tag_is_named_when_it_stands_in_the_list(held: list[bytes], body: bytes) -> None:
    value = ", ".join(entity_tag(one) for one in held)
    assert names_tag(value, entity_tag(body)) is (body in held)


def test_a_star_names_every_tag_and_a_weak_tag_its_strong_twin() -> None:
    tag = entity_tag(b"body")
    assert names_tag("*", tag)
    assert names_tag(f'"x", W/{tag}', tag)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_an_odd_header_value_names_nothing(value: str) -> None:
    assert not names_tag(value.replace("*", ""), entity_tag(b"body"))
