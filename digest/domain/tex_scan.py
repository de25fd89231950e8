"""Cuts a source's text into TeX tokens, and tells mathematics from money.

What it cuts is what arXiv and its mirrors print: the TeX of a title or an abstract, never a
document. So ``%`` starts no comment, and no macro is ever defined.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "plain", "macro", "escape", "open", "close", "dollar", "script", "tilde", "url", "verbatim"
]

MAX_DEPTH: Final = 24  # braces nested deeper are left out, so that hostile input cannot recurse

_UNWANTED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACE: Final = re.compile(r"\s+")
_TOKEN: Final = re.compile(
    r"""
      (?P<url>\\?\b(?:https?|ftp)://(?:[^\s<>{}\\$"^`]|\\[_%\#&~])+)
    | \\verb\*?(?P<mark>[^\w\s*\\])(?P<verbatim>.{0,200}?)(?P=mark)
    | \\(?:\\(?=[a-z]+\{|[%\#&_$]))?(?:(?P<macro>[A-Za-z]+)(?:\*(?=\{))?|(?P<escape>.?))
    | (?P<dollar>\$)
    | (?P<open>\{)
    | (?P<close>\})
    | (?P<script>[\^_]\s?[^\s{}\\$^_]?)
    | (?P<tilde>~)
    """,
    re.VERBOSE,
)
_DOUBLE: Final = re.compile(r"(?<!\\)``|''(?!')|\\\"(?=[^\\\"]{1,200}\\\"(?![A-Za-z{\\]))")
_MIXED: Final = re.compile(r"(?<!\\)``((?:(?!'')[^\"`]){1,120})\"(?!\w)")
_SINGLE: Final = re.compile(
    r"(?<![\w`\\])`(?=[^\s`'])([^`'$]{0,80}(?:'(?=\w)[^`'$]{0,80})?)'(?![\w'])"
)
_MARKUP: Final = re.compile(r"[\\${}~^_`]|''|--")


@dataclass(slots=True)
class Token:
    """One token; ``at`` is its offset, ``mate`` the index of the token that closes it, else -1."""

    kind: Kind
    text: str
    at: int
    mate: int = -1


def without_controls(text: str) -> str:
    """Return the text with runs of white space folded to one space, and without control, bidi,
    invisible and surrogate characters."""
    return _UNWANTED.sub("", _SPACE.sub(" ", text)).strip()


def has_markup(text: str) -> bool:
    """Tell whether anything in the text could be TeX."""
    return _MARKUP.search(text) is not None


def with_typographic_quotes(text: str) -> str:
    """Return the text with ``..'', ``.." and `..' as curly quotes; a lone ' or ` stays."""
    if "`" not in text and "''" not in text and '\\"' not in text:
        return text

    def double(match: re.Match[str]) -> str:
        if match[0] == '\\"':  # escaped for some other language, since a second one closes it
            return '"'
        before = text[match.start() - 1 : match.start()]
        opens = match[0] == "``" or (
            before in {"", " ", "(", "["} and text[match.end() : match.end() + 1].isalnum()
        )
        return "“" if opens else "”"

    return _SINGLE.sub("‘\\1’", _DOUBLE.sub(double, _MIXED.sub("“\\1”", text)))


def scan(source: str) -> list[Token]:
    """Return the tokens of the source in order, pairs of braces, ``$``, ``\\(`` and ``\\[`` joined.

    Takes time linear in the source's length.
    """
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(source):
        if match.start() > end:
            tokens.append(Token("plain", source[end : match.start()], end))
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # the groups are named as Kind
        tokens.append(Token(kind, match[kind], match.start()))
        end = match.end()
    if end < len(source):
        tokens.append(Token("plain", source[end:], end))
    _join_braces(tokens)
    _join_mathematics(tokens)
    return tokens


def _join_braces(tokens: list[Token]) -> None:
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(index)
        elif token.kind == "close" and opened:
            start = opened.pop()
            if len(opened) < MAX_DEPTH:
                tokens[start].mate = index


def _join_mathematics(tokens: list[Token]) -> None:
    """Give each opener the next closer; an opener that meets another opener first gets none."""
    dollar = -1
    following: dict[str, int] = {}
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind == "dollar":
            token.mate, dollar = dollar, index
        elif token.kind == "escape" and token.text in {")", "]"}:
            following[token.text] = index
        elif token.kind == "escape" and token.text in {"(", "["}:
            token.mate = following.pop(")" if token.text == "(" else "]", -1)


_STRONG: Final = re.compile(r"[\^_]|\\(?!text|emph|href|url|[bt]f\b|it\b)[A-Za-z]")
_INSIDE_BRACES: Final = re.compile(r"\{[^{}]*\}|\\[A-Za-z]+")
_PROSE: Final = re.compile(r"(?<![\w^_])[a-z]{2,}(?!\w)")
_NAMES: Final = {
    "log",
    "ln",
    "exp",
    "max",
    "min",
    "sin",
    "cos",
    "tan",
    "mod",
    "arg",
    "dim",
    "det",
    "for",
}
_WEAK_PROSE, _STRONG_PROSE = 1, 4


def looks_like_mathematics(inside: str, following: str) -> bool:
    """Tell whether what stands between two ``$`` is a formula, and not the words between two sums.

    ``following`` is the character after the second ``$``, or "". A formula has few words of prose;
    one that starts with a digit, as a price does, has none, nor a digit right behind it, unless
    a macro, ``^`` or ``_`` gives it away.
    """
    body = inside.strip()
    if not body:
        return False
    strong = _STRONG.search(body) is not None
    prose = sum(word not in _NAMES for word in _PROSE.findall(_INSIDE_BRACES.sub(" ", body)))
    if prose > (_STRONG_PROSE if strong else _WEAK_PROSE):
        return False
    if not body.lstrip("~.,+-").startswith(tuple("0123456789")):
        return True
    if strong:
        return prose <= 1
    ends_open = body.endswith(("(", ",")) or (inside[-1].isspace() and not inside[0].isspace())
    return not (prose or ends_open or following.isdigit())
