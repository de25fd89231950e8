"""Folding: case, accents and TeX off, the same on both sides of a match."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.folding import category_code, fold, name_words, plain_tex, words


def test_folding_a_folded_character_changes_nothing() -> None:
    letters = [*map(chr, range(0x3400)), *map(chr, range(0xA000, 0x20000))]
    changed = [sign for sign in letters if fold(folded := fold(sign)) != folded]
    assert changed == []
    assert [sign for sign in letters if words(sign) != words(fold(sign))] == []


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_words_and_names_and_codes_are_stable_and_never_raise(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
    assert name_words(" ".join(name_words(text))) == name_words(text)
    assert category_code(category_code(text)) == category_code(text)
    assert plain_tex(text).count("{") == 0


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=12))
def test_accents_written_either_way_are_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFC", text)) == words(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        (r"Andr\'e", ["andre"]),
        (r"Andr\'{e} and {\'E}va", ["andre", "and", "eva"]),
        (r"Erd\H{o}s, \v{S}koda, Gar\c con, \"Uber, na\"{\i}ve",
         ["erdos", "skoda", "garcon", "uber", "naive"]),
        (r"Bj{\o}rn \L ukasz Stra\ss e \AA rhus", ["bjorn", "lukasz", "strasse", "aarhus"]),
        (r"{B}ayesian \emph{mixture} of \textbf{experts}",
         ["bayesian", "mixture", "of", "experts"]),
        (r"$\beta$-VAE and β-VAE", ["beta", "vae", "and", "beta", "vae"]),
        (r"$\frac{a}{bc}$", ["frac", "a", "bc"]),
        ("soft\u00adhyphen zero\u200bwidth ﬁne x²", ["softhyphen", "zerowidth", "fine", "x2"]),
        ("大模型 LLM", ["大", "模", "型", "llm"]),
        ("snake_case C++ GPT-4o", ["snake", "case", "c", "gpt", "4o"]),
    ],
)  # fmt: skip
def test_words_are_folded_as_documented(written: str, folded: list[str]) -> None:
    assert words(written) == folded


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Yann LeCun", ["yann", "lecun"]),
        ("LeCun, Yann", ["yann", "lecun"]),
        ("Smith, Jr.", ["smith", "jr"]),
        ("A, B, C", ["a", "b", "c"]),
        ("O’Brien, Conor", ["conor", "obrien"]),
        (r"H\'el\`ene d'Alch{\'e}-Buc", ["helene", "dalche", "buc"]),
        (",", []),
    ],
)
def test_names_are_given_name_first(name: str, folded: list[str]) -> None:
    assert name_words(name) == folded
