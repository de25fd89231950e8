"""A relay as the transport needs it, and how its certificate is checked."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from digest.mail.smtp.oauth import RefreshedToken

DOT_PATIENCE = 5  # times as long as for other replies: RFC 5321 section 4.5.3.2.6 asks for more


@dataclass(frozen=True, slots=True)
class Relay:
    """One relay of the settings. ``tls`` is ``none``, ``starttls`` or ``implicit``.

    ``password_file`` is read anew for every connection and wins over ``password``; with ``auth``
    xoauth2 either holds an access token, or ``token`` fetches one. ``timeout_s`` bounds each reply
    as a whole, however it drips.
    """

    name: str
    host: str
    port: int
    tls: str = "none"
    username: str | None = None
    password: str | None = None
    password_file: Path | None = None
    auth: str = "auto"
    token: RefreshedToken | None = None
    connections: int = 5
    priority: int = 10
    timeout_s: float = 60.0
    tls_context: ssl.SSLContext | None = None
    idempotency_header: str = ""

    @property
    def where(self) -> str:
        """Return name and address for a message."""
        return f"{self.name} ({self.host}:{self.port})"


def make_tls_context(ca_file: Path | None, *, verify: bool) -> ssl.SSLContext:
    """Return a context for a relay: authorities of the system, or of a PEM file of one's own."""
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
