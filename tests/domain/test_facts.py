"""Frozen cards: JSON and back, those of an older release and of a newer one too."""

import json
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.editions import Card
from digest.domain.facts import card_from_json, card_to_json
from digest.domain.trend import METRICS, TrendPart

TEXT = st.text(max_size=12)
PARTS = st.builds(
    TrendPart, metric=st.sampled_from(list(METRICS)), value=st.integers(0), rising=st.booleans()
)
CARDS = st.builds(
    Card,
    paper_id=st.integers(1),
    title=TEXT,
    url=TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    pdf_url=st.none() | TEXT,
    listed_date=st.none() | st.dates(),
    trend=st.integers(0, 100),
    trend_text=TEXT,
    trend_parts=st.lists(PARTS, max_size=3).map(tuple),
    why=st.lists(TEXT, max_size=2).map(tuple),
)


@given(CARDS)
def test_a_card_comes_back_from_json_as_it_was(card: Card) -> None:
    assert card_from_json(json.loads(json.dumps(card_to_json(card)))) == card


def test_a_card_of_an_older_release_has_words_and_no_parts() -> None:
    card = Card(1, "t", "u", listed_date=date(2026, 5, 4), trend_text="9 upvotes")
    stored = card_to_json(replace(card, trend_parts=(TrendPart("upvotes", 9),)))
    del stored["trend_parts"]
    assert card_from_json(stored) == card


def test_what_a_newer_release_adds_is_left_out() -> None:
    card = Card(1, "t", "u")
    assert card_from_json(card_to_json(card) | {"colour": "red"}) == card
