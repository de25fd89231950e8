"""Handing mails to relays, and what a relay says of itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from digest.domain.replies import Blame, Stage, Verdict


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """Finished bytes (CRLF, dot-free lines need no stuffing) and their RFC 5321 envelope.

    ``relay`` names the one to begin with, "" any; ``bound`` forbids all others while it exists.
    ``may_finish`` is asked just before the final dot: a sender that was frozen for so long that
    another one may have taken over says no, and the message is not handed over.
    """

    envelope_from: str
    envelope_to: str
    data: bytes
    message_id: str
    relay: str = field(default="", compare=False)
    bound: bool = field(default=False, compare=False)
    may_finish: Callable[[], bool] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The relay's verdict with its reply, for the ledger and for `digest why`.

    ``relay`` names the one that spoke, "" where none did; ``not_before`` is when it makes sense to
    ask again, and ``stage`` where in the session it ended, where that is known.
    """

    verdict: Verdict
    code: int | None = None
    reply: str = ""
    relay: str = ""
    blame: Blame = Blame.NOBODY
    not_before: datetime | None = None
    stage: Stage | None = None


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
    certificate_ends: datetime | None = None
