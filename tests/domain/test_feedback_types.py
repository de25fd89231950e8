"""What the type of a complaint asks for."""

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.feedback_types import Feedback, feedback_of


def test_not_spam_is_no_complaint_and_opting_out_is_leaving() -> None:
    assert feedback_of("Not-Spam ") is Feedback.NOTHING
    assert feedback_of("auth-failure") is Feedback.NOTHING
    assert feedback_of("opt-out") is Feedback.OPT_OUT
    assert {feedback_of(kind) for kind in ("abuse", "fraud", "other", "")} == {Feedback.COMPLAINT}


@given(st.text())
def test_what_nobody_knows_is_taken_for_abuse(kind: str) -> None:
    known = {"not-spam", "auth-failure", "dmarc", "opt-out", "opt-out-list"}
    expected = feedback_of(kind) is Feedback.COMPLAINT
    assert expected == (kind.strip().lower() not in known)
