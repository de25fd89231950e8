"""A small OpenID provider on loopback, which does as it is told, right or wrong."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from digest.web.serving import serve
from tests.world import MONDAY

CLIENT, SECRET = "digest", "a secret: with %, + and :"
OURS, FOREIGN = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
Claims = dict[str, Any]


@dataclass
class Provider:
    """What it says of whoever comes; ``sign`` makes the ID token of its claims."""

    now: Callable[[], datetime] = field(default=lambda: MONDAY)
    issuer: str = ""
    subject: str = "ada-1"
    email: str = "Ada@Example.org"
    verified: Any = True
    changed: Claims = field(default_factory=dict)  # None leaves a claim out
    described: Claims = field(default_factory=dict)
    in_userinfo: bool = False  # the address, instead of in the token
    info_subject: str = ""
    sign: Callable[[Claims], Any] = field(default=lambda claims: signed(claims))  # noqa: PLW0108  stands below
    broken: dict[str, Response] = field(default_factory=dict)  # answers by path
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def address(self) -> Claims:
        """Return the claims of the e-mail address."""
        return {"email": self.email, "email_verified": self.verified}

    def claims(self, nonce: str) -> Claims:
        """Return the claims of a token."""
        at = int(self.now().timestamp())
        told: Claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "nonce": nonce}
        told |= {"iat": at, "exp": at + 300}
        told |= ({} if self.in_userinfo else self.address) | self.changed
        return {name: value for name, value in told.items() if value is not None}


def signed(claims: Claims, key: RSAKey = OURS, alg: str = "RS256") -> str:
    """Return a token as it should be."""
    return jwt.encode({"alg": alg, "kid": "one"}, claims, key)


def unsigned(claims: Claims, header: Claims, key: bytes | None = None) -> str:
    """Return a token without a signature, or with one of a shared secret."""
    parts = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    mac = hmac.new(key, parts.encode(), hashlib.sha256).digest() if key else b""
    return f"{parts}.{_encoded(mac)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@asynccontextmanager
async def open_provider(provider: Provider) -> AsyncIterator[Provider]:
    """Serve a provider; its issuer is known inside the block."""
    app = FastAPI()
    _add_description(app, provider)
    _add_signing_in(app, provider)
    async with serve(app) as port:
        provider.issuer = f"http://127.0.0.1:{port}/realm"
        yield provider


def _add_description(app: FastAPI, provider: Provider) -> None:
    @app.middleware("http")
    async def broken(request: Request, go_on: Callable[[Request], Any]) -> Any:
        found = provider.broken.get(request.url.path.removeprefix("/realm"))
        return found if found is not None else await go_on(request)

    @app.get("/realm/.well-known/openid-configuration")
    async def describe() -> Response:
        at = provider.issuer
        told = {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize?tenant=1",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "userinfo_endpoint": f"{at}/userinfo",
        }
        return JSONResponse(told | provider.described)

    @app.get("/realm/keys")
    async def keys() -> Response:
        return JSONResponse({"keys": [{"kty": "unheard-of"}, OURS.as_dict(private=False)]})

    @app.get("/realm/userinfo")
    async def userinfo(request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer access":
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse({"sub": provider.info_subject or provider.subject} | provider.address)


def _add_signing_in(app: FastAPI, provider: Provider) -> None:
    @app.get("/realm/authorize")
    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        wanted = {"tenant": "1", "response_type": "code", "client_id": CLIENT}
        wanted |= {"scope": "openid email", "code_challenge_method": "S256"}
        if not wanted.items() <= asked.items():
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(8)
        provider.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", 303)

    @app.post("/realm/token")
    async def token(request: Request) -> Response:
        form = await request.form()
        asked = provider.codes.pop(str(form.get("code")), None)  # each code works once
        kind, _, pair = request.headers.get("authorization", "").partition(" ")
        who = [unquote_plus(part) for part in base64.b64decode(pair).decode().split(":")]
        by_post = [form.get("client_id"), form.get("client_secret")]
        if (who if kind == "Basic" else by_post) != [CLIENT, SECRET]:
            return JSONResponse({"error": "invalid_client"}, 401)
        proof = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if (
            asked is None
            or asked["code_challenge"] != _encoded(proof)
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        made = provider.sign(provider.claims(asked["nonce"]))
        return JSONResponse({"access_token": "access", "token_type": "Bearer", "id_token": made})
