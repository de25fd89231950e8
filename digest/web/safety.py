"""What every answer carries, and what no request may exceed."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web import routes
from digest.web.api.problems import MEDIA_TYPE, problem_body

MAX_BODY = 64 * 1024
MAX_UPLOAD = 32 * 1024 * 1024  # of the one form of the admin that takes a file
# scripts are our own files, never inline; a mail's own view styles itself by attributes
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# an operator looks at a mail in a frame of a page, each of ours
FRAMING_POLICY = f"{PAGE_POLICY}; frame-src 'self'"
FRAMED_MAIL_POLICY = MAIL_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


class SafetyHeaders:
    """Adds the headers of a page without foreign scripts, and refuses bodies over 64 KiB (413).

    A hook, which takes whole mails, may be sent ``hook_bytes``, and the admin's import 32 MiB where
    there is a session's cookie, whose worth is looked at before the body is.
    """

    def __init__(self, app: ASGIApp, *, https: bool, hook_bytes: int = MAX_BODY) -> None:
        self._app = app
        self._https = https
        self._hook_bytes = hook_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        length, most = headers.get(b"content-length", b"0"), self._most(scope["path"], headers)
        if not length.isdigit() or int(length) > most:
            await _refuse(scope["path"], send)
            return
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413)  # a body without a length; whoever reads it answers so
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._with_headers(message["headers"])
            await send(message)

        await self._app(scope, bounded, guarded)

    def _most(self, path: str, headers: Mapping[bytes, bytes]) -> int:
        if routes.HOOKS in path:
            return self._hook_bytes
        uploads = path.endswith(routes.ADMIN_EXCHANGE)
        signed_in = f"{routes.ADMIN_COOKIE}=".encode() in headers.get(b"cookie", b"")
        return MAX_UPLOAD if uploads and signed_in else MAX_BODY

    def _with_headers(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in given}
        wanted = [
            (b"content-security-policy", PAGE_POLICY.encode()),
            (b"referrer-policy", b"no-referrer"),  # a link's token stays out of other sites' logs
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"cache-control", b"no-store"),
        ]
        if self._https:
            wanted.append((b"strict-transport-security", b"max-age=31536000"))
        return [*given, *(pair for pair in wanted if pair[0] not in names)]


async def _refuse(path: str, send: Send) -> None:
    body, media_type = b"The request is too large.\n", b"text/plain"
    if f"{routes.API}/" in path:
        body, media_type = problem_body(413), MEDIA_TYPE.encode()
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
