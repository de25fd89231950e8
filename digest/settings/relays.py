"""The tables under ``[[relays]]``: how each is reached, as whom, and how fast it may go."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from digest.settings.table import Table
from digest.settings.values import FeedAddress, Folder, Line, Name, Port, Secret

_HEADER = re.compile(r"[!-9;-~]{1,60}")  # RFC 5322 section 2.2
_OURS = frozenset(
    {
        *("from", "to", "cc", "bcc", "date", "subject", "sender", "reply-to", "message-id"),
        *("mime-version", "received", "return-path", "dkim-signature", "content-type"),
        *("content-transfer-encoding", "auto-submitted", "precedence"),
    }
)


def _header_name(value: str) -> str:
    if value and not _HEADER.fullmatch(value):
        raise ValueError("must be the name of a header, such as X-Entity-Ref-ID")
    if value.lower() in _OURS or value.lower().startswith("list-"):
        raise ValueError("must not be a header that the mail has already")
    return value


HeaderName = Annotated[str, AfterValidator(_header_name)]


def is_loopback(host: str) -> bool:
    """Return whether a relay's host is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


class RelaySettings(Table):
    """An SMTP server that takes our mail.

    The lowest ``priority`` is asked first, those of the same share the load, the others stand in.
    A certificate is checked against the system's authorities or those in ``ca_file``;
    ``tls_verify`` off accepts any, and ``allow_plain_password`` sends a password without TLS: both
    let whoever sits in between read and change everything. With ``auth`` xoauth2 the ``password``
    (or its file, which is read again when it changes) is an access token, or one is asked for at
    ``token_url`` with the client's id and secret and the ``refresh_token``.
    ``idempotency_header`` names a header that carries the Message-ID, for relays that take one.
    Rates are in mails a minute, 0 is none; ``provider_rate_per_minute`` is that of each mailbox
    provider. A warm-up allows ``warmup_start`` mails on the first day, and ``warmup_factor`` times
    more on each that follows; what does not fit waits.
    """

    name: Name = "default"
    host: Name = "localhost"
    port: Port = 25
    username: Line = ""
    password: Annotated[SecretStr | None, Secret()] = None
    auth: Literal["auto", "plain", "login", "cram-md5", "xoauth2"] = "auto"
    token_url: FeedAddress | Literal[""] = ""
    client_id: Line = ""
    client_secret: Annotated[SecretStr | None, Secret()] = None
    refresh_token: Annotated[SecretStr | None, Secret()] = None
    tls: Literal["none", "starttls", "implicit"] = "none"
    tls_verify: bool = True
    ca_file: Folder | None = None
    allow_plain_password: bool = False
    timeout_s: float = Field(default=60.0, ge=1, le=600)
    idempotency_header: HeaderName = ""
    connections: int = Field(default=4, ge=1, le=64)
    priority: int = Field(default=10, ge=0, le=1000)
    rate_per_minute: float = Field(default=0, ge=0, le=1_000_000)
    provider_rate_per_minute: float = Field(default=0, ge=0, le=1_000_000)
    warmup_start: int = Field(default=0, ge=0, le=1_000_000)
    warmup_factor: float = Field(default=1.5, ge=1, le=10)

    @model_validator(mode="after")
    def _credentials_are_whole(self) -> Self:
        if self.auth == "xoauth2":
            self._check_token()
        elif bool(self.username) != (self.password is not None):
            raise ValueError("username and password go together: give both or neither")
        elif self.token_url or self.client_id or self.client_secret or self.refresh_token:
            raise ValueError('token_url, client_id, ... are of use with auth = "xoauth2" alone')
        return self

    def _check_token(self) -> None:
        refreshes = bool(self.token_url and self.client_id and self.refresh_token)
        if not self.username or refreshes == (self.password is not None):
            raise ValueError(
                'auth "xoauth2" needs a username, and either a password (the access token) or '
                "token_url, client_id and refresh_token"
            )

    @model_validator(mode="after")
    def _password_is_not_for_everybody(self) -> Self:
        open_wire = self.tls == "none" and not is_loopback(self.host)
        if self.username and open_wire and not self.allow_plain_password:
            raise ValueError(
                f"the password would go to {self.host} without encryption: set tls to starttls or "
                "implicit, or allow_plain_password = true if the network in between is yours"
            )
        return self

    @model_validator(mode="after")
    def _authorities_can_be_read(self) -> Self:
        if self.ca_file is not None and not Path(self.ca_file).is_file():
            raise ValueError(f"ca_file: there is no file {str(self.ca_file)!r}")
        return self
