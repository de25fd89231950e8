"""Hands finished messages to relays over SMTP (RFC 5321).

`connect` opens a session (aiosmtplib: greeting, EHLO, STARTTLS, AUTH), `wire` talks on it,
`envelope` sends one message, `pool` keeps the sessions of a relay, `transport` chooses the relay.
"""

from digest.mail.smtp.relay import Relay
from digest.mail.smtp.transport import SmtpTransport

__all__ = ["Relay", "SmtpTransport"]
