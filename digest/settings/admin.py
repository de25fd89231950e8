"""The tables under ``[admin]``: how long sessions stand, and who signs in by OpenID Connect."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from digest.settings.relays import is_loopback
from digest.settings.table import Table
from digest.settings.values import Line, Secret, WebAddress


class OpenIdSettings(Table):
    """An OpenID provider (OpenID Connect Core 1.0) beside passwords.

    ``allowed`` are the verified e-mail addresses that are let in, or subjects (whatever has no @),
    and nobody else. The issuer is https, but on this machine.
    """

    issuer: WebAddress
    client_id: Line
    client_secret: Annotated[SecretStr, Secret()] = SecretStr("")
    name: Line = "single sign-on"
    allowed: tuple[Line, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _issuer_is_private(self) -> Self:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError("issuer must be an https:// URL: whoever reads along could sign in")
        return self


class AdminSettings(Table):
    """The admin pages. A session ends ``idle_minutes`` after its last request, and in any case
    ``session_hours`` after its first.
    """

    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    idle_minutes: int = Field(default=60, ge=1, le=24 * 60)
    openid: OpenIdSettings | None = None
