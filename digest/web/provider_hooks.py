"""The webhooks of mail providers: each checks the provider's signature before it reads a word."""

import base64
import binascii
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request

from digest.domain.limits import limit_key
from digest.domain.provider_events import ProviderEvent
from digest.mail.hooks import mailgun, postmark, sendgrid, ses
from digest.mail.hooks.reading import HookError, HookLaterError, word
from digest.ports import Fetched, FetchRequest
from digest.services.context import Context
from digest.services.provider_events import take_events
from digest.store import buckets

_MOST_CERTIFICATES = 16
Take = Callable[[Request], Awaitable[str]]


class ProviderHooks:
    """Takes in the webhooks of one installation; SNS certificates are fetched once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._settings = context.settings.bounces
        self._certificates: dict[str, bytes] = {}

    def enabled(self) -> dict[str, Take]:
        """Return what takes in a request for each provider that is set up, by its name.

        Each returns a few words about what it did, and raises HookError for what is not the
        provider's.
        """
        every: dict[str, Take] = {
            "ses": self._ses,
            "postmark": self._postmark,
            "mailgun": self._mailgun,
            "sendgrid": self._sendgrid,
        }
        return {name: take for name, take in every.items() if getattr(self._settings, name)}

    async def _ses(self, request: Request) -> str:
        assert self._settings.ses is not None
        message = ses.read_message(await request.body(), self._settings.ses.topics)
        certificate = await self._certificate(word(message, "SigningCertURL"))
        ses.check_signature(message, certificate, self._context.clock.now())
        if word(message, "Type") == ses.CONFIRMATION:
            await self._fetch(word(message, "SubscribeURL"))
            return "the topic's subscription was confirmed"
        if word(message, "Type") != ses.NOTIFICATION:
            return "the topic's subscription has ended"
        return await self._take(ses.read_events(message), "ses")

    async def _certificate(self, url: str) -> bytes:
        if url not in self._certificates:
            held = await self._fetch(url)
            if len(self._certificates) >= _MOST_CERTIFICATES:
                self._certificates.clear()
            self._certificates[url] = held
        return self._certificates[url]

    async def _fetch(self, url: str) -> bytes:
        if not ses.is_sns_page(url):
            raise HookError("the address is not one of SNS")
        result = await self._context.fetcher.fetch(FetchRequest(url))
        if not isinstance(result, Fetched):
            raise HookLaterError("SNS did not answer")
        if not ses.is_sns_page(result.url):
            raise HookError("SNS led away from itself")
        return result.body

    async def _postmark(self, request: Request) -> str:
        told = self._settings.postmark
        assert told is not None
        expected = f"{told.username}:{told.password.get_secret_value()}".encode()
        if not hmac.compare_digest(_basic(request), expected):
            raise HookError("the name or password in the hook's URL is wrong")
        return await self._take(postmark.read_events(await request.body()), "postmark")

    async def _mailgun(self, request: Request) -> str:
        told = self._settings.mailgun
        assert told is not None
        now, key = self._context.clock.now(), told.signing_key.get_secret_value()
        token, event = mailgun.read_signed(await request.body(), key, now)
        spent = limit_key(self._context.token_keys[0], "mailgun token", token)
        async with self._context.database.read() as connection:
            if await buckets.is_spent(connection, spent):
                return "a request came twice"
        said = await self._take(mailgun.read_events(event), "mailgun")
        async with self._context.database.write() as connection:
            await buckets.spend(connection, spent, now)
        return said

    async def _sendgrid(self, request: Request) -> str:
        told = self._settings.sendgrid
        assert told is not None
        body, given = await request.body(), request.headers
        signature = given.get(sendgrid.SIGNATURE, "")
        timestamp = given.get(sendgrid.TIMESTAMP, "")
        now = self._context.clock.now()
        sendgrid.check_signature(body, signature, timestamp, told.public_key, now)
        return await self._take(sendgrid.read_events(body), "sendgrid")

    async def _take(self, events: Sequence[ProviderEvent], origin: str) -> str:
        done = await take_events(self._context, events, origin)
        counts = Counter(one.effect.value for one in done)
        return ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "nothing to do"


def _basic(request: Request) -> bytes:
    """Return name and password of a request (RFC 7617), b"" where there are none."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return b""
