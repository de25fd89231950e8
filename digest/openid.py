"""Asks an OpenID provider who is there (OpenID Connect Core 1.0, Discovery 1.0, RFC 7636).

Nothing is kept from one sign-in to the next: a provider may change its keys at any time.
"""

import asyncio
import base64
import hashlib
import json
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from digest.ports import OpenIdError, OpenIdPerson
from digest.settings.relays import is_loopback

DISCOVERY = "/.well-known/openid-configuration"
_MOST_BYTES = 256 * 1024
_LEEWAY_S = 60  # that the provider's clock may be off
_ALGORITHMS = ("RS256", "PS256", "ES256", "ES384")  # never "none", never a shared secret
_LONGEST_SUBJECT = 255  # in ASCII (Core 1.0 section 2)
_WHOLE_S = 30.0  # for one question, also where its answer only drips
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class OpenIdClient:
    """Implements `OpenIdProvider`; each question has a connection of its own."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str = "",
        *,
        tls: Callable[[], ssl.SSLContext],
        timeout_s: float = 10.0,
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._tls = tls
        self._timeout_s = timeout_s

    async def sign_in_url(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address at which the provider asks who is there; raises OpenIdError."""
        async with self._client() as client:
            found = await self._discover(client)
        asked = {
            "response_type": "code",
            "scope": "openid email",
            "client_id": self._client_id,
            "redirect_uri": back,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = found["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def identify(
        self, code: str, back: str, nonce: str, verifier: str, now: datetime
    ) -> OpenIdPerson:
        """Return who a code stands for, every signature and claim checked; raises OpenIdError."""
        async with self._client() as client:
            found = await self._discover(client)
            told = await self._exchange(client, found, code, back, verifier)
            keys = await _ask(client, "GET", found["jwks_uri"], "its keys")
            claims = self._verified(told.get("id_token"), keys, found["issuer"], nonce, now)
            person = _person(found["issuer"], claims, claims)
            if person.email or "userinfo_endpoint" not in found:
                return person
            more = await _userinfo(client, found["userinfo_endpoint"], told)
        if more.get("sub") != person.subject:  # Core 1.0 section 5.3.2
            raise OpenIdError("the provider tells of somebody else than it signed in")
        return _person(found["issuer"], claims, more)

    def _client(self) -> httpx.AsyncClient:
        secure = urlsplit(self._issuer).scheme == "https"
        return httpx.AsyncClient(
            verify=self._tls() if secure else False,
            trust_env=False,
            follow_redirects=False,
            timeout=self._timeout_s,
        )

    async def _discover(self, client: httpx.AsyncClient) -> dict[str, str]:
        """Return the provider's own description: its issuer and endpoints, each of them safe."""
        found = await _ask(client, "GET", f"{self._issuer}{DISCOVERY}", "its description")
        issuer = found.get("issuer")
        # Discovery 1.0 section 4.3; the settings have no slash at the end
        if not isinstance(issuer, str) or issuer.removesuffix("/") != self._issuer:
            raise OpenIdError(f"the provider calls itself {str(issuer)[:200]!r}; set that issuer")
        names = [*_ENDPOINTS, *(["userinfo_endpoint"] if found.get("userinfo_endpoint") else [])]
        endpoints = {name: self._safe(name, found.get(name)) for name in names}
        methods = found.get("token_endpoint_auth_methods_supported")
        by_post = isinstance(methods, list) and "client_secret_basic" not in methods
        return endpoints | {"issuer": issuer, "by_post": "yes" if by_post else ""}

    def _safe(self, name: str, url: object) -> str:
        try:
            parts = urlsplit(url if isinstance(url, str) else "")
            host = parts.hostname or ""
        except ValueError as error:
            raise OpenIdError(f"the provider's {name} is no URL") from error
        # https for an issuer of https, else this machine: certificates are checked for all or none
        secure = urlsplit(self._issuer).scheme == "https"
        safe = parts.scheme == "https" if secure else parts.scheme == "http" and is_loopback(host)
        if not host or not safe:
            raise OpenIdError(f"the provider has no {name} under https")
        return str(url)

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        found: Mapping[str, str],
        code: str,
        back: str,
        verifier: str,
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        headers = {}
        if self._client_secret and not found["by_post"]:
            # RFC 6749 section 2.3.1: both form-encoded before they are joined
            pair = f"{quote_plus(self._client_id)}:{quote_plus(self._client_secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self._client_id
            if self._client_secret:
                form["client_secret"] = self._client_secret
        return await _ask(client, "POST", found["token_endpoint"], "a token", form, headers)

    def _verified(
        self, token: object, keys: Mapping[str, Any], issuer: str, nonce: str, now: datetime
    ) -> dict[str, Any]:
        """Return the claims of an ID token that holds; raises OpenIdError (Core 1.0, 3.1.3.7)."""
        if not isinstance(token, str):
            raise OpenIdError("the provider gave no ID token")
        try:
            held = jwt.decode(token, KeySet.import_key_set(_public(keys)), list(_ALGORITHMS))
            claims = CodeIDToken(
                held.claims,
                held.header,
                {
                    "iss": {"essential": True, "value": issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                {"nonce": nonce, "client_id": self._client_id},
            )
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            kind = type(error).__name__.removesuffix("Error")
            raise OpenIdError(f"the ID token does not hold ({kind}: {error})"[:300]) from error
        return dict(claims)


def _challenge(verifier: str) -> str:
    """Return the challenge of a verifier, S256 (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _public(keys: Mapping[str, Any]) -> Any:
    """Return the keys that sign; a shared secret among them would let anybody sign who reads it."""
    listed = keys.get("keys")
    if not isinstance(listed, list):
        raise OpenIdError("the provider's keys are no set of keys")
    asymmetric = [
        key
        for key in listed
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC") and key.get("use") != "enc"
    ]
    return {"keys": asymmetric}


def _person(issuer: str, claims: Mapping[str, Any], told: Mapping[str, Any]) -> OpenIdPerson:
    subject, email = claims.get("sub"), told.get("email")
    sound = isinstance(subject, str) and subject.isascii() and subject.isprintable()
    if not sound or not 0 < len(str(subject)) <= _LONGEST_SUBJECT:
        raise OpenIdError("the provider does not say who was signed in")
    verified = told.get("email_verified")
    return OpenIdPerson(
        issuer=issuer,
        subject=str(subject),
        email=email if isinstance(email, str) and email.isprintable() else "",
        email_verified=verified is True or verified == "true",  # some providers quote it
    )


async def _userinfo(client: httpx.AsyncClient, url: str, told: Mapping[str, Any]) -> dict[str, Any]:
    token = told.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise OpenIdError("the provider gave no access token")
    return await _ask(
        client, "GET", url, "an e-mail address", None, {"authorization": f"Bearer {token}"}
    )


async def _ask(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    what: str,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a JSON object of the provider; raises OpenIdError for any other answer."""
    told = {"accept": "application/json", **(headers or {})}
    try:
        async with (
            asyncio.timeout(_WHOLE_S),
            client.stream(method, url, data=form, headers=told) as answer,
        ):
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise OpenIdError(f"the provider's answer for {what} has no end")
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
        kind = type(error).__name__
        raise OpenIdError(f"the provider could not be asked for {what} ({kind})") from error
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if answer.status_code != 200:
        reason = content.get("error") if isinstance(content, dict) else None
        said = f", {reason[:80]!r}" if isinstance(reason, str) else ""
        raise OpenIdError(f"the provider refuses {what} (status {answer.status_code}{said})")
    if not isinstance(content, dict):
        raise OpenIdError(f"the provider's answer for {what} is no JSON object")
    return content
