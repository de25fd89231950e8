"""What a mailbox that is looked into needs to know, IMAP and POP3 alike."""

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailboxOptions:
    """A mailbox of the settings. ``tls`` is ``none``, ``starttls`` or ``implicit``.

    ``folder`` and ``processed_folder`` ("" deletes) are IMAP's alone.
    """

    host: str
    port: int
    username: str
    password: str
    tls: str = "implicit"
    max_bytes: int = 10 * 1024 * 1024
    timeout_s: float = 60.0
    folder: str = "INBOX"
    processed_folder: str = ""
    tls_context: ssl.SSLContext | None = None
