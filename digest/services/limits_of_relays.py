"""The buckets of relays and of providers through them: their names, rates and warm-ups."""

import math
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.throttle import WarmUp, is_idle
from digest.settings import RelaySettings
from digest.store import throttles


def relay_key(relay: str) -> str:
    """Return the key of a relay's bucket."""
    return f"relay/{relay}"


def provider_key(relay: str, provider: str) -> str:
    """Return the key of a provider's bucket through a relay."""
    return f"relay/{relay}/{provider}"


def limits_of(relays: Sequence[RelaySettings], key: str) -> tuple[float, WarmUp]:
    """Return the rate that a bucket may climb to, in messages a second, and its warm-up."""
    for relay in relays:
        if key == relay_key(relay.name):
            return _per_second(relay.rate_per_minute), warm_up_of(relay)
    owners = [relay for relay in relays if key.startswith(f"{relay_key(relay.name)}/")]
    if not owners:
        return math.inf, WarmUp()
    owner = max(owners, key=lambda relay: len(relay.name))  # a name may hold a slash
    return _per_second(owner.provider_rate_per_minute), WarmUp()


def warm_up_of(relay: RelaySettings) -> WarmUp:
    """Return a relay's warm-up."""
    return WarmUp(relay.warmup_start, relay.warmup_factor)


async def forget_idle_buckets(
    connection: AsyncConnection, relays: Sequence[RelaySettings], now: datetime
) -> int:
    """Delete buckets that say nothing a new one would not; return how many."""
    buckets = await throttles.list_buckets(connection)
    idle = [key for key, bucket in buckets.items() if is_idle(bucket, *limits_of(relays, key), now)]
    await throttles.forget(connection, idle)
    return len(idle)


def _per_second(per_minute: float) -> float:
    return per_minute / 60 if per_minute > 0 else math.inf
