"""Whether a person's name on a paper is the name a reader follows."""

from collections.abc import Sequence


def name_matches(terms: Sequence[str], name: Sequence[str]) -> bool:
    """Say whether the terms stand side by side in the name, initials on either side allowed.

    "y lecun" and "yann lecun" are one, "yann a lecun" is "yann lecun"; at least one term of two
    letters must agree in full, so that initials alone never make a match.
    """
    if _stands_in(terms, name):
        return True
    within = name[1:-1]
    shorter = [*name[:1], *(word for word in within if len(word) > 1), *name[-1:]]
    return len(shorter) < len(name) and len(name) > 1 and _stands_in(terms, shorter)


def _stands_in(terms: Sequence[str], name: Sequence[str]) -> bool:
    return any(
        _agree(terms, name[start : start + len(terms)])
        for start in range(len(name) - len(terms) + 1)
    )


def _agree(terms: Sequence[str], part: Sequence[str]) -> bool:
    certain = False
    for term, word in zip(terms, part, strict=True):
        if term == word:
            certain = certain or len(word) > 1
        elif not (len(term) == 1 and word.startswith(term)) and not (
            len(word) == 1 and term.startswith(word)
        ):
            return False
    return certain
