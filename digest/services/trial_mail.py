"""A test mail to an operator: signed and handed over as a digest is, but not in the ledger."""

import secrets

from digest.domain.message import MessageHead, build_message
from digest.domain.tokens import TOKEN_LENGTH
from digest.ports import Outcome, OutgoingMessage
from digest.services import audit
from digest.services.context import Context

_NO_TOKEN = "-" * TOKEN_LENGTH  # no link of this mail acts for anybody


async def send_trial_mail(context: Context, address: str, *, actor: str = "") -> Outcome:
    """Hand a test mail for ``address`` to the relays; return what they said.

    It has no row in the ledger, so nothing tries it again and no bounce of it bars anybody.
    With ``actor`` the audit log has that it was sent, and not to whom.
    """
    settings, now = context.settings, context.clock.now()
    mail = settings.mail
    rendered = context.renderer.render_mail("test")
    head = MessageHead(
        date=now,
        from_address=mail.from_address,
        from_name=mail.from_name or settings.site.name,
        to_address=address,
        subject=rendered.subject,
        message_id=f"<test.{secrets.token_hex(8)}@{mail.from_domain}>",
        reply_to=mail.reply_address or None,
    )
    if actor:
        async with context.database.write() as connection:
            await audit.note(connection, now, actor, "mail.test", "mail")
    unsigned = build_message(head, rendered.text, rendered.html, _NO_TOKEN)
    return await context.transport.send(
        OutgoingMessage(
            envelope_from=mail.from_address,
            envelope_to=address,
            data=context.signer.sign(unsigned, now),
            message_id=head.message_id,
        )
    )
