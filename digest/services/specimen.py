"""Specimens: the very mail of a reader, of any kind and day, whose links act for nobody.

A digest of a day that was planned shows what was frozen then; of a day to come, what would be
planned of the papers that are known now. Nothing is written down but that a copy was sent.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from digest.domain.deliveries import Kind, State
from digest.domain.message import MessageHead
from digest.domain.schedule import due_utc, local_date, next_edition
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.domain.tokens import Purpose
from digest.mail.render import RenderedMail
from digest.ports import Outcome, OutgoingMessage
from digest.services import audit, erasure, guard
from digest.services.compose import Composer, CompositionError, Edition
from digest.services.context import Context
from digest.services.preview import SAMPLE_TOKEN, preview
from digest.services.subscriptions import normalise_address
from digest.services.why import why_day
from digest.store import deliveries, subscribers
from digest.store.deliveries import Delivery

log = structlog.get_logger()
KINDS = (
    Kind.DIGEST,
    Kind.CONFIRM,
    Kind.ALREADY_SUBSCRIBED,
    Kind.PREFERENCES_LINK,
    Kind.ADDRESS_CHANGE,
    Kind.ADDRESS_CHANGED_NOTICE,
)
"""The mails that a reader may get, each of which has a specimen."""
MARK = "[Test]"
_FARTHEST_BACK, _FARTHEST_ON = timedelta(days=4000), timedelta(days=31)
_NOBODYS = 0  # the ids of what the ledger does not hold


class SpecimenError(Exception):
    """Why there is no such mail, or why no copy of it is sent."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which mail is wanted: ``day`` None is the reader's next digest."""

    reader: Subscriber
    kind: Kind = Kind.DIGEST
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Specimen:
    """A finished mail; ``frozen`` says that it was planned, and is not a guess at what will be."""

    message: OutgoingMessage
    day: date
    planned_at: datetime
    frozen: bool


class _SpecimenComposer(Composer):
    """Composes as for a reader, with a token that is nobody's and no way back for bounces.

    A copy that goes to somebody else must neither act for the reader nor bar them.
    """

    def __init__(self, context: Context, name: str, mark: str) -> None:
        super().__init__(context)
        self._name = name
        self._mark = mark

    def show(self, reader: Subscriber, edition: Edition | None = None) -> None:
        """Take what the ledger does not hold: a reader's slot and address, an edition to come."""
        chosen = reader.preferences
        self._slots[_NOBODYS] = (chosen.zone, chosen.hour)
        self._addresses[reader.id] = reader.address
        if edition is not None:
            self._editions[_NOBODYS] = edition

    def token(self, delivery: Delivery, purpose: Purpose) -> str:
        """Return the token that opens nothing."""
        del delivery, purpose
        return SAMPLE_TOKEN

    def _return_path(self, delivery: Delivery) -> str:
        del delivery
        return self._context.settings.mail.from_address

    def _message_id(self, delivery: Delivery) -> str:
        del delivery
        return f"<test.{self._name}@{self._context.settings.mail.from_domain}>"

    def _head(self, delivery: Delivery, rendered: RenderedMail, token: str) -> MessageHead:
        head = super()._head(delivery, rendered, token)
        if not self._mark:
            return head
        domain = self._context.settings.mail.from_domain
        return replace(self._marked(head), feedback_id=f"topic:daily:{Kind.TEST.value}:{domain}")

    def _plain_head(self, delivery: Delivery, rendered: RenderedMail) -> MessageHead:
        return self._marked(super()._plain_head(delivery, rendered))

    def _marked(self, head: MessageHead) -> MessageHead:
        return replace(head, subject=f"{self._mark} {head.subject}") if self._mark else head


async def make_specimen(
    context: Context, wish: Wish, to_address: str = "", mark: str = ""
) -> Specimen:
    """Return the mail that a reader gets, or one like it to ``to_address``; SpecimenError if none.

    ``mark`` stands before its subject.
    """
    reader = wish.reader
    if reader.state is SubscriberState.ERASED:
        raise SpecimenError(
            "the reader is erased, and nothing is left that a mail could be made of"
        )
    name = secrets.token_hex(8) if mark else f"{reader.id}"
    composer = _SpecimenComposer(context, name, mark)
    row, frozen = await _load(context, composer, wish)
    try:
        composed = composer.compose(replace(row, address=to_address or reader.address))
    except CompositionError as error:
        raise SpecimenError(f"it cannot be written: {error}") from error
    day = date.fromisoformat(row.dedupe_key[:10])
    return Specimen(composed.message, day, row.planned_at, frozen)


async def send_specimen(context: Context, wish: Wish, address: str, actor: str) -> Outcome:
    """Hand a marked copy of a reader's mail for an operator's address to the relays.

    It has no row in the ledger, so nothing tries it again and no bounce of it bars anybody. Raises
    SpecimenError where there is no such mail or the address is barred, SubscriptionError for what
    is no address.
    """
    to_address = normalise_address(address)
    await see_sendable(context, to_address)
    specimen = await make_specimen(context, wish, to_address, MARK)
    async with context.database.write() as connection:
        told = {"kind": wish.kind.value, "day": specimen.day.isoformat()}
        named = f"subscriber/{wish.reader.id}"
        await audit.note(connection, context.clock.now(), actor, "mail.test", named, told)
    log.info("a test copy is sent", subscriber=wish.reader.id, kind=wish.kind.value)
    return await context.transport.send(specimen.message)


async def see_sendable(context: Context, address: str) -> None:
    """Raise SpecimenError where nothing may be sent now, or not to an address that is barred."""
    try:
        await guard.check(context)
    except guard.RestoredError as error:
        raise SpecimenError(str(error)) from error
    async with context.database.read() as connection:
        known = await subscribers.find_by_address(connection, address)
        barred = known is not None and known.state is SubscriberState.SUPPRESSED
        if barred or await erasure.is_barred(context, connection, address):
            raise SpecimenError(f"{address} is barred, and no mail goes to it")


async def _load(context: Context, composer: _SpecimenComposer, wish: Wish) -> tuple[Delivery, bool]:
    """Return the row that a mail is made of, and whether the ledger holds it."""
    reader, now = wish.reader, context.clock.now()
    today = local_date(reader.preferences.zone, now)
    if wish.kind is not Kind.DIGEST:
        await composer.prepare([])
        composer.show(reader)
        return _row(wish, today, now), False
    day = wish.day or _next_day(reader, now, today)
    if not today - _FARTHEST_BACK <= day <= today + _FARTHEST_ON:
        raise SpecimenError(f"{day} is too far off")
    async with context.database.read() as connection:
        row = await deliveries.find_digest(connection, reader.id, day)
    if row is not None and row.selection_id is not None:
        await composer.prepare([row])
        return row, True
    if day < today:
        raise SpecimenError(
            f"there was no mail on {day}: {(await why_day(context, reader, day)).reason}"
        )
    due = due_utc(reader.preferences.zone, day, reader.preferences.hour)
    at = max(due or now, now)
    found = await preview(context, reader, at)
    if found.empty is not None:
        raise SpecimenError(f"there would be no mail on {day} (“{found.empty_reason}”)")
    await composer.prepare([])
    composer.show(reader, Edition(found.facts, reader.preferences.topics))
    return _row(wish, day, at), False


def _next_day(reader: Subscriber, now: datetime, today: date) -> date:
    """Return the local date of a reader's next digest: today where its hour is still to come."""
    chosen = reader.preferences
    day, _ = next_edition(chosen.zone, chosen.hour, chosen.weekdays, today - timedelta(days=1))
    due = due_utc(chosen.zone, day, chosen.hour)
    if day == today and due is not None and due <= now:
        day, _ = next_edition(chosen.zone, chosen.hour, chosen.weekdays, today)
    return day


def _row(wish: Wish, day: date, at: datetime) -> Delivery:
    """Return a row of a mail that the ledger does not hold."""
    reader = wish.reader
    return Delivery(
        id=_NOBODYS,
        subscriber_id=reader.id,
        kind=wish.kind,
        dedupe_key=day.isoformat(),
        edition_id=None,
        selection_id=None,
        state=State.PENDING,
        reason="",
        address=reader.address,
        language=reader.preferences.language,
        extract=reader.preferences.extract,
        token_generation=reader.token_generation,
        planned_at=at,
        next_try_at=at,
        expires_at=at,
        attempts=0,
        owner=None,
        render_version=None,
        sent_at=None,
        reply="",
        placed=None,
        relay=None,
        submissions=0,
        uncertain=False,
        rewritten=False,
    )
