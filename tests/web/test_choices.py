"""The preferences form read and written: the two are inverses, and no text breaks either."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData

from digest.catalogue import read_catalogue
from digest.domain.preferences import PreferenceError, check_preferences, topics_from
from digest.domain.subscribers import Preferences
from digest.web.choices import Choices, choices_of, posted_choices, preferences_of, read_date

CATALOGUE = {topic.slug: topic for topic in read_catalogue()}
OWN = ('"sparse attention" OR moe', "title:graph NOT survey", "trans*", "upvotes:>=20 learning")
PREFERENCES = st.builds(
    Preferences,
    zone=st.sampled_from(["UTC", "Asia/Tokyo", "Japan"]),
    hour=st.integers(0, 23),
    weekdays=st.integers(1, 127),
    max_papers=st.integers(10, 100),
    min_papers=st.integers(1, 10),
    extract=st.sampled_from(["short", "full"]),
    topics=st.builds(
        topics_from,
        st.just(CATALOGUE),
        st.lists(st.sampled_from(sorted(CATALOGUE)), unique=True, max_size=3),
        st.lists(st.sampled_from(OWN), unique=True),
        st.lists(st.sampled_from(["Ada Lovelace", "E. Noether"]), unique=True),
        st.lists(st.sampled_from(["cs.LG", "math.*"]), unique=True),
    ),
)
TEXT = st.text(max_size=20) | st.sampled_from(["8", "mon", "UTC", "short"])
CHOICES = st.builds(
    Choices,
    slugs=st.lists(TEXT, max_size=2).map(tuple),
    queries=TEXT,
    authors=TEXT,
    categories=TEXT,
    zone=TEXT,
    hour=TEXT,
    cadence=TEXT | st.sampled_from(["daily", "workdays", "weekly", "days"]),
    weekly=TEXT,
    weekdays=st.lists(TEXT, max_size=2).map(tuple),
    longest=TEXT,
    least=TEXT,
    extract=TEXT,
    language=TEXT,
)


@settings(max_examples=60, deadline=None)
@given(PREFERENCES)
def test_a_form_that_nobody_touched_means_what_the_reader_held(held: Preferences) -> None:
    assert preferences_of(choices_of(held, CATALOGUE), held, CATALOGUE) == held


@settings(max_examples=100, deadline=None)
@given(CHOICES)
def test_whatever_is_typed_is_a_choice_or_a_sentence(typed: Choices) -> None:
    with suppress(PreferenceError):  # any other error is a failure
        chosen = preferences_of(typed, Preferences(), CATALOGUE)
        check_preferences(chosen)
        assert str(chosen.hour) == typed.hour.lstrip("0") or chosen.hour == 0
        assert chosen.language == typed.language or not typed.language


def test_a_query_in_new_words_takes_them_as_its_name() -> None:
    held = Preferences(topics=topics_from({}, queries=["moe sparse"]))
    typed = replace(choices_of(held, CATALOGUE), queries="moe AND sparse")
    assert [i.name for i in preferences_of(typed, held, CATALOGUE).topics] == ["moe AND sparse"]


def test_posted_fields_are_taken_as_they_stand_the_last_of_each() -> None:
    form = FormData(
        [("topic", "a"), ("topic", "b"), ("hour", "1"), ("hour", "x"), ("queries", "q\r\nr")]
    )
    typed = posted_choices(form)
    assert (typed.slugs, typed.queries, typed.hour) == (("a", "b"), "q\nr", "x")
    assert (typed.authors, typed.zone, typed.weekdays, typed.language) == ("", "", (), "")


def test_each_cadence_is_a_set_of_weekdays_and_back() -> None:
    base = choices_of(Preferences(), {})
    cases: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("daily", {"weekdays": ("tue",)}, 0b1111111),
        ("workdays", {"weekdays": ("sun",)}, 0b0011111),
        ("weekly", {"weekly": "sun", "weekdays": ("mon", "tue")}, 0b1000000),
        ("days", {"weekly": "sun", "weekdays": ("mon", "thu")}, 0b0001001),
    )
    for cadence, more, mask in cases:
        typed = replace(base, cadence=cadence, **more)
        chosen = preferences_of(typed, Preferences(), {})
        assert chosen.weekdays == mask, cadence
        assert choices_of(chosen, {}).cadence == cadence


def test_authors_and_categories_stand_in_fields_of_their_own() -> None:
    own = topics_from({}, queries=["author:hinton"], authors=["Ada Lovelace"], categories=["cs.LG"])
    typed = choices_of(Preferences(topics=own), {})
    assert (typed.queries, typed.authors, typed.categories) == (
        "author:hinton",
        "Ada Lovelace",
        "cs.LG",
    )
    assert preferences_of(typed, Preferences(), {}).topics == own


def test_a_list_longer_than_the_field_is_refused() -> None:
    for field in ("queries", "authors", "categories"):
        long: dict[str, Any] = {field: "x\n" * 4001}
        typed = replace(choices_of(Preferences(), {}), **long)
        with pytest.raises(PreferenceError, match="too long"):
            preferences_of(typed, Preferences(), {})


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Nd"]), max_size=12))
def test_a_text_without_digits_is_no_date(text: str) -> None:
    with pytest.raises(PreferenceError, match="choose a day"):
        read_date(text)


def test_a_date_is_read() -> None:
    assert read_date("2026-05-04").isoformat() == "2026-05-04"
    with pytest.raises(PreferenceError):
        read_date("2026-02-30")
