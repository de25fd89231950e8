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


def words_of(error: BaseException) -> str:
    """Return what a client's error says; both libraries put a server's answer in as bytes."""
    told = error.args[0] if error.args and not isinstance(error, OSError) else error
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
