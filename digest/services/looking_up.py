"""Readers and mails as an operator looks them up: lists in pages, and everything about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from digest.domain.schedule import local_date
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.services.audit import AuditLine
from digest.services.context import Context
from digest.services.story import Story, tell_story
from digest.services.why import DayAnswer, why_day
from digest.store import audit, bounces, deliveries, mail_lists, reader_lists, signups, subscribers
from digest.store.bounces import ListedBounce
from digest.store.deliveries import Delivery
from digest.store.mail_lists import TROUBLE, MailFilter, Place
from digest.store.reader_lists import FoundReader, LastReport
from digest.store.signups import Signup

__all__ = ["Barred", "FoundReader", "MailFilter", "MailSheet", "Place", "ReaderSheet"]
PAGE = 50
_MAILS, _LINES = 30, 20
_RECENT = timedelta(days=7)
LONGEST = 320  # characters of an address (RFC 3696, erratum 1690): what is longer names nobody
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Barred:
    """Whoever is barred, and the newest report about them."""

    reader: FoundReader
    report: LastReport | None


@dataclass(frozen=True, slots=True)
class ReaderSheet:
    """Everything about one reader. ``today`` tells of today's digest; None for a tombstone."""

    reader: Subscriber
    signups: list[Signup]
    returned: list[ListedBounce]
    mails: list[Delivery]
    more_mails: bool
    acts: list[AuditLine]
    today: DayAnswer | None


@dataclass(frozen=True, slots=True)
class MailSheet:
    """Everything about one mail."""

    row: Delivery
    reader: Subscriber
    story: Story
    acts: list[AuditLine]


async def find_readers(
    context: Context,
    part: str = "",
    state: SubscriberState | None = None,
    before: int | None = None,
) -> tuple[list[FoundReader], bool]:
    """Return a page of readers, the newest first, and whether there are more.

    ``part`` is an address, part of one, or an id.
    """
    if not _may_be_stored(part):
        return [], False
    async with context.database.read() as connection:
        return _cut(
            await reader_lists.list_readers(
                connection, PAGE + 1, part=part.strip(), state=state, before=before
            )
        )


async def find_barred(
    context: Context, part: str = "", before: int | None = None
) -> tuple[list[Barred], bool]:
    """Return a page of those who are barred, the newest first, and whether there are more."""
    if not _may_be_stored(part):
        return [], False
    async with context.database.read() as connection:
        found, more = _cut(
            await reader_lists.list_barred(connection, PAGE + 1, part=part.strip(), before=before)
        )
        reports = await reader_lists.find_last_reports(connection, [one.id for one in found])
    return [Barred(one, reports.get(one.id)) for one in found], more


async def count_states(context: Context) -> dict[str, int]:
    """Return how many readers are in each state."""
    async with context.database.read() as connection:
        return await subscribers.count_by_state(connection)


async def read_reader(
    context: Context, subscriber_id: int, mails_before: int | None = None
) -> ReaderSheet | None:
    """Return everything about a reader, with a page of their mails; None where there is none."""
    async with context.database.read() as connection:
        reader = await subscribers.find_subscriber(connection, subscriber_id)
        if reader is None:
            return None
        mails = await mail_lists.list_of_reader(connection, reader.id, _MAILS + 1, mails_before)
        asked = await signups.list_signups(connection, reader.id)
        returned = await bounces.list_bounces(connection, reader.id)
        named = f"subscriber/{reader.id}"
        acts = await audit.list_lines(connection, _LINES, object_=named)
    today = None
    if reader.state is not SubscriberState.ERASED:
        day = local_date(reader.preferences.zone, context.clock.now())
        today = await why_day(context, reader, day)
    shown, more = mails[:_MAILS], len(mails) > _MAILS
    return ReaderSheet(reader, asked, returned, shown, more, acts, today)


async def find_mails(
    context: Context, wanted: MailFilter, after: Place | None = None
) -> tuple[list[Delivery], Place | None]:
    """Return a page of mails, what is wrong first, and the place where the next page begins.

    Where neither a state nor a day is asked for, it is what was in trouble in the last seven days,
    and whatever is open.
    """
    if not wanted.states and wanted.day is None:
        wanted = MailFilter(None, TROUBLE, wanted.kind)
    since = None if wanted.day else context.clock.now() - _RECENT
    asked = MailFilter(wanted.day, wanted.states, wanted.kind, since)
    async with context.database.read() as connection:
        found = await mail_lists.list_mails(connection, asked, PAGE + 1, after)
    rows = [row for row, _ in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return rows, Place(last[1], last[0].id) if last else None


async def read_mail(context: Context, delivery_id: int) -> MailSheet | None:
    """Return everything about a mail; None where there is none."""
    async with context.database.read() as connection:
        row = await deliveries.find_delivery(connection, delivery_id)
        if row is None:
            return None
        reader = await subscribers.find_subscriber(connection, row.subscriber_id)
        assert reader is not None  # a foreign key says so
        story = await tell_story(connection, row)
        acts = await audit.list_lines(connection, _LINES, object_=f"delivery/{row.id}")
    return MailSheet(row, reader, story, acts)


async def find_named(context: Context, typed: str) -> Subscriber | None:
    """Return the reader whom an id or a whole address names, tombstones by their id; or None."""
    text = typed.strip()
    if not _may_be_stored(text):
        return None
    async with context.database.read() as connection:
        if text.isascii() and text.isdecimal() and len(text) < 10:
            return await subscribers.find_subscriber(connection, int(text))
        found = await subscribers.find_by_address(connection, text)
    return found if found is not None and found.address else None


def _may_be_stored(text: str) -> bool:
    # PostgreSQL takes no NUL and no half of a surrogate pair, and no address is longer
    return len(text) <= LONGEST and "\x00" not in text and text.isprintable()


def _cut(found: Sequence[T]) -> tuple[list[T], bool]:
    return list(found[:PAGE]), len(found) > PAGE
