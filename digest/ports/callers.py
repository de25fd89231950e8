"""Callers: an installation asked from outside, as others meet it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """The answer of a web server, redirects not followed; ``failure`` says why there is none.

    ``answered_at`` is its Date, ``certificate_ends`` the end of its certificate under https.
    """

    status: int = 0
    body: bytes = b""
    location: str = ""
    answered_at: datetime | None = None
    certificate_ends: datetime | None = None
    failure: str = ""


class WebCaller(Protocol):
    """Asks a web server of ours; never raises for what the network or the server does."""

    async def ask(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> WebAnswer:
        """Return the answer, or why there was none."""
        ...


@dataclass(frozen=True, slots=True)
class CallReply:
    """The last reply of an SMTP or LMTP server, to ``step``; code 0 where there was none."""

    step: str
    code: int
    text: str = field(default="")


class ListenerCaller(Protocol):
    """Hands one mail to a listener; never raises for what the network or the server does."""

    async def hand_over(
        self, host: str, port: int, recipient: str, data: bytes, *, lmtp: bool
    ) -> CallReply:
        """Return the reply to the final dot, or to the step that was turned down."""
        ...
