"""The tables under ``[bounces]``: ways by which mail comes back in, each off until it is set."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from digest.settings.values import (
    Folder,
    Line,
    Name,
    Network,
    OptionalMailbox,
    Port,
    Secret,
    SigningKey,
    public_key,
    split_mailbox,
    topic_name,
)

_MEGABYTE = 1024 * 1024
NOWHERE = Path()


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListenerSettings(_Table):
    """An SMTP or LMTP server inside `digest run`; only ``networks`` may talk to it.

    With ``certificate`` and ``private_key`` (PEM files) it offers STARTTLS. ``addresses`` are taken
    beside those that the settings of the mail name, such as that of a feedback loop.
    """

    host: Name = "127.0.0.1"
    port: Port = 2525
    protocol: Literal["smtp", "lmtp"] = "smtp"
    networks: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    addresses: tuple[OptionalMailbox, ...] = ()
    max_bytes: int = Field(default=10 * _MEGABYTE, ge=64 * 1024, le=100 * _MEGABYTE)
    connections: int = Field(default=50, ge=1, le=1000)
    timeout_s: float = Field(default=60.0, ge=1, le=3600)
    certificate: Folder = NOWHERE
    private_key: Folder = NOWHERE

    @model_validator(mode="after")
    def _certificate_has_a_key(self) -> Self:
        if (self.certificate == NOWHERE) != (self.private_key == NOWHERE):
            raise ValueError("certificate and private_key go together: give both or neither")
        return self

    @property
    def encrypts(self) -> bool:
        """Return whether STARTTLS is offered."""
        return self.certificate != NOWHERE


class MailboxSettings(_Table):
    """What a mailbox that is looked into needs, whichever its protocol.

    Mails of people stay in it; with ``forward`` they go to ``bounces.forward_to`` and are taken
    out as well.
    """

    host: Name
    username: Line = Field(min_length=1)
    password: Annotated[SecretStr, Secret()]
    tls: Literal["none", "starttls", "implicit"] = "implicit"
    poll_minutes: int = Field(default=5, ge=1, le=24 * 60)
    forward: bool = False
    max_bytes: int = Field(default=10 * _MEGABYTE, ge=64 * 1024, le=100 * _MEGABYTE)


class ImapSettings(MailboxSettings):
    """An IMAP folder. What was dealt with goes to ``processed_folder``, or is deleted without."""

    port: Port = 993
    folder: Name = "INBOX"
    processed_folder: Line = ""


class Pop3Settings(MailboxSettings):
    """A POP3 mailbox; what was dealt with is deleted."""

    port: Port = 995


class HookSettings(_Table):
    """Raw mails by POST to /hooks/bounce, with ``Authorization: Bearer TOKEN``."""

    token: Annotated[SigningKey, Secret()]
    max_bytes: int = Field(default=10 * _MEGABYTE, ge=64 * 1024, le=100 * _MEGABYTE)


class SesSettings(_Table):
    """Amazon SES by SNS: only these topics (ARN) are listened to."""

    topics: tuple[Annotated[str, AfterValidator(topic_name)], ...] = Field(min_length=1)


class PostmarkSettings(_Table):
    """Postmark's webhooks carry the name and password that stand in the hook's URL."""

    username: Line = Field(min_length=1)
    password: Annotated[SigningKey, Secret()]


class MailgunSettings(_Table):
    """Mailgun signs its webhooks with the account's HTTP webhook signing key."""

    signing_key: Annotated[SecretStr, Secret(), Field(min_length=16)]


class SendgridSettings(_Table):
    """SendGrid's signed event webhook; ``public_key`` is base64 as its settings page shows it."""

    public_key: Annotated[str, AfterValidator(public_key)]


class BounceSettings(_Table):
    """How mail comes back in. Mail of people goes to ``forward_to``, else to ``mail.reply_to``."""

    forward_to: OptionalMailbox = ""
    forward_per_hour: int = Field(default=60, ge=1, le=10_000)
    listener: ListenerSettings | None = None
    imap: ImapSettings | None = None
    pop3: Pop3Settings | None = None
    hook: HookSettings | None = None
    ses: SesSettings | None = None
    postmark: PostmarkSettings | None = None
    mailgun: MailgunSettings | None = None
    sendgrid: SendgridSettings | None = None

    @property
    def forward_address(self) -> str:
        """Return the bare address of ``forward_to``, or ""."""
        return split_mailbox(self.forward_to)[1] if self.forward_to else ""
