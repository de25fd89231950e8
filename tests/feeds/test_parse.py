"""The tally that every parser keeps."""

from datetime import UTC, datetime, timedelta

from digest.domain.papers import Entry
from digest.feeds.parse import DUPLICATE, MOST_ENTRIES, REPLACEMENT, Parsed, Tally, failed

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def entry(entry_id: str, title: str = "T") -> Entry:
    return Entry("s", entry_id, title, "https://a.example/")


def test_the_first_of_two_entries_of_one_id_is_kept() -> None:
    tally = Tally(NOW)
    tally.add(entry("1", "first"))
    tally.add(entry("1", "second"))
    assert tally.result() == Parsed((entry("1", "first"),), {DUPLICATE: 1})


def test_a_body_of_replacements_alone_was_read_well() -> None:
    tally = Tally(NOW)
    tally.drop(REPLACEMENT)
    assert tally.result().error is None


def test_a_body_whose_every_item_was_unreadable_is_an_error_with_the_reasons() -> None:
    tally = Tally(NOW)
    for reason in ("without a title", "without a link", "without a title"):
        tally.drop(reason)
    assert tally.result().error == ("no item could be read: 1 without a link, 2 without a title")


def test_an_empty_body_is_an_honest_nothing() -> None:
    assert Tally(NOW).result() == Parsed()
    assert failed("why").error == "why"


def test_dates_in_the_future_become_now_and_are_noted() -> None:
    tally = Tally(NOW)
    assert tally.past(None) is None
    assert tally.past(NOW - timedelta(days=1)) == NOW - timedelta(days=1)
    assert tally.past(NOW + timedelta(days=1)) == NOW
    assert tally.result().noted == {"date in the future": 1}


def test_entries_beyond_the_limit_are_counted() -> None:
    tally = Tally(NOW)
    for number in range(MOST_ENTRIES + 3):
        tally.add(entry(f"{number}"))
    result = tally.result()
    assert len(result.entries) == MOST_ENTRIES
    assert result.dropped == {f"beyond the first {MOST_ENTRIES}": 3}
