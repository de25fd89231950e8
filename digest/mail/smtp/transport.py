"""Chooses the relay for a message: by priority, shared among equals, the next where one fails."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from digest.domain import relay_health
from digest.domain.replies import Blame, Stage, Verdict
from digest.mail.smtp.connect import ConnectError
from digest.mail.smtp.envelope import Attempt, send_on
from digest.mail.smtp.pool import Pool
from digest.mail.smtp.relay import Relay
from digest.ports import Clock, Outcome, OutgoingMessage, RelayStanding

log = structlog.get_logger()


class SmtpTransport:
    """The relays of an installation; a `RelayBoard` too. Never raises for what a relay does.

    A relay that fails to connect, greet, encrypt or authenticate is left alone for a while that
    grows; one that refuses our sender or every mail is stopped likewise, and says why.
    """

    def __init__(self, relays: Sequence[Relay], clock: Clock, *, helo: str) -> None:
        ordered = sorted(relays, key=lambda relay: (relay.priority, relay.name))
        self._pools = [Pool(relay, helo, clock) for relay in ordered]
        self._clock = clock

    def standings(self) -> tuple[RelayStanding, ...]:
        """Return how the relays have fared, in order of priority."""
        return tuple(_standing(pool, self._clock.now()) for pool in self._pools)

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send through the first relay that answers; RELAY_DOWN when none does."""
        last = Outcome(Verdict.RELAY_DOWN, None, "no relay is configured")
        pools = self._in_order(message)
        for pool in pools:
            async with pool.place() as is_open:
                if not is_open:
                    said = f"{pool.relay.name} is being left alone"
                    last = Outcome(Verdict.RELAY_DOWN, None, said, "", Blame.RELAY)
                    continue
                began = self._clock.now()
                attempt = await _through(pool, message)
                if attempt.given_up:
                    return attempt.outcome
                _note(pool, attempt, message, began)
            last = attempt.outcome
            if last.verdict is not Verdict.RELAY_DOWN and not _sender_refused(attempt):
                return last
            log.warning("relay down", relay=pool.relay.name, reply=last.reply)
        paused = [pool.health.paused_until for pool in pools]
        known = [until for until in paused if until is not None]
        all_paused = bool(known) and len(known) == len(paused)
        return replace(last, not_before=min(known)) if all_paused else last

    async def close(self) -> None:
        """Say QUIT on every kept session."""
        for pool in self._pools:
            await pool.close()

    def _in_order(self, message: OutgoingMessage) -> list[Pool]:
        """Return the relays to try: the asked one, then by priority and by how busy they are."""
        asked = [pool for pool in self._pools if pool.relay.name == message.relay]
        if asked and message.bound:
            return asked
        others = [pool for pool in self._pools if pool not in asked]
        return asked + sorted(others, key=lambda pool: (pool.relay.priority, pool.load))


async def _through(pool: Pool, message: OutgoingMessage) -> Attempt:
    attempt, stale = await _attempt(pool, message, fresh=False)
    if stale:  # the relay had closed a kept session: that says nothing about a new one
        attempt, _ = await _attempt(pool, message, fresh=True)
    return attempt


async def _attempt(pool: Pool, message: OutgoingMessage, *, fresh: bool) -> tuple[Attempt, bool]:
    """Return what became of it, and whether a kept session failed before it took anything."""
    relay = pool.relay
    try:
        session = await pool.session(fresh=fresh)
    except ConnectError as error:
        stage = Stage.AUTH if error.urgent else Stage.CONNECT
        down = Outcome(
            Verdict.RELAY_DOWN, error.code, str(error), relay.name, Blame.RELAY, stage=stage
        )
        return Attempt(down, stage=stage), False
    used, kept = session.used, False
    try:
        attempt = await send_on(session, relay, message)
        if attempt.keep:
            pool.keep(session)
            kept = True
    finally:
        if not kept:
            session.wire.close()
    return attempt, attempt.lost and used


def _note(pool: Pool, attempt: Attempt, message: OutgoingMessage, began: datetime) -> None:
    """Remember how the relay fared."""
    outcome, health = attempt.outcome, pool.health
    if outcome.verdict is Verdict.ACCEPTED:
        pool.health = relay_health.after_success()
    elif _sender_refused(attempt):
        pool.health = relay_health.after_sender_refused(
            health, message.message_id, began, outcome.reply
        )
    elif outcome.verdict in (Verdict.RELAY_DOWN, Verdict.UNCERTAIN):
        urgent = attempt.stage is Stage.AUTH
        pool.health = relay_health.after_failure(health, began, outcome.reply, urgent=urgent)
    elif outcome.blame is Blame.POLICY:
        pool.health = relay_health.after_policy(health, began, outcome.reply)
    else:
        pool.health = relay_health.after_answer(health)


def _sender_refused(attempt: Attempt) -> bool:
    outcome = attempt.outcome
    return (
        attempt.stage is Stage.MAIL
        and outcome.blame is Blame.RELAY
        and outcome.code is not None
        and outcome.code >= 500
    )


def _standing(pool: Pool, now: datetime) -> RelayStanding:
    health = pool.health
    paused = health.paused_until if health.is_paused(now) else None
    return RelayStanding(
        pool.relay.name, pool.relay.priority, health.failures, paused, health.trouble
    )
