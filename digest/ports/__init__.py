"""What the program needs of the outside: Protocols and the values that cross them.

Failures are values, not exceptions: a source or a relay that misbehaves is an everyday event.
"""

from digest.domain.providers import MailExchange
from digest.domain.replies import Blame, Verdict
from digest.ports.callers import CallReply, ListenerCaller, WebAnswer, WebCaller
from digest.ports.clock import Clock
from digest.ports.dns import Directory, MailExchanges, TxtAnswer, TxtLookup
from digest.ports.feeds import (
    FeedFetcher,
    Fetched,
    FetchFailed,
    FetchFailure,
    FetchRequest,
    FetchResult,
    NotModified,
)
from digest.ports.intake import (
    IncomingMail,
    Listing,
    Mailbox,
    MailboxError,
    MailDesk,
    MailServer,
    Receipt,
)
from digest.ports.mail import (
    MailTransport,
    Outcome,
    OutgoingMessage,
    RelayBoard,
    RelayFinding,
    RelayStanding,
)
from digest.ports.openid import OpenIdError, OpenIdPerson, OpenIdProvider

__all__ = [
    "Blame",
    "CallReply",
    "Clock",
    "Directory",
    "FeedFetcher",
    "FetchFailed",
    "FetchFailure",
    "FetchRequest",
    "FetchResult",
    "Fetched",
    "IncomingMail",
    "ListenerCaller",
    "Listing",
    "MailDesk",
    "MailExchange",
    "MailExchanges",
    "MailServer",
    "MailTransport",
    "Mailbox",
    "MailboxError",
    "NotModified",
    "OpenIdError",
    "OpenIdPerson",
    "OpenIdProvider",
    "Outcome",
    "OutgoingMessage",
    "Receipt",
    "RelayBoard",
    "RelayFinding",
    "RelayStanding",
    "TxtAnswer",
    "TxtLookup",
    "Verdict",
    "WebAnswer",
    "WebCaller",
]
