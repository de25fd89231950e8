"""Sentences in a language: values stay text, numbers and dates are the language's own."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from digest.domain.sentences import Sentence, verbatim
from digest.resources import templates_dir
from digest.texts import Texts, load_texts, preferred_language, shipped_texts, texts_for

CATALOGUE = shipped_texts(templates_dir() / "locale")
EN, DE, FR = (CATALOGUE[language] for language in ("en", "de", "fr"))
NAMES = st.lists(st.text(max_size=8), max_size=5)


@pytest.mark.parametrize(
    ("names", "text"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), (("A", "B", "C"), "A, B and C")],
)
def test_a_listing_reads_like_a_sentence(names: tuple[str, ...], text: str) -> None:
    assert EN.listing(names) == text


@given(st.sampled_from(sorted(CATALOGUE)), NAMES)
def test_a_listing_holds_every_name_in_any_language(language: str, names: list[str]) -> None:
    listed = CATALOGUE[language].listing(names)
    assert all(name in listed for name in names)
    assert listed or not any(names)


def test_a_listing_has_each_languages_own_word() -> None:
    assert DE.listing(["A", "B", "C"]) == "A, B und C"
    assert FR.listing(["A", "B", "C"]) == "A, B et C"


def test_one_and_many_have_their_own_sentence() -> None:
    one, other = "{count} more paper on the web", "{count} more papers on the web"
    assert EN.many(one, other, 1) == "1 more paper on the web"
    assert EN.many(one, other, 2) == "2 more papers on the web"
    assert DE.many(one, other, 1) != DE.many(one, other, 2).replace("2", "1")
    assert FR.many(one, other, 0).startswith("0 article ")  # French counts nought as one


def test_a_day_and_a_number_are_written_as_the_language_does() -> None:
    day = date(2026, 5, 4)
    assert EN.day(day) == "Monday, 4 May 2026"
    assert DE.day(day) == "Montag, 4. Mai 2026"
    assert FR.day(day) == "lundi 4 mai 2026"
    assert [EN.number(1234.5), DE.number(1234.5)] == ["1,234.5", "1.234,5"]
    assert FR.weekdays()[0] == "lundi"


def test_braces_in_a_value_are_only_text() -> None:
    said = EN("Matches {atoms}", atoms="{0} {site.__class__}")
    assert said == "Matches {0} {site.__class__}"


@given(st.text(max_size=30))
def test_markup_in_a_value_is_only_text_and_a_link_stays_one(value: str) -> None:
    said = EN.markup("{name}: {link}", name=value, link=Markup("<a>x</a>"))
    assert said == Markup.escape(value) + ": " + Markup("<a>x</a>")


@given(st.text(max_size=30), st.sampled_from(sorted(CATALOGUE)))
def test_what_was_written_down_is_said_as_it_stands(text: str, language: str) -> None:
    assert str(verbatim(text)) == text
    assert CATALOGUE[language].say(verbatim(text)) == text


def test_a_sentence_is_said_with_its_plural_its_dates_and_the_sentences_in_it() -> None:
    counted = Sentence("{count} upvote", {"count": 2000}, "{count} upvotes")
    assert (str(counted), EN.say(counted)) == ("2000 upvotes", "2,000 upvotes")
    paused = Sentence("paused until {day}", {"day": date(2026, 5, 4)})
    assert str(paused) == "paused until 2026-05-04"
    assert EN.say(paused) == "paused until 4 May 2026"
    assert DE.say(paused).endswith("04.05.2026")
    outer = Sentence("{why}", {"why": counted})
    assert (str(outer), EN.say(outer)) == ("2000 upvotes", "2,000 upvotes")


def test_lines_after_a_sentence_are_not_translated() -> None:
    pointed = Sentence("the parentheses are empty", after="rag ()\n     ^")
    assert str(pointed) == "the parentheses are empty\nrag ()\n     ^"
    assert EN.say(pointed) == str(pointed)
    assert DE.say(pointed).splitlines()[1:] == ["rag ()", "     ^"]


def test_a_topic_is_named_in_the_language_and_a_readers_own_query_never() -> None:
    assert DE.topic("Language models") == "Sprachmodelle"
    assert DE("Language models") == "Sprachmodelle"
    assert DE("Save") != "Save"
    assert DE.topic("Save") == "Save"


def test_a_language_falls_back_to_its_base_and_then_to_english() -> None:
    assert texts_for(CATALOGUE, "de-AT") is DE
    assert texts_for(CATALOGUE, "xx") is EN


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("en;q=0.3,fr;q=0.8", "fr"),
        ("fr;q=0,de;q=0.1", "de"),
        ("de;q=x,fr", "fr"),
        ("ja,ko", "en"),
    ],
)
def test_a_browser_is_answered_in_the_language_it_likes_best(accept: str, language: str) -> None:
    assert preferred_language(accept, CATALOGUE) == language


@given(st.text(max_size=60))
def test_any_accept_language_gives_a_known_language(accept: str) -> None:
    assert preferred_language(accept, CATALOGUE) in CATALOGUE


def test_a_folder_without_catalogues_speaks_english(tmp_path: Path) -> None:
    assert load_texts(tmp_path).keys() == {"en"}
    assert isinstance(load_texts(tmp_path / "absent")["en"], Texts)
