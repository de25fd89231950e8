"""What an operator may do to a reader: which of it makes sense now, and doing it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from digest.domain.subscribers import Subscriber, SubscriberState, Suppression, address_key
from digest.services import barring, confirming, erasure, reader_links, subscriptions
from digest.services.context import Context
from digest.web.admin.asked import read_day

_READS = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})
_LEAVES = _READS | {SubscriberState.WAITING, SubscriberState.PENDING}


class DeedError(Exception):
    """What cannot be done to a reader, with the reason."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that may be done: its name in the form, what it is called, what it does.

    ``asks`` is what has to be told with it: "until", "address", or nothing.
    """

    name: str
    title: str
    text: str
    button: str
    asks: str = ""
    grave: bool = False


_Do = Callable[[Context, Subscriber, FormData, str], Awaitable[str]]

_APPROVE = Deed(
    "approve", "Let in", "The first digest comes as to anybody who has just confirmed.", "Let in"
)
_CONFIRM = Deed(
    "confirm",
    "Send the confirmation again",
    "The button of the new mail confirms what was asked for last; that of the mail before is over. "
    "One an hour.",
    "Send it again",
)
_LINK = Deed(
    "link",
    "Send a link to the preferences",
    "It opens everything of theirs for an hour. One an hour, six a day.",
    "Send the link",
)
_PROVE = Deed(
    "prove",
    "Send a mail that proves the address",
    "Whoever presses its button reads on. One a day.",
    "Send the mail",
)
_PAUSE = Deed(
    "pause",
    "Pause",
    "Nothing comes before that day, and what ages out meanwhile is not sent later. What waits to "
    "be sent is cancelled.",
    "Pause",
    asks="until",
)
_RESUME = Deed(
    "resume", "End the pause", "The next digest comes at the next hour.", "End the pause"
)
_LEAVE = Deed(
    "unsubscribe",
    "Unsubscribe",
    "What waits to be sent is cancelled. They may come back whenever they want.",
    "Unsubscribe",
)
_BAR = Deed(
    "bar",
    "Bar the address",
    "No mail ever goes to it again, confirmations included, until an operator lifts that.",
    "Bar it",
    grave=True,
)
_LIFT_BOUNCE = Deed(
    "lift",
    "Lift the bar",
    "Mail came back. Whoever was a reader reads on, and what came back before counts no more.",
    "Lift it",
)
_LIFT = Deed(
    "lift",
    "Lift the bar",
    "They are unsubscribed then: mail comes when they ask for it themselves. After a complaint do "
    "this only where they told you that it was a mistake.",
    "Lift it",
    grave=True,
)
_ERASE = Deed(
    "erase",
    "Erase",
    "Address, topics, votes, consent and what came back go for good; a number with dates stays, "
    "for the books. Nobody can take that back.",
    "Erase for good",
    asks="address",
    grave=True,
)


def deeds_for(reader: Subscriber) -> tuple[Deed, ...]:
    """Return what may be done to a reader now, the mildest first."""
    state, asked = reader.state, reader.erase_asked_at is not None
    if state is SubscriberState.ERASED:
        return ()
    barred = state is SubscriberState.SUPPRESSED
    bounced = barred and reader.suppression is Suppression.BOUNCE
    linked = reader.confirmed_at is not None and (not barred or bounced)
    holds = (
        (_APPROVE, state is SubscriberState.WAITING),
        (_CONFIRM, state is SubscriberState.PENDING),
        (_PROVE, bounced and not asked),
        (_LINK, linked and not asked and state is not SubscriberState.PENDING),
        (_RESUME, state is SubscriberState.PAUSED),
        (_PAUSE, state in _READS),
        (_LEAVE, state in _LEAVES),
        (_LIFT_BOUNCE, bounced),
        (_LIFT, barred and not bounced),
        (_BAR, not barred or bounced),
        (_ERASE, True),
    )
    return tuple(deed for deed, may in holds if may)


async def do_deed(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    """Do what a form asks for; return what was done. Raises DeedError or SubscriptionError where it
    cannot be.

    What makes no sense any more, as from a page that is older than what happened, is not done.
    """
    name = str(form.get("do", ""))
    if name not in {deed.name for deed in deeds_for(reader)}:
        raise DeedError("that cannot be done now; the page shows what can")
    return await _DEEDS[name](context, reader, form, actor)


async def _approve(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    done = await confirming.approve(context, reader.id, actor=actor)
    return "They are let in." if done else "They did not wait any more."


async def _confirm(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    if not await confirming.ask_again(context, reader.id, actor=actor):
        raise DeedError("a confirmation was sent within the last hour")
    return "The confirmation is on its way."


async def _link(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    if not await reader_links.mail_link(context, reader.id, actor=actor):
        raise DeedError("a link was sent within this hour, or six within a day")
    return "The link is on its way."


async def _prove(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    if not await reader_links.prove_address(context, reader.id, actor=actor):
        raise DeedError("such a mail was sent today")
    return "The mail is on its way."


async def _pause(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    until = read_day(str(form.get("until", "")))
    if until is None:
        raise DeedError("say until which day, as 2026-06-01")
    await subscriptions.pause(context, reader.id, until, actor=actor)
    return f"Paused until {until}."


async def _resume(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    await subscriptions.resume(context, reader.id, actor=actor)
    return "The pause is over."


async def _leave(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    reason = "unsubscribed by the operator"
    await subscriptions.unsubscribe(context, reader.id, reason, actor=actor)
    return "They are unsubscribed."


async def _bar(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    await barring.bar(context, reader.address, actor)
    return "The address is barred."


async def _lift(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    del form
    state = await barring.lift(context, reader.address, actor=actor)
    back = state is SubscriberState.ACTIVE
    return "The bar is lifted; they read on." if back else "The bar is lifted."


async def _erase(context: Context, reader: Subscriber, form: FormData, actor: str) -> str:
    if address_key(str(form.get("address", ""))) != address_key(reader.address):
        raise DeedError("that is not the address of this reader; nothing was erased")
    if await erasure.erase(context, reader.id, actor=actor):
        return "Everything that named this reader is erased."
    return "A mail to them is on its way right now; the rest is erased when it is out."


_DEEDS: Mapping[str, _Do] = {
    "approve": _approve,
    "confirm": _confirm,
    "link": _link,
    "prove": _prove,
    "pause": _pause,
    "resume": _resume,
    "unsubscribe": _leave,
    "bar": _bar,
    "lift": _lift,
    "erase": _erase,
}
