"""The transcript of tries: bounded, in order, one line each, and read as it was written."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.replies import Stage
from digest.domain.tries import KEPT, LONGEST, Try, add_try, from_json, to_json

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
instants = st.builds(
    lambda passed, zone: (AT + passed).astimezone(zone),
    st.timedeltas(timedelta(0), timedelta(days=20_000)),
    st.sampled_from([UTC, timezone(timedelta(hours=-5))]),
)
made = st.builds(
    Try,
    at=instants,
    relay=st.text(max_size=80),
    stage=st.sampled_from(["", *(stage.value for stage in Stage)]),
    code=st.none() | st.integers(400, 599),
    reply=st.text(max_size=2 * LONGEST),
    outcome=st.sampled_from(["put off by the relay", "no relay answered"]),
)


def kept_of(tries: list[Try]) -> tuple[Try, ...]:
    kept: tuple[Try, ...] = ()
    for one in tries:
        kept = add_try(kept, one)
    return kept


@given(st.lists(made, max_size=3 * KEPT))
def test_the_latest_are_kept_in_order_and_read_as_they_were_written(tries: list[Try]) -> None:
    kept = kept_of(tries)
    assert [one.at for one in kept] == [one.at for one in tries[-KEPT:]]
    assert [(one.stage, one.code, one.outcome) for one in kept] == [
        (one.stage, one.code, one.outcome) for one in tries[-KEPT:]
    ]
    written = json.dumps(to_json(kept), ensure_ascii=False).encode("utf-8")  # no half characters
    assert from_json(json.loads(written)) == kept


@given(made)
def test_a_text_is_one_short_line_that_can_be_printed(one: Try) -> None:
    [kept] = add_try((), one)
    assert kept.reply.isprintable()
    assert kept.relay.isprintable()
    assert len(kept.reply) <= LONGEST
    assert len(kept.relay) <= 64
    assert kept.reply == kept.reply.strip()
    assert add_try((), kept) == (kept,)


def test_a_reply_keeps_its_words_and_loses_what_a_terminal_would_obey() -> None:
    said = "451-4.7.1 wait\r\n451 \x1b[31mplease\x00 \u202etsol"
    [kept] = add_try((), Try(AT, "main", "data", 451, said, "put off by the relay"))
    assert kept.reply == "451-4.7.1 wait 451 [31mplease tsol"
    [long] = add_try((), Try(AT, "main", "data", 451, "x" * 1000, "put off by the relay"))
    assert long.reply == "x" * 300


def test_an_instant_is_written_in_utc_as_the_rfc_has_it() -> None:
    east = AT.astimezone(timezone(timedelta(hours=9)))
    [told] = to_json(add_try((), Try(east, "", "", None, "", "no relay answered")))
    assert told == {
        "at": "2026-05-04T08:00:00Z",
        "relay": "",
        "stage": "",
        "code": None,
        "reply": "",
        "outcome": "no relay answered",
    }


def test_a_row_without_a_transcript_has_an_empty_one() -> None:
    assert from_json(None) == ()
