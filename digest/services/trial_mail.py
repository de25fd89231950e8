"""A test mail to an operator: signed and handed over as a digest is, but not in the ledger."""

from digest.ports import Outcome
from digest.services import audit
from digest.services.context import Context
from digest.services.operator_mail import hand_over


async def send_trial_mail(context: Context, address: str, *, actor: str = "") -> Outcome:
    """Hand a test mail for ``address`` to the relays; return what they said.

    It has no row in the ledger, so nothing tries it again and no bounce of it bars anybody.
    With ``actor`` the audit log has that it was sent, and not to whom.
    """
    if actor:
        async with context.database.write() as connection:
            await audit.note(connection, context.clock.now(), actor, "mail.test", "mail")
    return await hand_over(context, address, "test", context.renderer.render_mail("test"))
