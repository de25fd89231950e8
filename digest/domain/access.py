"""What a link may do, by its purpose, age and generation and by its reader's state.

RULES of the design, "People": a link in a digest changes topics and times, for mails get
forwarded; what concerns the person needs a link that was mailed on request an hour ago at most.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.domain.subscribers import Subscriber, SubscriberState
from digest.domain.tokens import Claims, Purpose

MANAGE_VALID = timedelta(hours=1)
_MAILED = frozenset({Purpose.MAIL, Purpose.MANAGE})


class Right(StrEnum):
    """What somebody who opens a link wants to do."""

    LEAVE = "leave"  # unsubscribe
    USE = "use"  # see what was chosen and sent, address masked; change it, pause, vote, save
    MANAGE = "manage"  # whole address, export, erasure, change of address, feed, sign out
    FEED = "feed"  # read the personal feed


@dataclass(frozen=True, slots=True)
class Access:
    """A reader whose own pages a link opens; ``full`` where it grants `Right.MANAGE` too."""

    reader: Subscriber
    claims: Claims
    full: bool


def allows(claims: Claims, reader: Subscriber | None, right: Right, now: datetime) -> bool:
    """Return whether a link with these claims grants a right at an instant.

    Unsubscribing is bound to no generation and no age, and is granted even where the reader is
    gone: the answer is then that no mail comes.
    """
    if right is Right.LEAVE:
        return claims.purpose in _MAILED
    if reader is None or reader.id != claims.subscriber or _is_erased(reader):
        return False
    if right is Right.FEED:
        reads = reader.state in (SubscriberState.ACTIVE, SubscriberState.PAUSED)
        return claims.purpose is Purpose.FEED and _is_current_feed(claims, reader) and reads
    if claims.generation != reader.token_generation:
        return False
    if claims.purpose is Purpose.MANAGE:
        return now <= claims.issued_at + MANAGE_VALID
    return right is Right.USE and claims.purpose is Purpose.MAIL


def access_of(claims: Claims, reader: Subscriber | None, now: datetime) -> Access | None:
    """Return whose own pages a link opens, and how far; None where it opens none."""
    if reader is None or not allows(claims, reader, Right.USE, now):
        return None
    return Access(reader, claims, allows(claims, reader, Right.MANAGE, now))


def _is_current_feed(claims: Claims, reader: Subscriber) -> bool:
    return claims.generation == reader.feed_generation


def _is_erased(reader: Subscriber) -> bool:
    """Return whether a reader is a tombstone, or about to be one."""
    return reader.state is SubscriberState.ERASED or reader.erase_asked_at is not None
