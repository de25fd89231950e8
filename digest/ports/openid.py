"""OpenID Connect: somebody else says who is there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class OpenIdError(Exception):
    """The provider cannot be asked, or what it answered is not to be believed; one sentence."""


@dataclass(frozen=True, slots=True)
class OpenIdPerson:
    """Whom a provider has signed in. ``email`` is "" where it told none."""

    issuer: str
    subject: str
    email: str
    email_verified: bool


class OpenIdProvider(Protocol):
    """A provider of OpenID Connect Core 1.0, by the authorization code flow (section 3.1)."""

    async def sign_in_url(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address at which the provider asks who is there; raises OpenIdError.

        ``back`` is our own address, to which it sends the browser with a code; ``verifier`` is of
        PKCE (RFC 7636), of which only the hash is in the address.
        """
        ...

    async def identify(
        self, code: str, back: str, nonce: str, verifier: str, now: datetime
    ) -> OpenIdPerson:
        """Return who a code stands for, every signature and claim checked; raises OpenIdError."""
        ...
