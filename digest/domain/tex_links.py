"""Renders what carries words of its own: addresses, references, notes, the authors' macros."""

import re
from typing import Final

from digest.domain.tex_tree import Pieces, plain_text
from digest.domain.tex_walk import Scope, Walker

_NOT_ADDRESS: Final = re.compile(r"\\url\b|\\(?=[_%#&~$])|^\\|[{}\s]")
_ICON: Final = re.compile(r"fa[A-Z]")  # Font Awesome
_SCHEME: Final = re.compile(r"^(?:https?|ftp)://(?:www\.)?")


def without_tex(url: str) -> str:
    """Return an address without the braces and backslashes that TeX needs around its signs."""
    return _NOT_ADDRESS.sub("", url)


def _bare(url: str) -> str:
    return _SCHEME.sub("", url).rstrip("/")


def link(walker: Walker, scope: Scope, url: str) -> None:
    """Render the text of a link from the group that comes next, then its address in brackets.

    The address stands alone where the text is missing or says the same.
    """
    address = without_tex(url)
    text = walker.group(scope, "text") if walker.group_follows(scope) else Pieces()
    words = plain_text(text.items).strip()
    if not words or _bare(words) == _bare(address):
        scope.out.text(words or address)
        return
    scope.out.span("", text.items)
    if address and not address.startswith("#") and _bare(address) not in words:
        scope.out.text(f" ({address})")


def address(walker: Walker, scope: Scope, name: str) -> None:
    """Render ``\\url{..}`` or ``\\href{..}{..}``."""
    walker.option(scope)
    if not walker.group_follows(scope):
        return
    url = walker.raw_group()
    if name == "href":
        link(walker, scope, url)
    else:
        scope.out.text(without_tex(url))


def reference(walker: Walker, scope: Scope, _name: str) -> None:
    """Render ``\\cite{key}`` or ``\\ref{key}`` as the key in brackets: it often says the author."""
    while walker.option(scope):
        pass
    if walker.group_follows(scope):
        scope.out.text(f"[{plain_text(walker.group(scope, 'text').items)}]")


def note(walker: Walker, scope: Scope, _name: str) -> None:
    """Render a footnote in brackets where its mark stood."""
    walker.option(scope)
    if walker.group_follows(scope):
        pieces = walker.group(scope, "text").items
        if plain_text(pieces).strip():
            scope.out.text(" (")
            scope.out.span("", pieces)
            scope.out.text(")")


def unknown(walker: Walker, scope: Scope, name: str) -> None:
    """Render the arguments of a macro of the authors' own, or its name where there is none."""
    written = False
    while walker.is_group(walker.peek(scope), scope):
        pieces = walker.group(scope, scope.mode)
        if plain_text(pieces.items).strip():
            if written:
                scope.out.separate()
            scope.out.span("", pieces.items)
            written = True
    if not written and not _ICON.match(name):
        scope.out.separate()
        scope.out.text(name)
