"""Refusals as sentences: English by themselves, any language where they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.preferences import PreferenceError, check_preferences, topics_from
from digest.domain.query import QuerySyntaxError, parse_query
from digest.domain.sentences import Sentence, SentenceError
from digest.domain.subscribers import Preferences
from digest.resources import templates_dir
from digest.texts import shipped_texts

TEXTS = shipped_texts(templates_dir() / "locale")
WORDS = ["rag", "OR", "AND", "NOT", "(", ")", '"', ":", "title:", "-", "*", "upvotes:", "{x}", " "]
QUERIES = st.lists(st.sampled_from(WORDS), max_size=7).map("".join)


def test_a_refusal_keeps_its_template_and_its_values_apart() -> None:
    error = SentenceError("at most {most} topics", most=3)
    assert error.sentence == Sentence("at most {most} topics", {"most": 3})
    assert str(error) == "at most 3 topics"
    assert str(SentenceError(error.sentence)) == str(error)


@given(QUERIES)
def test_whatever_is_wrong_with_a_query_is_said_in_every_language(query: str) -> None:
    try:
        parse_query(query)
    except QuerySyntaxError as raised:
        error = raised
    else:
        return
    assert error.message == str(error.sentence) == TEXTS["en"].say(error.sentence)
    for language in ("de", "fr"):
        assert TEXTS[language].say(error.sentence) != error.message


def test_a_bad_query_among_the_topics_is_shown_with_its_caret_in_every_language() -> None:
    with pytest.raises(PreferenceError) as caught:
        topics_from({}, queries=["rag ()"])
    assert str(caught.value) == "the parentheses are empty\nrag ()\n     ^"
    german = TEXTS["de"].say(caught.value.sentence)
    assert german == "die Klammern sind leer\nrag ()\n     ^"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (Preferences(zone="Mars/Base"), "'Mars/Base' ist keine IANA-Zeitzone wie Europe/Berlin"),
        (Preferences(hour=24), "die Stunde ist 0 bis 23, nicht 24"),
        (Preferences(max_papers=0), "ein Digest hat 1 bis 100 Paper"),
        (Preferences(language="tlh"), "die Sprachen sind: en, de, fr"),
    ],
)
def test_a_choice_that_cannot_be_kept_is_refused_in_the_readers_words(
    chosen: Preferences, said: str
) -> None:
    with pytest.raises(PreferenceError) as caught:
        check_preferences(chosen)
    assert TEXTS["de"].say(caught.value.sentence) == said
