"""Stamps of forms: signed, so that a form posted faster than a hand fills it in is told apart."""

from datetime import timedelta

from digest.domain.sentences import Sentence
from digest.domain.tokens import Claims, Purpose, make_token, read_token
from digest.services.context import Context

VALID = timedelta(hours=24)
TOO_QUICK = Sentence("That was faster than anybody types. Please press the button again.")
TOO_OLD = Sentence("The form was open for too long. Please press the button again.")


def new_stamp(context: Context) -> str:
    """Return the stamp of a form that is shown now; it belongs to nobody."""
    return make_token(context.token_keys[0], Claims(Purpose.FORM, 0, 0, 0, context.clock.now()))


def stamp_trouble(context: Context, stamp: str) -> Sentence | None:
    """Return what is wrong with a posted form's stamp, or None."""
    claims = read_token(context.token_keys, stamp)
    if claims is None or claims.purpose is not Purpose.FORM:
        return TOO_OLD
    age = context.clock.now() - claims.issued_at
    if age > VALID:
        return TOO_OLD
    least = timedelta(seconds=context.settings.subscribe.min_seconds)
    return TOO_QUICK if age < least else None
