"""The topic query language: text in, a frozen tree out.

    mixture-of-experts OR (title:routing AND -author:"Jane Doe") cat:cs.LG upvotes:>=20

Words, "phrases" and prefix* search title, abstract and keywords. AND, OR and NOT (upper case; also
a leading `-`) combine them; juxtaposition is AND; NOT binds tighter than AND, AND tighter than OR.
A hyphenated word is the phrase of its parts. `title:`, `abstract:`, `author:`, `cat:` and `source:`
apply to a word, a phrase, a prefix or a group in parentheses. `cat:cs.CL` is that category,
`cat:cs` and `cat:cs.*` are the whole archive. `upvotes:` and `stars:` compare with > >= < <= or =;
`upvotes:20` means exactly 20. Words match exactly (no plural folding: `agent*` finds agents).
A query of NOT alone is allowed, and matches everything else.
"""

import re

from lark import Token, Tree

from digest.domain.folding import category_code, name_words, squeezed, words
from digest.domain.query_grammar import (
    FIELDS,
    MAX_ATOMS,
    MAX_LENGTH,
    NUMBERS,
    QuerySyntaxError,
    parse_tree,
)
from digest.domain.query_tree import (
    And,
    Atom,
    AtomKind,
    Not,
    Or,
    Query,
    conjunction,
    disjunction,
    negation,
    query_hash,
)

__all__ = [
    "And",
    "Atom",
    "AtomKind",
    "Not",
    "Or",
    "Query",
    "QuerySyntaxError",
    "parse_query",
    "query_hash",
]

_COMPARISON = re.compile(r"(\w+?)\s*:?\s*([<>]=?|[=≤≥])?\s*(\d{1,12}(?:\.\d{1,6})?)?", re.ASCII)
_SHORTEST_PREFIX = 2  # letters; one letter would match nearly every paper


def parse_query(text: str) -> Query:
    """Parse a reader's query; raise QuerySyntaxError, which points at the character at fault."""
    query = _Builder(text).build(parse_tree(text).children[0], "")
    if len(query.canonical()) > MAX_LENGTH:  # fields and accents lengthen what they are written as
        raise QuerySyntaxError("the query is too long: leave out some words", len(text), text)
    return query


class _Builder:
    """Turns lark's tree into ours, and knows the text for its errors."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._atoms = 0

    def build(self, node: Tree[Token] | Token, field: str) -> Query:
        """Return the query of a node, its bare atoms searching ``field``."""
        if isinstance(node, Token):
            return self._atom(node, field)
        children = node.children
        if node.data == "negation":
            operand = self.build(children[-1], field)
            return negation(operand) if len(children) % 2 == 0 else operand
        if node.data == "fielded":
            return self._fielded(children, field)
        built = [self.build(child, field) for child in children]
        return disjunction(built) if node.data == "disjunction" else conjunction(built)

    def _fielded(self, children: list[Tree[Token] | Token], outer: str) -> Query:
        name, value = children
        assert isinstance(name, Token)
        field = name[:-1].lower()
        if field not in FIELDS:
            known = " ".join(f"{known}:" for known in (*FIELDS, *NUMBERS))
            raise self._error(
                "there is no field `{field}`; the fields are {fields} - or put quotation marks"
                " around text that has a colon",
                name,
                field=str(name),
                fields=known,
            )
        if outer:
            raise self._nested(str(name), outer, name)
        return self.build(value, field)

    def _atom(self, token: Token, field: str) -> Atom:
        self._atoms += 1
        if self._atoms > MAX_ATOMS:
            raise self._error("the query has too many words: at most {most}", token, most=MAX_ATOMS)
        if token.type == "NUMBER":
            return self._number(token, field)
        quoted = token.type == "PHRASE"
        value = (token[1:-1] if quoted else str(token)).strip()
        body = value.removesuffix("*")
        if "*" in body:
            at = token.index("*")
            raise self._error("`*` may stand only at the end of a word", token, at)
        terms = _terms(field, body)
        if not terms:
            raise self._nothing(token, quoted and not value)
        if body == value or (field == "cat" and body.endswith(".")):
            return Atom(AtomKind.PHRASE if len(terms) > 1 else AtomKind.WORD, field, terms)
        if len("".join(terms)) < _SHORTEST_PREFIX:
            raise self._error(
                "`{token}` is too short: write two letters or more before *",
                token,
                token=str(token),
            )
        return Atom(AtomKind.PREFIX, field, terms)

    def _nothing(self, token: Token, empty: bool) -> QuerySyntaxError:
        if empty:
            return self._error(
                "the phrase is empty: write words between the quotation marks", token
            )
        return self._error(
            "`{token}` holds no letter or digit to search for", token, token=str(token)
        )

    def _nested(self, inner: str, outer: str, at: Token) -> QuerySyntaxError:
        return self._error(
            "`{inner}` cannot stand inside the parentheses of `{outer}:`",
            at,
            inner=inner,
            outer=outer,
        )

    def _number(self, token: Token, outer: str) -> Atom:
        parts = _COMPARISON.fullmatch(token)
        name = token[: 7 if token[0] in "uU" else 5].lower()
        if outer:
            raise self._nested(f"{name}:", outer, token)
        if parts is None or parts[3] is None:
            raise self._error("`{name}:` needs a number such as {name}:>=20", token, name=name)
        operator = {"≤": "<=", "≥": ">="}.get(parts[2] or "=", parts[2] or "=")
        return Atom(AtomKind.NUMBER, name, (operator, _plain_number(parts[3])))

    def _error(
        self, template: str, at: Token, offset: int = 0, **values: object
    ) -> QuerySyntaxError:
        return QuerySyntaxError(template, (at.start_pos or 0) + offset, self._text, **values)


def _terms(field: str, body: str) -> tuple[str, ...]:
    """Return what an atom of the field compares: words, a category's code, or a source's name."""
    if field == "cat":
        code = category_code(body).rstrip(". ")
        return (code,) if words(code) else ()
    if field == "source":
        name = squeezed(body)
        return (name,) if name else ()
    return tuple(name_words(body) if field == "author" else words(body))


def _plain_number(digits: str) -> str:
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return f"{int(whole)}.{fraction}" if fraction else str(int(whole))
