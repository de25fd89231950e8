"""What the program needs of the outside: Protocols and the values that cross them.

Failures are values, not exceptions: a source or a relay that misbehaves is an everyday event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from digest.domain.providers import MailExchange
from digest.domain.replies import Blame, Verdict


class Clock(Protocol):
    """The only source of `now` and of waiting, so that a rehearsal can run days in seconds."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; a simulated clock, whose time its owner moves, returns at once."""
        ...


# --- feeds -----------------------------------------------------------------------------------


class FetchFailure(StrEnum):
    """Why a fetch gave no body."""

    ADDRESS_REFUSED = "address refused"  # SSRF guard: private, loopback, link-local, bad scheme
    DNS = "name not resolved"
    CONNECT = "connection failed"
    TLS = "certificate or TLS failure"
    TIMEOUT = "timed out"
    TOO_LARGE = "body too large"
    REDIRECTS = "too many or bad redirects"
    ENCODING = "content encoding broken"
    THROTTLED = "asked to slow down"  # 429, or 503 with Retry-After
    GONE = "gone"  # 410
    STATUS = "unexpected status"
    PROTOCOL = "broken HTTP"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A conditional GET. ``allow_private`` lifts the SSRF guard for this request."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    allow_private: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 with its decoded body. ``permanent_url`` is set when only 301/308 led to ``url``."""

    url: str
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    permanent_url: str | None = None
    fresh_for_s: float | None = None  # Cache-Control max-age or Expires, seconds


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304: what was fetched last still stands."""

    url: str
    fresh_for_s: float | None = None


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """No body. ``retry_after_s`` is the server's own wish, in seconds, where it said one."""

    url: str
    failure: FetchFailure
    detail: str = ""
    status: int | None = None
    retry_after_s: float | None = None
    body: bytes = b""  # first bytes of an error answer, for the reason shown

    @property
    def reason(self) -> str:
        """One line for `status` and logs."""
        code = f"HTTP {self.status}" if self.status else ""
        return ": ".join(part for part in (self.failure.value, code, self.detail) if part)


FetchResult = Fetched | NotModified | FetchFailed


class FeedFetcher(Protocol):
    """Fetches one URL; never raises for what the network or the server does."""

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """Return the body, a not-modified mark, or the failure as a value."""
        ...


# --- mail ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Finished bytes (CRLF, dot-free lines need no stuffing) and their RFC 5321 envelope.

    ``relay`` names the one to begin with, "" any; ``bound`` forbids all others while it exists.
    """

    envelope_from: str
    envelope_to: str
    data: bytes
    message_id: str
    relay: str = field(default="", compare=False)
    bound: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The relay's verdict with its reply, for the ledger and for `digest why`.

    ``relay`` names the one that spoke, "" where none did; ``not_before`` is when it makes sense to
    ask again, where that is known.
    """

    verdict: Verdict
    code: int | None = None
    reply: str = ""
    relay: str = ""
    blame: Blame = Blame.NOBODY
    not_before: datetime | None = None


class MailTransport(Protocol):
    """Hands messages to a relay over kept connections; never raises for what a relay does."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send one message and return what became of it."""
        ...

    async def close(self) -> None:
        """Say QUIT on every open connection."""
        ...


@dataclass(frozen=True, slots=True)
class RelayStanding:
    """How a relay has fared in this process; ``trouble`` is for an operator, "" where all is well.

    ``paused_until`` is None where it may be used now.
    """

    name: str
    priority: int
    failures: int = 0
    paused_until: datetime | None = None
    trouble: str = ""


@runtime_checkable
class RelayBoard(Protocol):
    """A transport that can say which of its relays may be used."""

    def standings(self) -> tuple[RelayStanding, ...]:
        """Return the relays in order of priority."""
        ...


@dataclass(frozen=True, slots=True)
class RelayFinding:
    """What a try of a relay found: ``failure`` is "" where it let us in."""

    name: str
    host: str
    port: int
    priority: int
    failure: str
    tls: str = ""
    verified: bool = False
    auth: str = ""
    extensions: tuple[str, ...] = ()
    size_limit: int | None = None
    advice: tuple[str, ...] = ()


class MailExchanges(Protocol):
    """Asks the DNS who takes mail for a domain; never raises for what the network does."""

    async def find(self, domain: str) -> tuple[MailExchange, ...] | None:
        """Return the MX records, none where there are none, None where nobody could tell."""
        ...


# --- DNS -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TxtAnswer:
    """The TXT records of a name, each in one piece; ``failure`` says why the DNS told nothing.

    A name that does not exist has no records, which is no failure.
    """

    records: tuple[str, ...] = ()
    failure: str = ""


class TxtLookup(Protocol):
    """Asks the DNS for TXT records; never raises for what the network or a server does."""

    async def txt(self, name: str) -> TxtAnswer:
        """Return the records of a name, or why there was no answer."""
        ...


# --- what comes back -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail that came in, with its envelope; ``envelope_from`` is "" for the null sender.

    Where a way of intake does not tell the envelope, its two addresses are None.
    """

    envelope_from: str | None
    envelope_to: str | None
    data: bytes


class Receipt(StrEnum):
    """What whoever brings a mail is told."""

    TAKEN = "taken"  # dealt with, durably: forget it
    LATER = "later"  # cannot be dealt with now: bring it again
    REFUSED = "refused"  # nothing of ours: nobody here wants it


class MailDesk(Protocol):
    """Takes in what a listener or mailbox brings; never raises for what is in a mail."""

    def expects(self, address: str) -> bool:
        """Return whether mail to an address is taken."""
        ...

    async def receive(self, mail: IncomingMail) -> Receipt:
        """Deal with a mail; what it does is durable before it returns TAKEN."""
        ...


class MailServer(Protocol):
    """Brings mail to a desk while its ``async with`` block runs; entering may raise OSError."""

    port: int

    async def __aenter__(self) -> Self:
        """Start to listen."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, after mails that are being dealt with."""
        ...


class MailboxError(Exception):
    """A mailbox that cannot be looked into now; the text says why."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in a mailbox: ids that stay as long as ``validity`` does (RFC 3501 2.3.1.1)."""

    validity: str
    ids: tuple[str, ...]


class Mailbox(Protocol):
    """A mailbox that is looked into now and then; every call may raise MailboxError."""

    async def look(self, since: date) -> Listing:
        """Connect and return what is there; mails before a date may be left out."""
        ...

    async def fetch(self, mail_id: str) -> bytes | None:
        """Return a mail as it stands, or None where it is gone or too large."""
        ...

    async def discard(self, mail_id: str) -> None:
        """Delete a mail that was dealt with, or put it where such mails go."""
        ...

    async def close(self) -> None:
        """Make the deletions good and leave."""
        ...

    async def abandon(self) -> None:
        """Hang up after a failure; never raises."""
        ...


__all__ = [
    "Blame",
    "Clock",
    "FeedFetcher",
    "FetchFailed",
    "FetchFailure",
    "FetchRequest",
    "FetchResult",
    "Fetched",
    "IncomingMail",
    "Listing",
    "MailDesk",
    "MailExchange",
    "MailExchanges",
    "MailServer",
    "MailTransport",
    "Mailbox",
    "MailboxError",
    "NotModified",
    "Outcome",
    "OutgoingMessage",
    "Receipt",
    "RelayBoard",
    "RelayFinding",
    "RelayStanding",
    "TxtAnswer",
    "TxtLookup",
    "Verdict",
]
