"""Rows of files: what our export writes is read back the same, and others' words are understood."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.cells import guarded, joined, split, unguarded
from digest.domain.foreign_rows import (
    from_listmonk_cells,
    from_listmonk_object,
    from_mailman_cells,
    from_mailman_line,
    standing_of,
    topics_of,
)
from digest.domain.import_formats import (
    FormatError,
    columns_of,
    delimiter_of,
    is_unstorable,
    object_format,
    objects_in,
    read_cells,
    read_object,
    table_format,
)
from digest.domain.import_plan import Options, preferences_of
from digest.domain.import_rows import Format, ImportRow, OnList, RowError, Standing
from digest.domain.own_rows import COLUMNS, from_cells, from_object, to_cells, to_object
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState
from tests.domain.people import catalogue, readers

CATALOGUE = catalogue()


def chosen(row: ImportRow) -> Preferences:
    return preferences_of(row, Preferences(), Options(), CATALOGUE, is_new=True)


def same(row: ImportRow, reader: Subscriber) -> bool:
    """Return whether a row tells all of a reader that a file holds."""
    return (
        row.address == reader.address
        and chosen(row) == reader.preferences
        and row.reason == reader.state_reason.strip()
        and (row.created_at, row.confirmed_at) == (reader.created_at, reader.confirmed_at)
        and row.paused_until == reader.paused_until
        and row.standing.joins
        is (reader.state not in (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED))
    )


@given(readers())
def test_a_reader_is_read_back_from_csv(reader: Subscriber) -> None:
    file = io.StringIO()
    table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerow(to_cells(reader))
    [cells] = csv.DictReader(io.StringIO(file.getvalue()))
    assert all(cell[:1] not in tuple("=+-@\t\r") for cell in cells.values() if cell)
    row = from_cells(2, {name: unguarded(cell) for name, cell in cells.items()})
    assert same(row, reader)


@given(readers())
def test_a_reader_is_read_back_from_json(reader: Subscriber) -> None:
    value = json.loads(json.dumps(to_object(reader)))
    assert same(from_object(1, value), reader)


@given(st.text())
def test_a_guarded_cell_is_run_by_nobody_and_holds_the_same(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in tuple("=+-@\t\r")


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool)))
def test_several_texts_are_one_cell_and_apart_again(parts: list[str]) -> None:
    assert split(joined(parts)) == parts


def test_a_cell_written_by_hand_keeps_its_backslashes() -> None:
    assert split(r'a\b | c|| "x|y" ') == [r"a\b", "c", '"x', 'y"']
    assert unguarded("'tis") == "'tis"


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=20)))
def test_whatever_a_table_of_ours_holds_is_a_row_or_an_error(cells: dict[str, str]) -> None:
    read = read_cells(1, cells, Format.CSV)
    assert (read.row is None) is bool(read.error)
    assert read.row is None or read.row.address == cells["address"].strip()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["address", "email", "lists", "topics", "status", "profile", "name", "slug",
                         "subscription_status", "delivery_status", "query", "role"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(VALUES, st.sampled_from([None, *Format]))
def test_whatever_json_holds_is_a_row_or_an_error(value: Any, wanted: Format | None) -> None:
    read = read_object(1, value, wanted)
    assert (read.row is None) is bool(read.error)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"state": "gone"}, "state 'gone'"),
        ({"state": "suppressed", "suppression": "mood"}, "suppression 'mood'"),
        ({"created_at": "yesterday"}, "created_at 'yesterday' is no instant"),
        ({"confirmed_at": "2026-05-04T08:00"}, "needs a zone"),
        ({"paused_until": "soon"}, "paused_until 'soon' is no date"),
    ],
)
def test_a_wrong_cell_is_told_with_its_column(cells: dict[str, str], words: str) -> None:
    with pytest.raises(RowError) as error:
        from_cells(1, {"address": "a@example.org", **cells})
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("enabled", Standing.UNKNOWN),
        ("Disabled", Standing.LEFT),
        ("blocklisted", Standing.BARRED),
        ("blacklisted", Standing.BARRED),
    ],
)
def test_listmonks_csv_tells_who_is_off(status: str, standing: Standing) -> None:
    row = from_listmonk_cells(3, {"email": " a@example.org", "status": status, "lists": "A, B"})
    assert (row.line, row.address, row.standing) == (3, "a@example.org", standing)
    assert [one.name for one in row.lists] == ["A", "B"]


def listmonk(status: str, **lists: str) -> ImportRow:
    told = [{"name": name, "subscription_status": how} for name, how in lists.items()]
    return from_listmonk_object(1, {"email": "a@example.org", "status": status, "lists": told})


def test_listmonks_json_tells_it_by_list() -> None:
    both = listmonk("enabled", A="confirmed", B="unsubscribed")
    assert standing_of(both, ()) is Standing.CONFIRMED
    assert standing_of(both, ["b"]) is Standing.LEFT
    assert topics_of(both, {"A": "agents", "B": "x"}) == ("agents",)
    assert topics_of(both, {"b": "x"}) == ("x",)
    assert standing_of(listmonk("enabled", A="unconfirmed", B="unsubscribed"), ()) is (
        Standing.UNCONFIRMED
    )
    assert standing_of(listmonk("enabled", A="unsubscribed"), ()) is Standing.LEFT
    assert standing_of(listmonk("enabled"), ()) is Standing.UNKNOWN
    for off, standing in (("disabled", Standing.LEFT), ("blocklisted", Standing.BARRED)):
        assert standing_of(listmonk(off, A="confirmed"), ()) is standing


@given(
    st.lists(st.builds(OnList, st.sampled_from("ABC"), st.sampled_from(list(Standing)))),
    st.sampled_from(list(Standing)),
    st.lists(st.sampled_from("abcd")),
)
def test_who_is_off_as_a_whole_is_off_whatever_the_lists(
    lists: list[OnList], standing: Standing, mapped: list[str]
) -> None:
    row = ImportRow(1, "a@example.org", standing, lists=tuple(lists))
    found = standing_of(row, mapped)
    if not standing.joins:
        assert found is standing
    elif lists and not any(one.standing.joins for one in lists):
        assert not found.joins


def test_a_persons_own_export_of_listmonk_is_read() -> None:
    row = from_listmonk_object(
        1,
        {
            "email": "a@example.org",
            "profile": [{"email": "a@example.org", "status": "enabled", "attribs": {}}],
            "subscriptions": [{"name": "News", "subscription_status": "confirmed"}],
        },
    )
    assert (row.address, row.lists) == ("a@example.org", (OnList("News", Standing.CONFIRMED),))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("anne@example.org\n", "anne@example.org"),
        ("Anne Person <anne@example.org>\r\n", "anne@example.org"),
        ('"Person, Anne" <anne@example.org>', "anne@example.org"),
        ("A <b> C <anne@example.org>", "anne@example.org"),
        ("=?utf-8?q?Ann=C3=A9?= <anne@example.org>", "anne@example.org"),
    ],
)
def test_mailmans_lines_hold_an_address(text: str, address: str) -> None:
    row = from_mailman_line(7, text)
    assert (row.line, row.address, row.standing) == (7, address, Standing.UNKNOWN)


def test_mailmans_members_tell_why_delivery_is_off() -> None:
    for status, standing in (
        ("enabled", Standing.UNKNOWN),
        ("by_bounces", Standing.BOUNCED),
        ("by_user", Standing.LEFT),
        ("by_moderator", Standing.LEFT),
        ("unknown", Standing.LEFT),
    ):
        told = {"email": "a@example.org", "delivery_status": status, "list_id": "news.example.org"}
        row = from_mailman_cells(1, told)
        assert (row.standing, row.lists) == (standing, (OnList("news.example.org", standing),))
    with pytest.raises(RowError, match="and no member"):
        from_mailman_cells(1, {"email": "a@example.org", "role": "owner"})


def test_a_table_is_known_by_its_header() -> None:
    def told(*names: str, wanted: Format | None = None) -> Format | None:
        return table_format(columns_of(names), wanted)

    assert told("Address", "Zone") is Format.CSV
    assert told("uuid", "email", "name", "attributes", "status") is Format.LISTMONK
    assert told("email", "name") is Format.LISTMONK
    assert told("Email", "Display Name", "Delivery Status") is Format.MAILMAN
    assert told("address", "list_id") is Format.MAILMAN
    assert told("ada@example.org") is None
    with pytest.raises(FormatError, match="unknown columns colour"):
        told("address", "colour")
    with pytest.raises(FormatError, match="'email' is there twice"):
        told("email", "Email")
    assert [delimiter_of(text) for text in ("a,b;c,d", "a;b", "a\tb", "a")] == [",", ";", "\t", ","]


def test_an_object_is_known_by_its_keys() -> None:
    assert object_format({"address": "a"}) is Format.JSON
    assert object_format({"email": "a", "status": ""}) is Format.LISTMONK
    assert object_format({"email": "a", "delivery_mode": ""}) is Format.MAILMAN
    assert object_format({"name": "a"}) is None
    assert objects_in({"data": {"results": [{"a": 1}]}}) == [{"a": 1}]
    assert objects_in({"entries": [1]}) == [1]
    assert objects_in({"email": "a"}) == [{"email": "a"}]
    with pytest.raises(FormatError, match="neither an object nor a list"):
        objects_in("text")


def test_half_a_character_and_a_nul_are_no_text() -> None:
    assert is_unstorable({"a": ["b", {"c": "\ud800"}]})
    assert is_unstorable({"a\x00": 1})
    assert not is_unstorable({"a": ["é", 1, None, "😀"]})
