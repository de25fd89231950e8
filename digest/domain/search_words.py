"""A visitor's search in the manner of search engines: words, "a phrase", -without, or.

What was typed is taken apart once and written anew for each database, so that nothing in it is
ever syntax there: `fts5_match` for SQLite's FTS5, `websearch` for PostgreSQL's
websearch_to_tsquery. AND binds closer than OR, as in both.
"""

import re
from dataclasses import dataclass

LONGEST = 200  # characters of a search
MOST_TERMS = 24
# A quotation, which may lack its end, or a run of characters; either may be excluded by a hyphen.
_PIECE = re.compile(r'(?P<minus>-)?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Branch:
    """Terms of which all are wanted, and terms of which none is; a term is words side by side."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """A search that looks for something: any of its branches will do."""

    branches: tuple[Branch, ...]


def searched_text(text: str) -> str:
    """Return what was typed on one line, without what no page and no database can hold.

    That is control characters (NUL, bidi overrides) and lone surrogates.
    """
    typed = text.replace("“", '"').replace("”", '"').replace("„", '"')
    return " ".join("".join(c if c.isprintable() else " " for c in typed).split())


def parse_search(text: str) -> Search | None:
    """Return what was asked for, or None where nothing is left to look for.

    A branch of exclusions alone is dropped: what is not wanted says nothing about what is.
    """
    branches: list[tuple[list[str], list[str]]] = [([], [])]
    for piece in list(_PIECE.finditer(searched_text(text)[:LONGEST]))[:MOST_TERMS]:
        bare = piece["bare"]
        if bare is not None and bare.lower() == "or" and not piece["minus"]:
            branches.append(([], []))
            continue
        term = _term(bare if bare is not None else piece["quoted"])
        if term:
            branches[-1][bool(piece["minus"])].append(term)
    kept = [Branch(tuple(wanted), tuple(without)) for wanted, without in branches if wanted]
    return Search(tuple(kept)) if kept else None


def fts5_match(search: Search) -> str:
    """Return the search as FTS5 reads it (SQLite, "FTS5 Extension", section 3): strings alone."""
    return " OR ".join(_fts5_branch(branch) for branch in search.branches)


def websearch(search: Search) -> str:
    """Return the search as websearch_to_tsquery reads it: every term a quotation."""
    return " or ".join(
        " ".join([*map(_quoted, branch.wanted), *(f"-{_quoted(t)}" for t in branch.unwanted)])
        for branch in search.branches
    )


def _fts5_branch(branch: Branch) -> str:
    wanted = " AND ".join(map(_quoted, branch.wanted))
    if not branch.unwanted:
        return f"({wanted})"
    return f"(({wanted}) NOT ({' OR '.join(map(_quoted, branch.unwanted))}))"


def _quoted(term: str) -> str:
    return f'"{term}"'  # a term holds no quotation mark: they part terms


def _term(text: str) -> str:
    """Return the words of a text between single spaces; "" where it has no letter or digit."""
    return " ".join(word for word in text.split() if any(char.isalnum() for char in word))
