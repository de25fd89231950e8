"""Pieces of a mail, encoded once and joined per reader around that reader's token."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.domain.quoted_printable import SLOT_BYTE, encode_lines
from digest.domain.tokens import TOKEN_LENGTH

PLACEHOLDER = "\ufdd0"
"""Stands for the token in rendered text.

A Unicode noncharacter, so that no honest text holds it; the renderer strips it from everything
that comes from outside, else a feed could have the reader's token put into a link of its own.
"""

_SLOT = SLOT_BYTE * TOKEN_LENGTH


@dataclass(frozen=True, slots=True)
class Fragment:
    """Quoted-printable lines cut where a token belongs: n + 1 pieces for n tokens.

    A fragment ends at a line end, so that fragments follow one another as bytes.
    """

    pieces: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Bytes on the wire, tokens included."""
        return sum(map(len, self.pieces)) + TOKEN_LENGTH * (len(self.pieces) - 1)


def encode_fragment(text: str, placeholder: str = PLACEHOLDER) -> Fragment:
    """Return ``text`` encoded, cut at every ``placeholder``; never raises.

    Line ends of any kind become CRLF, and a last line without one gets one.
    """
    encoded = encode_lines(text.split(placeholder), TOKEN_LENGTH)
    return Fragment(tuple(encoded.split(_SLOT)))


def join_fragments(fragments: Iterable[Fragment], token: str) -> bytes:
    """Return one quoted-printable body; raises ValueError for a token that would not fit."""
    filling = checked_token(token)
    return b"".join(_filled(fragment.pieces, filling) for fragment in fragments)


def checked_token(token: str) -> bytes:
    """Return the token's bytes; raises ValueError unless 52 characters of A-Z a-z 0-9 - _."""
    safe = token.isascii() and token.replace("-", "a").replace("_", "a").isalnum()
    if len(token) != TOKEN_LENGTH or not safe:
        raise ValueError(f"a mail token has {TOKEN_LENGTH} characters of A-Z a-z 0-9 - _")
    return token.encode("ascii")


def _filled(pieces: Sequence[bytes], token: bytes) -> bytes:
    return pieces[0] if len(pieces) == 1 else token.join(pieces)
