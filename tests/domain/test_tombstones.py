"""Tombstones: a key that names nobody, and an address that stays barred where it must."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.subscribers import SubscriberState, Suppression
from digest.domain.tokens import derive_key
from digest.domain.tombstones import barred_key, keeps_barring, plain_key
from tests.domain.test_access import reader

KEY, OTHER = derive_key("k" * 40), derive_key("o" * 40)
cases = settings(max_examples=100, deadline=None)


@cases
@given(st.emails(), st.integers(1, 2**48))
def test_a_key_of_a_tombstone_is_no_address_and_does_not_hold_it(address: str, number: int) -> None:
    for key in (plain_key(number), barred_key(KEY, address)):
        assert "@" not in key
        assert address.lower() not in key
    assert barred_key(KEY, f" {address.upper()}") == barred_key(KEY, address.lower())
    assert barred_key(OTHER, address) != barred_key(KEY, address)


@cases
@given(st.emails(), st.emails())
def test_two_addresses_have_two_keys(one: str, other: str) -> None:
    same = one.lower() == other.lower()
    assert (barred_key(KEY, one) == barred_key(KEY, other)) == same


def test_a_complaint_outlives_its_reader_and_a_bounce_does_not() -> None:
    barred = replace(reader(SubscriberState.SUPPRESSED))
    for suppression, lasts in (
        (Suppression.COMPLAINT, True),
        (Suppression.OPERATOR, True),
        (Suppression.BOUNCE, False),
        (None, True),  # nobody wrote down why: the careful reading
    ):
        assert keeps_barring(replace(barred, suppression=suppression)) == lasts
    assert not keeps_barring(reader())
