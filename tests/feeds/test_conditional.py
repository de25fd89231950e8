"""What a server says of time."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.conditional import (
    LONGEST_FRESH_S,
    LONGEST_WAIT_S,
    fresh_for_s,
    http_date,
    retry_after_s,
    validator,
)

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=60"}, 60.0),
        ({"Cache-Control": 'public, MAX-AGE="60"'}, 60.0),
        ({"Cache-Control": "max-age=60, max-age=5"}, 60.0),
        ({"Cache-Control": "s-maxage=60"}, None),
        ({"Cache-Control": "max-age=60", "Age": "45"}, 15.0),
        ({"Cache-Control": "max-age=60", "Age": "90"}, 0.0),
        ({"Cache-Control": "max-age=-1"}, 0.0),
        ({"Cache-Control": "max-age=soon"}, 0.0),
        ({"Cache-Control": "max-age=99999999999"}, LONGEST_FRESH_S),
        ({"Cache-Control": "no-cache, max-age=60"}, 0.0),
        ({"Cache-Control": "no-store"}, 0.0),
        ({"Expires": "Mon, 04 May 2026 09:00:00 GMT"}, 3600.0),
        ({"Expires": "0"}, 0.0),
        ({"Expires": "Mon, 04 May 2020 09:00:00 GMT"}, 0.0),
        (
            {"Expires": "Mon, 04 May 2026 09:00:00 GMT", "Date": "Mon, 04 May 2026 08:50:00 GMT"},
            600.0,
        ),
        ({"Expires": "Mon, 04 May 2026 09:00:00 GMT", "Cache-Control": "max-age=5"}, 5.0),
    ],
)
def test_freshness_follows_rfc_9111(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for_s(httpx.Headers(headers), NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 0 "}, 0.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "999999999999"}, LONGEST_WAIT_S),
        ({"Retry-After": "9" * 30}, None),
        ({"Retry-After": "Mon, 04 May 2026 08:01:00 GMT"}, 60.0),
        ({"Retry-After": "Monday, 04-May-26 08:01:00 GMT"}, 60.0),
        ({"Retry-After": "Mon May  4 08:01:00 2026"}, 60.0),
        ({"Retry-After": "Mon, 04 May 2020 08:01:00 GMT"}, 0.0),
        (
            {
                "Retry-After": "Mon, 04 May 2026 10:01:00 GMT",
                "Date": "Mon, 04 May 2026 10:00:00 GMT",
            },
            60.0,
        ),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(httpx.Headers(headers), NOW) == seconds


values = st.text(max_size=60) | st.from_regex(r"max-age=\d{0,20}|\d{0,20}", fullmatch=True)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ["cache-control", "expires", "age", "date", "retry-after"], values)))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_headers_give_seconds_within_bounds_or_nothing(headers: dict[str, str]) -> None:
    fresh, wait = fresh_for_s(headers, NOW), retry_after_s(headers, NOW)
    assert fresh is None or 0 <= fresh <= LONGEST_FRESH_S
    assert wait is None or 0 <= wait <= LONGEST_WAIT_S


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001  hypothesis wants naive bounds
@settings(max_examples=100, deadline=None)
def test_a_written_http_date_is_read_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert http_date(moment.strftime("%a, %d %b %Y %H:%M:%S GMT")) == moment


@pytest.mark.parametrize("value", [None, "", "x\ny", "naïve", "a" * 1001, "\x7f"])
def test_a_validator_that_cannot_be_sent_back_is_dropped(value: str | None) -> None:
    assert validator(value) is None


def test_instants_are_aware_and_in_utc() -> None:
    found = http_date("Mon, 04 May 2026 10:00:00 +0200")
    assert found == NOW
    assert found is not None
    assert found.utcoffset() == timedelta(0)
