"""The pace of mails: token buckets that slow down by half and climb back by a tenth (AIMD).

A bucket belongs to a relay, or to a mailbox provider through it. Rates are in messages a second;
an infinite rate is none. Pure: every function returns the new bucket, and time may run backwards.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

CHUNK = 25  # tokens that a process draws at once
CLIMB = 1.1  # by which the rate grows in a clean minute
CLEAN = timedelta(minutes=1)
SLOWEST = 1 / 60  # one message a minute still finds out when it goes better
UNBOUNDED = 50.0  # a rate that has climbed so far, where none is configured, is none
CALM = timedelta(minutes=10)  # without a throttling reply: the next pause is a short one again
PAUSES = (30, 60, 120, 300, 600, 1200, 1800)  # seconds
RESERVE = 10  # tokens that single mails may borrow, so that digests never hold them up
URGENT_SHARE = 0.1  # of a day's cap in a warm-up that is kept for single mails


@dataclass(frozen=True, slots=True)
class WarmUp:
    """A cap that grows from day to day; ``start`` 0 is none."""

    start: int = 0
    factor: float = 1.5

    def cap(self, day: int) -> float:
        """Return how many messages the ``day``-th day may see, from 0."""
        if self.start <= 0:
            return math.inf
        steps = max(0, day)
        if steps * math.log(self.factor) > math.log(1e9):
            return math.inf
        return math.floor(self.start * self.factor**steps)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket as the table has it; ``strikes`` counts throttling replies until it was calm."""

    rate: float
    level: float
    updated_at: datetime
    paused_until: datetime | None
    clean_since: datetime
    first_on: date
    sent_on: date
    sent: int = 0
    strikes: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many tokens were granted; where none, when to ask again."""

    granted: int
    bucket: Bucket
    again_at: datetime | None = None


def capacity(rate: float) -> float:
    """Return how many tokens a bucket holds: what flows in ten seconds, 1 to a chunk."""
    return max(1.0, min(float(CHUNK), rate * 10)) if math.isfinite(rate) else float(CHUNK)


def new_bucket(rate: float, now: datetime) -> Bucket:
    """Return a full bucket, its warm-up beginning today (UTC)."""
    today = now.date()
    return Bucket(rate, capacity(rate), now, None, now, today, today)


def refreshed(bucket: Bucket, ceiling: float, now: datetime) -> Bucket:
    """Return the bucket at an instant: filled, climbed for each clean minute, its day begun.

    ``ceiling`` is the configured rate, infinite where none is.
    """
    climbed = _climbed(bucket, ceiling, now)
    elapsed = max(0.0, (now - bucket.updated_at).total_seconds())
    most = capacity(climbed.rate)
    level = most if math.isinf(climbed.rate) else min(most, bucket.level + elapsed * climbed.rate)
    today = now.date()
    new_day = today > bucket.sent_on
    return replace(
        climbed,
        level=level,
        updated_at=max(now, bucket.updated_at),
        sent_on=today if new_day else bucket.sent_on,
        sent=0 if new_day else bucket.sent,
    )


def _climbed(bucket: Bucket, ceiling: float, now: datetime) -> Bucket:
    strikes = bucket.strikes if now - bucket.clean_since < CALM else 0
    minutes = max(0, (now - bucket.clean_since) // CLEAN)
    if bucket.rate >= ceiling:
        return replace(bucket, rate=ceiling, strikes=strikes)
    if minutes == 0:
        return replace(bucket, strikes=strikes)
    # beyond a day of clean minutes every rate has come to its ceiling
    rate = bucket.rate * CLIMB ** min(minutes, 1440)
    if math.isinf(ceiling) and rate >= UNBOUNDED:
        rate = math.inf
    return replace(
        bucket,
        rate=min(rate, ceiling),
        clean_since=bucket.clean_since + minutes * CLEAN,
        strikes=0 if minutes >= CALM // CLEAN else strikes,
    )


def draw(
    bucket: Bucket,
    want: int,
    now: datetime,
    *,
    ceiling: float = math.inf,
    warm_up: WarmUp = WarmUp(),
    urgent: bool = False,
) -> Drawn:
    """Draw up to ``want`` tokens, at most a chunk.

    An ``urgent`` draw (a single mail) may borrow a few, and has a share of the day's cap to itself.
    """
    bucket = refreshed(bucket, ceiling, now)
    if bucket.paused_until is not None and bucket.paused_until > now:
        return Drawn(0, bucket, bucket.paused_until)
    cap = warm_up.cap((bucket.sent_on - bucket.first_on).days)
    left = (cap if urgent else cap - math.ceil(cap * URGENT_SHARE)) - bucket.sent if (
        math.isfinite(cap)
    ) else math.inf  # fmt: skip
    if left < 1:
        return Drawn(0, bucket, _midnight(bucket.sent_on))
    level = bucket.level + (RESERVE if urgent else 0)
    granted = math.floor(min(want, CHUNK, left, level if math.isfinite(bucket.rate) else CHUNK))
    if granted < 1:
        wait = (1 - level) / bucket.rate
        return Drawn(0, bucket, now + timedelta(seconds=max(0.05, wait)))
    taken = replace(bucket, level=bucket.level - granted, sent=bucket.sent + granted)
    return Drawn(granted, taken)


def give_back(bucket: Bucket, count: int) -> Bucket:
    """Return the bucket after tokens came back unused; a negative count takes more out."""
    level = min(capacity(bucket.rate), bucket.level + count)
    return replace(bucket, level=level, sent=max(0, bucket.sent - count))


def slowed(bucket: Bucket, now: datetime, *, measured: float, jitter: float = 0.0) -> Bucket:
    """Return the bucket after a throttling reply: half the rate, and a pause that grows.

    Where no rate is in force, half of the ``measured`` one is. Replies that come while it is paused
    answer mails sent before, and change nothing; ``jitter`` (-1..1) moves the pause by a fifth.
    """
    if bucket.paused_until is not None and bucket.paused_until > now:
        return bucket
    base = bucket.rate if math.isfinite(bucket.rate) else max(measured, SLOWEST)
    pause = PAUSES[min(bucket.strikes, len(PAUSES) - 1)] * (1 + 0.2 * max(-1.0, min(1.0, jitter)))
    until = now + timedelta(seconds=pause)
    return replace(
        bucket,
        rate=max(SLOWEST, base / 2),
        level=0.0,
        updated_at=until,  # it begins to fill when the pause is over
        paused_until=until,
        clean_since=until,
        strikes=bucket.strikes + 1,
    )


def is_idle(bucket: Bucket, ceiling: float, warm_up: WarmUp, now: datetime) -> bool:
    """Return whether a bucket says nothing that a new one would not."""
    at = refreshed(bucket, ceiling, now)
    paused = at.paused_until is not None and at.paused_until > now
    return warm_up.start <= 0 and not paused and at.rate >= ceiling and at.strikes == 0


def next_places(
    tail: datetime, now: datetime, rate: float, horizon: timedelta
) -> tuple[datetime, datetime]:
    """Return when the next waiting mail should ask for its token, and the new tail.

    Waiting mails line up behind each other at the bucket's rate, so that few ask in vain; beyond
    ``horizon`` the line starts anew, for the rate may have climbed by then.
    """
    step = timedelta(seconds=1 / max(rate, SLOWEST)) if math.isfinite(rate) else timedelta()
    at = max(tail, now) + step
    return (at, at) if at <= now + horizon else (now + min(step, horizon), now + min(step, horizon))


def _midnight(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
