"""A POP3 mailbox (RFC 1939) that is looked into, by the standard library's client in a thread."""

import asyncio
import contextlib
import poplib
import ssl
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from digest.mail.mailbox_options import MailboxOptions, words_of
from digest.ports import Listing, MailboxError

T = TypeVar("T")
_LONGEST_LINE = 1024 * 1024
_FAILURES = (poplib.error_proto, OSError, ssl.SSLError, ValueError)


class _LongLines:
    """Reads lines of any length that a mail may have; the library's limit of 2,048 is too low."""

    file: Any

    def _getline(self) -> tuple[bytes, int]:
        line: bytes = self.file.readline(_LONGEST_LINE + 1)
        if not line:
            raise poplib.error_proto("-ERR EOF")
        if len(line) > _LONGEST_LINE:
            raise poplib.error_proto("-ERR a line without an end")
        return line.rstrip(b"\r\n"), len(line)


class _Pop3(_LongLines, poplib.POP3):
    pass


class _Pop3Tls(_LongLines, poplib.POP3_SSL):
    pass


class Pop3Mailbox:
    """One mailbox; a connection for each look. Deletions are made good by its end (QUIT)."""

    def __init__(self, options: MailboxOptions) -> None:
        self._options = options
        self._client: poplib.POP3 | None = None
        self._numbers: dict[str, int] = {}

    async def look(self, since: date) -> Listing:
        """Log in and return every mail by its unique id; POP3 knows no dates."""
        del since
        return await self._call(self._look)

    async def fetch(self, mail_id: str) -> bytes | None:
        """Return a mail, or None where it is gone or over the size."""
        return await self._call(self._fetch, self._numbers.get(mail_id))

    async def discard(self, mail_id: str) -> None:
        """Mark a mail for deletion."""
        await self._call(self._connected().dele, self._numbers[mail_id])

    async def close(self) -> None:
        """Delete what was marked, and leave."""
        if self._client is not None:
            await self._call(self._client.quit)
            self._client = None

    async def abandon(self) -> None:
        """Hang up; what was marked stays, and being dealt with twice is harmless."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_FAILURES):
                await asyncio.to_thread(client.close)

    async def _call(self, work: Callable[..., T], *told: Any) -> T:
        try:
            return await asyncio.to_thread(work, *told)
        except _FAILURES as error:
            raise MailboxError(f"POP3 at {self._options.host}: {words_of(error)}") from error

    def _look(self) -> Listing:
        options = self._options
        context = options.tls_context or ssl.create_default_context()
        if options.tls == "implicit":
            self._client = _Pop3Tls(
                options.host, options.port, timeout=options.timeout_s, context=context
            )
        else:
            self._client = _Pop3(options.host, options.port, options.timeout_s)
        if options.tls == "starttls":
            self._client.stls(context)
        self._client.user(options.username)
        self._client.pass_(options.password)
        self._numbers = {}
        for line in self._client.uidl()[1]:
            number, _, name = line.decode("utf-8", "replace").partition(" ")
            self._numbers[name.strip()] = int(number)
        return Listing("pop3", tuple(self._numbers))

    def _fetch(self, number: int | None) -> bytes | None:
        client = self._connected()
        if number is None:
            return None
        answer: Any = client.list(number)  # one line of it, whatever the stubs say
        size = int(answer.split()[-1])
        if size > self._options.max_bytes:
            return None
        return b"\r\n".join(client.retr(number)[1]) + b"\r\n"

    def _connected(self) -> poplib.POP3:
        if self._client is None:
            raise MailboxError("POP3: not connected")
        return self._client
