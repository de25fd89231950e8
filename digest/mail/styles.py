"""Style attributes for the mail's classes, inlined once when the program starts.

Mail clients disagree on style sheets, so every rule has to stand in the elements. Instead of
inlining each mail, one specimen of each class goes through css-inline and its attribute is kept.
"""

import re
from collections.abc import Callable, Mapping

import css_inline
from markupsafe import Markup

_CLASS = re.compile(r"\.([a-z][a-z0-9-]*)")
_SPECIMEN = re.compile(r'<i class="([a-z0-9-]+)"(?: style="([^"]*)")?>')


def inlined_styles(sheet: str) -> dict[str, str]:
    """Return class name -> declarations of a sheet whose selectors are single classes.

    Raises ValueError for a class that css-inline left without a style.
    """
    names = sorted(set(_CLASS.findall(re.sub(r"\{[^}]*\}", "", sheet))))
    specimens = "".join(f'<i class="{name}"></i>' for name in names)
    page = f"<html><head><style>{sheet}</style></head><body>{specimens}</body></html>"
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
    found = {name: _compact(style) for name, style in _SPECIMEN.findall(inliner.inline(page))}
    bare = [name for name in names if not found.get(name)]
    if bare:
        raise ValueError(f"no style came out for the classes {', '.join(bare)}")
    return found


def style_function(styles: Mapping[str, str]) -> Callable[[str], Markup]:
    """Return what templates call: ``css('title')`` -> class="title" style="...".

    The class stays for the dark style sheet in the head.
    """
    attributes = {
        name: Markup(f'class="{name}" style="{style}"')  # noqa: S704 - our own sheet, inlined
        for name, style in styles.items()
    }

    def css(name: str) -> Markup:
        return attributes[name]

    return css


def _compact(style: str) -> str:
    # The attribute is repeated on every card and Gmail clips by size: no blanks, no last semicolon.
    return re.sub(r"\s*([:;,])\s*", r"\1", style).strip("; ").replace("&quot;", "'")
