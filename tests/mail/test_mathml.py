"""Formulas as MathML: what is set, what stays text, and that nothing hostile comes through."""

import gzip
import html
import json
import re
import time
from functools import cache
from unicodedata import normalize
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.tex import tex_to_html
from digest.mail.mathml import LONGEST, MOST, page_html
from tests.shared_data import shared_data

cases = settings(max_examples=150, deadline=None)
ALLOWED = {
    *("math", "semantics", "annotation", "mi", "mn", "mo", "mtext", "mrow", "mstyle", "mpadded"),
    *("mfrac", "mroot", "msqrt", "msub", "msup", "msubsup", "munder", "mover", "munderover"),
    *("mspace", "mtable", "mtr", "mtd", "b", "code", "em", "i", "sub", "sup", "page"),
}
ATTRIBUTES = {
    *("display", "encoding", "mathvariant", "stretchy", "fence", "separator", "accent"),
    *("accentunder", "largeop", "movablelimits", "displaystyle", "scriptlevel", "form"),
    *("linethickness", "minsize", "maxsize", "width"),
}
WORDS = re.compile(r"[A-Za-z]{2,}")
PARTS = st.sampled_from(
    [
        *(r"\frac", r"\sqrt", r"\left(", r"\right)", r"\text{", r"\mathbb{R}", r"\mathrm{ab}"),
        *(r"\begin{matrix}", r"\end{matrix}", r"\operatorname{max}", r"\not", r"\hat", r"\sum"),
        *(r"\href{javascript:x}{y}", r"\style{color:red}{z}", r"\class{q}{z}", r"\unicode{x3c}"),
        *(r"\def\a{\a\a}\a", r"\newcommand{\b}{\b\b}", r"\color{red}", r"\limits", r"\\", r"\%"),
        *("^", "_", "{", "}", "[", "]", "&", "'", "x", "12", "<", ">", " ", "%", "#", "~"),
        *("$", "$$", r"\(", r"\)", r"\[", r"\]", "a word", "<script>", "\u202e", "\0", "é"),
    ]
)
SOURCES = st.lists(PARTS, max_size=30).map("".join) | st.text(max_size=80)
PLAIN = st.lists(st.sampled_from(["routing", "money", "sparse", "tested"]), min_size=1).map(
    " ".join
)


def parsed(markup: str) -> ElementTree.Element:
    """Return markup as XML; raise where it is none."""
    return ElementTree.fromstring(f"<page>{markup}</page>")


def shown(page: ElementTree.Element) -> str:
    """Return what a page shows: its text without annotations."""
    if page.tag == "annotation":
        return page.tail or ""
    return (page.text or "") + "".join(map(shown, page)) + (page.tail or "")


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        ("$x^2$", "<msup><mi>x</mi><mn>2</mn></msup>"),
        (r"\(x_i\)", "<msub><mi>x</mi><mi>i</mi></msub>"),
        (r"$\frac{a}{b}$", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
        (r"$\mathbb{R}$", "<mi>ℝ</mi>"),
        (r"$\mathbf{Q}_{12}$", "<mi>𝐐</mi>"),
        (r"$\mathcal{BX}$", "<mi>ℬ</mi><mi>𝒳</mi>"),
        (r"$\mathrm{softmax}(x)$", '<mi mathvariant="normal">softmax</mi>'),
        (r"$n\log n$", '<mi>log</mi><mspace width="0.17em"></mspace><mi>n</mi>'),
        (r"$\mathrm{a}_\mathrm{b}$", "<msub><mi"),
        (r"$10\%$", "<mn>10</mn><mi>%</mi>"),
        (r"$p = 5%$", "<mn>5</mn><mi>%</mi>"),
        (r"$a<b$", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
    ],
)
def test_a_formula_is_set(source: str, markup: str) -> None:
    page = page_html(f"Here {source} stands")
    assert markup in page
    assert page.startswith("Here <math><semantics>")
    assert page.endswith("</semantics></math> stands")


@pytest.mark.parametrize("source", [r"\[x^2\]", "$$x^2$$"])
def test_a_displayed_formula_is_a_block(source: str) -> None:
    assert '<math display="block"><semantics>' in page_html(source)


def test_the_tex_stays_within_reach() -> None:
    page = parsed(page_html(r"Over $\mathbb{R}^{d} < f''$ now"))
    assert [note.text for note in page.iter("annotation")] == [r"\mathbb{R}^{d} < f''"]


@pytest.mark.parametrize(
    "source",
    [
        "from $5 and $10 a month",  # money
        r"$\ours{} wins$",  # a macro that nobody knows
        r"$\href{https://papers.example}{here}$",  # the address would go
        r"$\left( x$",
        r"$\def\a{\a\a\a\a}\a$",
        r"$\newcommand{\a}{x}\a$",
        "${" + "{" * 30 + "x" + "}" * 30 + "}$",
        f"${'x+' * LONGEST}y$",
        "$a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u$",  # wider than a telephone
    ],
)
def test_what_cannot_be_set_stays_the_html_of_the_mails(source: str) -> None:
    assert page_html(source) == tex_to_html(source)


def test_a_text_sets_so_many_formulas_and_no_more() -> None:
    page = page_html("$x^2$ and " * (MOST + 9))
    assert page.count("<math>") == MOST
    assert page.count("<sup>2</sup>") == 9


@cases
@given(SOURCES)
def test_whatever_the_source_the_page_is_well_formed_and_holds_nothing_foreign(
    source: str,
) -> None:
    page = parsed(page_html(source))
    assert {element.tag for element in page.iter()} <= ALLOWED
    assert {name for element in page.iter() for name in element.attrib} <= ATTRIBUTES


@cases
@given(PLAIN, SOURCES.map(lambda text: text.replace("$", "").replace("\\", "")), PLAIN)
def test_words_outside_of_formulas_stay(before: str, formula: str, after: str) -> None:
    page = shown(parsed(page_html(f"{before} ${formula}$ {after}")))
    words = WORDS.findall(page)
    assert words[: len(before.split())] == before.split()
    assert words[len(words) - len(after.split()) :] == after.split()


@cases
@given(SOURCES)
def test_the_page_says_every_letter_that_the_plain_text_says(source: str) -> None:
    page = shown(parsed(page_html(source)))
    assert letters(page) == letters(without_tags(tex_to_html(source)))


def without_tags(markup: str) -> str:
    """Return the text of HTML."""
    return html.unescape(re.sub("<[^>]*>", "", markup))


def letters(text: str) -> list[str]:
    """Return the letters and digits of a text, sorted, whatever their style and accents."""
    return sorted(sign for sign in normalize("NFKD", text) if sign.isalnum())


@cache
def real_texts() -> list[str]:
    """Return the real titles and abstracts that hold TeX."""
    texts = []
    for path in sorted(shared_data("arxiv").glob("[ad]*/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                texts += [item["title"], item["summary"]]
    return [text for text in dict.fromkeys(texts) if "$" in text or "\\" in text]


def test_nearly_every_real_formula_is_set_and_no_letter_of_a_real_text_is_lost() -> None:
    formulas = set_as_mathml = 0

    def count(_: object, plain: str) -> str:
        nonlocal formulas
        formulas += 1
        return plain

    for text in real_texts():
        plain = tex_to_html(text, count)
        page = page_html(text)
        set_as_mathml += page.count("<math")
        assert letters(shown(parsed(page))) == letters(without_tags(plain)), text
    assert formulas > 1000
    assert set_as_mathml > 0.95 * formulas


@pytest.mark.parametrize("first", [r"\left(", r"\sqrt[", "x^", "'", r"\begin{matrix}", r"\not"])
@pytest.mark.parametrize("second", ["}", "'", "&", r"\operatorname{a *", r"\frac", r"\text{"])
def test_no_formula_takes_long(first: str, second: str) -> None:
    page_html("$x$")  # the converter is loaded
    formula = ((first + second) * LONGEST)[:LONGEST]
    began = time.perf_counter()
    page_html(f"${formula}$")
    assert time.perf_counter() - began < 0.5  # usually 10 ms; a machine may be busy
