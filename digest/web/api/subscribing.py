"""Sign-ups by programs: the same rules, and the same silence about others, as the form."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from digest.domain.preferences import PreferenceError
from digest.domain.subscribers import Preferences
from digest.services.proof_of_work import new_challenge
from digest.services.topics import load_catalogue
from digest.web.api.answers import reads
from digest.web.api.choices import ADDRESS, Choices
from digest.web.api.problems import ProblemError, responses
from digest.web.api.signing_up import ask_to_subscribe
from digest.web.parts import Web


class Subscription(Choices):
    """A request to be sent the digest."""

    address: Annotated[str, ADDRESS]
    altcha: str = Field(
        default="",
        max_length=4096,
        description="The solved challenge, where the installation asks for proof of work.",
    )


class Accepted(BaseModel):
    """What every address is told."""

    message: str = Field(examples=["Look into the inbox."])


class Challenge(BaseModel):
    """A challenge of Altcha, to be solved and sent back as `altcha`."""

    parameters: dict[str, Any] = Field(
        examples=[{"algorithm": "PBKDF2/SHA-256", "cost": 1000, "nonce": "5e0f", "salt": "a1"}]
    )
    signature: str | None = Field(default=None, examples=["9b1c"])


_ACCEPTED = Accepted(
    message="Look into the inbox: a mail with a button to confirm is on its way, "
    "or one that shows the way to what is subscribed already."
)


def add_subscribing(api: APIRouter, web: Web) -> None:
    """Add the routes of sign-ups."""
    context = web.context

    @api.post(
        "/subscriptions",
        status_code=202,
        response_model=Accepted,
        responses=responses(400, 403, 413, 422, 429),
        summary="Ask for a subscription",
    )
    async def request_subscription(request: Request, asked: Subscription) -> Response:
        """Ask for the digest; the owner of the address confirms by mail.

        The answer is the same for every address, whoever it belongs to.
        """
        held = Preferences(max_papers=context.settings.digest.max_papers)
        try:
            chosen = asked.preferences(held, await load_catalogue(context))
        except PreferenceError as error:
            raise ProblemError(422, str(error)) from error
        client = request.client.host if request.client else ""
        await ask_to_subscribe(context, asked.address, chosen, proof=asked.altcha, client=client)
        return JSONResponse(_ACCEPTED.model_dump(), 202)

    @reads(api, "/challenge", response_model=Challenge, responses=responses(), summary="Get work")
    async def get_challenge() -> Response:
        """Get a challenge for the proof of work that `POST /subscriptions` may ask for."""
        return JSONResponse(new_challenge(context))
