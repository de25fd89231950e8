"""What may enter a template: everything but characters that deceive or break."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from digest.domain.fragments import PLACEHOLDER
from digest.mail.gate import CUT, Trusted, gate, placeholder_link


@given(st.text())
def test_no_control_placeholder_or_cut_passes(text: str) -> None:
    passed = gate(text)
    assert PLACEHOLDER not in passed
    assert CUT not in passed
    assert not [c for c in passed if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n"]


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_letters_numbers_and_signs_pass_unchanged(text: str) -> None:
    assert gate(text) == text


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\ufeff", "\U0001ffff", "\x00", "\x85"])
def test_a_deceiving_character_becomes_a_space(char: str) -> None:
    assert gate(f"a{char}b") == "a b"


def test_markup_stays_markup() -> None:
    passed = gate(Markup("<i>x\x00</i>"))
    assert isinstance(passed, Markup)
    assert passed == "<i>x </i>"


def test_only_the_renderers_own_links_carry_the_placeholder() -> None:
    link = placeholder_link(f"https://a.example/{PLACEHOLDER}")
    assert isinstance(link, Trusted)
    assert gate(link) is link


def test_a_personal_link_needs_its_placeholder() -> None:
    with pytest.raises(ValueError, match="token"):
        placeholder_link("https://a.example/")


@pytest.mark.parametrize("value", [0, None, True, 1.5])
def test_what_is_no_text_passes(value: object) -> None:
    assert gate(value) is value
