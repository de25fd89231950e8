"""Tells the operator when more than 0.1 % of a week's mails are complained about."""

from datetime import timedelta

from digest.domain.complaint_rate import complains_too_much
from digest.domain.deliveries import State
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.store import measures

ALARM = "complaints"
SPAN = timedelta(days=7)


async def review_complaints(context: Context) -> bool:
    """Raise the alarm where there are too many, else clear it; return whether there are."""
    since = context.clock.now() - SPAN
    async with context.database.read() as connection:
        complaints = (await measures.count_returned(connection, since)).complaints
        states = await measures.count_digests(connection, since) if complaints else {}
    sent = states.get(State.SENT.value, 0)
    if not complains_too_much(sent, complaints):
        await clear_alarm(context, ALARM)
        return False
    text = (
        f"{complaints} complaints about {sent} digests within seven days, more than 0.1 %: "
        "providers turn mail away for it. `digest bounces list` shows them; look at who was "
        "subscribed, and how"
    )
    await raise_alarm(context, ALARM, text)
    return True
