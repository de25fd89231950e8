"""What the Feedback-Type of a complaint asks for (RFC 5965 section 7.3, RFC 6591, RFC 6430)."""

from enum import StrEnum


class Feedback(StrEnum):
    """What to do about a report of feedback."""

    COMPLAINT = "complaint"  # never mail again
    OPT_OUT = "opt-out"  # unsubscribe
    NOTHING = "nothing"  # "not spam", or about a signature and not a reader


_OTHERS = {
    "opt-out": Feedback.OPT_OUT,
    "opt-out-list": Feedback.OPT_OUT,
    "not-spam": Feedback.NOTHING,
    "auth-failure": Feedback.NOTHING,
    "dmarc": Feedback.NOTHING,
}


def feedback_of(feedback_type: str) -> Feedback:
    """Return what a Feedback-Type asks for; one that nobody knows is taken for "abuse"."""
    return _OTHERS.get(feedback_type.strip().lower(), Feedback.COMPLAINT)
