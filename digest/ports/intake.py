"""What comes back: the desk that deals with it, and the ways that lead there."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self


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
