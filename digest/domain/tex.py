"""Turns the TeX of titles and abstracts into HTML and into plain Unicode.

Made for what feeds carry: whole formulas, half macros, prices, addresses. In doubt the markup goes
and the words stay. Nothing here raises, and both functions take time linear in the text's length.
"""

import html
import re
from typing import Final

from digest.domain.tex_parse import parse
from digest.domain.tex_scan import has_markup, with_typographic_quotes, without_controls
from digest.domain.tex_tree import SetFormula, html_text, unicode_text

_SPACE: Final = re.compile(r"\s+")


def tex_to_html(text: str, set_formula: SetFormula | None = None) -> str:
    """Return HTML for a text with TeX, safe to insert as it is.

    Its only tags are b, code, em, i, sub and sup, without attributes and well nested; every
    character of the source is escaped. White space is folded; control characters are gone.
    ``set_formula`` may return other HTML for each formula, from it and from that of ours.
    """
    source = without_controls(text)
    if not has_markup(source):
        return html.escape(source)
    return _folded(html_text(parse(with_typographic_quotes(source)), set_formula))


def tex_to_text(text: str) -> str:
    """Return plain Unicode for a text with TeX.

    Superscripts and subscripts are Unicode's where it has every character of them (x², aᵢⱼ), else
    ``x^(n/2)`` and ``x_(max)``. White space is folded; control characters are gone.
    """
    source = without_controls(text)
    if not has_markup(source):
        return source
    return _folded(unicode_text(parse(with_typographic_quotes(source))))


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
