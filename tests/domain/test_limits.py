"""Token buckets, and whose bucket a client draws from."""

import ipaddress
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.limits import Limit, client_network, limit_key, take_one

LIMITS = st.builds(
    Limit, st.integers(1, 1000), st.integers(1, 100_000).map(lambda s: timedelta(seconds=s))
)
WAITS = st.lists(st.floats(0, 100_000), max_size=60)


@given(LIMITS, WAITS)
def test_a_bucket_lets_through_its_capacity_and_what_has_filled_up_since(
    limit: Limit, waits: list[float]
) -> None:
    level, allowed = float(limit.capacity), 0
    for wait in waits:
        taken = take_one(limit, level, wait)
        assert 0 <= taken.level <= limit.capacity
        level, allowed = taken.level, allowed + taken.allowed
    most = limit.capacity * (1 + sum(waits) / limit.period.total_seconds())
    assert allowed <= most + 1e-6
    assert allowed >= min(len(waits), limit.capacity)


@given(LIMITS, st.floats(0, 0.999))
def test_whoever_waits_as_long_as_told_is_let_through(limit: Limit, level: float) -> None:
    refused = take_one(limit, level, 0)
    assert not refused.allowed
    assert refused.retry_after_s > 0
    assert refused.level == level
    assert take_one(limit, level, refused.retry_after_s * 1.000001).allowed
    assert not take_one(limit, level, refused.retry_after_s * 0.99 - 1e-9).allowed


@given(LIMITS, st.floats(0, 1000), st.floats(-1e9, 0))
def test_a_clock_set_back_neither_fills_nor_empties(
    limit: Limit, level: float, elapsed: float
) -> None:
    assert take_one(limit, level, elapsed) == take_one(limit, level, 0)


def test_a_bucket_is_full_again_after_its_period() -> None:
    limit = Limit(5, timedelta(hours=1))
    assert take_one(limit, 0, 3600).level == 4
    assert take_one(limit, 0, 10**9).level == 4
    assert take_one(limit, 0, 0).retry_after_s == pytest.approx(720)


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:0:1ff::1", "2001:db8:0:100::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "unknown"),
        ("a proxy's socket", "unknown"),
    ],
)
def test_a_client_shares_the_bucket_of_its_network(client: str, network: str) -> None:
    assert client_network(client) == network


@given(st.ip_addresses())
def test_the_neighbours_of_a_client_share_its_bucket(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    network = ipaddress.ip_network(client_network(str(address)))
    assert client_network(str(network[0])) == client_network(str(network[-1])) == str(network)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_bucket_is_named_by_hash_apart_for_each_purpose_and_key(one: str, other: str) -> None:
    name = limit_key(b"k" * 32, "address", one)
    assert re.fullmatch(r"[0-9a-f]{64}", name)
    assert name != limit_key(b"k" * 32, "network", one)
    assert name != limit_key(b"l" * 32, "address", one)
    assert (name == limit_key(b"k" * 32, "address", other)) == (one == other)
