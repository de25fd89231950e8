"""Plain text out of whatever a source sends."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.text import plain, shortened, text_of


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("<p>Hello <b>World</b>&nbsp;again</p>", "Hello World again"),
        ("H<sub>2</sub>O and E = mc<sup>2</sup>", "H2O and E = mc2"),
        ("one<br/>two<hr>three", "one two three"),
        ("<ul><li>one<li>two</ul>", "one two"),
        ("<a href=\"https://a.example/?x=1&y=2\" title='t'>link</a>", "link"),
        ("<jats:p>One</jats:p><jats:p>Two</jats:p>", "One Two"),
        ("<mml:math><mml:mi>x</mml:mi></mml:math>", "x"),
        ("before<script>alert('<p>')</script >after", "before after"),
        ("before<style type=x>p {}", "before"),
        ("kept<!-- not kept -->too", "kepttoo"),
        ("<![CDATA[inside]]>", "inside"),
        ("<!DOCTYPE html><title>T</title>", "T"),
        ("<video src='x'>seen</video>", "seen"),
    ],
)
def test_markup_goes_and_its_text_stays(given_text: str, expected: str) -> None:
    assert text_of(given_text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "if x<y, y>z then p<0.05",
        "a<b and c>d",
        "<think> tokens and <s> and <video> and <pad>",
        "List<String> of <human, tool, object>",
        "see <https://github.com/a/b>",
        r"$\alpha < \beta$ \& {\"o} Andr\'e \textbf{x}",
        "Q&A, R&D; AT&T and a&b",
    ],
)
def test_text_that_only_looks_like_markup_stays(text: str) -> None:
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("&#177; &#xB1; &plusmn;", "± ± ±"),
        ("$p &lt; 0.05$", "$p < 0.05$"),
        ("use the &lt;b&gt; tag", "use the <b> tag"),
        ("&lt;p&gt;escaped&lt;/p&gt; twice", "escaped twice"),
        ("&unknown; &copy", "&unknown; &copy"),
        ("&#0;&#xD800;&#1114112;", "\N{REPLACEMENT CHARACTER}" * 3),
    ],
)
def test_entities_are_decoded_once_and_again_where_escaped_twice(
    given_text: str, expected: str
) -> None:
    assert text_of(given_text) == expected


def test_whitespace_is_folded_and_unseen_characters_go() -> None:
    assert text_of("\ufeff a\n  b\tc\u00a0d\u2028e\x85f\x1cg ") == "a b c d e f g"
    assert text_of("x\u202egpj.exe\u202c \u2066y\u2069 \x00z\u200b\u00ad") == "xgpj.exe y z"
    assert text_of("bad \ud800 half \udfff") == "bad half"
    assert text_of("न\u200dहीं") == "न\u200dहीं"  # a joiner is part of the script


def test_text_is_composed_and_towers_of_marks_are_cut_down() -> None:
    assert text_of("Andre\u0301") == "André"
    assert len(text_of("Z" + "\u0337\u0316" * 500)) <= 10


def test_long_text_ends_in_an_ellipsis_at_the_limit() -> None:
    assert text_of("word " * 10, 12) == "word word w…"
    assert shortened("exactly", 7) == "exactly"
    assert len(text_of("<p>" + "x" * 1_000_000)) == 20_000


@given(st.text() | st.text(alphabet="<>/&;!-ab=\"' \n#x0", max_size=300), st.integers(10, 400))
@settings(max_examples=400, deadline=None)
def test_any_text_comes_out_on_one_line_composed_bounded_and_encodable(
    text: str, limit: int
) -> None:
    found = text_of(text, limit)
    assert len(found) <= limit
    assert found == " ".join(found.split())
    assert unicodedata.is_normalized("NFC", found)
    assert not [c for c in found if unicodedata.category(c) in ("Cc", "Cs")]
    found.encode()


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="<>&"), max_size=200))
@settings(max_examples=200, deadline=None)
def test_text_without_markup_is_the_same_by_either_way(text: str) -> None:
    assert text_of(text) == plain(text)


@pytest.mark.parametrize(
    "piece",
    ["<script ", "<script>", "<", '<a b="', "<!--", "<a ", " b=c", "&", "<video>", "<p>",
     "\u0301\u0323", "<![CDATA[", "<!DOCTYPE", "</", "&amp;", "&#x"],
)  # fmt: skip
def test_text_made_to_be_slow_is_bounded_all_the_same(piece: str) -> None:
    """Quadratic work on any of these would take minutes and be noticed."""
    assert len(text_of("<a" + piece * (300_000 // len(piece)))) <= 20_000
