"""What the buttons of the preferences page do: each returns the sentence that says so."""

from dataclasses import dataclass

from starlette.datastructures import FormData

from digest.domain.access import Access
from digest.domain.preferences import PreferenceError
from digest.domain.sentences import Sentence, SentenceError
from digest.domain.subscribers import Subscriber, mask_address
from digest.services import address_change, reader_links, subscriptions
from digest.services.context import Context
from digest.services.topics import load_catalogue
from digest.web.choices import posted_choices, preferences_of, read_date

FORTNIGHT = 14
_BACK = Sentence("You are subscribed again.")


class NeedsLinkError(Exception):
    """A wish that needs a link mailed on request, from whoever holds one of a digest."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody posted, and whose link they have."""

    context: Context
    access: Access
    form: FormData

    @property
    def reader(self) -> Subscriber:
        """Whose preferences they are."""
        return self.access.reader

    def field(self, name: str) -> str:
        """Return what a field holds, "" where there is none."""
        return str(self.form.get(name, ""))


async def fulfil(wish: Wish) -> Sentence:
    """Do what a button asks; return what was done.

    Raises SubscriptionError, PreferenceError or SentenceError for what cannot be, and
    NeedsLinkError for what this link may not do.
    """
    do = wish.field("do")
    if do in _OF_THE_PERSON:
        if not wish.access.full:
            raise NeedsLinkError
        return await _OF_THE_PERSON[do](wish)
    if do in _OF_EVERY_MAIL:
        return await _OF_EVERY_MAIL[do](wish)
    raise PreferenceError("the form did not say what to do; use one of the buttons below")


async def _save(wish: Wish) -> Sentence:
    catalogue = await load_catalogue(wish.context)
    chosen = preferences_of(posted_choices(wish.form), wish.reader.preferences, catalogue)
    await subscriptions.change_preferences(wish.context, wish.reader.id, chosen)
    return Sentence(
        "Saved. Topics and length count from the next digest on, everything else at once."
    )


async def _pause(wish: Wish) -> Sentence:
    await subscriptions.pause(wish.context, wish.reader.id, read_date(wish.field("until")))
    return Sentence("Paused. What trends meanwhile is not sent later.")


async def _resume(wish: Wish) -> Sentence:
    await subscriptions.resume(wish.context, wish.reader.id)
    return Sentence("The digest goes on.")


async def _undo(wish: Wish) -> Sentence:
    return await _come_back(wish, _BACK)


async def _fortnight(wish: Wish) -> Sentence:
    done = Sentence("You are subscribed again, and the digest rests for two weeks.")
    return await _come_back(wish, done, pause_days=FORTNIGHT)


async def _weekly(wish: Wish) -> Sentence:
    days = wish.reader.preferences.weekdays
    done = Sentence("You are subscribed again, with one digest a week.")
    return await _come_back(wish, done, weekdays=days & -days)  # the first of their days


async def _come_back(
    wish: Wish, done: Sentence, *, pause_days: int = 0, weekdays: int | None = None
) -> Sentence:
    back = await subscriptions.resubscribe(
        wish.context, wish.reader.id, pause_days=pause_days, weekdays=weekdays
    )
    if not back:
        raise PreferenceError("this address cannot be subscribed again from here")
    return done


async def _link(wish: Wish) -> Sentence:
    if not await reader_links.mail_link(wish.context, wish.reader.id):
        raise SentenceError(
            "A link was mailed to you within the hour, or cannot be mailed now. Look into your "
            "inbox, or try again later."
        )
    return Sentence(
        "A link is on its way to {address}. It works for an hour.",
        {"address": mask_address(wish.reader.address)},
    )


async def _prove(wish: Wish) -> Sentence:
    if not await reader_links.prove_address(wish.context, wish.reader.id):
        raise SentenceError(
            "One such mail a day can be sent, and today's is on its way. Try again tomorrow."
        )
    return Sentence("A mail is on its way. Press its button, and the digest comes again.")


async def _address(wish: Wish) -> Sentence:
    new = await address_change.request_change(wish.context, wish.reader.id, wish.field("address"))
    return Sentence(
        "We have written to {address}. The button in that mail makes the change; until then "
        "everything goes to the old address.",
        {"address": new},
    )


async def _feed(wish: Wish) -> Sentence:
    await reader_links.renew_feed(wish.context, wish.reader.id)
    return Sentence("The feed has a new address. The old one is gone.")


_OF_EVERY_MAIL = {
    "save": _save,
    "pause": _pause,
    "resume": _resume,
    "undo": _undo,
    "fortnight": _fortnight,
    "weekly": _weekly,
    "link": _link,
    "prove": _prove,
}
_OF_THE_PERSON = {"address": _address, "feed": _feed}
