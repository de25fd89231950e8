"""Reads tokens: which reader a link belongs to, and whether it may do what it asks."""

from digest.domain.access import Access, Right, access_of, allows
from digest.domain.deliveries import CONFIRM_VALID
from digest.domain.subscribers import Subscriber
from digest.domain.tokens import Claims, Purpose, read_token
from digest.services.context import Context
from digest.store import subscribers


class Gate:
    """Reads tokens: which reader a link belongs to, and whether it may do what it asks."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def access(self, token: str) -> Access | None:
        """Return whose own pages a link opens, and how far; None for a dead one."""
        claims = self._read(token)
        if claims is None:
            return None
        return access_of(claims, await self.find_reader(claims), self._context.clock.now())

    def read_leave(self, token: str) -> Claims | None:
        """Return the claims of a link that unsubscribes: for ever, whatever the generation."""
        claims = self._read(token)
        return claims if claims and self._allows(claims, None, Right.LEAVE) else None

    def read_feed(self, token: str) -> Claims | None:
        """Return the claims of a feed's address, which may have been renewed since."""
        claims = self._read(token)
        return claims if claims and claims.purpose is Purpose.FEED else None

    async def feed_reader(self, claims: Claims) -> Subscriber | None:
        """Return the reader whose feed may be read, None where it is gone."""
        reader = await self.find_reader(claims)
        return reader if self._allows(claims, reader, Right.FEED) else None

    async def find_reader(self, claims: Claims) -> Subscriber | None:
        """Return the reader that a link was made for, or None where they are gone."""
        async with self._context.database.read() as connection:
            return await subscribers.find_subscriber(connection, claims.subscriber)

    def read_confirm(self, token: str) -> Claims | None:
        """Return the claims of a confirmation link that is not over."""
        claims = self._read(token)
        if claims is None or claims.purpose is not Purpose.CONFIRM:
            return None
        return claims if self._context.clock.now() <= claims.issued_at + CONFIRM_VALID else None

    def _read(self, token: str) -> Claims | None:
        return read_token(self._context.token_keys, token)

    def _allows(self, claims: Claims, reader: Subscriber | None, right: Right) -> bool:
        return allows(claims, reader, right, self._context.clock.now())
