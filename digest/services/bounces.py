"""Bounces and complaints: what a report that is proved to be about a mail of ours does.

A report never changes a delivery that was SENT, nor what its reader has seen: it is a line of its
own in the log. What it does to the reader is decided by `domain.suppression`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain import suppression
from digest.domain.feedback_types import Feedback, feedback_of
from digest.domain.proofs import Means, Proof, find_proof
from digest.domain.refusals import refusal_of
from digest.domain.reports import BounceReason, MailReport, ReportedRecipient, ReportKind
from digest.domain.subscribers import Subscriber, SubscriberState
from digest.domain.suppression import Weight
from digest.mail.bounces.parse import read_report
from digest.ports import Outcome
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.barring import bar_bounced, bar_complained, leave_by_report
from digest.services.context import Context
from digest.store import bounces, deliveries, subscribers
from digest.store.bounces import BounceRow
from digest.store.deliveries import Delivery

log = structlog.get_logger()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PILE = 20  # mails a day that come back for what is said of us, before the operator is told
POLICY_ALARM, FLOOD_ALARM = "bounces/policy", "bounces/flood"


class Effect(StrEnum):
    """What a report did."""

    SUPPRESSED = "suppressed"  # the address is barred from now on
    COUNTED = "counted"  # a point
    NOTED = "noted"  # written down; it blames nobody, or its reader is barred or gone
    UNSUBSCRIBED = "unsubscribed"
    REPEATED = "repeated"  # it came before
    UNPROVEN = "unproven"  # nothing shows that it is about a mail of ours
    NOTHING = "nothing"  # no report, or none that asks for anything


@dataclass(frozen=True, slots=True)
class Done:
    """What a report did, to whom, and the reason that was written down."""

    effect: Effect
    subscriber_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One report about one reader, proved: ``told`` is what it says, ``mark`` tells it apart."""

    kind: ReportKind
    told: ReportedRecipient
    means: Means
    origin: str
    mark: tuple[object, ...]
    feedback: str = ""


async def take_report(
    context: Context,
    raw: bytes,
    envelope_to: Sequence[str] = (),
    origin: str = "by hand",
    report: MailReport | None = None,
) -> Done:
    """Do what a bounce or complaint asks for; return what that was.

    ``envelope_to`` are the addresses it came to, where they are known, ``report`` what was read
    from it already. Anybody may call this with anything: without a valid proof nothing happens.
    """
    read = report or read_report(raw)
    if read.kind not in (ReportKind.BOUNCE, ReportKind.COMPLAINT):
        return Done(Effect.NOTHING)
    proof = find_proof(context.token_keys, envelope_to, raw, context.clock.now())
    if proof is None:
        return Done(Effect.UNPROVEN)
    async with context.database.write() as connection:
        done = await _take_proved(context, connection, proof, read, origin)
    await watch(context, done)
    return done


async def take_session_refusal(
    context: Context, connection: AsyncConnection, delivery: Delivery, outcome: Outcome
) -> Done:
    """Do what a recipient's refusal within the session asks for, as part of a transaction."""
    told = refusal_of(delivery.address, outcome.code, outcome.reply)
    reader = await subscribers.lock_subscriber(connection, delivery.subscriber_id)
    if reader is None:
        return Done(Effect.NOTHING)
    means = Means.PROVIDER  # nobody but the relay can have said it
    finding = Finding(ReportKind.BOUNCE, told, means, "session", (delivery.id, "session"))
    return await apply(context, connection, reader, delivery, finding)


async def _take_proved(
    context: Context, connection: AsyncConnection, proof: Proof, report: MailReport, origin: str
) -> Done:
    delivery = await deliveries.find_delivery(connection, proof.delivery)
    if delivery is None:  # pruned, or of a database that was replaced since
        return Done(Effect.UNPROVEN)
    reader = await subscribers.lock_subscriber(connection, delivery.subscriber_id)
    if reader is None or reader.state is SubscriberState.ERASED:
        return Done(Effect.NOTHING)
    told = suppression.recipient_for(report, delivery.address)
    if report.kind is ReportKind.COMPLAINT:
        told = ReportedRecipient(delivery.address, "", hard=False, reason=BounceReason.FEEDBACK)
    mark = (delivery.id, report.kind.value, told.status, told.reason.value)
    finding = Finding(report.kind, told, proof.means, origin, mark, report.feedback)
    return await apply(context, connection, reader, delivery, finding)


async def apply(
    context: Context,
    connection: AsyncConnection,
    reader: Subscriber,
    delivery: Delivery | None,
    finding: Finding,
) -> Done:
    """Write a finding down and do to its reader, whose row is locked, what the rules say."""
    row = _row(context, reader, delivery, finding)
    wish = feedback_of(finding.feedback) if finding.kind is ReportKind.COMPLAINT else None
    if wish is Feedback.NOTHING:
        return Done(Effect.NOTHING, reader.id)
    if not await bounces.add_bounce(connection, row):
        return Done(Effect.REPEATED, reader.id, row.reason)
    if await _is_stale(connection, reader, delivery):
        effect = Effect.NOTED
    elif wish is not None:
        effect = await _complained(context, connection, reader, delivery, finding, wish)
    elif delivery is not None and delivery.address != reader.address:  # they moved since
        effect = Effect.NOTED
    else:
        effect = await _bounced(context, connection, reader, finding.told)
    log.info("a mail came back", subscriber=reader.id, effect=effect.value, reason=row.reason)
    return Done(effect, reader.id, row.reason)


def _row(
    context: Context, reader: Subscriber, delivery: Delivery | None, finding: Finding
) -> BounceRow:
    told, kind = finding.told, finding.kind.value
    return BounceRow(
        subscriber_id=reader.id,
        delivery_id=delivery.id if delivery else None,
        kind=kind,
        hard=suppression.weigh(told) is Weight.HARD,
        status=suppression.one_line(told.status)[:12],
        reason=suppression.reason_of(told).value,
        said=suppression.one_line(told.said),
        origin=finding.origin,
        fingerprint=bounces.fingerprint(kind, *finding.mark),
        received_at=context.clock.now(),
    )


async def _is_stale(
    connection: AsyncConnection, reader: Subscriber, delivery: Delivery | None
) -> bool:
    """Return whether a mail left before its reader proved the address, or the operator did."""
    if delivery is None:
        return False
    lifted = await bounces.find_lifted_at(connection, reader.id)
    return lifted is not None and (delivery.sent_at or delivery.planned_at) <= lifted


async def _bounced(
    context: Context, connection: AsyncConnection, reader: Subscriber, told: ReportedRecipient
) -> Effect:
    how = suppression.weigh(told)
    if how is Weight.NOBODY:
        return Effect.NOTED
    if how is Weight.HARD and not await _is_flood(context, connection):
        reason = suppression.why_barred(suppression.reason_of(told))
        barred = await bar_bounced(context, connection, reader, reason)
        return Effect.SUPPRESSED if barred else Effect.NOTED
    if await _points(context, connection, reader) < suppression.ENOUGH_POINTS:
        return Effect.COUNTED
    barred = await bar_bounced(context, connection, reader, suppression.CAME_BACK_OFTEN)
    return Effect.SUPPRESSED if barred else Effect.NOTED


async def _points(context: Context, connection: AsyncConnection, reader: Subscriber) -> int:
    now = context.clock.now()
    since = now - suppression.WINDOW
    lifted = await bounces.find_lifted_at(connection, reader.id)
    since = max(since, lifted) if lifted else since
    counted = suppression.COUNTED
    bad = await bounces.list_counted(connection, reader.id, since, counted)
    good = await bounces.list_good(connection, reader.id, reader.address, since)
    return suppression.points((moment.date() for moment in bad), good, now.date())


async def _is_flood(context: Context, connection: AsyncConnection) -> bool:
    """Return whether so much comes back at once that it cannot be the addresses."""
    hard = await bounces.count_hard(connection, context.clock.now() - HOUR)
    if not suppression.is_flood(hard, 0):
        return False
    by_state = await subscribers.count_by_state(connection)
    return suppression.is_flood(hard, by_state.get(SubscriberState.ACTIVE.value, 0))


async def _complained(
    context: Context,
    connection: AsyncConnection,
    reader: Subscriber,
    delivery: Delivery | None,
    finding: Finding,
    wish: Feedback,
) -> Effect:
    if wish is Feedback.COMPLAINT and finding.means is not Means.LINK:
        address = delivery.address if delivery else reader.address
        barred = await bar_complained(context, connection, reader, address)
        return Effect.SUPPRESSED if barred else Effect.NOTED
    left = await leave_by_report(context, connection, reader)
    return Effect.UNSUBSCRIBED if left else Effect.NOTED


async def watch(context: Context, done: Done) -> None:
    """Tell the operator where reports pile up that are about the installation, not a reader."""
    if done.effect in (Effect.NOTED, Effect.COUNTED):
        for key, text in (await _troubles(context)).items():
            if text:
                await raise_alarm(context, key, text)


async def review(context: Context) -> None:
    """Raise the alarms about what came back lately, or clear them."""
    for key, text in (await _troubles(context)).items():
        if text:
            await raise_alarm(context, key, text)
        else:
            await clear_alarm(context, key)


async def _troubles(context: Context) -> dict[str, str]:
    """Return for each alarm what to say, "" where it is quiet."""
    since = context.clock.now() - DAY
    async with context.database.read() as connection:
        found = await bounces.count_reasons(connection, since, suppression.ABOUT_US)
        flood = await _is_flood(context, connection)
    about_us = Counter(found)
    often = ", ".join(f"{count} {reason}" for reason, count in about_us.most_common(3))
    policy = (
        f"{about_us.total()} mails came back within a day for what is said of this installation "
        f"({often}); no reader is blamed. `digest bounces list` shows the words; look at the "
        "relay's reputation, SPF, DKIM and DMARC"
    )
    broken = (
        "so many addresses were called dead within an hour that a relay may be broken; until it "
        "ends, each counts as a point and bars nobody. `digest bounces list` shows them"
    )
    return {
        POLICY_ALARM: policy if about_us.total() >= PILE else "",
        FLOOD_ALARM: broken if flood else "",
    }
