"""When complaints are too many: above 0.1 %, and never for one person alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.complaint_rate import complains_too_much, share

COUNTS = st.integers(0, 10_000_000)


@pytest.mark.parametrize(
    ("sent", "complaints", "too_much"),
    [
        (20, 1, False),  # 5 %, and one person
        (20, 2, True),
        (1999, 2, True),
        (2000, 2, False),  # 0.1 % itself is not above it
        (100_000, 100, False),
        (100_000, 101, True),
        (0, 2, True),
        (0, 0, False),
    ],
)
def test_the_rate_and_the_least_number(sent: int, complaints: int, too_much: bool) -> None:
    assert complains_too_much(sent, complaints) is too_much


@given(sent=COUNTS, complaints=COUNTS, more=COUNTS)
def test_more_complaints_are_never_better_and_more_mails_never_worse(
    sent: int, complaints: int, more: int
) -> None:
    if complains_too_much(sent, complaints):
        assert complains_too_much(sent, complaints + more)
        assert complaints * 1000 > sent
    else:
        assert not complains_too_much(sent + more, complaints)


@given(part=COUNTS, whole=COUNTS)
def test_a_share_is_between_nothing_and_all(part: int, whole: int) -> None:
    assert 0 <= share(part, whole) <= 1
    if 0 < part <= whole:
        assert share(part, whole) * whole == pytest.approx(part)
