"""What a paper keeps and gains when entries, or another paper, turn out to be it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.merging import merge_entry, merge_twins, paper_of
from digest.domain.papers import Entry, Paper

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
WINDOW = timedelta(days=14)
KINDS = {"arXiv": "arxiv", "HF": "huggingface", "Blog": "feed"}
cases = settings(max_examples=150, deadline=None)
words = st.text(alphabet="abc ", max_size=6)
entries = st.builds(
    Entry,
    source=st.sampled_from(sorted(KINDS)),
    entry_id=st.just("1"),
    title=st.text(alphabet="abc", min_size=1, max_size=6),
    url=st.sampled_from(["https://a.example/1", "https://b.example/2"]),
    abstract=words,
    authors=st.lists(st.sampled_from(["Ann", "Bob"]), max_size=2).map(tuple),
    arxiv_id=st.none() | st.sampled_from(["2605.00001", "2605.00002"]),
    doi=st.none() | st.just("10.1000/x"),
    categories=st.lists(st.sampled_from(["cs.LG", "cs.CL"]), unique=True).map(tuple),
    code_url=st.none() | st.just("https://code.example/"),
)


def paper(entry: Entry, paper_id: int = 1, at: datetime = NOW) -> Paper:
    return replace(paper_of(entry, at, WINDOW, archived=False), id=paper_id)


@cases
@given(entries, entries)
def test_an_entry_adds_and_never_empties_a_field(one: Entry, two: Entry) -> None:
    before = paper(one)
    after = merge_entry(before, two, KINDS)
    for name in ("title", "url", "abstract", "authors", "arxiv_id", "doi", "code_url"):
        assert bool(getattr(after, name)) == bool(getattr(before, name) or getattr(two, name))
        assert getattr(after, name) in (getattr(before, name), getattr(two, name))
    assert (after.id, after.first_seen_at, after.eligible_until) == (1, NOW, NOW + WINDOW)
    assert set(after.categories) == {*one.categories, *two.categories}


@cases
@given(entries, entries)
def test_identifiers_once_given_stay(one: Entry, two: Entry) -> None:
    after = merge_entry(paper(one), two, KINDS)
    assert one.arxiv_id is None or after.arxiv_id == one.arxiv_id
    assert one.doi is None or after.doi == one.doi


@cases
@given(entries, entries)
def test_merging_an_entry_twice_is_merging_it_once(one: Entry, two: Entry) -> None:
    after = merge_entry(paper(one), two, KINDS)
    assert merge_entry(after, two, KINDS) == after
    assert merge_entry(paper(one), one, KINDS) == paper(one)


@cases
@given(entries, entries)
def test_provenance_names_who_told_each_field(one: Entry, two: Entry) -> None:
    after = merge_entry(paper(one), two, KINDS)
    told = {"first": one, "second": two}
    for name, source in after.provenance.items():
        if name != "categories":
            tellers = [e for e in told.values() if e.source == source]
            assert getattr(after, name) in [getattr(e, name) for e in tellers]


def test_the_archive_is_believed_before_a_list_and_a_list_before_a_feed() -> None:
    told = {s: Entry(s, "1", f"Title of {s}", f"https://{s}.example/") for s in KINDS}
    for first in KINDS:
        for second in KINDS:
            after = merge_entry(paper(told[first]), told[second], KINDS)
            order = ["arXiv", "HF", "Blog"]
            better = min(second, first, key=order.index)
            assert after.title == f"Title of {better}"


def test_a_source_may_correct_itself_and_a_removed_source_counts_as_a_feed() -> None:
    first = Entry("arXiv", "1", "Tpyo", "https://a.example/")
    assert merge_entry(paper(first), replace(first, title="Typo"), KINDS).title == "Typo"
    assert (
        merge_entry(paper(first), replace(first, source="Gone", title="X"), KINDS).title == "Tpyo"
    )


@cases
@given(entries, entries, st.integers(-400, 400))
def test_twins_keep_the_older_id_and_the_smaller_window(one: Entry, two: Entry, gap: int) -> None:
    older, younger = paper(one, 1), paper(two, 2, NOW + timedelta(hours=gap))
    merged = merge_twins(older, younger)
    assert merged.id == 1
    assert merged.eligible_until == min(older.eligible_until, younger.eligible_until)
    assert merged.first_seen_at == min(older.first_seen_at, younger.first_seen_at)
    assert merged.title == older.title
    assert set(merged.categories) == {*one.categories, *two.categories}


def test_twins_are_offered_where_either_was() -> None:
    entry = Entry("HF", "1", "T", "https://a.example/")
    archived = replace(paper(entry), offered=False)
    assert merge_twins(archived, paper(entry, 2)).offered
    assert not merge_twins(archived, replace(archived, id=2)).offered
    assert not paper_of(entry, NOW, WINDOW, archived=True).offered
