"""The tables under ``[admin]``: how long sessions stand, and who signs in by OpenID Connect."""

from typing import Annotated

from pydantic import Field, SecretStr

from digest.settings.table import Table
from digest.settings.values import Line, Secret, WebAddress


class OpenIdSettings(Table):
    """An OpenID provider (OpenID Connect Core 1.0) beside passwords.

    ``allowed`` are the verified e-mail addresses or subjects that are let in, and nobody else.
    """

    issuer: WebAddress
    client_id: Line
    client_secret: Annotated[SecretStr, Secret()] = SecretStr("")
    name: Line = "single sign-on"
    allowed: tuple[Line, ...] = Field(min_length=1)


class AdminSettings(Table):
    """The admin pages. A session ends ``idle_minutes`` after its last request, and in any case
    ``session_hours`` after its first.
    """

    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    idle_minutes: int = Field(default=60, ge=1, le=24 * 60)
    openid: OpenIdSettings | None = None
