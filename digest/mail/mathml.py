"""Sets the formulas of titles and abstracts as MathML, where a web page shows them.

What counts as a formula is decided as for the mails (`domain.tex`); what cannot be set, or would
say other letters than our own HTML does, stays that HTML. The TeX is kept as an annotation.
"""

import html
import re
from collections import Counter
from functools import lru_cache
from typing import NoReturn
from unicodedata import normalize

from markupsafe import Markup

from digest.domain.tex import tex_to_html
from digest.domain.tex_tree import Formula
from digest.mail.mathml_tree import MathmlError, Node, cleaned, text_of, width_of, written

LONGEST = 300  # characters of TeX
DEEPEST = 8  # braces inside each other, and \left
MOST = 40  # formulas of one text
# in letters: a formula does not break into lines, and a telephone has room for about this much
WIDEST = 30
_CACHED = 4096
_TAG = re.compile(r"<[^>]*>")
_COMMENT = re.compile(r"(?<!\\)%")  # a title has none: it is a percent sign
_BRACKETS = re.compile(r"\\[{}]|[{}]|\\left\b|\\right\b|\\begin\b|\\end\b")


class _NoMacros(dict[str, tuple[list[str], int]]):
    """Takes no definition: macros that call each other could grow without end."""

    def __setitem__(self, name: str, body: tuple[list[str], int]) -> NoReturn:
        """Refuse it."""
        raise MathmlError(f"{name} would be defined")


def page_html(text: str) -> Markup:
    """Return HTML for a text with TeX, safe to insert as it is, its formulas set as MathML.

    Beside what `tex_to_html` returns it holds ``math`` elements; nothing of the text is lost.
    """
    left = MOST

    def set_formula(formula: Formula, plain: str) -> str:
        nonlocal left
        left -= 1
        return formula_html(formula.source, plain, display=formula.display) if left >= 0 else plain

    return Markup(tex_to_html(text, set_formula))  # noqa: S704 - all escaped but our own elements


@lru_cache(maxsize=_CACHED)
def formula_html(source: str, plain: str, *, display: bool) -> str:
    """Return a ``math`` element for TeX, or ``plain``, our HTML of it, where there is none."""
    if len(source) > LONGEST or _depth(source) > DEEPEST:
        return plain
    try:
        tree = cleaned(_converted(source, display=display))
    except Exception:  # noqa: BLE001  a converter that stumbles over a feed's TeX, in whatever way
        return plain
    if width_of(tree) > WIDEST or _letters(text_of(tree)) != _letters(_without_tags(plain)):
        return plain
    block = ' display="block"' if display else ""
    tex = html.escape(source.strip())
    return (
        f"<math{block}><semantics>{written(tree)}"
        f'<annotation encoding="application/x-tex">{tex}</annotation></semantics></math>'
    )


def _converted(source: str, *, display: bool) -> Node:
    # here, for it reads a table of symbols, which no command but the server's needs
    from latex2mathml.converter import Converter  # noqa: PLC0415

    converter = Converter(display="block" if display else "inline")
    converter.macros = _NoMacros()
    return converter.convert_to_element(_COMMENT.sub(r"\\%", source))


def _depth(source: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.findall(source):
        if bracket in {"{", "\\left", "\\begin"}:
            depth += 1
        elif bracket in {"}", "\\right", "\\end"}:
            depth -= 1
        deepest = max(deepest, depth)
    return deepest


def _without_tags(markup: str) -> str:
    return html.unescape(_TAG.sub("", markup))


def _letters(text: str) -> Counter[str]:
    """Return how often a text says each letter and digit, whatever its style, place and accent."""
    return Counter(sign for sign in normalize("NFKD", text) if sign.isalnum())
