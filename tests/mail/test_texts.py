"""The sentences of the mails: found, counted, and none of them idle."""

import re
from datetime import date

import pytest

from digest.mail.texts import Texts, load_texts, texts_for
from digest.resources import templates_dir

FOLDER = templates_dir() / "email" / "_base" / "texts"
CATALOGUE = load_texts(FOLDER)
EN = CATALOGUE["en"]


@pytest.mark.parametrize(
    ("names", "text"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), (("A", "B", "C"), "A, B and C")],
)
def test_a_listing_reads_like_a_sentence(names: tuple[str, ...], text: str) -> None:
    assert EN.listing(names) == text


def test_one_and_many_have_their_own_sentence() -> None:
    assert EN("digest.more", count=1) == "1 more paper on the web"
    assert EN("digest.more", count=2) == "2 more papers on the web"


def test_a_day_names_its_weekday() -> None:
    assert EN.day(date(2026, 5, 4)) == "Monday, 4 May 2026"


def test_braces_in_a_value_are_only_text() -> None:
    assert EN("card.why", atoms="{0} {site.__class__}") == "Matches {0} {site.__class__}"


def test_an_unknown_sentence_is_a_defect() -> None:
    with pytest.raises(KeyError):
        EN("digest.nothing")


def test_a_language_falls_back_to_its_base_and_then_to_english() -> None:
    german = Texts("de", {"direction": "ltr"})
    catalogue = CATALOGUE | {"de": german}
    assert texts_for(catalogue, "de-AT") is german
    assert texts_for(catalogue, "xx") is EN


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    sources = [*templates_dir().joinpath("email").rglob("*.*")]
    sources += list((templates_dir().parent / "digest" / "mail").glob("*.py"))
    text = "\n".join(path.read_text() for path in sources if path.suffix != ".toml")
    used = set(re.findall(r"\b(?:t|self|link)\(\s*['\"]([a-z]+\.[a-z_]+)['\"]", text))
    calendar = {"calendar"}
    known = {
        f"{table}.{name}"
        for table, names in EN._tables.items()
        if isinstance(names, dict) and table not in calendar
        for name in names
    }
    assert used == known
