"""What a report does to its reader: at once, by points, or nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.reports import BounceReason, MailReport, ReportedRecipient, ReportKind
from digest.domain.suppression import (
    ABOUT_US,
    COUNTED,
    ENOUGH_POINTS,
    SAID_LENGTH,
    WINDOW,
    Weight,
    is_flood,
    one_line,
    points,
    reason_of,
    recipient_for,
    weigh,
    why_barred,
)

TODAY = date(2026, 5, 14)
DAYS = st.integers(0, 20).map(lambda ago: TODAY - timedelta(days=ago))
SETS = st.frozensets(DAYS)
TOLD = st.builds(
    ReportedRecipient,
    address=st.just("ada@example.org"),
    status=st.sampled_from(["", "5.1.1", "4.2.2", "5.7.1", "5.7.26", "5.0.0", "5", "nonsense"]),
    hard=st.booleans(),
    reason=st.sampled_from(BounceReason),
)


def told(reason: BounceReason, *, hard: bool = True, status: str = "") -> ReportedRecipient:
    return ReportedRecipient("ada@example.org", status, hard, reason)


@given(TOLD)
def test_what_is_said_of_us_never_blames_the_address(one: ReportedRecipient) -> None:
    if one.reason in ABOUT_US or one.status.startswith("5.7."):
        assert weigh(one) is Weight.NOBODY
        assert reason_of(one) in ABOUT_US
    else:
        assert reason_of(one) is one.reason


@given(TOLD)
def test_only_what_is_told_to_be_for_good_bars_at_once(one: ReportedRecipient) -> None:
    if weigh(one) is Weight.HARD:
        assert one.hard
    assert (weigh(one) is Weight.NOBODY) == (reason_of(one) not in COUNTED)


def test_no_reason_is_both_ours_and_the_addresss_and_what_is_the_mails_is_neither() -> None:
    assert frozenset() == ABOUT_US & COUNTED
    assert set(BounceReason) - ABOUT_US - COUNTED == {
        BounceReason.SIZE,
        BounceReason.CONTENT,
        BounceReason.DELAYED,
        BounceReason.FEEDBACK,
    }


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (BounceReason.USER_UNKNOWN, Weight.HARD),
        (BounceReason.MAILBOX_FULL, Weight.SOFT),
        (BounceReason.EXPIRED, Weight.SOFT),
        (BounceReason.DELAYED, Weight.NOBODY),
        (BounceReason.CONTENT, Weight.NOBODY),
        (BounceReason.RATE, Weight.NOBODY),
    ],
)
def test_a_full_mailbox_is_never_dead(reason: BounceReason, expected: Weight) -> None:
    assert weigh(told(reason)) is expected
    assert why_barred(reason).startswith("mail to it came back")


def naive_points(bounced: frozenset[date], good: frozenset[date]) -> int:
    held = 0
    for ago in range(13, -1, -1):
        day = TODAY - timedelta(days=ago)
        if day in bounced:
            held += 1
        elif day in good and held:
            held -= 1
    return held


@given(SETS, SETS)
def test_points_are_the_days_that_bounced_less_the_good_ones_after_them(
    bounced: frozenset[date], good: frozenset[date]
) -> None:
    assert points(bounced, good, TODAY) == naive_points(bounced, good)


@given(st.lists(DAYS), SETS, DAYS)
def test_a_day_gives_a_point_at_most_and_a_good_one_never_adds(
    bounced: list[date], good: frozenset[date], day: date
) -> None:
    held = points(bounced, good, TODAY)
    assert 0 <= held <= len(set(bounced))
    assert points([*bounced, *bounced], good, TODAY) == held
    assert points(bounced, good | {day}, TODAY) <= held
    assert points([*bounced, day], good, TODAY) in (held, held + 1, held + 2)


def test_five_days_within_fourteen_are_enough_and_older_ones_are_forgotten() -> None:
    five = [TODAY - timedelta(days=ago) for ago in (0, 3, 6, 9, 13)]
    assert points(five, (), TODAY) == ENOUGH_POINTS
    assert points(five, (), TODAY + timedelta(days=1)) == ENOUGH_POINTS - 1
    assert points(five, (), TODAY + WINDOW) == 0


def test_of_several_recipients_ours_counts_and_strangers_are_soft() -> None:
    ours, other = told(BounceReason.USER_UNKNOWN), told(BounceReason.MOVED)
    other = ReportedRecipient("x@example.org", "", True, BounceReason.MOVED)

    def report(*recipients: ReportedRecipient) -> MailReport:
        return MailReport(ReportKind.BOUNCE, recipients)

    assert recipient_for(report(other, ours), "ADA@example.org") == ours
    assert recipient_for(report(other), "ada@example.org") == other
    aliased = replace(other, original="ada@example.org")  # it went on to another address
    assert recipient_for(report(other, aliased), "ada@example.org") == aliased
    assert not recipient_for(report(other, other), "ada@example.org").hard
    nobody = recipient_for(report(), "ada@example.org")
    assert (nobody.reason, nobody.hard) == (BounceReason.UNKNOWN, False)


@given(st.integers(0, 10_000), st.integers(0, 10_000_000))
def test_a_flood_is_many_and_a_tenth_of_the_readers(hard: int, readers: int) -> None:
    assert is_flood(hard, readers) == (hard >= 50 and hard >= readers // 10)


@given(st.text())
def test_what_was_said_becomes_one_printable_line(said: str) -> None:
    line = one_line(said)
    assert line.isprintable()
    assert len(line) <= SAID_LENGTH
    assert one_line(line) == line
