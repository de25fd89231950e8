"""Walks over TeX tokens: what comes next, what a macro takes, where a scope ends."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from digest.domain.tex_scan import Token, scan
from digest.domain.tex_tree import Pieces

Mode = Literal["text", "math", "upright"]  # upright is mathematics whose letters are not italic

MAX_NESTING: Final = 60  # of scopes: braces, formulas, and macros that take macros

_OPTION: Final = re.compile(r"\s?\[[^\[\]]{0,80}\]")


@dataclass(slots=True)
class Scope:
    """One run of tokens up to the index ``end``, rendered into ``out``.

    ``tight`` leaves out the space around operators, as in exponents; ``grouped`` is true inside
    braces, where a switch like ``\\bf`` ends.
    """

    out: Pieces
    end: int
    mode: Mode = "text"
    tight: bool = False
    grouped: bool = False


class Walker:
    """Goes over the tokens of a source once, from left to right, and never back."""

    def __init__(self, source: str, render: "Render") -> None:
        """Scan the source; ``render`` renders one token, and what it takes, into the scope."""
        self.source = source
        self.tokens = scan(source)
        self.position = 0
        self._render = render
        self._nesting = 0

    def run(self, scope: Scope) -> None:
        """Render tokens into the scope up to its end."""
        self._nesting += 1
        while self.position < scope.end:
            token = self.tokens[self.position]
            self.position += 1
            self._render(self, scope, token)
        self._nesting -= 1

    @property
    def is_too_deep(self) -> bool:
        """Tell whether no further scope may open."""
        return self._nesting >= MAX_NESTING

    def peek(self, scope: Scope) -> Token | None:
        """Return the next token of the scope, or None at its end."""
        return self.tokens[self.position] if self.position < scope.end else None

    def is_group(self, token: Token | None, scope: Scope) -> bool:
        """Tell whether the token opens a brace that closes within the scope."""
        return (
            token is not None
            and token.kind == "open"
            and self.position < token.mate < scope.end
            and not self.is_too_deep
        )

    def group_follows(self, scope: Scope) -> bool:
        """Tell whether a brace group comes next; white space before one is passed over."""
        token = self.peek(scope)
        if token is None or token.kind != "plain" or token.text.strip():
            return self.is_group(token, scope)
        self.position += 1
        if self.is_group(self.peek(scope), scope):
            return True
        self.position -= 1
        return False

    def group(self, scope: Scope, mode: Mode, *, tight: bool = False, last: str = "") -> Pieces:
        """Render the brace group that comes next, and pass its closing brace.

        ``last`` is the character before it where its words join on to those before.
        """
        mate = self.tokens[self.position].mate
        self.position += 1
        inner = Scope(Pieces(last), mate, mode, tight or scope.tight, grouped=True)
        self.run(inner)
        self.position = mate + 1
        return inner.out

    def raw_group(self) -> str:
        """Return the source of the brace group that comes next, and pass over it."""
        opening = self.tokens[self.position]
        self.position = opening.mate + 1
        return self.source[opening.at + 1 : self.tokens[opening.mate].at]

    def argument(self, scope: Scope, mode: Mode, *, tight: bool = False) -> Pieces | None:
        """Render a macro's argument: a group, or in mathematics one character or one macro.

        Returns None, and passes nothing but white space, where there is none.
        """
        if self.group_follows(scope):
            return self.group(scope, mode, tight=tight)
        if scope.mode == "text" or self.is_too_deep:
            return None
        character = self.character(scope)
        token = Token("plain", character, -1) if character else self.peek(scope)
        if token is None or token.kind not in {"plain", "macro", "escape"}:
            return None
        if not character:
            self.position += 1
        inner = Scope(Pieces(), scope.end, mode, tight or scope.tight, grouped=True)
        self._nesting += 1
        self._render(self, inner, token)
        self._nesting -= 1
        return inner.out

    def character(self, scope: Scope) -> str:
        """Pass over and return the next character but space, or "" where no plain text follows."""
        token = self.peek(scope)
        body = token.text.lstrip() if token is not None and token.kind == "plain" else ""
        if body:
            self._leave(body[1:])
        return body[:1]

    def match(self, scope: Scope, pattern: re.Pattern[str]) -> str:
        """Pass over and return what the pattern matches at the start of the plain text here."""
        token = self.peek(scope)
        found = pattern.match(token.text) if token is not None and token.kind == "plain" else None
        if token is None or found is None:
            return ""
        self._leave(token.text[found.end() :])
        return found[0]

    def option(self, scope: Scope) -> str:
        """Pass over and return an optional argument in square brackets, without them."""
        return self.match(scope, _OPTION).strip(" []")

    def _leave(self, rest: str) -> None:
        token = self.tokens[self.position]
        if rest:
            at = token.at + len(token.text) - len(rest)
            self.tokens[self.position] = Token("plain", rest, at)
        else:
            self.position += 1


Render: TypeAlias = Callable[[Walker, Scope, Token], None]
