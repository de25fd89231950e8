"""Intake: what a mail that came in, by whichever way, is and does.

unsubscribe address + token -> gone; bounce or complaint, proved -> `services.bounces`; an automatic
answer -> nothing; a person -> passed on to the operator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog

from digest.domain.deliveries import message_id
from digest.domain.letters import Letter, is_our_own, passed_on, read_letter
from digest.domain.limits import Limit, limit_key
from digest.domain.proofs import find_leave, find_proof
from digest.domain.reports import ReportKind
from digest.domain.subscribers import address_key
from digest.mail.bounces.parse import read_report
from digest.ports import IncomingMail, OutgoingMessage, Receipt, Verdict
from digest.services.addresses import forward_target, role_of
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.bounces import Effect, take_report
from digest.services.context import Context
from digest.services.subscriptions import unsubscribe
from digest.store import buckets

log = structlog.get_logger()
HOUR = timedelta(hours=1)
PER_WRITER = Limit(10, HOUR)
FORWARD_ALARM = "intake/forwarding"


class Took(StrEnum):
    """What became of a mail that came in."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBED = "unsubscribed"
    AUTOMATIC = "automatic"  # an answer of a program, or one of ours that went in a circle
    FORWARDED = "forwarded"
    UNPROVEN = "unproven"  # a bounce that nothing shows to be about a mail of ours
    NOBODYS = "nobody's"  # a person's, and nobody is named to read it
    LATER = "later"  # the relay, or a limit, does not allow to pass it on now


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail. ``ours`` where it was dealt with and need not be kept anywhere."""

    took: Took
    ours: bool
    effect: Effect | None = None
    subscriber_id: int | None = None
    reason: str = ""


async def take_mail(
    context: Context, mail: IncomingMail, origin: str, *, forward: bool = True
) -> Taken:
    """Deal with a mail; ``forward`` lets those of people be passed on. Doing it twice is harmless.

    Raises what the database raises when it is away: whoever brings the mail keeps it then.
    """
    letter = read_letter(mail.data)
    known = () if mail.envelope_to is None else (mail.envelope_to,)
    leaving = await _leave(context, letter, known)
    if leaving is not None:
        return leaving
    report = read_report(mail.data)
    if report.kind in (ReportKind.BOUNCE, ReportKind.COMPLAINT):
        done = await take_report(context, mail.data, known, origin, report)
        took = Took.BOUNCE if report.kind is ReportKind.BOUNCE else Took.COMPLAINT
        if done.effect is not Effect.UNPROVEN:
            return Taken(took, True, done.effect, done.subscriber_id, done.reason)
        if report.kind is ReportKind.BOUNCE:
            return Taken(Took.UNPROVEN, False)
    ours = context.settings.mail
    own = is_our_own(letter, ours.from_address, ours.list_id)
    by_program = report.kind is ReportKind.AUTO_REPLY or letter.automatic
    if own or (by_program and report.kind is not ReportKind.COMPLAINT):
        now = context.clock.now()
        return Taken(
            Took.AUTOMATIC, own or find_proof(context.token_keys, known, mail.data, now) is not None
        )
    return await _pass_on(context, letter, mail) if forward else Taken(Took.NOBODYS, False)


async def _leave(context: Context, letter: Letter, known: Sequence[str]) -> Taken | None:
    """Unsubscribe whoever's token stands in the subject or in the address; else return None."""
    locals_ = [address.rpartition("@")[0] for address in (*known, *letter.recipients)]
    texts = (letter.subject, *locals_)
    claims = find_leave(context.token_keys, texts, context.clock.now())
    if claims is None:
        return None
    await unsubscribe(context, claims.subscriber, "unsubscribed by mail")
    return Taken(Took.UNSUBSCRIBED, True, Effect.UNSUBSCRIBED, claims.subscriber)


async def _pass_on(context: Context, letter: Letter, mail: IncomingMail) -> Taken:
    target = forward_target(context)
    if not target or address_key(letter.sender) == address_key(target):
        return Taken(Took.NOBODYS, False)
    spent = limit_key(context.token_keys[0], "forwarded", letter.mark)
    async with context.database.read() as connection:
        if await buckets.is_spent(connection, spent):
            return Taken(Took.FORWARDED, True)
    if not await _admitted(context, letter):
        log.warning("more mail of people came in than is passed on in an hour")
        return Taken(Took.LATER, False)
    outcome = await context.transport.send(_outgoing(context, letter, mail, target))
    if outcome.verdict is Verdict.ACCEPTED:
        async with context.database.write() as connection:
            await buckets.spend(connection, spent, context.clock.now())
        await clear_alarm(context, FORWARD_ALARM)
        log.info("a person's mail was passed on")
        return Taken(Took.FORWARDED, True)
    final = outcome.verdict in (Verdict.REFUSED, Verdict.FAILED)
    if final:
        await raise_alarm(
            context,
            FORWARD_ALARM,
            f"a person's mail could not be passed on to {target}: {outcome.reply[:200]}; check "
            "bounces.forward_to and what the relay says",
        )
    return Taken(Took.NOBODYS if final else Took.LATER, False)


async def _admitted(context: Context, letter: Letter) -> bool:
    """Take one from what is passed on in an hour, of one writer and of all."""
    key, now = context.token_keys[0], context.clock.now()
    everybody = Limit(context.settings.bounces.forward_per_hour, HOUR)
    writer = limit_key(key, "forward writer", address_key(letter.sender))
    async with context.database.write() as connection:
        if not (await buckets.take(connection, writer, PER_WRITER, now)).allowed:
            return False
        whole = limit_key(key, "forward", "")
        return (await buckets.take(connection, whole, everybody, now)).allowed


def _outgoing(context: Context, letter: Letter, mail: IncomingMail, target: str) -> OutgoingMessage:
    settings, now = context.settings, context.clock.now()
    sender = settings.mail.from_address
    identity = message_id(f"fwd{letter.mark[:32]}", 0, 0, settings.mail.from_domain)
    data = passed_on(
        letter,
        mail.data,
        from_address=sender,
        site_name=settings.site.name,
        to_address=target,
        message_id=identity,
        now=now,
    )
    return OutgoingMessage(sender, target, context.signer.sign(data, now), identity)


class Desk:
    """Takes in what one way brings; ``forward`` lets mail of people be passed on."""

    def __init__(self, context: Context, origin: str, *, forward: bool = True) -> None:
        self._context = context
        self._origin = origin
        self._forward = forward

    def expects(self, address: str) -> bool:
        """Return whether mail to an address is taken."""
        return role_of(self._context, address) is not None

    async def receive(self, mail: IncomingMail) -> Receipt:
        """Deal with a mail; a failure of the database or of the relay is for later."""
        try:
            taken = await take_mail(self._context, mail, self._origin, forward=self._forward)
        except Exception:
            log.exception("a mail could not be taken in", origin=self._origin)
            return Receipt.LATER
        log.info("a mail came in", origin=self._origin, took=taken.took.value, ours=taken.ours)
        return receipt_of(taken)


def receipt_of(taken: Taken) -> Receipt:
    """Return what whoever brought a mail is told.

    A forged bounce is taken and forgotten: to refuse it would send another one to its victim.
    """
    match taken.took:
        case Took.LATER:
            return Receipt.LATER
        case Took.NOBODYS:
            return Receipt.REFUSED
        case _:
            return Receipt.TAKEN
