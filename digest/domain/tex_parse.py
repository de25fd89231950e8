"""Reads TeX into pieces: what each kind of token means, in text and in mathematics."""

import re
from typing import Final

from digest.domain import tex_links, tex_macros
from digest.domain.tex_scan import Token, looks_like_mathematics
from digest.domain.tex_tree import Piece, Pieces, Tag
from digest.domain.tex_walk import Render, Scope, Walker

_LETTERS: Final = re.compile(r"([A-Za-z]+)")
_SIGNS: Final = str.maketrans({"'": "′", "’": "′", "”": "″", "&": " "})
_QUOTES: Final = str.maketrans({"“": "``", "”": "''", "‘": "`", "’": "'"})  # as they were typed
_MINUS: Final = re.compile(r"(?<![A-Za-z]{2})-(?![A-Za-z]{2})")  # but a hyphen between words
_NUMBER_RANGE: Final = re.compile(r"\A(\s*\d[\d.]*)-(\d[\d.]*\s*)\Z")
_DASHES: Final = re.compile(r"(?<!-)(?:---|--(?!-)(?<!(?<!\S)--(?=[A-Za-z])))(?!-)")
_RANGE: Final = re.compile(r"(?<![\w.])\d\S{0,11}\Z")
_SET: Final = re.compile(r"[^{}\\$,]+(?:,[^{}\\$,]+)+")
_RAISED_SIGNS: Final = frozenset({"circ", "dagger", "ddagger", "prime", "ast", "star"})
_DIGITS: Final = tuple("0123456789")


def parse(source: str) -> list[Piece]:
    """Return the pieces of a source; takes time linear in its length and raises nothing."""
    walker = Walker(source, _render)
    scope = Scope(Pieces(), len(walker.tokens))
    walker.run(scope)
    return scope.out.items


def _render(walker: Walker, scope: Scope, token: Token) -> None:
    _RENDERERS[token.kind](walker, scope, token)


def _plain(_walker: Walker, scope: Scope, token: Token) -> None:
    if scope.mode == "text":
        scope.out.text(_DASHES.sub(lambda dash: "—" if len(dash[0]) == 3 else "–", token.text))
        return
    text = token.text if scope.tight else _NUMBER_RANGE.sub(r"\1–\2", token.text)
    for index, part in enumerate(_LETTERS.split(_MINUS.sub("−", text).translate(_SIGNS))):
        if index % 2 and scope.mode == "math":
            scope.out.span("i", [part])
        else:
            scope.out.text(part)


def _opening(walker: Walker, scope: Scope, token: Token) -> None:
    """Render a group; its braces stay only where they look like those of a set."""
    walker.position -= 1
    if not walker.is_group(token, scope):
        walker.position += 1
        return
    closing = walker.tokens[token.mate]
    inside = walker.source[token.at + 1 : closing.at]
    is_set = scope.mode == "text" and _SET.fullmatch(inside) is not None
    inner = walker.group(scope, scope.mode, last=scope.out.last)
    scope.out.text("{" if is_set else "")
    scope.out.span("", inner.items)
    scope.out.text("}" if is_set else "")


def _closing(walker: Walker, scope: Scope, token: Token) -> None:
    """Leave out a brace that closes nothing."""


def _dollar(walker: Walker, scope: Scope, token: Token) -> None:
    """Render a formula, or the ``$`` of a price; any other ``$`` is left out."""
    start = walker.position - 1
    if token.mate == walker.position:  # $$: displayed mathematics, or nothing at all
        walker.position += 1
        closing = walker.tokens[token.mate].mate
        if _is_formula(walker, scope, token.mate, closing):
            _formula(walker, scope, token.mate, closing, display=True)
            following = walker.peek(scope)
            if following is not None and following.kind == "dollar":
                walker.position += 1
    elif _is_formula(walker, scope, start, token.mate):
        _formula(walker, scope, start, token.mate, display=False)
    elif _is_price(walker.source, token.at):
        scope.out.text("$")


def _is_formula(walker: Walker, scope: Scope, opening: int, closing: int) -> bool:
    if not opening < closing < scope.end or walker.is_too_deep:
        return False
    last = walker.tokens[closing]
    return looks_like_mathematics(_between(walker, opening, closing), _behind(walker, last))


def _between(walker: Walker, opening: int, closing: int) -> str:
    """Return the source between two delimiters of mathematics."""
    first, last = walker.tokens[opening], walker.tokens[closing]
    width = 1 if first.kind == "dollar" else 2
    return walker.source[first.at + width : last.at]


def _behind(walker: Walker, delimiter: Token) -> str:
    """Return the character behind a delimiter of mathematics, or "" at the end."""
    end = delimiter.at + (1 if delimiter.kind == "dollar" else 2)
    return walker.source[end : end + 1]


def _is_price(source: str, at: int) -> bool:
    before, after = source[max(at - 1, 0) : at], source[at + 1 : at + 3]
    return before.isupper() or after.lstrip(" .").startswith(_DIGITS)


def _formula(walker: Walker, scope: Scope, opening: int, closing: int, *, display: bool) -> None:
    source = _between(walker, opening, closing).translate(_QUOTES)
    inner = Scope(Pieces(), closing, "math", grouped=True)
    if not scope.out.last.isalnum():
        inner.out.swallow_space()
    walker.run(inner)
    if not _behind(walker, walker.tokens[closing]).isalnum():
        inner.out.strip_end()
    scope.out.formula(source, inner.out.items, display=display)
    walker.position = closing + 1


def _escape(walker: Walker, scope: Scope, token: Token) -> None:
    r"""Render a formula between ``\(`` and ``\)`` or ``\[`` and ``\]``, or an escaped sign."""
    if token.text in {"(", "["} and _is_formula(walker, scope, walker.position - 1, token.mate):
        _formula(walker, scope, walker.position - 1, token.mate, display=token.text == "[")
    else:
        tex_macros.sign(walker, scope, token)


def _script(walker: Walker, scope: Scope, token: Token) -> None:
    """Render a superscript or subscript; outside mathematics only a group or a raised sign."""
    tag: Tag = "sup" if token.text[0] == "^" else "sub"
    character = token.text[1:].strip()
    following = walker.peek(scope)
    if scope.mode == "text":
        raised = following is not None and following.text in _RAISED_SIGNS
        if character or not (raised or walker.is_group(following, scope)):
            scope.out.text(token.text)
            return
    mode = "math" if scope.mode == "text" else scope.mode
    inner = Scope(Pieces(), scope.end, mode, tight=True)
    if character:
        _plain(walker, inner, Token("plain", character, token.at))
        scope.out.span(tag, inner.out.items)
        return
    pieces = walker.argument(inner, mode, tight=True)
    if pieces is not None:
        scope.out.span(tag, pieces.items)


def _tilde(walker: Walker, scope: Scope, token: Token) -> None:
    """Render a tie as a space; it stays where it means "about", a range or a home directory."""
    before = walker.source[max(token.at - 12, 0) : token.at]
    after = walker.source[token.at + 1 : token.at + 2]
    about = not before or before[-1] in " ([/<>=≈"
    in_range = after.isdigit() and _RANGE.search(before) is not None
    stays = scope.mode == "text" and after not in {"", " "} and (about or in_range)
    scope.out.text("~" if stays else " ")


def _url(walker: Walker, scope: Scope, token: Token) -> None:
    """Render an address as it is; words in braces right behind it are its text."""
    if walker.is_group(walker.peek(scope), scope):
        tex_links.link(walker, scope, token.text)
    else:
        scope.out.text(tex_links.without_tex(token.text))


def _verbatim(_walker: Walker, scope: Scope, token: Token) -> None:
    scope.out.span("code", [token.text])


_RENDERERS: Final[dict[str, Render]] = {
    "plain": _plain,
    "macro": tex_macros.macro,
    "escape": _escape,
    "open": _opening,
    "close": _closing,
    "dollar": _dollar,
    "script": _script,
    "tilde": _tilde,
    "url": _url,
    "verbatim": _verbatim,
}
