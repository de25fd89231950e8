"""The pace of a batch: through which relay each mail goes now, or when to come again.

Nothing is handed over faster than the buckets of its relay, and of its provider through that relay,
allow; whatever has to wait goes back as it was, no attempt counted, and the others go on. Single
mails (a confirmation, a link) may borrow from a bucket, so that digests never hold them up.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from digest.domain.deliveries import Kind
from digest.domain.providers import domain_of
from digest.domain.replies import Blame, Verdict
from digest.domain.throttle import CHUNK, Bucket, WarmUp, next_places
from digest.ports import Outcome, OutgoingMessage, RelayBoard, RelayStanding
from digest.services import relay_watch
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.services.limits_of_relays import limits_of, provider_key, relay_key
from digest.services.pace_memory import Meter
from digest.services.provider_lookup import find_providers
from digest.settings import RelaySettings
from digest.store import throttles
from digest.store.deliveries import Delivery
from digest.store.put_off import PutOff, put_off

log = structlog.get_logger()
HORIZON = timedelta(minutes=10)  # a waiting mail asks again at least so often
FORGETFUL_PAUSE = timedelta(seconds=30)  # of a bucket that could not be written
POLICY_REFUSALS = 20  # in a row by one provider: an alarm, and no more mails to it for a while


@dataclass(frozen=True, slots=True)
class Place:
    """A mail's leave to go: the relay, "" for any, and the buckets that gave a token."""

    relay: str = ""
    bound: bool = False
    provider: str = ""
    keys: tuple[str, ...] = ()

    def routed(self, message: OutgoingMessage) -> OutgoingMessage:
        """Return the message with its way."""
        return replace(message, relay=self.relay, bound=self.bound)


class Pacer:
    """The pace of one batch of one worker: `prepare`, then `admit` and `note`, then `finish`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._memory = context.pace
        self._relays = sorted(context.settings.relays, key=lambda one: (one.priority, one.name))
        self._providers: dict[str, str] = {}
        self._governed: set[str] = set()
        self._waiting: list[PutOff] = []
        self._mended: set[str] = set()
        self._lock = asyncio.Lock()

    async def prepare(self, batch: Sequence[Delivery]) -> None:
        """Find the batch's providers, and which buckets there are."""
        self._providers = await find_providers(self._context, (d.address for d in batch))
        wanted = [relay_key(relay.name) for relay in self._relays]
        for provider in set(self._providers.values()):
            wanted += [provider_key(relay.name, provider) for relay in self._relays]
        async with self._context.database.read() as connection:
            found = await throttles.get_buckets(connection, wanted)
        self._governed = set(found)
        self._memory.rates.update((key, bucket.rate) for key, bucket in found.items())

    async def admit(self, delivery: Delivery) -> Place | None:
        """Return a mail's leave to go; None where it has to wait, which is noted."""
        provider = self._providers.get(domain_of(delivery.address), "")
        urgent = delivery.kind is not Kind.DIGEST
        bound = self._bound_to(delivery)
        candidates, paused_until = self._candidates(bound)
        if not candidates and paused_until is not None:
            self._wait(delivery, paused_until, "no relay may be used for now")
            return None
        waits: list[tuple[datetime, str]] = []
        async with self._lock:
            for relay in candidates:
                keys = await self._take(relay, provider, urgent=urgent)
                if isinstance(keys, tuple):
                    return Place(relay.name, bound is not None, provider, keys)
                waits.append((keys.until, keys.key))
        if not waits:
            return Place(provider=provider)
        until, key = min(waits)
        if not urgent:
            until = self._line_up(key, until)
        self._wait(delivery, until, f"the pace of {key.removeprefix('relay/')} does not allow more")
        return None

    async def note(self, place: Place, outcome: Outcome) -> Outcome:
        """Learn from what became of a mail; return the outcome with when to ask again."""
        now = self._context.clock.now()
        used = outcome.relay or place.relay
        if outcome.verdict is Verdict.RELAY_DOWN:
            self.unused(place)
        elif used != place.relay:
            self.unused(place)
            self._charge(used, place.provider)
        key = provider_key(used, place.provider)
        if outcome.verdict is Verdict.ACCEPTED:
            for counted in (key, relay_key(used)):
                self._memory.meters.setdefault(counted, Meter(now)).add(now)
            self._memory.policy.pop(key, None)
            if key in self._governed and key not in self._memory.mended:
                self._mended.add(key)
        elif outcome.blame is Blame.PROVIDER:
            return await self._slow_down(key, now, outcome)
        elif outcome.blame is Blame.RELAY and outcome.verdict is Verdict.THROTTLED:
            return await self._slow_down(relay_key(used), now, outcome)
        elif outcome.blame is Blame.POLICY:
            return await self._policy(key, now, outcome)
        return outcome

    def unused(self, place: Place) -> None:
        """Take back the tokens of a mail that was not sent after all."""
        for key in place.keys:
            self._memory.tokens[key] = self._memory.tokens.get(key, 0) + 1

    async def finish(self) -> int:
        """Put off whatever has to wait, give unused tokens back; return how many mails wait."""
        context, memory = self._context, self._memory
        left = {key: count for key, count in memory.tokens.items() if count}
        memory.tokens.clear()
        if left or self._waiting:
            now = context.clock.now()
            async with context.database.write() as connection:
                for key, count in sorted(left.items()):
                    ceiling = self._limits(key)[0]
                    await throttles.give_back(connection, key, count, now, ceiling)
                await put_off(connection, context.worker_id, self._waiting)
        for key in sorted(self._mended):
            await clear_alarm(context, _alarm_key(key))
        memory.mended |= self._mended
        memory.forget_old(context.clock.now())
        await relay_watch.watch_relays(context)
        return len(self._waiting)

    # --- which relay ---

    def _bound_to(self, delivery: Delivery) -> str | None:
        """Return the relay that an uncertain mail went through, while it is configured."""
        names = {relay.name for relay in self._relays}
        return delivery.relay if delivery.uncertain and delivery.relay in names else None

    def _candidates(self, bound: str | None) -> tuple[list[RelaySettings], datetime | None]:
        """Return the best relays that may be used, in turn; else until when none may."""
        standings = relay_standings(self._context)
        asked = [one for one in self._relays if bound is None or one.name == bound]
        usable = [one for one in asked if _paused_until(standings, one) is None]
        if not usable:
            waits = [_paused_until(standings, one) for one in asked]
            return [], min((until for until in waits if until is not None), default=None)
        best = [one for one in usable if one.priority == usable[0].priority]
        self._memory.turn += 1
        first = self._memory.turn % len(best)
        return best[first:] + best[:first], None

    # --- tokens ---

    async def _take(
        self, relay: RelaySettings, provider: str, *, urgent: bool
    ) -> "tuple[str, ...] | _Empty":
        """Take a token of the provider's bucket and of the relay's, where they are kept."""
        taken: list[str] = []
        for key in (provider_key(relay.name, provider), relay_key(relay.name)):
            ceiling, warm_up = self._limits(key)
            if key not in self._governed and math.isinf(ceiling) and warm_up.start <= 0:
                continue
            until = await self._token(key, ceiling, warm_up, urgent=urgent)
            if until is not None:
                self.unused(Place(keys=tuple(taken)))
                return _Empty(until, key)
            taken.append(key)
        return tuple(taken)

    async def _token(
        self, key: str, ceiling: float, warm_up: WarmUp, *, urgent: bool
    ) -> datetime | None:
        """Take one token; return until when there is none."""
        memory, now = self._memory, self._context.clock.now()
        if memory.tokens.get(key, 0) > 0:
            memory.tokens[key] -= 1
            return None
        empty = memory.empty_until.get(key)
        if empty is not None and empty > now and not urgent:
            return empty
        async with self._context.database.write() as connection:
            drawn = await throttles.draw(
                connection, key, 1 if urgent else CHUNK, now, ceiling, warm_up, urgent=urgent
            )
        memory.rates[key] = drawn.bucket.rate
        if drawn.granted:
            memory.tokens[key] = memory.tokens.get(key, 0) + drawn.granted - 1
            memory.empty_until.pop(key, None)
            return None
        until = drawn.again_at or now + HORIZON
        if not urgent:
            memory.empty_until[key] = until
        return until

    def _limits(self, key: str) -> tuple[float, WarmUp]:
        return limits_of(self._relays, key)

    def _charge(self, relay: str, provider: str) -> None:
        """Take the tokens of a relay that stood in for another."""
        for key in (relay_key(relay), provider_key(relay, provider)):
            ceiling, warm_up = self._limits(key)
            if key in self._governed or math.isfinite(ceiling) or warm_up.start > 0:
                self._memory.tokens[key] = self._memory.tokens.get(key, 0) - 1

    # --- waiting, and slowing down ---

    def _wait(self, delivery: Delivery, until: datetime, why: str) -> None:
        self._waiting.append(PutOff(delivery.id, until, why))

    def _line_up(self, key: str, until: datetime) -> datetime:
        """Return when a mail should ask again that waits behind others."""
        tail = self._memory.tails.get(key, until)
        rate = self._memory.rates.get(key, math.inf)
        at, self._memory.tails[key] = next_places(tail, until, rate, HORIZON)
        return at

    async def _slow_down(self, key: str, now: datetime, outcome: Outcome) -> Outcome:
        """Slow a bucket down; where the database is away, this process alone waits a little."""
        memory, until = self._memory, now + FORGETFUL_PAUSE
        try:
            bucket = await self._slower(key, now)
        except (SQLAlchemyError, OSError) as error:  # the outcome itself must not be lost with it
            log.warning("the pace could not be written down", key=key, error=str(error))
        else:
            until = bucket.paused_until or now
            memory.rates[key] = bucket.rate
        self._governed.add(key)
        memory.empty_until[key] = until
        memory.tokens.pop(key, None)
        memory.tails.pop(key, None)
        if outcome.not_before is not None:
            until = max(until, outcome.not_before)
        return replace(outcome, not_before=until)

    async def _slower(self, key: str, now: datetime) -> Bucket:
        meter = self._memory.meters.get(key)
        async with self._context.database.write() as connection:
            return await throttles.slow_down(
                connection,
                key,
                now,
                self._limits(key)[0],
                meter.per_second(now) if meter else 0.0,
                self._context.rng.uniform(-1, 1),
            )

    async def _policy(self, key: str, now: datetime, outcome: Outcome) -> Outcome:
        count = self._memory.policy[key] = self._memory.policy.get(key, 0) + 1
        if count % POLICY_REFUSALS:
            return outcome
        name = key.removeprefix("relay/")
        text = f"{count} mails in a row are refused by a policy of {name}: {outcome.reply}"
        await raise_alarm(self._context, _alarm_key(key), text)
        self._memory.mended.discard(key)
        return await self._slow_down(key, now, outcome)


def _alarm_key(key: str) -> str:
    return f"policy/{key.removeprefix('relay/')}"


@dataclass(frozen=True, slots=True)
class _Empty:
    until: datetime
    key: str


def relay_standings(context: Context) -> dict[str, RelayStanding]:
    """Return how the relays have fared in this process, where the transport knows."""
    if not isinstance(context.transport, RelayBoard):
        return {}
    return {standing.name: standing for standing in context.transport.standings()}


def relays_paused(context: Context) -> bool:
    """Return whether no relay may be used now: then nothing needs to be claimed."""
    standings = relay_standings(context).values()
    return bool(standings) and all(one.paused_until is not None for one in standings)


def _paused_until(standings: dict[str, RelayStanding], relay: RelaySettings) -> datetime | None:
    standing = standings.get(relay.name)
    return standing.paused_until if standing else None
