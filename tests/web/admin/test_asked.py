"""What an address asks for is read whatever it holds, and what may be done makes sense."""

from datetime import UTC, date, datetime
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import Preferences, Subscriber, SubscriberState, Suppression
from digest.services.looking_up import Place
from digest.web.admin.asked import (
    as_sentence,
    read_choice,
    read_day,
    read_id,
    read_place,
    with_query,
)
from digest.web.admin.reader_deeds import deeds_for

NOW = datetime(2026, 5, 4, tzinfo=UTC)
ids = st.integers(1, 2**31 - 1)


@given(ids, st.integers(0, 3))
def test_ids_and_places_are_read_as_they_are_written(number: int, rank: int) -> None:
    assert read_id(str(number)) == number
    assert read_place(f"{rank}.{number}") == Place(rank, number)


@given(st.text(max_size=30) | st.integers().map(str) | st.text("0123456789.-", max_size=14))
def test_nothing_that_is_no_id_day_or_place_is_taken_for_one(text: str) -> None:
    number, day, place = read_id(text), read_day(text), read_place(text)
    assert number is None or 0 < number < 2**31
    assert day is None or day.isoformat() == text
    assert place is None or (place.rank in range(4) and 0 < place.id < 2**31)


@given(st.dates())
def test_days_are_read_as_iso_writes_them(day: date) -> None:
    assert read_day(day.isoformat()) == day
    assert read_day(f"{day:%Y%m%d}") is None


@given(st.sampled_from([SubscriberState, State, Kind]), st.text(max_size=12))
def test_a_choice_is_one_of_its_values(kind: type[StrEnum], text: str) -> None:
    for one in kind:
        assert read_choice(kind, one.value) is one
    assert read_choice(kind, text) in {None, *kind}
    assert read_choice(kind, "") is None


@given(st.dictionaries(st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_query_has_what_is_asked_for_and_nothing_that_is_empty(asked: dict[str, str]) -> None:
    query = parse_qs(urlsplit(with_query("/p", **asked)).query, keep_blank_values=True)
    assert query == {name: [text] for name, text in asked.items() if text}


@given(st.text())
def test_a_refusal_is_a_sentence(text: str) -> None:
    assert as_sentence(ValueError(text)).lower() == f"{text.lower()}."


@given(
    st.sampled_from(SubscriberState),
    st.none() | st.sampled_from(Suppression),
    st.booleans(),
    st.booleans(),
)
def test_only_what_makes_sense_may_be_done(
    state: SubscriberState, suppression: Suppression | None, confirmed: bool, asked: bool
) -> None:
    reader = Subscriber(
        1, "a@b.example", state, Preferences(), 1, 1, NOW, 0, NOW, NOW if confirmed else None,
        suppression=suppression, erase_asked_at=NOW if asked else None,
    )  # fmt: skip
    names = [deed.name for deed in deeds_for(reader)]
    assert len(names) == len(set(names))
    assert ("erase" in names) is (state is not SubscriberState.ERASED)
    assert ("lift" in names) is (state is SubscriberState.SUPPRESSED)
    if state is SubscriberState.SUPPRESSED and suppression is not Suppression.BOUNCE:
        assert names == ["lift", "erase"]  # no mail, whatever it is for
    if asked:
        assert not {"link", "prove"} & set(names)
