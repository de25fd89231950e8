"""Where mail servers and providers post what came back: raw mails, and signed webhooks.

A hook that is not set up does not exist. 204 says that it was dealt with, 4xx that it never will
be, 5xx that it should be posted again; posting twice is harmless.
"""

import hmac
from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from digest.mail.hooks.reading import HookError, HookLaterError
from digest.ports import IncomingMail, Receipt
from digest.services.intake import receipt_of, take_mail
from digest.services.ways import note_way
from digest.settings import BounceSettings
from digest.web import routes
from digest.web.parts import Web
from digest.web.provider_hooks import ProviderHooks

log = structlog.get_logger()
_PROVIDER_BYTES = 1024 * 1024  # a batch of events
_FIELDS = ("message", "email", "mail", "body-mime")


def most_bytes(settings: BounceSettings) -> int:
    """Return how large a body a hook may be sent."""
    return max(_PROVIDER_BYTES, settings.hook.max_bytes if settings.hook else 0)


def add_hooks(app: FastAPI, web: Web) -> None:
    """Add the routes of the hooks."""
    providers = ProviderHooks(web.context)

    @app.post(routes.BOUNCE)
    async def mail(request: Request, to: str | None = None) -> Response:
        """Take in a raw mail, the body or a field of a form; ``?to=`` is its envelope address."""
        hook = web.context.settings.bounces.hook
        if hook is None:
            raise HTTPException(404)
        if not _may_post(request, hook.token.get_secret_value()):
            return _refusal(401, "send Authorization: Bearer with bounces.hook.token")
        raw = await _raw_mail(request, hook.max_bytes)
        if not raw:
            return _refusal(400, "post the mail itself as message/rfc822, or as a form's message")
        taken = await take_mail(web.context, IncomingMail(None, to, raw), "hook")
        await note_way(web.context, "hook", ok=True, text=f"last took in: {taken.took.value}")
        return _ANSWERS[receipt_of(taken)]()

    @app.post(routes.BOUNCE_BY)
    async def event(provider: str, request: Request) -> Response:
        """Take in what a provider reports, signed by it."""
        take: Callable[[Request], Awaitable[str]] | None = providers.enabled().get(provider)
        if take is None:
            raise HTTPException(404)
        try:
            told = await take(request)
        except HookError as error:
            log.warning("a webhook was refused", provider=provider, reason=str(error))
            return _refusal(403, str(error))
        except HookLaterError as error:
            await note_way(web.context, provider, ok=False, text=str(error))
            return PlainTextResponse(f"{error}\n", 503, {"retry-after": "60"})
        await note_way(web.context, provider, ok=True, text=told)
        return Response(status_code=204)


def _may_post(request: Request, token: str) -> bool:
    given = request.headers.get("authorization", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, f"Bearer {token}".encode())


async def _raw_mail(request: Request, most: int) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return await request.body()
    async with request.form(max_files=1, max_fields=50, max_part_size=most) as form:
        for name in _FIELDS:
            value = form.get(name)
            if isinstance(value, UploadFile):
                return await value.read()
            if value:
                return str(value).encode("utf-8", "surrogateescape")
    return b""


def _refusal(status: int, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", status)


_ANSWERS: dict[Receipt, Callable[[], Response]] = {
    Receipt.TAKEN: lambda: Response(status_code=204),
    Receipt.REFUSED: lambda: _refusal(422, "a person's mail, and nobody is named to read it"),
    Receipt.LATER: lambda: PlainTextResponse(
        "it cannot be passed on now\n", 503, {"retry-after": "600"}
    ),
}
