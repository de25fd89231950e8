"""What the program needs of the outside: Protocols and the values that cross them.

Failures are values, not exceptions: a source or a relay that misbehaves is an everyday event.
"""

from digest.domain.providers import MailExchange
from digest.domain.replies import Blame, Verdict
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
from digest.ports.probes import ListenerProbe, ProbeReply, WebAnswer, WebProbe

__all__ = [
    "Blame",
    "Clock",
    "Directory",
    "FeedFetcher",
    "FetchFailed",
    "FetchFailure",
    "FetchRequest",
    "FetchResult",
    "Fetched",
    "IncomingMail",
    "ListenerProbe",
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
    "ProbeReply",
    "Receipt",
    "RelayBoard",
    "RelayFinding",
    "RelayStanding",
    "TxtAnswer",
    "TxtLookup",
    "Verdict",
    "WebAnswer",
    "WebProbe",
]
