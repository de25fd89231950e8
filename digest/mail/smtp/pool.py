"""The kept sessions of one relay, and how it has fared."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from digest.domain.relay_health import RelayHealth
from digest.mail.smtp.connect import Session, open_session
from digest.mail.smtp.relay import Relay
from digest.mail.smtp.wire import WireError
from digest.ports import Clock

MAX_IDLE_S = 30.0  # relays close idle sessions after a minute or more; a dead one costs a try


class Pool:
    """At most ``relay.connections`` sessions; a relay that failed is probed by one message."""

    def __init__(self, relay: Relay, helo: str, clock: Clock) -> None:
        self.relay = relay
        self.health = RelayHealth()
        self.busy = 0
        self._helo = helo
        self._clock = clock
        self._idle: list[Session] = []
        self._places = asyncio.Semaphore(relay.connections)
        self._probe: asyncio.Future[None] | None = None

    @property
    def load(self) -> float:
        """Return how much of its connections is in use, from 0."""
        return self.busy / self.relay.connections

    def is_paused(self) -> bool:
        """Return whether the relay is being left alone now."""
        return self.health.is_paused(self._clock.now())

    @asynccontextmanager
    async def place(self) -> AsyncIterator[bool]:
        """Hold one of the places; give False where the relay is to be left alone by now.

        After failures one message probes the relay, and the others wait for what comes of it.
        """
        self.busy += 1
        try:
            async with self._places:
                probe = await self._turn()
                try:
                    yield not self.is_paused()
                finally:
                    if probe is not None:
                        self._probe = None
                        probe.set_result(None)
        finally:
            self.busy -= 1

    async def _turn(self) -> asyncio.Future[None] | None:
        """Wait for another's probe, or begin one: then return it."""
        while self.health.failures and not self.is_paused():
            if self._probe is None:
                self._probe = asyncio.get_running_loop().create_future()
                return self._probe
            await asyncio.wait([self._probe])
        return None

    async def session(self, *, fresh: bool) -> Session:
        """Return an idle session, or a new one; raise ConnectError where there is none."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            session = self._idle.pop()
            if not fresh and session.wire.usable and now - session.idle_since < MAX_IDLE_S:
                return session
            session.wire.close()
        return await open_session(self.relay, self._helo)

    def keep(self, session: Session) -> None:
        """Keep a session for the next message."""
        session.used = True
        session.idle_since = asyncio.get_running_loop().time()
        self._idle.append(session)

    async def close(self) -> None:
        """Say QUIT on the idle sessions."""
        while self._idle:
            wire = self._idle.pop().wire
            try:
                wire.send(b"QUIT\r\n", 1)
                await wire.reply(2)
            except WireError:
                pass
            wire.close()
