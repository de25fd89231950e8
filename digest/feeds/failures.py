"""Names what went wrong on the wire, from the exceptions of httpx, httpcore, ssl and the OS."""

import ssl
from collections.abc import Iterator

import httpcore
import httpx

from digest.feeds.decoding import BodyTooLargeError, BrokenEncodingError
from digest.feeds.guard import AddressRefusedError, NameNotResolvedError
from digest.ports import FetchFailure

# What a fetch may raise that is the server's or the network's doing. ValueError covers header
# values and host names that cannot be encoded.
WIRE_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    AddressRefusedError,
    NameNotResolvedError,
    BodyTooLargeError,
    BrokenEncodingError,
    OSError,
    ValueError,
)

# In order: the first that fits decides, looking through causes for TLS before the rest.
_FAILURES: tuple[tuple[type[BaseException], FetchFailure], ...] = (
    (AddressRefusedError, FetchFailure.ADDRESS_REFUSED),
    (NameNotResolvedError, FetchFailure.DNS),
    (BodyTooLargeError, FetchFailure.TOO_LARGE),
    (BrokenEncodingError, FetchFailure.ENCODING),
    (httpcore.TimeoutException, FetchFailure.TIMEOUT),
    (TimeoutError, FetchFailure.TIMEOUT),
    (httpcore.ProtocolError, FetchFailure.PROTOCOL),
    (httpcore.NetworkError, FetchFailure.CONNECT),
    (httpx.InvalidURL, FetchFailure.ADDRESS_REFUSED),
    (OSError, FetchFailure.CONNECT),
)
_NOT_YET = (ssl.SSLWantReadError, ssl.SSLWantWriteError)  # behind the timeout of a handshake


def failure_of(error: BaseException) -> tuple[FetchFailure, str]:
    """Return the failure and a detail of one line, at most 300 characters."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _NOT_YET):
            return FetchFailure.TLS, _line(getattr(cause, "verify_message", "") or str(cause))
    for kind, failure in _FAILURES:
        if isinstance(error, kind):
            return failure, _line(str(error))
    return FetchFailure.PROTOCOL, _line(str(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(10):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
