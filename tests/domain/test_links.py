"""The links of one mail differ by path alone."""

from digest.domain import links

TOKEN = "t" * 52


def test_each_personal_link_holds_the_token_once_behind_the_prefix() -> None:
    base = "https://papers.example.org/digest"
    made = [
        links.preferences_url(base, TOKEN),
        links.pause_url(base, TOKEN),
        links.unsubscribe_url(base, TOKEN),
        links.browser_view_url(base, TOKEN),
        links.confirm_url(base, TOKEN),
        links.saved_url(base, TOKEN),
        links.feedback_url(base, TOKEN, "less", 7),
    ]
    assert made == [
        f"{base}/preferences/{TOKEN}",
        f"{base}/preferences/{TOKEN}#pause",
        f"{base}/unsubscribe/{TOKEN}",
        f"{base}/mail/{TOKEN}",
        f"{base}/confirm/{TOKEN}",
        f"{base}/preferences/{TOKEN}/saved",
        f"{base}/feedback/{TOKEN}/less/7",
    ]


def test_a_readers_pages_stand_under_their_preferences_and_hold_the_token_once() -> None:
    base = "https://papers.example.org/digest"
    own = {
        "history": links.history_url,
        "why": links.why_url,
        "preview": links.preview_url,
        "saved": links.saved_url,
        "export.json": links.export_url,
        "erase": links.erase_url,
    }
    for name, make in own.items():
        assert make(base, TOKEN) == f"{base}/preferences/{TOKEN}/{name}"
    assert links.feedback_url(base, TOKEN, "more", 7) == f"{base}/feedback/{TOKEN}/more/7"
    assert links.feed_url(base, TOKEN) == f"{base}/feeds/{TOKEN}.xml"
    assert links.ask_link_url(base) == f"{base}/preferences"


def test_a_papers_page_is_public() -> None:
    assert links.paper_url("https://papers.example.org", 7) == "https://papers.example.org/paper/7"


def test_a_note_is_read_elsewhere_on_our_page_or_nowhere() -> None:
    own = "https://papers.example.org/imprint"
    assert links.notice_url("https://lab.example/imprint", own) == "https://lab.example/imprint"
    assert links.notice_url("Example Lab, Nowhere", own) == own
    assert links.notice_url("javascript:alert(1)", own) == own
    assert links.notice_url("", own) == ""
