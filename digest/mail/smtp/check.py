"""Tries a relay without sending anything: connect, EHLO, TLS, AUTH, QUIT."""

from digest.mail.smtp.connect import ConnectError, open_session
from digest.mail.smtp.relay import Relay
from digest.mail.smtp.wire import WireError
from digest.ports import RelayFinding


async def check_relay(relay: Relay, helo: str) -> RelayFinding:
    """Return what a relay says to us; never raises for what it does."""
    try:
        session = await open_session(relay, helo)
    except ConnectError as error:
        return RelayFinding(relay.name, relay.host, relay.port, relay.priority, str(error))
    try:
        session.wire.send(b"QUIT\r\n", 1)
        await session.wire.reply(relay.timeout_s)
    except WireError:
        pass  # it let us in, and that was the question
    session.wire.close()
    size = session.extensions.get("size", "").strip()
    verified = relay.tls_context is not None and relay.tls_context.check_hostname
    return RelayFinding(
        relay.name,
        relay.host,
        relay.port,
        relay.priority,
        "",
        tls=session.tls,
        verified=bool(session.tls) and verified,
        auth=session.auth,
        extensions=tuple(sorted(name.upper() for name in session.extensions)),
        size_limit=int(size) if size.isascii() and size.isdigit() and int(size) > 0 else None,
        certificate_ends=session.certificate_ends,
        advice=tuple(_advice(relay, session.tls, session.offers("starttls"), verified=verified)),
    )


def _advice(relay: Relay, tls: str, starttls: bool, *, verified: bool) -> list[str]:
    said = []
    if not tls and starttls:
        said.append('it offers STARTTLS: set tls = "starttls"')
    if tls and not verified:
        said.append("its certificate is not checked: give its authority as ca_file")
    if relay.username and not tls:
        said.append("the password goes over the wire unencrypted")
    return said
