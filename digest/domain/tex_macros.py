"""Renders the macros: accents, letters, operators, fractions, fonts; unknown ones keep words."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, cast

from digest.domain import tex_accents, tex_links, tex_tables
from digest.domain.tex_scan import Token, without_controls
from digest.domain.tex_tree import Pieces, Tag, plain_text
from digest.domain.tex_walk import Mode, Scope, Walker

Macro = Callable[[Walker, Scope, str], None]

_ONE_SPACE: Final = re.compile(r"\s")
_SPACE_IN_WORD: Final = re.compile(r"\s(?=[a-z])")
_DOT: Final = re.compile(r"\.")
_ROOTS: Final = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_NEGATION: Final = "\u0338"
_SIMPLE: Final = re.compile(r"[\w.∞]*")


def macro(walker: Walker, scope: Scope, token: Token) -> None:
    """Render a macro with its arguments."""
    name = token.text
    if name in tex_tables.SWITCHES and scope.grouped and not walker.group_follows(scope):
        _switch(walker, scope, name)
    else:
        _MACROS.get(name, tex_links.unknown)(walker, scope, name)


def _symbol(_walker: Walker, scope: Scope, name: str) -> None:
    scope.out.text(tex_tables.SYMBOLS[name])


def _letter(walker: Walker, scope: Scope, name: str) -> None:
    is_unit = name == "AA" and not scope.out.last.isalpha()  # 1.5 \AA resolution
    scope.out.text(tex_tables.SYMBOLS[name])
    if not is_unit:
        walker.match(scope, _SPACE_IN_WORD)


def _operator(walker: Walker, scope: Scope, name: str) -> None:
    following = walker.peek(scope)
    alone = (
        following is None
        or following.kind == "script"
        or (following.kind == "macro" and following.text in tex_tables.OPERATORS)
        or (walker.position + 1 == scope.end and following.text.isspace())
    )
    sign = tex_tables.OPERATORS[name]
    if scope.mode == "text":
        scope.out.text(sign)
    else:
        scope.out.operator(sign, spaced=not (alone or scope.tight))


def _function(walker: Walker, scope: Scope, name: str) -> None:
    if name == "deg" and (scope.out.last.isdigit() or scope.out.last in {"", " "}):
        scope.out.text("°")
        return
    if scope.out.last == ")" or unicodedata.combining(scope.out.last or " "):
        scope.out.text(" ")
    scope.out.separate()
    scope.out.text(name)
    following = walker.peek(scope)
    if scope.mode != "text" and following is not None:
        starts_word = following.kind in {"macro", "open"} or following.text[:1].isalnum()
        scope.out.text(" " if starts_word else "")


def _abbreviation(walker: Walker, scope: Scope, name: str) -> None:
    scope.out.separate()
    scope.out.text(tex_tables.ABBREVIATIONS[name])
    walker.match(scope, _DOT)


def _text_font(walker: Walker, scope: Scope, name: str) -> None:
    in_formula = name in tex_tables.SWITCHES and scope.mode != "text"
    pieces = walker.argument(scope, "upright" if in_formula else "text")
    if pieces is not None:
        scope.out.span(cast("Tag", tex_tables.TEXT_TAGS[name]), pieces.items)


def _math_font(walker: Walker, scope: Scope, name: str) -> None:
    tag = cast("Tag", tex_tables.MATH_TAGS[name])
    mode: Mode = "text" if scope.mode == "text" and name != "ensuremath" else "upright"
    pieces = walker.argument(scope, "math" if name == "ensuremath" else mode)
    if pieces is not None:
        scope.out.span(tag, pieces.items)


def _double_struck(walker: Walker, scope: Scope, _name: str) -> None:
    pieces = walker.argument(scope, "upright")
    letter = plain_text(pieces.items) if pieces is not None else ""
    if letter in tex_tables.DOUBLE_STRUCK:
        scope.out.text(tex_tables.DOUBLE_STRUCK[letter])
    elif pieces is not None:
        scope.out.span("b", pieces.items)


def _switch(walker: Walker, scope: Scope, name: str) -> None:
    rest = Scope(Pieces(), scope.end, scope.mode, scope.tight, grouped=True)
    rest.out.swallow_space()
    if scope.mode != "text":
        rest.mode = "upright"
    tag = tex_tables.TEXT_TAGS.get(name) or tex_tables.MATH_TAGS.get(name, "")
    if walker.is_too_deep:
        return
    walker.run(rest)
    scope.out.span(cast("Tag", tag), rest.out.items)


def _silent(walker: Walker, scope: Scope, name: str) -> None:
    if name in {"left", "right", "middle"}:
        walker.match(scope, _DOT)
    elif name == "footnotemark":
        walker.option(scope)
    elif scope.mode == "text":
        scope.out.separate()
        walker.match(scope, _ONE_SPACE)


def _space(_walker: Walker, scope: Scope, _name: str) -> None:
    scope.out.text(" ")


def _leave_out_arguments(walker: Walker, scope: Scope, name: str) -> None:
    walker.option(scope)
    for _ in range(tex_tables.ARGUMENTS_LEFT_OUT[name]):
        if walker.group_follows(scope):
            walker.raw_group()
    if name in {"begin", "end"}:
        walker.option(scope)
        scope.out.text(" ")


def _fraction(walker: Walker, scope: Scope, _name: str) -> None:
    before = scope.out.last
    parts = [walker.argument(scope, scope.mode, tight=True) for _ in range(2)]
    following = walker.peek(scope)
    letter_follows = (
        following is not None and following.kind == "plain" and following.text[:1].isalnum()
    )
    joins = scope.mode != "text" and (before.isalnum() or letter_follows)
    if joins:
        scope.out.text("(")
    for index, part in enumerate(parts):
        if part is not None:
            scope.out.text("/" if index else "")
            _bracketed(scope, part)
    if joins:
        scope.out.text(")")


def _bracketed(scope: Scope, part: Pieces) -> None:
    simple = _SIMPLE.fullmatch(plain_text(part.items).strip()) is not None
    scope.out.text("" if simple else "(")
    scope.out.span("", part.items)
    scope.out.text("" if simple else ")")


def _root(walker: Walker, scope: Scope, _name: str) -> None:
    degree = walker.option(scope)
    sign = _ROOTS.get(degree)
    if sign is None:
        scope.out.span("sup", [degree])
    scope.out.text(sign or "√")
    part = walker.argument(scope, scope.mode)
    if part is not None:
        _bracketed(scope, part)


def _binomial(walker: Walker, scope: Scope, _name: str) -> None:
    scope.out.text("(")
    for index in range(2):
        part = walker.argument(scope, scope.mode)
        if part is not None:
            scope.out.text(" choose " if index else "")
            scope.out.span("", part.items)
    scope.out.text(")")


def _not(walker: Walker, scope: Scope, _name: str) -> None:
    part = walker.argument(scope, scope.mode)
    sign = plain_text(part.items).strip() if part is not None else ""
    negated = unicodedata.normalize("NFC", sign[:1] + _NEGATION) + sign[1:] if sign else "¬"
    scope.out.operator(negated, spaced=not scope.tight)


def sign(walker: Walker, scope: Scope, token: Token) -> None:
    """Render a backslash with one character that is no letter: an accent, a space or a sign."""
    name = token.text
    if name in {"", "\\", " ", ",", ";", ":", ">"}:
        if name == "\\":
            walker.option(scope)
        scope.out.text("" if scope.tight and name != " " else " ")
    elif name in {"!", "-", "/", "@"} or (name == "+" and scope.mode == "text"):
        return
    elif name == "|":
        scope.out.text("‖")
    elif name in tex_tables.TEXT_ACCENTS:
        tex_accents.sign_over_letter(walker, scope, name)
    else:
        scope.out.text(name)


def _quote(walker: Walker, scope: Scope, _name: str) -> None:
    if walker.group_follows(scope):
        scope.out.text("“")
        scope.out.span("", walker.group(scope, scope.mode).items)
        scope.out.text("”")


def _item(_walker: Walker, scope: Scope, _name: str) -> None:
    scope.out.text(" • ")


def _character(walker: Walker, scope: Scope, name: str) -> None:
    """Render ``\\unicode{x2013}`` or ``\\ding{51}``, a place in the Zapf Dingbats font."""
    if not walker.group_follows(scope):
        return
    code = walker.raw_group().strip().lower()
    digits = code.removeprefix("x").removeprefix('"')
    try:
        number = int(digits, 10 if digits == code else 16)
    except ValueError:
        scope.out.text(code)
        return
    if name == "ding":
        number += 0x2700 - 32 if number < 127 else 0x2761 - 161 if number < 172 else 0x2776 - 182
    if 32 <= number <= 0x10FFFF:
        scope.out.text(without_controls(chr(number)))


_MACROS: Final[dict[str, Macro]] = {
    **dict.fromkeys(tex_tables.SYMBOLS, _symbol),
    **dict.fromkeys(tex_tables.LETTERS, _letter),
    **dict.fromkeys(tex_tables.OPERATORS, _operator),
    **dict.fromkeys(tex_tables.FUNCTIONS, _function),
    **dict.fromkeys(tex_tables.ABBREVIATIONS, _abbreviation),
    **dict.fromkeys(tex_tables.TEXT_TAGS, _text_font),
    **dict.fromkeys(tex_tables.MATH_TAGS, _math_font),
    **dict.fromkeys(("mathbb", "mathds", "mathbbm"), _double_struck),
    **dict.fromkeys(tex_tables.SILENT, _silent),
    **dict.fromkeys(tex_tables.SPACES, _space),
    **dict.fromkeys(tex_tables.ARGUMENTS_LEFT_OUT, _leave_out_arguments),
    **dict.fromkeys(tex_tables.REFERENCES, tex_links.reference),
    **dict.fromkeys(tex_tables.NOTES, tex_links.note),
    **dict.fromkeys(tex_tables.FRACTIONS, _fraction),
    **dict.fromkeys(tex_tables.MATH_ACCENTS, tex_accents.over_formula),
    **dict.fromkeys(
        (name for name in tex_tables.TEXT_ACCENTS if name.isalpha()), tex_accents.over_letter
    ),
    **dict.fromkeys(("url", "href", "nolinkurl", "path"), tex_links.address),
    **dict.fromkeys(("enquote", "textquote"), _quote),
    **dict.fromkeys(("unicode", "ding"), _character),
    **dict.fromkeys(("binom", "tbinom", "dbinom"), _binomial),
    "sqrt": _root,
    "not": _not,
    "item": _item,
}
