"""How mail comes back in: the listener and the mailboxes of the settings, put together."""

import ssl

from digest.mail.intake_imap import ImapMailbox
from digest.mail.intake_listener import ListenerOptions, MailListener
from digest.mail.intake_pop3 import Pop3Mailbox
from digest.mail.mailbox_options import MailboxOptions
from digest.services.context import Context
from digest.services.intake import Desk
from digest.services.intake_running import IntakeWays, PolledMailbox
from digest.settings import ImapSettings, ListenerSettings, Pop3Settings, Settings


def intake_of(context: Context) -> IntakeWays:
    """Return the ways by which mail comes back in, as the settings turn them on."""
    told = context.settings.bounces
    listener = _listener(context, told.listener) if told.listener else None
    listening = f"{told.listener.host}:{told.listener.port}" if told.listener else ""
    return IntakeWays(listener, listening, tuple(mailboxes_of(context.settings)))


def mailboxes_of(settings: Settings, wait_s: float = 60.0) -> list[PolledMailbox]:
    """Return the mailboxes of the settings, each command of theirs given ``wait_s`` seconds."""
    told, boxes = settings.bounces, []
    if told.imap is not None:
        boxes.append(_polled("imap", ImapMailbox(_mailbox_options(told.imap, wait_s)), told.imap))
    if told.pop3 is not None:
        boxes.append(_polled("pop3", Pop3Mailbox(_mailbox_options(told.pop3, wait_s)), told.pop3))
    return boxes


def _listener(context: Context, told: ListenerSettings) -> MailListener:
    tls = None
    if told.encrypts:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(told.certificate, told.private_key)
    options = ListenerOptions(
        host=told.host,
        port=told.port,
        name=context.settings.mail.envelope_domain,
        networks=told.networks,
        lmtp=told.protocol == "lmtp",
        max_bytes=told.max_bytes,
        connections=told.connections,
        timeout_s=told.timeout_s,
        tls=tls,
    )
    return MailListener(options, Desk(context, "listener"))


def _mailbox_options(told: ImapSettings | Pop3Settings, wait_s: float) -> MailboxOptions:
    imap = told if isinstance(told, ImapSettings) else None
    return MailboxOptions(
        host=told.host,
        port=told.port,
        username=told.username,
        password=told.password.get_secret_value(),
        tls=told.tls,
        max_bytes=told.max_bytes,
        timeout_s=wait_s,
        folder=imap.folder if imap else "",
        processed_folder=imap.processed_folder if imap else "",
    )


def _polled(
    name: str, mailbox: ImapMailbox | Pop3Mailbox, told: ImapSettings | Pop3Settings
) -> PolledMailbox:
    return PolledMailbox(name, mailbox, told.poll_minutes * 60.0, told.forward)
