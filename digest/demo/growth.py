"""How votes gather on a paper after it is listed."""

from datetime import datetime, timedelta

GROWS_FOR = timedelta(days=3)
_AT_ONCE = 0.1  # the share of the votes that is there with the listing itself


def grown(final: int, listed_at: datetime, now: datetime) -> int:
    """Return the count at ``now`` of what ends at ``final`` three days after ``listed_at``.

    Quick at first and slow later, never falling; 0 before the listing.
    """
    if now < listed_at:
        return 0
    age = min(1.0, (now - listed_at) / GROWS_FOR)
    share = _AT_ONCE + (1 - _AT_ONCE) * (1 - (1 - age) ** 3)
    return final if age >= 1 else int(final * share)
