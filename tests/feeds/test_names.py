"""Names out of author lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.names import MOST_AUTHORS, names_of, split_authors, without_address


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Chunhua Liu, Kabir Manandhar Shrestha, Sukai Huang",
         ("Chunhua Liu", "Kabir Manandhar Shrestha", "Sukai Huang")),
        ("A. One (Uni, Town), B. Two (ETH (Zurich), Lab and Co) and C. Three",
         ("A. One", "B. Two", "C. Three")),
        (r"Andr\'e Wei{\ss}, Fran\c{c}ois G{\"o}del, {\L}ukasz Kaiser",
         (r"Andr\'e Wei{\ss}", r"Fran\c{c}ois G{\"o}del", r"{\L}ukasz Kaiser")),
        ("John Smith, Jr., Jane Doe, III", ("John Smith, Jr.", "Jane Doe, III")),
        ("Doe, J., Roe, R. M.", ("J. Doe", "R. M. Roe")),
        ("Doe, Jane", ("Jane Doe",)),
        ("Alice Doe, Bob Roe", ("Alice Doe", "Bob Roe")),
        ("A. One, B. Two, and C. Three", ("A. One", "B. Two", "C. Three")),
        ("A. One; B. Two & C. Three", ("A. One", "B. Two", "C. Three")),
        ("Ferdinand Anderson", ("Ferdinand Anderson",)),
        ("A. One, A. One, , ;", ("A. One",)),
        ("<b>A. One</b>,\n B. Two", ("A. One", "B. Two")),
        ("A. One (unclosed, B. Two", ("A. One (unclosed", "B. Two")),
        ("", ()),
        ("---", ()),
    ],
)  # fmt: skip
def test_an_author_line_is_split_into_names(line: str, names: tuple[str, ...]) -> None:
    assert split_authors(line) == names


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("ada@lab.example (Ada One)", "Ada One"),
        ("Ada One <ada@lab.example>", "Ada One"),
        ("Ada One (ada@lab.example)", "Ada One"),
        ("ada@lab.example", ""),
        ("Ada One", "Ada One"),
    ],
)
def test_mail_addresses_are_taken_off_names(person: str, name: str) -> None:
    assert without_address(person) == name


def test_names_are_left_in_order_for_a_source_that_never_inverts_them() -> None:
    assert split_authors("Plato, Madonna", inverted=False) == ("Plato", "Madonna")


def test_names_and_their_number_are_bounded() -> None:
    names = names_of([f"Author Number{n}" for n in range(3000)])
    assert len(names) == MOST_AUTHORS
    assert len(names_of(["x" * 5000])[0]) == 200


@given(st.text(max_size=200) | st.text(alphabet="AB.,;() and{}&jr", max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_line_gives_clean_names(line: str) -> None:
    for name in split_authors(line):
        assert name == " ".join(name.split())
        assert 0 < len(name) <= 200
        assert any(character.isalnum() for character in name)
