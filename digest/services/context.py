"""What every service needs of the installation, put together by bootstrap."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.domain.documents import TokenCache
from digest.mail.dkim import DkimSigner
from digest.mail.render import Renderer
from digest.ports import Clock, FeedFetcher, MailTransport
from digest.settings import Settings
from digest.store.database import Database


@dataclass(frozen=True)
class Context:
    """The parts of one running installation.

    ``token_keys`` are the newest first; ``worker_id`` names this process in the ledger;
    ``render_version`` is a hash of program, templates, settings and keys that shape a mail.
    """

    settings: Settings
    database: Database
    clock: Clock
    fetcher: FeedFetcher
    transport: MailTransport
    renderer: Renderer
    signer: DkimSigner
    token_keys: tuple[bytes, ...]
    worker_id: str
    render_version: str
    connections: int = 5
    last_request_at: dict[str, datetime] = field(default_factory=dict)
    asked_at: dict[str, datetime] = field(default_factory=dict)
    tokens: TokenCache = field(default_factory=TokenCache)
    rng: random.Random = field(default_factory=random.Random)

    def may_ask_again(self, arxiv_id: str, now: datetime) -> bool:
        """Return whether arXiv was not asked for a paper's categories within six hours."""
        asked = self.asked_at.get(arxiv_id)
        return asked is None or now - asked > timedelta(hours=6)
