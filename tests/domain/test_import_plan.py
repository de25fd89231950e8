"""What an import does with each person: nobody who left is mailed, nobody is changed unasked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.import_plan import Decision, Deed, Known, Options, decide
from digest.domain.import_rows import ImportRow, OnList, Standing
from digest.domain.subscribers import Preferences, SubscriberState, Suppression, TopicItem
from tests.domain.people import catalogue

CATALOGUE = catalogue()
HELD = Preferences(hour=6, topics=(TopicItem("x", "x"),))
GONE = (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED, SubscriberState.ERASED)
ROWS = st.builds(
    ImportRow,
    line=st.just(1),
    address=st.just("a@example.org"),
    standing=st.sampled_from(list(Standing)),
    slugs=st.sampled_from([(), ("agents",), ("nothing",)]),
    choices=st.dictionaries(
        st.sampled_from(["hour", "max", "zone"]), st.sampled_from(["7", "UTC", "99999", "x"])
    ),
    lists=st.sampled_from([(), (OnList("A", Standing.CONFIRMED), OnList("B", Standing.LEFT))]),
)
KNOWN = st.none() | st.builds(
    Known,
    st.none() | st.sampled_from(list(SubscriberState)),
    st.none() | st.sampled_from(list(Suppression)),
    st.just(HELD),
)
OPTIONS = st.builds(
    Options,
    confirmed=st.booleans(),
    invite=st.booleans(),
    ask_everybody=st.booleans(),
    update=st.booleans(),
    topics=st.sampled_from([(), ("moe",)]),
    lists=st.sampled_from([{}, {"a": "moe"}]),
    standing=st.none() | st.sampled_from(list(Standing)),
)


def plan(told: Standing, known: Known | None = None, **options: Any) -> Decision:
    row = ImportRow(1, "a@example.org", told, choices={"hour": "9"})
    return decide(row, known, Options(**options), CATALOGUE, Preferences())


@given(ROWS, KNOWN, OPTIONS)
def test_nobody_who_left_is_made_a_reader(
    row: ImportRow, known: Known | None, options: Options
) -> None:
    done = decide(row, known, options, CATALOGUE, Preferences())
    mailed = (Deed.ADD, Deed.INVITE, Deed.UPDATE)
    if known is not None and (known.state is None or known.state in GONE):
        assert done.deed in (Deed.REJECT, Deed.UNCHANGED)
    if not done.standing.joins:
        assert done.deed not in mailed
    if known is not None:
        assert done.deed not in (Deed.ADD, Deed.INVITE)
        assert options.update or done.deed in (Deed.UNCHANGED, Deed.REJECT)
    else:
        assert done.deed not in (Deed.UPDATE, Deed.UNCHANGED)
    assert (done.deed is Deed.REJECT) is bool(done.reason)
    assert (done.preferences is not None) >= (done.deed in mailed)


@given(ROWS, OPTIONS)
def test_who_was_added_is_unchanged_by_the_same_row(row: ImportRow, options: Options) -> None:
    first = decide(row, None, options, CATALOGUE, Preferences())
    if first.deed is not Deed.ADD or first.preferences is None:
        return
    known = Known(SubscriberState.ACTIVE, None, first.preferences)
    assert decide(row, known, options, CATALOGUE, Preferences()).deed is Deed.UNCHANGED


def test_a_newcomer_is_added_asked_or_kept_out_by_what_the_file_says() -> None:
    assert plan(Standing.CONFIRMED).deed is Deed.ADD
    assert plan(Standing.WAITING).deed is Deed.ADD
    assert plan(Standing.CONFIRMED, ask_everybody=True).deed is Deed.INVITE
    assert "--confirmed" in plan(Standing.UNKNOWN).reason
    assert plan(Standing.UNKNOWN, confirmed=True).deed is Deed.ADD
    assert plan(Standing.UNKNOWN, invite=True).deed is Deed.INVITE
    assert "--invite" in plan(Standing.UNCONFIRMED, confirmed=True).reason
    assert plan(Standing.UNCONFIRMED, invite=True).deed is Deed.INVITE
    assert plan(Standing.LEFT, confirmed=True, invite=True).deed is Deed.LEAVE
    for standing in (Standing.BOUNCED, Standing.COMPLAINED, Standing.BARRED):
        assert plan(standing, confirmed=True).deed is Deed.BAR
    assert plan(Standing.CONFIRMED, standing=Standing.BARRED).deed is Deed.BAR


def test_a_reader_changes_only_where_that_is_asked_for() -> None:
    reader = Known(SubscriberState.ACTIVE, None, HELD)
    assert plan(Standing.CONFIRMED, reader).deed is Deed.UNCHANGED
    changed = plan(Standing.CONFIRMED, reader, update=True, topics=("moe",))
    assert (changed.deed, changed.preferences) == (
        Deed.UPDATE,
        Preferences(hour=9, topics=HELD.topics),  # what the file does not tell stays
    )
    assert "--update lets it count" in plan(Standing.LEFT, reader).reason
    assert plan(Standing.LEFT, reader, update=True).deed is Deed.LEAVE
    assert plan(Standing.COMPLAINED, reader, update=True).deed is Deed.BAR


def test_who_left_or_is_barred_here_is_refused_with_the_reason() -> None:
    left = Known(SubscriberState.UNSUBSCRIBED, None, HELD)
    assert "they alone can" in plan(Standing.CONFIRMED, left, update=True).reason
    bounced = Known(SubscriberState.SUPPRESSED, Suppression.BOUNCE, HELD)
    assert "bounces lift" in plan(Standing.CONFIRMED, bounced).reason
    complained = Known(SubscriberState.SUPPRESSED, Suppression.COMPLAINT, HELD)
    assert "complaint" in plan(Standing.CONFIRMED, complained, confirmed=True).reason
    assert "complaint" in plan(Standing.CONFIRMED, Known(None, None, HELD)).reason
    assert plan(Standing.LEFT, left).deed is Deed.UNCHANGED


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"hour": "24"}, "the hour is 0 to 23"),
        ({"hour": "eight"}, "hour is a whole number, not 'eight'"),
        ({"max": "²"}, "max is a whole number"),
        ({"zone": "Berlin"}, "no IANA time zone"),
        ({"weekdays": "mon,someday"}, "unknown weekday"),
        ({"lang": "la"}, "the languages are"),
    ],
)
def test_a_choice_that_cannot_be_is_a_reason(choices: dict[str, str], words: str) -> None:
    row = ImportRow(1, "a@example.org", Standing.CONFIRMED, choices=choices)
    assert words in decide(row, None, Options(), CATALOGUE, Preferences()).reason
    gone = ImportRow(1, "a@example.org", Standing.LEFT, choices=choices)
    assert decide(gone, None, Options(), CATALOGUE, Preferences()).deed is Deed.LEAVE


def test_topics_are_the_rows_then_the_lists_then_the_options() -> None:
    def slugs(row: ImportRow, **options: Any) -> list[str | None]:
        found = decide(row, None, Options(**options), CATALOGUE, Preferences())
        assert found.preferences is not None
        return [item.slug for item in found.preferences.topics]

    bare = ImportRow(1, "a@example.org", Standing.CONFIRMED)
    assert slugs(bare) == []
    assert slugs(bare, topics=("moe",)) == ["moe"]
    listed = ImportRow(1, "a@x.org", Standing.UNKNOWN, lists=(OnList("A", Standing.CONFIRMED),))
    assert slugs(listed, topics=("moe",), lists={"a": "agents"}) == ["agents"]
    own = ImportRow(1, "a@x.org", Standing.CONFIRMED, items=(TopicItem("Mine", "b AND a", "gone"),))
    assert slugs(own, topics=("moe",)) == [None]
    lost = ImportRow(1, "a@x.org", Standing.CONFIRMED, slugs=("agent",))
    told = decide(lost, None, Options(), CATALOGUE, Preferences()).reason
    assert "there is no topic 'agent'; near it are" in told
