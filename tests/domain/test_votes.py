"""Votes: whatever the log holds, replaying it gives the same, and what is taken back is gone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.votes import NO_OPINION, UNDO, Opinion, Verdict, Vote, opinions, saved

FIRST = datetime(2026, 5, 4, tzinfo=UTC)
cases = settings(max_examples=200, deadline=None)
said = st.lists(st.tuples(st.integers(1, 5), st.sampled_from(Verdict)), max_size=25)
merges = st.dictionaries(st.integers(3, 5), st.integers(1, 2), max_size=3)


def log_of(votes: list[tuple[int, Verdict]]) -> list[Vote]:
    """Return votes a minute apart."""
    return [Vote(p, v, FIRST + timedelta(minutes=n)) for n, (p, v) in enumerate(votes)]


@cases
@given(said, merges, st.integers(0, 25))
def test_a_log_read_in_two_parts_gives_what_it_gives_at_once(
    votes: list[tuple[int, Verdict]], survivors: dict[int, int], cut: int
) -> None:
    log = log_of(votes)
    whole = opinions(log, survivors)
    assert opinions(list(log), survivors) == whole
    later = opinions(log[:cut], survivors)
    for vote in log[cut:]:
        paper = survivors.get(vote.paper_id, vote.paper_id)
        later[paper] = later.get(paper, NO_OPINION).with_vote(vote)
    assert {paper: o for paper, o in later.items() if o != NO_OPINION} == whole


@cases
@given(said, merges)
def test_only_survivors_have_opinions_and_each_saved_paper_stands_once(
    votes: list[tuple[int, Verdict]], survivors: dict[int, int]
) -> None:
    found = opinions(log_of(votes), survivors)
    assert not found.keys() & survivors.keys()
    listed = saved(found)
    assert len(listed) == len(set(listed))
    times = [found[paper].saved_at or FIRST for paper in listed]
    assert times == sorted(times, reverse=True)


@cases
@given(said, st.sampled_from(Verdict))
def test_the_same_verdict_twice_changes_nothing_more(
    votes: list[tuple[int, Verdict]], verdict: Verdict
) -> None:
    held = opinions(log_of(votes), {}).get(1, NO_OPINION)
    once = held.with_vote(Vote(1, verdict, FIRST + timedelta(days=1)))
    assert once.with_vote(Vote(1, verdict, FIRST + timedelta(days=2))) == once


@cases
@given(said, st.sampled_from(sorted(UNDO)))
def test_taking_back_what_was_new_gives_the_opinion_without_it(
    votes: list[tuple[int, Verdict]], verdict: Verdict
) -> None:
    held = opinions(log_of(votes), {}).get(1, NO_OPINION)
    at = FIRST + timedelta(days=1)
    back = held.with_vote(Vote(1, verdict, at)).with_vote(Vote(1, UNDO[verdict], at))
    if verdict is Verdict.SAVE:
        assert back == Opinion(held.liking, None)
    else:
        assert back == Opinion(Verdict.NEITHER, held.saved_at)


def test_saving_and_liking_do_not_touch_each_other() -> None:
    log = log_of([(1, Verdict.SAVE), (1, Verdict.LESS), (2, Verdict.MORE), (1, Verdict.NEITHER)])
    assert opinions(log, {}) == {
        1: Opinion(Verdict.NEITHER, FIRST),
        2: Opinion(Verdict.MORE, None),
    }
