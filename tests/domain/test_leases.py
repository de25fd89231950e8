"""Who is dead: by the database's clock and by the watcher's own, and never by one of them alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.leases import LEASE, Watch, has_expired, may_take_lead

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
LEASE_S = LEASE.total_seconds()


@given(st.floats(-1e6, 1e6))
def test_a_heartbeat_is_over_when_the_lease_is(age: float) -> None:
    assert has_expired(NOW - timedelta(seconds=age), NOW) is (timedelta(seconds=age) >= LEASE)


@given(st.floats(-1e6, 1e6))
def test_a_lead_is_free_without_word_for_a_lease_or_by_another_clock(
    age: float,
) -> None:
    kept_at = NOW - timedelta(seconds=age)
    assert may_take_lead(kept_at, NOW) is (abs(timedelta(seconds=age)) > LEASE)


def test_a_worker_without_a_row_has_no_lease() -> None:
    assert has_expired(None, NOW)


def test_the_same_heartbeat_has_to_be_watched_for_a_whole_lease() -> None:
    watch = Watch()
    assert watch.find_silent({"a": NOW, "b": None}, 100) == frozenset()
    assert watch.find_silent({"a": NOW, "b": None}, 100 + LEASE_S - 0.1) == frozenset()
    assert watch.find_silent({"a": NOW, "b": None}, 100 + LEASE_S) == {"a", "b"}


def test_a_lost_connection_starts_the_watch_anew() -> None:
    watch = Watch()
    watch.find_silent({"a": NOW}, 0)
    watch.lose()
    assert watch.find_silent({"a": NOW}, LEASE_S) == frozenset()
    assert watch.find_silent({"a": NOW}, 2 * LEASE_S) == {"a"}


@given(
    st.lists(
        st.tuples(st.floats(0.1, 20), st.dictionaries(st.sampled_from("abc"), st.integers(0, 2))),
        max_size=30,
    )
)
def test_nobody_is_silent_whose_heartbeat_changed_within_the_lease(
    looks: list[tuple[float, dict[str, int]]],
) -> None:
    watch, moment = Watch(), 0.0
    same_since: dict[str, tuple[int, float]] = {}
    for wait, beats in looks:
        moment += wait
        told = {worker: NOW + timedelta(seconds=beat) for worker, beat in beats.items()}
        silent = watch.find_silent(told, moment)
        same_since = {
            worker: same_since[worker]
            if same_since.get(worker, (-1, 0.0))[0] == beat
            else (beat, moment)
            for worker, beat in beats.items()
        }
        assert silent == {w for w, (_, since) in same_since.items() if moment - since >= LEASE_S}
