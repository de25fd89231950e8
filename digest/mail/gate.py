"""The one gate through which every value enters a mail's template.

Feeds are hostile: a NUL or a bidirectional override in a title, or the noncharacter that marks
where the reader's token goes, must not reach a mail. Jinja calls the gate for each expression.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import Undefined
from jinja2.runtime import BlockReference, Context
from markupsafe import Markup

from digest.domain.fragments import PLACEHOLDER

CUT = "\ufdd1"
"""Marks in a rendered skeleton where the cards go; no value can bring it in."""

# C0 but tab and newline, DEL, C1; bidirectional embeddings, overrides and isolates; line and
# paragraph separators; interlinear marks; all noncharacters; lone surrogates; byte order mark.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]+"
)


class Trusted(str):
    """Text of the renderer itself, which alone may hold the token's placeholder or the cut."""

    __slots__ = ()


class TrustedMarkup(Markup):
    """HTML of a block that the built-in template has filled: each value in it came by the gate."""

    __slots__ = ()


class GatedContext(Context):
    """A template's context whose ``super()`` keeps the marks that the gate let through before."""

    def super(
        self, name: str, current: Callable[[Context], Iterator[str]]
    ) -> BlockReference | Undefined:
        """Return the block that a template builds on."""
        found = super().super(name, current)
        return _trusted(found) if isinstance(found, BlockReference) else found


class _TrustedBlock(BlockReference):
    @property
    def super(self) -> BlockReference | Undefined:
        found = super().super
        return _trusted(found) if isinstance(found, BlockReference) else found

    def __call__(self) -> str:
        rendered = super().__call__()
        trusted = TrustedMarkup if isinstance(rendered, Markup) else Trusted
        return trusted(rendered)


def _trusted(block: BlockReference) -> BlockReference:
    return _TrustedBlock(block.name, block._context, block._stack, block._depth)


class PersonalLinks(dict[str, Trusted]):
    """The addresses of one mail by name, with the placeholder where the token goes."""


def gate(value: Any) -> Any:
    """Return a template value without characters that have no business in a mail."""
    if (
        isinstance(value, Trusted | TrustedMarkup)
        or not isinstance(value, str)
        or not _UNWANTED.search(value)
    ):
        return value
    clean = _UNWANTED.sub(" ", value)
    return Markup(clean) if isinstance(value, Markup) else clean  # noqa: S704 - was markup before


def is_clean(rendered: str) -> bool:
    """Return whether a rendered part holds nothing that a mail must not have; our marks may."""
    return not _UNWANTED.search(rendered.replace(PLACEHOLDER, "").replace(CUT, ""))


def placeholder_link(url: str) -> Trusted:
    """Return a link made with `PLACEHOLDER` as its token; raises ValueError where it has none."""
    if PLACEHOLDER not in url:
        raise ValueError("a personal link without a place for the token")
    return Trusted(url)
