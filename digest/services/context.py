"""What every service needs of the installation, put together by bootstrap."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.documents import TokenCache
from digest.looks.fallback import Faults
from digest.looks.overrides import Overrides
from digest.mail.dkim import DkimSigner
from digest.mail.steady import SteadyRenderer
from digest.ports import Clock, FeedFetcher, MailExchanges, MailTransport, WebCaller
from digest.services.lease import Lease
from digest.services.observing import Observer
from digest.services.pace_memory import PaceMemory
from digest.settings import Settings
from digest.store.database import Database
from digest.store.workers import read_now


@dataclass(frozen=True)
class Context:
    """The parts of one running installation.

    ``token_keys`` are the newest first; ``worker_id`` names this process in the ledger;
    ``render_version`` is a hash of program, templates, settings and keys that shape a mail. Leases
    go by ``lease_now``: the database's clock, or a simulated one that stands for it.
    """

    settings: Settings
    database: Database
    clock: Clock
    fetcher: FeedFetcher
    transport: MailTransport
    renderer: SteadyRenderer
    signer: DkimSigner
    token_keys: tuple[bytes, ...]
    worker_id: str
    render_version: str
    connections: int = 5
    exchanges: MailExchanges | None = None  # None: addresses' own domains tell providers apart
    last_request_at: dict[str, datetime] = field(default_factory=dict)
    asked_at: dict[str, datetime] = field(default_factory=dict)
    tokens: TokenCache = field(default_factory=TokenCache)
    pace: PaceMemory = field(default_factory=PaceMemory)
    lease: Lease = field(default_factory=lambda: Lease(time.monotonic))
    lease_now: Callable[[AsyncConnection], Awaitable[datetime]] = read_now
    observer: Observer = field(default_factory=Observer)
    caller: WebCaller | None = None  # calls addresses of the operator's own; None calls none
    rng: random.Random = field(default_factory=random.Random)

    @property
    def overrides(self) -> Overrides:
        """Return the operator's templates."""
        return self.renderer.overrides

    @property
    def faults(self) -> Faults:
        """Return what was found wrong with the operator's templates, of mails and of pages."""
        return self.renderer.faults

    def may_ask_again(self, arxiv_id: str, now: datetime) -> bool:
        """Return whether arXiv was not asked for a paper's categories within six hours."""
        asked = self.asked_at.get(arxiv_id)
        return asked is None or now - asked > timedelta(hours=6)
