"""What holds of TeX whatever the source says, and of the real abstracts."""

import gzip
import html
import json
import re
import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.tex import tex_to_html, tex_to_text
from tests.shared_data import shared_data

_TAG = re.compile(r"<(/?)(b|code|em|i|sub|sup)>")


_MARKUP = [
    r"\frac", r"\sqrt", r"\bf", r"\emph", r"\textbf{", r"\(", r"\)", r"\[", r"\]", r'\"', r"\'",
    r"\c", r"\not", r"\mathbb", r"\href", r"\left", r"\verb|", r"\unicode{x202e}", r"\begin{",
    r"\cite{", r"\url{", r"\k{appa}", r"\hat", r"\binom", r"\sum", r"\log", r"\ding{", r"\ours",
    r"\item", r"\\", "https://a.b/c", "word", "$$", "``", "''", "--", "---", r"\footnote{",
    r"\it",
]  # fmt: skip
_TEX_LIKE = st.lists(st.sampled_from([*"$\\{}^_~ a5'`%.[]()|&<>-\n", *_MARKUP]), max_size=40).map(
    "".join
)


def _without_tags(markup: str) -> str:
    """Return the text of HTML; fail unless its tags are ours and well nested."""
    opened: list[str] = []
    for match in _TAG.finditer(markup):
        if match[1]:
            assert opened.pop() == match[2]
        else:
            opened.append(match[2])
    assert not opened
    bare = _TAG.sub("", markup)
    assert "<" not in bare
    assert ">" not in bare
    assert not re.search(r"&(?!(?:amp|lt|gt|quot|#x27);)", bare)
    return html.unescape(bare)


@settings(max_examples=400, deadline=None)
@given(st.one_of(_TEX_LIKE, st.text(max_size=100)))
def test_any_text_gives_well_nested_html_of_our_tags_alone(source: str) -> None:
    _without_tags(tex_to_html(source))


@settings(max_examples=250, deadline=None)
@given(st.one_of(_TEX_LIKE, st.text(max_size=100)))
def test_no_output_carries_control_or_direction_characters(source: str) -> None:
    for output in (tex_to_html(source), tex_to_text(source)):
        assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in output)
        assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]", output)
        output.encode()


_PLAIN = st.text(alphabet=st.characters(categories=["L", "N"], include_characters=" .,;:()!?-/"))


@settings(max_examples=200, deadline=None)
@given(_PLAIN.map(lambda text: re.sub("--+", "-", text)))
def test_plain_text_is_only_folded(text: str) -> None:
    assert tex_to_text(text) == " ".join(text.split())
    assert html.unescape(tex_to_html(text)) == " ".join(text.split())


_WORD = st.text(alphabet="bcdfghjklmnpqrstvwz", min_size=4, max_size=9)
_FRAMES = [
    "{} {}", r"\emph{{{}}} {}", r"{{\bf {}}} ({})", r"\unknown{{{}}}{{{}}}", "{}~{}", "``{}'' `{}'",
    r"\footnote{{{}}} {}", r"{} $x^2$ {}", r"{}, \textcolor{{red}}{{{}}}", r"{{{} {}", "{}}} {}",
    r"$\text{{{}}}$ {}", "${}$ costs $5 and {}", r"{}\% \textbf{{{}", r"{}\\{}", "{}--{}",
    r"\textit{{{}}}$^{{2}}$-{}", r"{} \& {}", r"\begin{{itemize}}\item {} \item {}\end{{itemize}}",
]  # fmt: skip


def _framed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda frame, a, b: frame.format(a, b), st.sampled_from(_FRAMES), inner, inner)


@settings(max_examples=300, deadline=None)
@given(st.recursive(_WORD, _framed, max_leaves=8))
def test_no_word_is_lost_in_any_nesting(source: str) -> None:
    words = re.findall("[bcdfghjklmnpqrstvwz]{4,}", re.sub(r"\\[a-z]+", " ", source))
    _assert_in_order(words, tex_to_text(source), source)
    _assert_in_order(words, _without_tags(tex_to_html(source)), source)


def _assert_in_order(words: list[str], output: str, source: str) -> None:
    letters = "".join(
        character
        for character in unicodedata.normalize("NFKD", output)
        if not unicodedata.combining(character)
    )
    position = 0
    for word in words:
        position = letters.find(word, position)
        assert position >= 0, (word, source, output)
        position += len(word)


@pytest.mark.parametrize(
    "unit",
    [
        *("{", "}", "$", "$x", r"\frac", r"\hat", r"\emph{", r"\(", '\\"', "`a ", "x^", "x^{a"),
        *("$5 and ", r"{\bf ", r"\verb|", "1~", r"\href{a}{", "{a,b", r"$\mathbf", r"\sqrt["),
        *("https://a.b/{", r"\\"),
    ],
)
def test_a_text_of_one_repeated_piece_is_converted_whole(unit: str) -> None:
    source = unit * 3_000 + " last"
    assert tex_to_text(source).rstrip(")").endswith("last")
    assert _without_tags(tex_to_html(source)).rstrip(")").endswith("last")


@cache
def _abstracts() -> list[str]:
    path = shared_data("arxiv/archive") / "2025-09_2025-10.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["summary"] for line in lines]


def test_hardly_a_real_abstract_keeps_a_backslash() -> None:
    kept = [text for text in _abstracts() if "\\" in tex_to_text(text)]
    assert len(kept) < 0.005 * len(_abstracts())


# What is markup in a source and no word: names of macros, arguments that are not printed, accents.
_NOT_WORDS = re.compile(
    r"\\(?:textcolor|color|begin|end|label|hyperlink|scalebox|unicode|ding)\s?(?:\[[^]]*\])?\{[^}]*\}"
    r"|\\href\s?\{[^}]*\}|\\(?:hyperref|footnotemark|footnote|sqrt|cite[pt]?)\[[^]]*\]"
    r"|\\[kbrcvdHu]\{[a-z]*\}|\\[A-Za-z]+"
)


def test_no_word_of_a_real_abstract_is_lost() -> None:
    for source in _abstracts():
        if "\\" in source or "$" in source:
            words = re.findall("[A-Za-z]{2,}", _NOT_WORDS.sub(" ", source))
            _assert_in_order(words, tex_to_text(source), source)


def test_every_real_abstract_becomes_html_of_the_same_words() -> None:
    for source in _abstracts()[::8]:
        markup = _without_tags(tex_to_html(source))
        text = tex_to_text(source)
        if not re.search(r"[\^_]|script", source):
            assert markup.split() == text.split()
