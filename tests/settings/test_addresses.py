"""Addresses of the internet and of a network of one's own; and the defaults are usable."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.settings import Settings
from digest.settings.values import normalised_address
from tests.world import MONDAY, hours, open_world


@pytest.mark.parametrize(
    ("given_address", "kept"),
    [
        ("Ada@Example.ORG", "Ada@example.org"),
        ("root@localhost", "root@localhost"),
        ("x@box.test", "x@box.test"),
        ("y@printer.local", "y@printer.local"),
        ("jürgen@bücher.example", "jürgen@bücher.example"),
    ],
)
def test_an_address_is_kept_in_its_canonical_form(given_address: str, kept: str) -> None:
    assert normalised_address(given_address) == kept


@pytest.mark.parametrize(
    "bad", ["", "bad", "@", "a@", "@b", "a@b>x", "a b@localhost", "a@local host", "a@x.invalid"]
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        normalised_address(bad)


@given(st.text(max_size=40))
def test_no_text_gets_a_line_break_or_a_bracket_through(text: str) -> None:
    for candidate in (text, f"{text}@localhost", f"a@{text}"):
        try:
            kept = normalised_address(candidate)
        except ValueError:
            continue
        assert not set(kept) & set("\r\n\0<> ")


async def test_an_installation_with_nothing_configured_mails_a_reader_next_door(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    sender = {"from": Settings().mail.from_}
    async with open_world(tmp_path, url, mail=sender) as world:
        await world.list_papers("Routing")
        await world.add_reader("root@localhost", "routing", hour=8)
        await world.at(MONDAY + hours(8))
        [message] = world.relay.messages
    assert (message.envelope_from, message.envelope_to) == ("digest@localhost", "root@localhost")
    assert message.message_id.endswith("@localhost>")
