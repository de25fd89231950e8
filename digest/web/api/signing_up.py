"""Hands the API's sign-ups on to the service that takes in those of the form."""

import math

from digest.domain.subscribers import Preferences
from digest.services.context import Context
from digest.services.proof_of_work import check_proof
from digest.services.signup import SignupError, request_subscription
from digest.web.api.problems import ProblemError


async def ask_to_subscribe(
    context: Context, address: str, preferences: Preferences, *, proof: str, client: str
) -> None:
    """Take a sign-up in; what the address is to us shows in nothing but the mail it gets.

    Raises ProblemError for what is wrong with the request itself.
    """
    closed = context.settings.subscribe.mode == "closed"
    try:
        if not closed:  # nobody has to do sums to be told so
            await check_proof(context, proof)
        await request_subscription(context, address, preferences, client=client, origin="api")
    except SignupError as error:
        raise refusal(
            str(error), status=403 if closed else 422, retry_after_s=error.retry_after_s
        ) from error


def refusal(
    sentence: str, *, status: int = 422, retry_after_s: float | None = None
) -> ProblemError:
    """Return the problem of a refused sign-up: 429 where waiting helps, else ``status``."""
    if retry_after_s is not None:
        return ProblemError(429, sentence, {"retry-after": str(math.ceil(retry_after_s))})
    return ProblemError(status, sentence)
