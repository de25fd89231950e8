"""Asking for delivery status notifications (RFC 3461), where a relay offers DSN."""


def xtext(text: str) -> str:
    """Return text as RFC 3461 section 4 writes it: ``+``, ``=`` and the unprintable as hex."""
    return "".join(
        chr(byte) if 33 <= byte <= 126 and byte not in b"+=" else f"+{byte:02X}"
        for byte in text.encode("utf-8")
    )


def mail_parameters(message_id: str) -> list[str]:
    """Return what MAIL FROM carries: only headers come back, under the message's own id."""
    return ["RET=HDRS", f"ENVID={xtext(message_id.strip('<>'))[:100]}"]


def rcpt_parameters(address: str) -> list[str]:
    """Return what RCPT TO carries: told of failures alone, with the address as it was written.

    An address beyond ASCII needs RFC 6533, which is left to relays that know it.
    """
    notify = ["NOTIFY=FAILURE"]
    return [*notify, f"ORCPT=rfc822;{xtext(address)}"] if address.isascii() else notify
