"""Makes relays of the settings: their secrets, tokens and certificates."""

import ssl

import structlog

from digest.mail.smtp.oauth import RefreshedToken, TokenClient
from digest.mail.smtp.relay import Relay, make_tls_context
from digest.ports import Clock
from digest.settings import RelaySettings, Settings, SettingsError

log = structlog.get_logger()


def relays_of(settings: Settings, clock: Clock) -> list[Relay]:
    """Return the relays of the settings as the transport wants them."""
    return [_relay(settings, index, clock) for index in range(len(settings.relays))]


def _relay(settings: Settings, index: int, clock: Clock) -> Relay:
    told = settings.relays[index]
    if not told.tls_verify and told.tls != "none":
        log.warning(
            "the certificate of a relay is not checked: whoever sits in between reads every mail "
            "and the password; give its authority as ca_file instead",
            relay=told.name,
        )
    return Relay(
        name=told.name,
        host=told.host,
        port=told.port,
        tls=told.tls,
        username=told.username or None,
        password=told.password.get_secret_value() if told.password else None,
        password_file=settings.secret_files.get(f"relays.{index}.password"),
        auth=told.auth,
        token=_token_of(told, clock),
        connections=told.connections,
        priority=told.priority,
        timeout_s=told.timeout_s,
        tls_context=None if told.tls == "none" else _tls_of(told),
        idempotency_header=told.idempotency_header,
    )


def _tls_of(told: RelaySettings) -> ssl.SSLContext:
    try:
        return make_tls_context(told.ca_file, verify=told.tls_verify)
    except ssl.SSLError as error:
        raise SettingsError(
            [f"relays, {told.name}: ca_file {told.ca_file} holds no certificate: {error.reason}"]
        ) from error


def _token_of(told: RelaySettings, clock: Clock) -> RefreshedToken | None:
    if told.refresh_token is None:
        return None
    secret = told.client_secret.get_secret_value() if told.client_secret else ""
    refresh = told.refresh_token.get_secret_value()
    return RefreshedToken(TokenClient(told.token_url, told.client_id, secret, refresh), clock)
