"""The ledger's reasons: what the program writes is known, what others say stays as it is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.deliveries import State
from digest.domain.reasons import STATE_WORDS, reason_sentence
from digest.domain.replies import Verdict
from digest.domain.settlement import settle
from digest.resources import templates_dir
from digest.texts import shipped_texts

NOW = datetime(2026, 5, 4, tzinfo=UTC)
GERMAN = shipped_texts(templates_dir() / "locale")["de"]


@given(st.text(max_size=40))
def test_any_reason_is_said_in_english_as_it_was_written(reason: str) -> None:
    assert str(reason_sentence(reason)) == reason
    assert GERMAN.say(reason_sentence(f"? {reason}")) == f"? {reason}"


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.ACCEPTED])
def test_what_a_verdict_writes_down_can_be_said_in_any_language(verdict: Verdict) -> None:
    reason = settle(verdict, 0, NOW, 0).reason
    assert reason_sentence(reason).template == reason
    assert GERMAN.say(reason_sentence(reason)) != reason


def test_a_late_edition_tells_how_many_hours() -> None:
    said = reason_sentence("more than 12 hours late; its papers come next time")
    assert said.values == {"hours": "12"}
    assert "12 Stunden" in GERMAN.say(said)


def test_each_state_has_a_word_for_its_reader() -> None:
    assert set(STATE_WORDS) == set(State)
