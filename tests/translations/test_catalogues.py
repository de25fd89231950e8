"""The catalogues hold every sentence of ours, whole, in every language that may be chosen."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.bootstrap import render_version
from digest.domain.preferences import LANGUAGES
from digest.resources import templates_dir
from digest.texts import TOPIC, load_texts
from tests.translations.catalogues import (
    PLACEHOLDER,
    TRANSLATED,
    catalogue_path,
    complaints,
    faults,
    read_catalogue_of,
    updated,
)
from tests.translations.extraction import extract
from tests.world import make_settings

SOURCE = extract()
SENTENCES = [message for message in SOURCE if message.id]
LANGUAGES_SHIPPED = load_texts(templates_dir() / "locale")
HOSTILE = st.text(max_size=30) | st.sampled_from(
    ["{0}", "{count}", "{site.__class__}", "%(x)s", "%s", "<script>", "}{", "\u202e"]
)


def test_a_language_can_be_chosen_that_has_a_catalogue_and_no_other() -> None:
    assert set(LANGUAGES) == set(LANGUAGES_SHIPPED)
    assert {"de", "fr"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_missing_unsure_left_over_or_without_its_values(language: str) -> None:
    # `python -m tests.translations` brings the files up to date and lists what is left to do
    assert list(complaints(language, SOURCE)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_file_is_as_the_program_that_updates_it_would_write_it(language: str) -> None:
    assert catalogue_path(language).read_bytes() == updated(language, SOURCE)


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Confirm my subscription", None),  # a mail
        ("Skip to the content", None),  # a page
        ("There is no such page", None),  # code of the web
        ("the parentheses are empty", None),  # a sentence of the domain
        ("at most {most} topics", None),
        ("there is no subscriber {number}", None),  # a refusal of a service
        ("{count} upvote", None),  # with a plural given by name
        ("Mixture of experts", TOPIC),
        ("Language models", TOPIC),
        ("Trending", TOPIC),
    ],
)
def test_sentences_of_every_kind_are_found(text: str, context: str | None) -> None:
    assert SOURCE.get(text, context) is not None


def test_plurals_are_found_with_both_forms() -> None:
    found = SOURCE.get("{count} upvote")
    assert found is not None
    assert found.id == ("{count} upvote", "{count} upvotes")


@pytest.mark.parametrize(
    ("one", "said", "what"),
    [
        ("A {x}.", "", "not translated"),
        ("A {x}.", "Ein {y}.", "other placeholders"),
        ("A {x}.", "Ein {x}", "another sign at its end"),
        (("{count} a", "{count} b"), ("{count} c",), "1 of 2 plural forms"),
        (("{count} a", "{count} b"), ("ein c", "zwei d"), "other placeholders"),
    ],
)
def test_a_faulty_translation_is_found(
    one: str | tuple[str, str], said: str | tuple[str, ...], what: str
) -> None:
    catalogue = Catalog(locale="de")
    assert what in list(faults(catalogue.add(one, said), catalogue))


def test_a_fuzzy_translation_is_found() -> None:
    catalogue = Catalog(locale="de")
    message = catalogue.add("A", "B", flags=["fuzzy"])
    assert list(faults(message, catalogue)) == ["not sure (fuzzy)"]


@settings(max_examples=25, deadline=None)
@given(HOSTILE)
def test_a_value_stays_what_it_is_in_every_sentence_of_every_language(value: str) -> None:
    for language, texts in LANGUAGES_SHIPPED.items():
        for message in SENTENCES:
            one, other = (message.id, "") if isinstance(message.id, str) else message.id
            names = {name.strip("{}") for name in PLACEHOLDER.findall(other or one)} - {"count"}
            values = dict.fromkeys(names, f"<{value}>")
            said = texts.many(one, other, 3, **values) if other else texts(one, **values)
            assert said.count(f"<{value}>") >= len(names), (language, one)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_ready_topic_has_a_name_of_its_own_in_the_language(language: str) -> None:
    catalogue = read_catalogue_of(language)
    topics = [message for message in catalogue if message.context == TOPIC]
    assert len(topics) > 150
    names = [message.string for message in topics]
    assert len(names) == len(set(names))


def test_another_translation_is_another_version_of_the_mails(tmp_path: Path) -> None:
    chosen = make_settings(tmp_path, "sqlite+aiosqlite:///x")
    folder = tmp_path / "locale"
    folder.mkdir()
    versions = set()
    for said in ("Sparen", "Merken"):
        (folder / "de.po").write_text(f'msgid "Save"\nmsgstr "{said}"\n', encoding="utf-8")
        versions.add(render_version(chosen, tmp_path))
    assert len(versions) == 2
