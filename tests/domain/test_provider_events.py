"""What a provider's bounce says, in the terms of any other."""

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.provider_events import bounce_told, complaint_told
from digest.domain.reports import BounceReason


@given(st.text(max_size=60), st.booleans(), st.sampled_from([None, *BounceReason]))
def test_the_provider_decides_what_is_for_good_and_its_reason_goes_first(
    said: str, hard: bool, reason: BounceReason | None
) -> None:
    told = bounce_told("ada@example.org", said, hard=hard, reason=reason)
    assert told.hard is hard
    assert reason is None or told.reason is reason


def test_without_a_reason_codes_and_words_give_one() -> None:
    told = bounce_told("ada@example.org", "550 5.1.1 no such user", hard=True)
    assert (told.reason, told.status) == (BounceReason.USER_UNKNOWN, "5.1.1")
    assert bounce_told("a@b.c", "", hard=True, status="5.2.2").reason is BounceReason.MAILBOX_FULL
    assert complaint_told("a@b.c").reason is BounceReason.FEEDBACK
