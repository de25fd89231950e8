"""Undoes a content encoding piece by piece, so that a bomb never unfolds in memory."""

import zlib

_GZIP = zlib.MAX_WBITS | 16
_MOST_MEMBERS = 1000  # a block-wise gzip of 20 MB has about 300; a million empty ones cost seconds


class BodyTooLargeError(Exception):
    """A body, as received or as decoded, went over the limit."""


class BrokenEncodingError(Exception):
    """A body is not what its Content-Encoding says."""


class BodyReader:
    """Collects a body of at most ``limit`` decoded bytes (RFC 9110 section 8.4).

    Known are gzip and deflate (with or without its zlib wrapper, as browsers take it) and none.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._received = 0
        self._body = bytearray()
        self._inflater: zlib._Decompress | None = None
        self._members = 1
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BrokenEncodingError(f"content encoding {self._encoding[:40]!r} was not asked for")

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the wire.

        Raises:
            BodyTooLargeError: more than the limit, before or after decoding.
            BrokenEncodingError: not gzip, not deflate.
        """
        self._received += len(piece)
        if self._received > self._limit:  # also against streams that decode to nothing
            raise BodyTooLargeError(f"more than {self._limit} bytes")
        if self._encoding in ("", "identity"):
            self._body += piece
            return
        try:
            self._inflate(piece)
        except zlib.error as error:
            raise BrokenEncodingError(f"{self._encoding} stream is broken: {error}") from error

    def finish(self) -> bytes:
        """Return the whole body; raise BrokenEncodingError where the stream ended early."""
        if self._inflater is not None and not self._inflater.eof:
            raise BrokenEncodingError(f"{self._encoding} stream ended early")
        return bytes(self._body)

    @property
    def so_far(self) -> bytes:
        """What was decoded until now, at most the limit."""
        return bytes(self._body[: self._limit])

    def _inflate(self, piece: bytes) -> None:
        if self._inflater is None:
            if not piece:
                return
            self._inflater = self._first_inflater(piece)
        while piece:
            if self._inflater.eof:
                if not piece.startswith(b"\x1f\x8b"):
                    return  # padding after the last member is of no use to anybody
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise BrokenEncodingError(f"more than {_MOST_MEMBERS} gzip members")
                self._inflater = zlib.decompressobj(_GZIP)  # RFC 1952 2.2: members in a row
            self._body += self._inflater.decompress(piece, self._limit + 1 - len(self._body))
            if len(self._body) > self._limit:
                raise BodyTooLargeError(f"more than {self._limit} bytes after decompression")
            piece = self._inflater.unconsumed_tail or self._inflater.unused_data

    def _first_inflater(self, piece: bytes) -> "zlib._Decompress":
        if self._encoding != "deflate":
            return zlib.decompressobj(_GZIP)
        # RFC 1950 2.2: the wrapper's first byte names method 8; without it the stream is raw.
        wrapped = piece[0] & 0x0F == 8
        return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
