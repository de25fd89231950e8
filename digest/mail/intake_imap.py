"""An IMAP folder (RFC 3501) that is looked into, by IMAPClient in a thread."""

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from digest.mail.mailbox_options import MailboxOptions, words_of
from digest.ports import Listing, MailboxError

T = TypeVar("T")
_FAILURES = (IMAPClientError, imaplib.IMAP4.error, OSError, ssl.SSLError, ValueError)


class ImapMailbox:
    """One folder; a connection for each look."""

    def __init__(self, options: MailboxOptions) -> None:
        self._options = options
        self._client: IMAPClient | None = None

    async def look(self, since: date) -> Listing:
        """Log in and return the mails that came since a day, by UID."""
        return await self._call(self._look, since)

    async def fetch(self, mail_id: str) -> bytes | None:
        """Return a mail, or None where it is gone or over the size; it is not marked as read."""
        return await self._call(self._fetch, int(mail_id))

    async def discard(self, mail_id: str) -> None:
        """Move a mail to the folder of those dealt with, or delete it."""
        await self._call(self._discard, int(mail_id))

    async def close(self) -> None:
        """Log out."""
        if self._client is not None:
            await self._call(self._client.logout)
            self._client = None

    async def abandon(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_FAILURES):
                await asyncio.to_thread(client.shutdown)

    async def _call(self, work: Callable[..., T], *told: Any) -> T:
        try:
            return await asyncio.to_thread(work, *told)
        except _FAILURES as error:
            raise MailboxError(f"IMAP at {self._options.host}: {words_of(error)}") from error

    def _look(self, since: date) -> Listing:
        options = self._options
        context = options.tls_context or ssl.create_default_context()
        client = IMAPClient(
            options.host,
            port=options.port,
            ssl=options.tls == "implicit",
            ssl_context=context if options.tls == "implicit" else None,
            timeout=options.timeout_s,
        )
        self._client = client
        if options.tls == "starttls":
            client.starttls(context)
        client.login(options.username, options.password)
        chosen = client.select_folder(options.folder)
        found = client.search(["SINCE", since, "NOT", "DELETED"])
        ids = tuple(str(uid) for uid in sorted(found))
        return Listing(str(chosen.get(b"UIDVALIDITY", "")), ids)

    def _fetch(self, uid: int) -> bytes | None:
        client = self._connected()
        size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        if size is None or size > self._options.max_bytes:
            return None
        body = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        return body if isinstance(body, bytes) else None

    def _discard(self, uid: int) -> None:
        client, target = self._connected(), self._options.processed_folder
        if not target:
            client.delete_messages([uid])
            _expunge(client, uid)
        elif client.has_capability("MOVE"):
            client.move([uid], target)
        else:
            client.copy([uid], target)
            client.delete_messages([uid])
            _expunge(client, uid)

    def _connected(self) -> IMAPClient:
        if self._client is None:
            raise MailboxError("IMAP: not connected")
        return self._client


def _expunge(client: IMAPClient, uid: int) -> None:
    """Take one mail out: without UIDPLUS an expunge would take others along, so it waits there.

    It is marked as deleted and not listed again; the owner's mail client, or server, clears it.
    """
    if client.has_capability("UIDPLUS"):
        client.uid_expunge([uid])
