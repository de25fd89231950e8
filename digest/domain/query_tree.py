"""The frozen tree that a topic query becomes: And, Or and Not over Atoms.

Trees are built by ``conjunction``, ``disjunction`` and ``negation`` only. These flatten, drop
repeats and sort, so that two queries which mean the same by commutativity, association or double
negation are equal trees with the same canonical text.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_BARE_CATEGORY = re.compile(r"[a-z0-9][a-z0-9.-]*")


class AtomKind(StrEnum):
    """What an atom asks of its field."""

    WORD = "word"
    PHRASE = "phrase"  # the terms side by side, in this order
    PREFIX = "prefix"  # a phrase whose last term is only the beginning of a word
    NUMBER = "number"  # terms are an operator and a number


class Query:
    """A node of the tree; ``key`` is its canonical text and the whole of its identity.

    The canonical text has AND by juxtaposition, NOT as `-`, and parentheses only where needed, so
    that it is never nested deeper than what the reader wrote.
    """

    __slots__ = ()
    key: str

    def canonical(self) -> str:
        """Return the text that every equal query shares, and that parses back to this tree."""
        return self.key

    def atoms(self) -> tuple["Atom", ...]:
        """Return the distinct atoms in canonical order, those under NOT included."""
        return tuple(dict.fromkeys(atom for atom, _ in self.signed_atoms()))

    def positive_atoms(self) -> tuple["Atom", ...]:
        """Return the distinct atoms that a match can be thanked for: not those under NOT."""
        return tuple(dict.fromkeys(atom for atom, positive in self.signed_atoms() if positive))

    def signed_atoms(self, positive: bool = True) -> Iterator[tuple["Atom", bool]]:
        """Yield every atom with False where an odd number of NOTs stands above it."""
        raise TypeError(f"a bare {type(self).__name__} has no atoms, {positive=}")


@dataclass(frozen=True, slots=True)
class Atom(Query):
    """One test of one field. ``field`` is "" for plain text: title, abstract and keywords.

    ``terms`` are folded words; of a category its code, of a source its name squeezed to letters
    and digits, of a number the operator and the digits.
    """

    kind: AtomKind = dataclasses.field(compare=False)
    field: str = dataclasses.field(compare=False)
    terms: tuple[str, ...] = dataclasses.field(compare=False)
    key: str = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self._written(quoted=True, category=self.terms[0]))

    def label(self) -> str:
        """Return the atom as a reader would write it: `mixture of experts`, `cat:cs.LG`."""
        return self._written(quoted=bool(self.field), category=written_category(self.terms[0]))

    def comparison(self) -> tuple[str, float]:
        """Return operator and number of a NUMBER atom."""
        return self.terms[0], float(self.terms[1])

    def signed_atoms(self, positive: bool = True) -> Iterator[tuple["Atom", bool]]:
        """Yield this atom."""
        yield self, positive

    def _written(self, *, quoted: bool, category: str) -> str:
        if self.kind is AtomKind.NUMBER:
            return self.field + "".join(self.terms)
        value = category if self.field == "cat" else " ".join(self.terms)
        star = "*" if self.kind is AtomKind.PREFIX else ""
        bare = _BARE_CATEGORY.fullmatch(value.lower()) if self.field == "cat" else " " not in value
        value += star
        if quoted and not bare:
            value = f'"{value}"'
        return f"{self.field}:{value}" if self.field else value


@dataclass(frozen=True, slots=True)
class Not(Query):
    """Everything that ``operand`` does not match."""

    operand: Query = dataclasses.field(compare=False)
    key: str = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"-{_enclosed(self.operand)}")

    def signed_atoms(self, positive: bool = True) -> Iterator[tuple[Atom, bool]]:
        """Yield the operand's atoms with the sign turned."""
        yield from self.operand.signed_atoms(not positive)


@dataclass(frozen=True, slots=True)
class And(Query):
    """What all of the two or more ``operands`` match."""

    operands: tuple[Query, ...] = dataclasses.field(compare=False)
    key: str = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", " ".join(map(_enclosed, self.operands)))

    def signed_atoms(self, positive: bool = True) -> Iterator[tuple[Atom, bool]]:
        """Yield the operands' atoms."""
        for operand in self.operands:
            yield from operand.signed_atoms(positive)


@dataclass(frozen=True, slots=True)
class Or(Query):
    """What any of the two or more ``operands`` matches."""

    operands: tuple[Query, ...] = dataclasses.field(compare=False)
    key: str = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", " OR ".join(query.key for query in self.operands))

    def signed_atoms(self, positive: bool = True) -> Iterator[tuple[Atom, bool]]:
        """Yield the operands' atoms."""
        for operand in self.operands:
            yield from operand.signed_atoms(positive)


def _enclosed(query: Query) -> str:
    return f"({query.key})" if isinstance(query, And | Or) else query.key


def conjunction(operands: Iterable[Query]) -> Query:
    """Return the AND of one or more queries, flattened, without repeats, sorted."""
    return _joined(And, operands)


def disjunction(operands: Iterable[Query]) -> Query:
    """Return the OR of one or more queries, flattened, without repeats, sorted."""
    return _joined(Or, operands)


def negation(operand: Query) -> Query:
    """Return the NOT of a query; of a NOT its operand."""
    return operand.operand if isinstance(operand, Not) else Not(operand)


def _joined(kind: type[And] | type[Or], operands: Iterable[Query]) -> Query:
    flat: dict[str, Query] = {}
    for operand in operands:
        inner = operand.operands if isinstance(operand, kind) else (operand,)
        flat.update((query.key, query) for query in inner)
    if len(flat) == 1:
        return next(iter(flat.values()))
    return kind(tuple(flat[key] for key in sorted(flat)))


def query_hash(query: Query) -> str:
    """Return the SHA-256 of the canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(query.canonical().encode()).hexdigest()


def written_category(code: str) -> str:
    """Return an arXiv category in its usual case: cs.LG and astro-ph.CO, but physics.ao-ph."""
    archive, dot, subject = code.partition(".")
    return archive + dot + (subject.upper() if len(subject) == 2 else subject)
