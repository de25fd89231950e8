"""The tables of what watches the installation: metrics, traces, pings and mails to the operator."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from digest.settings.table import Table
from digest.settings.values import Line, Mailbox, Network, Secret, SigningKey, feed_address


def _optional_address(value: str) -> str:
    return feed_address(value).rstrip("/") if value else ""


def _ping_address(value: SecretStr) -> SecretStr:
    told = value.get_secret_value()
    if told:
        parts = urlsplit(feed_address(told))
        if parts.query or parts.fragment:
            raise ValueError("must have neither a query (?) nor a fragment (#): /fail is appended")
    return SecretStr(told.rstrip("/"))


class MetricsSettings(Table):
    """Who may read /metrics. With a ``token``, whoever sends it as a bearer, from anywhere.

    Without one, ``networks`` that ask this port directly: what a proxy passes on is refused.
    """

    token: Annotated[SigningKey | None, Secret()] = None
    networks: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")


class TelemetrySettings(Table):
    """Traces by OpenTelemetry: ``endpoint`` is the collector's OTLP/HTTP address, "" is off.

    ``authorization`` is sent to it as the field of that name. Needs the extra ``telemetry``.
    """

    endpoint: Annotated[str, AfterValidator(_optional_address)] = ""
    authorization: Annotated[SecretStr | None, Secret()] = None
    service_name: Line = "paper-digest"


class WatchSettings(Table):
    """Who is told. ``ping_url`` is called after each completed day, with /fail where one is not.

    Alarms go to ``mail_to``, several in one mail, and at most one in ``mail_every_minutes``.
    """

    ping_url: Annotated[SecretStr, AfterValidator(_ping_address), Secret()] = SecretStr("")
    mail_to: tuple[Mailbox, ...] = ()
    mail_every_minutes: int = Field(default=15, ge=1, le=24 * 60)
