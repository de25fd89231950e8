"""The grammar of topic queries, and what to tell a reader who broke it.

The parser is LALR with a basic lexer, so its time grows with the length of the query alone. All
positions are 0-based characters of the reader's text: typographic signs are replaced one by one.
"""

import unicodedata
from dataclasses import replace
from functools import cache
from typing import cast

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from digest.domain.sentences import Sentence, SentenceError

FIELDS = ("title", "abstract", "author", "cat", "source")
NUMBERS = ("upvotes", "stars")
MAX_LENGTH = 2000  # characters
MAX_ATOMS = 200
MAX_DEPTH = 30  # open parentheses; keeps every walk over a tree far from the recursion limit

# WORD takes whatever the signs of the language leave, so that the lexer fails only on " : and -.
_GRAMMAR = r"""
start: disjunction
disjunction: conjunction (_OR conjunction)*
conjunction: unary (_AND? unary)*
?unary: negation | _primary
negation: (NOT | MINUS)+ _primary
_primary: group | fielded | NUMBER | PHRASE | WORD
group: "(" disjunction ")"
fielded: FIELD (group | PHRASE | WORD)

_OR.4: /OR(?![^\s()":])/
_AND.4: /AND(?![^\s()":])/
NOT.4: /NOT(?![^\s()":])/
NUMBER.5: /(upvotes|stars)(\s*:\s*([<>]=?|[=≤≥])?|\s*([<>]=?|[=≤≥]))\s*("[^"]*"|[^\s()":]*)/i
FIELD.3: /[^\s()":\-][^\s()":]*:/
MINUS.2: /(?<![^\s(:\-])-(?=[^\s)])/
PHRASE.2: /"[^"]*"/
WORD.1: /[^\s()":\-][^\s()":]*/
%ignore /\s+/
"""
_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("“”„‟«»＂", '"') | dict.fromkeys("‐‑−", "-") | {"（": "(", "）": ")", "：": ":"}
)
_EXAMPLE = '"language model*" AND (agents OR planning)'
_OPERATOR_NEEDS = (
    Sentence("`{last}` needs something on its right, but the query ends"),
    Sentence("`{last}` needs something on its right, but `{token}` follows"),
)
# token -> what to say where the query ends after it, and where something follows that cannot
_NEEDS_MORE = dict.fromkeys(("_AND", "_OR", "NOT", "MINUS"), _OPERATOR_NEEDS) | {
    "FIELD": (
        Sentence("`{last}` needs a word, a phrase or parentheses after it, but the query ends"),
        Sentence("`{last}` needs a word, a phrase or parentheses after it, but `{token}` follows"),
    ),
}
_STAYS_OPEN = (
    Sentence("`(` is open, but the query ends"),
    Sentence("`(` is open, but `{token}` follows"),
)
_EMPTY = Sentence("the parentheses are empty")
_NOT_OPENED = Sentence("this `)` closes nothing: remove it, or open a `(` before")
_WINDOW = 100  # characters of a long query that are shown around an error


class QuerySyntaxError(SentenceError):
    """A query cannot be read; ``position`` is the 0-based character of ``text`` at fault."""

    def __init__(
        self, template: str | Sentence, position: int, text: str, **values: object
    ) -> None:
        """Keep the parts; the position is held within 0..len(text)."""
        super().__init__(template, **values)
        self.message = str(self)
        self.position = max(0, min(position, len(text)))
        self.text = text

    def pointer(self) -> str:
        """Return two lines: the query (its surroundings if long), a caret under the character."""
        start = max(0, self.position - _WINDOW // 2) if len(self.text) > _WINDOW else 0
        shown = "".join(
            sign if sign.isprintable() else " " for sign in self.text[start : start + _WINDOW]
        )
        before = sum(_columns(sign) for sign in shown[: self.position - start])
        return f"{shown}\n{' ' * before}^"


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False)


def parse_tree(text: str) -> Tree[Token]:
    """Return the parse tree; raise QuerySyntaxError for text outside the language or its limits."""
    if len(text) > MAX_LENGTH:
        raise QuerySyntaxError(
            "the query is too long: at most {most} characters", MAX_LENGTH, text, most=MAX_LENGTH
        )
    plain = text.translate(_TYPOGRAPHY)
    if not plain.strip():
        raise QuerySyntaxError(
            "the query is empty: write a word or more, such as: {example}",
            *(0, text),
            example=_EXAMPLE,
        )
    try:
        _check_depth(plain, text)
        return _parser().parse(plain)
    except UnexpectedCharacters as error:
        position = cast("int", error.pos_in_stream)  # lark declares it as None
        raise QuerySyntaxError(_stray_sign(plain, position), position, text) from None
    except UnexpectedToken as error:
        raise _misplaced(error, plain, text) from None


def _check_depth(plain: str, text: str) -> None:
    depth = 0
    for token in _parser().lex(plain):
        depth += {"LPAR": 1, "RPAR": -1}.get(token.type, 0)
        if depth > MAX_DEPTH:
            position = token.start_pos or 0
            raise QuerySyntaxError(
                "too many parentheses inside each other: at most {most}",
                *(position, text),
                most=MAX_DEPTH,
            )


def _stray_sign(plain: str, position: int) -> Sentence:
    if plain[position] == '"':
        return Sentence("a phrase is not closed: add the second quotation mark")
    if plain[position] == ":":
        known = " ".join(f"{name}:" for name in FIELDS)
        return Sentence("a `:` needs a field's name right before it: {fields}", {"fields": known})
    return Sentence("`-` excludes a word when it stands right before it and after a space: -survey")


def _misplaced(error: UnexpectedToken, plain: str, text: str) -> QuerySyntaxError:
    token = error.token
    ended = token.type == "$END"
    position = len(text) if ended else (token.start_pos or 0)
    before = [
        known for known in _parser().lex(plain) if known.end_pos and known.end_pos <= position
    ]
    last = before[-1] if before else None
    return QuerySyntaxError(_advice(last, token, ended), position, text)


def _advice(last: Token | None, token: Token, ended: bool) -> Sentence:
    """Say what is missing between the token before and the one that cannot follow it."""
    values = {"last": str(last or ""), "token": str(token)}
    kind = last.type if last is not None else ""
    if kind == "FIELD" and token.type in {"NOT", "MINUS"}:
        return Sentence("write NOT before the field: NOT {last}...", values)
    if kind in _NEEDS_MORE:
        at_end, before_token = _NEEDS_MORE[kind]
        return replace(at_end if ended else before_token, values=values)
    if token.type in {"_AND", "_OR"}:
        return Sentence(
            "`{token}` needs something on its left; to search for the word, write it small", values
        )
    if token.type == "RPAR":
        return _EMPTY if kind == "LPAR" else _NOT_OPENED
    if kind == "LPAR":
        return replace(_STAYS_OPEN[not ended], values=values)
    if ended:
        return Sentence("a parenthesis is not closed: add `)`")
    return Sentence("`{token}` cannot stand here", values)
