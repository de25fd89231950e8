"""The journal of accepted mails: what is written is read, and nothing else is taken for it."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from digest.domain.accepted import Accepted, read_accepted, to_line

words = st.from_regex(r"[a-z0-9._-]*[a-z0-9._]", fullmatch=True)
replies = st.text(max_size=60)
made = st.builds(
    Accepted,
    delivery_id=st.integers(1, 2**40),
    submission=st.integers(1, 50),
    worker=words,
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])),
    placed=st.none() | st.integers(0, 100),
    relay=words | st.just(""),
    reply=replies,
)


@given(made)
def test_a_line_says_again_what_was_written(one: Accepted) -> None:
    line = to_line(one)
    assert "\n" not in line
    assert line.startswith(f"accepted {one.delivery_id} ")
    [read] = read_accepted([line])
    words_of = " ".join(one.reply.split())
    assert read.reply == ("" if words_of == "-" else words_of)
    assert (read.delivery_id, read.submission, read.at) == (
        one.delivery_id,
        one.submission,
        one.at,
    )
    assert (read.placed, read.worker, read.relay) == (one.placed, one.worker, one.relay)


@given(st.lists(st.text(max_size=80), max_size=10), made)
def test_rubbish_between_the_lines_costs_no_line(rubbish: list[str], one: Accepted) -> None:
    lines = [line for line in rubbish if not line.startswith("accepted")]
    found = read_accepted([*lines, to_line(one), *lines])
    assert [each.delivery_id for each in found] == [one.delivery_id]


def test_a_line_cut_short_or_changed_says_nothing() -> None:
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    line = to_line(Accepted(7, 1, "host.1.ab", at, 5, "main", "250 ok"))
    assert line == "accepted 7 1 host.1.ab 2026-05-04T08:00:00+00:00 5 main 250 ok"
    head = line.removesuffix(" 250 ok")
    assert read_accepted([head[:n] for n in range(len(head) + 1)]) == []
    assert read_accepted([line.replace("+00:00", "")]) == []
    assert read_accepted([line, line]) == read_accepted([line])


def test_a_name_of_several_words_is_one_word() -> None:
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    [read] = read_accepted([to_line(Accepted(7, 1, "a host", at, relay="the first relay"))])
    assert (read.worker, read.relay) == ("a_host", "the_first_relay")
