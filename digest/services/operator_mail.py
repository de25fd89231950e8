"""A mail to an operator: signed and handed over as a digest is, but not in the ledger.

An operator is no reader: no row of theirs, no link that acts, and no bounce that bars anybody. So
it leaves as well where the ledger is what is in trouble; whoever sends it tries again themselves.
"""

import secrets

from digest.domain.message import MessageHead, build_message
from digest.domain.tokens import TOKEN_LENGTH
from digest.mail.render import RenderedMail
from digest.ports import Outcome, OutgoingMessage
from digest.services.context import Context

_NO_TOKEN = "-" * TOKEN_LENGTH  # no link of such a mail acts for anybody


async def hand_over(context: Context, address: str, name: str, rendered: RenderedMail) -> Outcome:
    """Hand a mail for a bare address to the relays; return what they said.

    ``name`` begins its Message-ID.
    """
    settings, now = context.settings, context.clock.now()
    mail = settings.mail
    head = MessageHead(
        date=now,
        from_address=mail.from_address,
        from_name=mail.from_name or settings.site.name,
        to_address=address,
        subject=rendered.subject,
        message_id=f"<{name}.{secrets.token_hex(8)}@{mail.from_domain}>",
        reply_to=mail.reply_address or None,
    )
    unsigned = build_message(head, rendered.text, rendered.html, _NO_TOKEN)
    return await context.transport.send(
        OutgoingMessage(
            envelope_from=mail.from_address,
            envelope_to=address,
            data=context.signer.sign(unsigned, now),
            message_id=head.message_id,
        )
    )
