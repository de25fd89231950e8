"""Mailboxes that are looked into: what was dealt with is taken out, everything else stays.

What is not ours is remembered by its id, so that it is fetched once. Only ids that are still there
are kept, and those of another validity mean nothing (RFC 3501 section 2.3.1.1, RFC 1939 UIDL).
"""

import hashlib
import json
from collections import Counter

import structlog

from digest.domain.return_path import VALID
from digest.ports import IncomingMail, Mailbox, MailboxError
from digest.services.context import Context
from digest.services.intake import Took, take_mail
from digest.store import meta
from digest.store.database import DatabaseBroken

log = structlog.get_logger()
MOST_A_LOOK = 500  # mails; the next look goes on
LEFT, LATER = "left alone", Took.LATER.value


async def look_into(
    context: Context, mailbox: Mailbox, origin: str, *, forward: bool = False
) -> Counter[str]:
    """Deal with the new mails of a mailbox; return what became of how many.

    Raises MailboxError where it cannot be looked into, or the connection breaks: what was dealt
    with by then counts, and the rest is for the next time.
    """
    try:
        listing = await mailbox.look((context.clock.now() - VALID).date())
        held = {mail_id: _short(mail_id) for mail_id in listing.ids}
        before = await _recall(context, origin, listing.validity)
        left = before & set(held.values())
        fresh = [mail_id for mail_id, short in held.items() if short not in left]
        counts: Counter[str] = Counter()
        try:
            for mail_id in fresh[:MOST_A_LOOK]:
                took = await _take_one(context, mailbox, mail_id, origin, forward=forward)
                counts[took] += 1
                if took == LEFT:
                    left.add(held[mail_id])
        finally:
            if left != before:
                await _remember(context, origin, listing.validity, left)
        await mailbox.close()
    except BaseException:
        await mailbox.abandon()
        raise
    if counts:
        log.info("looked into a mailbox", origin=origin, **counts)
    return counts


async def _take_one(
    context: Context, mailbox: Mailbox, mail_id: str, origin: str, *, forward: bool
) -> str:
    raw = await mailbox.fetch(mail_id)
    if raw is None:
        return LEFT
    try:
        taken = await take_mail(context, IncomingMail(None, None, raw), origin, forward=forward)
    except (DatabaseBroken, MailboxError):
        raise
    except Exception:  # a mail that breaks something must not keep the others from being read
        log.exception("a mail could not be taken in", origin=origin)
        return LEFT
    if taken.ours:
        await mailbox.discard(mail_id)
        return taken.took.value
    return LATER if taken.took is Took.LATER else LEFT


def _short(mail_id: str) -> str:
    return hashlib.sha256(mail_id.encode("utf-8", "replace")).hexdigest()[:12]


async def _recall(context: Context, origin: str, validity: str) -> set[str]:
    async with context.database.read() as connection:
        value = await meta.find_value(connection, f"left.{origin}")
    told = json.loads(value) if value else {}
    return set(told["left"]) if told.get("validity") == validity else set()


async def _remember(context: Context, origin: str, validity: str, left: set[str]) -> None:
    value = json.dumps({"validity": validity, "left": sorted(left)})
    async with context.database.write() as connection:
        await meta.save_value(connection, f"left.{origin}", value)
