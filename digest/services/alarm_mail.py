"""Alarms by mail: the operator is written to about what is open, and when it is over.

Straight to the relays and not through the ledger, whose trouble may be the news. What was told is
kept with the alarm: nothing is lost by a restart, and a trouble that comes back is told again.

Each try takes a turn before anything is handed over, so a relay that refuses is asked once in the
minutes of the settings, and ever more rarely. An alarm about the only relay waits until it is over.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from digest.domain.telling import alarm_subject, mail_pause
from digest.mail.render import RenderedMail
from digest.ports import Verdict
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.services.operator_mail import hand_over
from digest.services.pacing import relays_paused
from digest.services.turns import count_failures, note_turn, take_turn
from digest.settings.values import split_mailbox
from digest.store import alarms
from digest.store.alarms import Alarm

log = structlog.get_logger()
TURN = "watch.mail"
ALARM = "watch/mail"
MOST_TOLD = 50  # in one mail; the others are in the next


async def mail_alarms(context: Context) -> bool:
    """Write to the operator about alarms of which they were not told; return whether one did."""
    watch, now = context.settings.watch, context.clock.now()
    if not watch.mail_to:
        await clear_alarm(context, ALARM)  # of settings that were
        return False
    async with context.database.read() as connection:
        untold = (await alarms.list_untold(connection))[:MOST_TOLD]
    if not untold or relays_paused(context):
        return False
    pause = mail_pause(watch.mail_every_minutes, await count_failures(context, TURN))
    if not await take_turn(context, TURN, pause):
        return False
    rendered = render_alarms(context, untold, now)
    arrived, said = 0, ""
    for mailbox in watch.mail_to:
        outcome = await hand_over(context, split_mailbox(mailbox)[1], "alarm", rendered)
        if outcome.verdict is Verdict.ACCEPTED:
            arrived += 1
            continue
        said = outcome.reply or outcome.verdict.value
        log.warning("an alarm was not mailed", outcome=outcome.verdict.value, reply=said)
    await _note(context, untold, now, arrived, said)
    return arrived > 0


async def _note(
    context: Context, told: Sequence[Alarm], now: datetime, arrived: int, said: str
) -> None:
    if arrived:  # one of several operators knows: the others are not worth a second mail to all
        async with context.database.write() as connection:
            await alarms.save_told(connection, told, now)
        log.info("alarms mailed", alarms=[one.key for one in told], mails=arrived)
    await note_turn(context, TURN, ok=arrived > 0)
    if arrived:
        await clear_alarm(context, ALARM)
    else:
        text = f"no relay takes mail to watch.mail_to: {said}; `digest relays check` tries them"
        await raise_alarm(context, ALARM, text)


def render_alarms(context: Context, told: Sequence[Alarm], now: datetime) -> RenderedMail:
    """Return the mail about alarms that are open or over."""
    news = [one for one in told if one.cleared_at is None]
    over = [one for one in told if one.cleared_at is not None]
    site = context.settings.site.name
    return context.renderer.render_mail(
        "alarm",
        title=alarm_subject(site, [one.key for one in news], [one.key for one in over]),
        news=[_shown(one, now) for one in news],
        over=[_shown(one, now) for one in over],
    )


def _shown(alarm: Alarm, now: datetime) -> dict[str, str]:
    return {
        "key": alarm.key,
        "text": alarm.text,
        "since": _when(alarm.raised_at),
        "until": _when(alarm.cleared_at or now),
        "times": str(alarm.count) if alarm.count > 1 else "",
    }


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
