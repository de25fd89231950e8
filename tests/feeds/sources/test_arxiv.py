"""arXiv: announcements, the query API, and the URLs both are asked by."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.papers import Entry
from digest.feeds.parse import Parsed
from digest.feeds.sources.arxiv import (
    ApiPage,
    category_url,
    id_batches,
    id_list_url,
    parse_announcements,
    parse_api,
    polls,
    real_categories,
)

NOW = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)
(POLL,) = polls("https://rss.arxiv.org", ["cs.CL"])
HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<title>cs.CL updates on arXiv.org</title><updated>2026-05-04T04:00:19+00:00</updated>
"""
ENTRY = """<entry><id>oai:arXiv.org:2605.01234v1</id><title>A $k$-Means Title</title>
<updated>2026-05-04T04:00:19+00:00</updated>
<link href="https://arxiv.org/abs/2605.01234" rel="alternate" type="text/html"/>
<summary>arXiv:2605.01234v1 Announce Type: new 
Abstract: We show that $a &lt; b$.</summary>
<category term="cs.CL"/><category term="I.2.7"/><category term="68T50"/>
<published>2026-05-04T00:00:00-04:00</published>
<arxiv:announce_type>new</arxiv:announce_type><arxiv:DOI>10.1000/ABC.1</arxiv:DOI>
<dc:creator>Andr\\'e One (Uni, Town), Bo Two</dc:creator></entry>
"""  # noqa: W291  the real feed has the space before its line break


def announced(*entries: str) -> Parsed:
    body = HEAD + "".join(entries) + "</feed>"
    return parse_announcements(body.encode(), "arxiv", POLL, NOW)


def test_an_announcement_becomes_an_entry() -> None:
    assert announced(ENTRY) == Parsed(
        (
            Entry(
                source="arxiv",
                entry_id="2605.01234",
                title="A $k$-Means Title",
                url="https://arxiv.org/abs/2605.01234",
                abstract="We show that $a < b$.",
                authors=(r"Andr\'e One", "Bo Two"),
                arxiv_id="2605.01234",
                doi="10.1000/abc.1",
                categories=("cs.CL",),
                pdf_url="https://arxiv.org/pdf/2605.01234",
                published_at=datetime(2026, 5, 4, 4, tzinfo=UTC),
                listed_at=datetime(2026, 5, 4, 4, tzinfo=UTC),
                listing_date=date(2026, 5, 4),
                announce_type="new",
            ),
        )
    )


@pytest.mark.parametrize(("kind", "kept"), [("new", 1), ("cross", 1), ("replace", 0),
                                            ("replace-cross", 0)])  # fmt: skip
def test_replacements_are_no_news(kind: str, kept: int) -> None:
    for entry in (
        ENTRY.replace(">new<", f">{kind}<").replace("Type: new", f"Type: {kind}"),
        ENTRY.replace(">new<", "><").replace("Type: new", f"Type: {kind}"),
    ):
        parsed = announced(entry)
        assert len(parsed.entries) == kept
        assert parsed.dropped == ({} if kept else {"replacement": 1})
        assert parsed.error is None


def test_when_a_cross_listed_paper_was_published_is_not_guessed() -> None:
    (entry,) = announced(ENTRY.replace("new", "cross")).entries
    assert (entry.announce_type, entry.published_at) == ("cross", None)
    assert entry.listed_at is not None


def test_a_paper_announced_twice_in_a_feed_is_one() -> None:
    assert announced(ENTRY, ENTRY).dropped == {"duplicate": 1}


def test_entries_without_id_or_title_or_of_an_unknown_kind_are_counted() -> None:
    parsed = announced(
        ENTRY,
        ENTRY.replace("2605.01234", "nothing"),
        ENTRY.replace("A $k$-Means Title", "  "),
        ENTRY.replace("new", "withdrawn"),
    )
    assert len(parsed.entries) == 1
    assert parsed.dropped == {
        "without an arXiv id": 1,
        "without a title": 1,
        "of an unknown announce type": 1,
    }


def test_an_entry_that_never_says_its_kind_is_kept_and_noted() -> None:
    bare = ENTRY.replace(">new<", "><").replace(" Announce Type: new", "")
    parsed = announced(bare)
    assert len(parsed.entries) == 1
    assert parsed.noted == {"without an announce type": 1}


def test_an_entry_without_a_date_is_of_the_feeds_date() -> None:
    undated = ENTRY.replace("published>", "x>").replace("updated>", "y>")
    (entry,) = announced(undated).entries
    assert entry.listed_at == datetime(2026, 5, 4, 4, 0, 19, tzinfo=UTC)


def test_a_day_without_announcements_is_an_honest_nothing() -> None:
    assert announced() == Parsed()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "body is empty"),
        (b"<!DOCTYPE html><html><body>Down</body></html>", "body is an HTML page, not a feed"),
        (b"hello", "body is neither RSS, Atom nor JSON Feed: "),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>cut',
         "feed is broken and holds no item that can be read: "),
    ],
)  # fmt: skip
def test_a_body_that_is_no_feed_says_so(body: bytes, error: str) -> None:
    parsed = parse_announcements(body, "arxiv", POLL, NOW)
    assert parsed.error is not None
    assert parsed.error.startswith(error)


def test_a_feed_cut_in_mid_item_is_read_as_far_as_it_goes() -> None:
    second = ENTRY.replace("2605.01234", "2605.05678")
    whole = (HEAD + ENTRY + second).encode()
    parsed = parse_announcements(whole[: whole.rindex(b"$a")], "arxiv", POLL, NOW)
    abstracts = [entry.abstract for entry in parsed.entries]
    assert abstracts == ["We show that $a < b$.", "We show that"]
    assert parsed.noted == {"cut off in mid-item": 1}
    parsed = parse_announcements(whole[: whole.rindex(b"abs/2605.0")], "arxiv", POLL, NOW)
    assert [entry.entry_id for entry in parsed.entries] == ["2605.01234"]
    assert parsed.dropped == {"cut off before its link": 1}


def test_there_is_one_poll_for_each_category() -> None:
    asked = polls("https://rss.arxiv.org/", ["cs.CL", "stat.ML", "cs.CL"])
    assert [(poll.key, poll.url) for poll in asked] == [
        ("cs.CL", "https://rss.arxiv.org/atom/cs.CL"),
        ("stat.ML", "https://rss.arxiv.org/atom/stat.ML"),
    ]


def test_real_categories_are_told_from_acm_and_msc_classes() -> None:
    real = ["cs.CL", "math.OC", "astro-ph.GA", "cond-mat.mes-hall", "cond-mat.soft", "hep-th",
            "physics.ao-ph", "physics.soc-ph", "physics.optics", "q-bio.NC", "quant-ph", "nlin.AO",
            "cond-mat.mtrl-sci", "cond-mat.dis-nn", "cond-mat.stat-mech", "physics.data-an",
            "physics.flu-dyn", "eess.IV", "cond-mat.other", "math-ph", "gr-qc"]  # fmt: skip
    other = ["I.2.7", "68T50", "68T07, 68T45", "F.2.2; I.2.7", "A.1", "N/A", "1.2", "cs", "",
             "Doctor of Engineering", "I.2 ARTIFICIAL INTELLIGENCE", "cs.CLX"]  # fmt: skip
    assert real_categories([*other, *real, *real]) == tuple(real)


# --- the query API --------------------------------------------------------------------------

RESULT = """<entry><id>http://arxiv.org/abs/hep-th/9901001v2</id><title>On
 Things</title><updated>2026-05-04T08:00:00Z</updated><published>1999-01-02T03:04:05Z</published>
<link href="https://arxiv.org/abs/hep-th/9901001v2" rel="alternate" type="text/html"/>
<summary>We  think.</summary><category term="hep-th"/><category term="83C57"/>
<author><name>Ada One</name><arxiv:affiliation>Uni</arxiv:affiliation></author>
<author><name>Bo Two</name></author></entry>"""
ERROR = """<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title>
<summary>incorrect id format for abc</summary>
<author><name>arXiv api core</name></author></entry>"""


def answered(*entries: str) -> ApiPage:
    total = f"<opensearch:totalResults>{len(entries)}</opensearch:totalResults>"
    return parse_api((HEAD + total + "".join(entries) + "</feed>").encode(), "arxiv", NOW)


def test_a_result_of_the_api_becomes_an_entry() -> None:
    page = answered(RESULT)
    assert page == ApiPage(
        Parsed(
            (
                Entry(
                    source="arxiv",
                    entry_id="hep-th/9901001",
                    title="On Things",
                    url="https://arxiv.org/abs/hep-th/9901001",
                    abstract="We think.",
                    authors=("Ada One", "Bo Two"),
                    arxiv_id="hep-th/9901001",
                    categories=("hep-th",),
                    pdf_url="https://arxiv.org/pdf/hep-th/9901001",
                    published_at=datetime(1999, 1, 2, 3, 4, 5, tzinfo=UTC),
                ),
            )
        ),
        total=1,
    )


def test_an_error_of_the_api_is_told_in_its_words() -> None:
    assert answered(ERROR).parsed.error == "arXiv says: incorrect id format for abc"
    assert answered(ERROR).parsed.entries == ()


def test_no_results_are_an_honest_nothing() -> None:
    assert answered() == ApiPage(Parsed(), total=0)


def test_results_without_id_or_title_are_counted() -> None:
    page = answered(RESULT.replace("hep-th/9901001v2", ""), RESULT.replace("On\n Things", ""))
    assert page.parsed.dropped == {"without an arXiv id": 1, "without a title": 1}
    assert page.parsed.error is not None


def test_ids_are_asked_for_a_hundred_at_a_time() -> None:
    ids = [f"2605.{n:05}" for n in range(1, 251)]
    batches = list(id_batches([*ids, *ids]))
    assert [len(batch) for batch in batches] == [100, 100, 50]
    assert id_list_url("https://export.arxiv.org/", ["2605.00001", "hep-th/9901001"]) == (
        "https://export.arxiv.org/api/query?id_list=2605.00001,hep-th/9901001&max_results=2"
    )
    for wrong in ([], ids[:101]):
        with pytest.raises(ValueError, match="1 to 100 ids"):
            id_list_url("https://export.arxiv.org", wrong)


def test_a_category_is_asked_for_by_day_and_page() -> None:
    url = category_url(
        "https://export.arxiv.org", "cs.CL", date(2026, 5, 1), date(2026, 5, 4), start=500
    )
    assert url == (
        "https://export.arxiv.org/api/query?search_query=cat:cs.CL+AND+submittedDate:"
        "%5B202605010000+TO+202605042359%5D&sortBy=submittedDate&sortOrder=ascending"
        "&start=500&max_results=500"
    )


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: (HEAD + text).encode()))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_result(body: bytes) -> None:
    assert isinstance(parse_announcements(body, "arxiv", POLL, NOW), Parsed)
    assert isinstance(parse_api(body, "arxiv", NOW), ApiPage)
