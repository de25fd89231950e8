"""How often an operator is written to, and the subject they read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.telling import MOST_DOUBLINGS, alarm_subject, mail_pause


@given(minutes=st.integers(1, 1440), failures=st.integers(0, 10_000))
def test_the_pause_doubles_with_each_failure_and_stays_within_bounds(
    minutes: int, failures: int
) -> None:
    first = timedelta(minutes=minutes)
    assert mail_pause(minutes, 0) == first
    assert first <= mail_pause(minutes, failures) <= first * 2**MOST_DOUBLINGS
    if failures < MOST_DOUBLINGS:
        assert mail_pause(minutes, failures + 1) == 2 * mail_pause(minutes, failures)


@pytest.mark.parametrize(
    ("news", "over", "subject"),
    [
        (["relay/main"], [], "Papers: alarm: relay/main"),
        ([], ["held"], "Papers: over: held"),
        (["a", "b"], [], "Papers: 2 alarms"),
        (["a"], ["b", "c"], "Papers: 1 alarm, 2 over"),
        ([], ["b", "c"], "Papers: 2 over"),
    ],
)
def test_the_subject_names_one_and_counts_several(
    news: list[str], over: list[str], subject: str
) -> None:
    assert alarm_subject("Papers", news, over) == subject


@given(news=st.integers(0, 60), over=st.integers(0, 60))
def test_every_alarm_is_counted_in_the_subject(news: int, over: int) -> None:
    if news + over < 2:
        return
    subject = alarm_subject("S", ["n"] * news, ["o"] * over)
    numbers = [
        int(word) for word in subject.removeprefix("S: ").replace(",", "").split() if word.isdigit()
    ]
    assert numbers == [count for count in (news, over) if count]
