"""How relays and providers fare, from the database: for `digest status`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.throttle import Bucket, refreshed
from digest.services.context import Context
from digest.services.limits_of_relays import limits_of, relay_key, warm_up_of
from digest.settings import RelaySettings
from digest.store import throttles


@dataclass(frozen=True, slots=True)
class ProviderPace:
    """A provider that is held back; ``rate_per_minute`` is None where there is no limit."""

    name: str
    rate_per_minute: float | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """A relay of the settings, as the process that sends wrote it down last.

    ``sent_today`` and ``cap_today`` belong to a warm-up; both are None without one.
    """

    name: str
    priority: int
    failures: int
    paused_until: datetime | None
    trouble: str
    rate_per_minute: float | None
    sent_today: int | None
    cap_today: int | None
    providers: tuple[ProviderPace, ...]


async def list_relay_status(
    context: Context, connection: AsyncConnection
) -> tuple[RelayStatus, ...]:
    """Return the relays of the settings by priority, each with the providers it holds back."""
    now, relays = context.clock.now(), context.settings.relays
    told = {row.name: row for row in await throttles.list_relays(connection)}
    buckets = {
        key: refreshed(bucket, limits_of(relays, key)[0], now)
        for key, bucket in (await throttles.list_buckets(connection)).items()
    }
    ordered = sorted(relays, key=lambda one: (one.priority, one.name))
    return tuple(_status(relay, told.get(relay.name), buckets, now) for relay in ordered)


def _status(
    relay: RelaySettings, told: Row[Any] | None, buckets: Mapping[str, Bucket], now: datetime
) -> RelayStatus:
    key = relay_key(relay.name)
    own, warm_up = buckets.get(key), warm_up_of(relay)
    warming = own if own is not None and warm_up.start > 0 else None
    cap = warm_up.cap((warming.sent_on - warming.first_on).days) if warming else math.inf
    pauses = [told.paused_until if told else None, own.paused_until if own else None]
    return RelayStatus(
        name=relay.name,
        priority=relay.priority,
        failures=told.failures if told else 0,
        paused_until=max((p for p in pauses if p is not None and p > now), default=None),
        trouble=told.trouble if told else "",
        rate_per_minute=_per_minute(own.rate if own else limits_of([relay], key)[0]),
        sent_today=warming.sent if warming else None,
        cap_today=int(cap) if math.isfinite(cap) else None,
        providers=tuple(
            _provider(name.removeprefix(f"{key}/"), bucket, now)
            for name, bucket in buckets.items()
            if name.startswith(f"{key}/")
        ),
    )


def _provider(name: str, bucket: Bucket, now: datetime) -> ProviderPace:
    paused = bucket.paused_until is not None and bucket.paused_until > now
    return ProviderPace(name, _per_minute(bucket.rate), bucket.paused_until if paused else None)


def _per_minute(rate: float) -> float | None:
    return round(rate * 60, 1) if math.isfinite(rate) else None
