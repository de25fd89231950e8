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
    ]
    assert made == [
        f"{base}/preferences/{TOKEN}",
        f"{base}/preferences/{TOKEN}#pause",
        f"{base}/unsubscribe/{TOKEN}",
        f"{base}/mail/{TOKEN}",
        f"{base}/confirm/{TOKEN}",
    ]


def test_a_papers_page_is_public() -> None:
    assert links.paper_url("https://papers.example.org", 7) == "https://papers.example.org/paper/7"
