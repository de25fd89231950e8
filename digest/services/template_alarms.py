"""Alarms of an operator's templates: raised where one fails, cleared where it works again."""

from digest.looks.overrides import FOLDER, Fault
from digest.services.alarms import clear_alarm, list_alarms, raise_alarm
from digest.services.context import Context

PREFIX = "template/"


async def tell_faults(context: Context) -> None:
    """Raise an alarm for each override that failed since the last call."""
    for fault in context.faults.take():
        await raise_alarm(context, f"{PREFIX}{fault.name}", _text(fault))


async def settle_alarms(context: Context) -> None:
    """Tell what is wrong at a start, and clear the alarms of overrides that work again.

    Those of a part that this process did not try (pages, where none are served) stay open.
    """
    await tell_faults(context)
    known = {f"{PREFIX}{name}"[:100] for name in context.faults.found}
    for alarm in await list_alarms(context):
        if alarm.cleared_at is not None or not alarm.key.startswith(PREFIX):
            continue
        part = alarm.key.removeprefix(PREFIX).partition("/")[0]
        if alarm.key not in known and (part in context.faults.tried or part == FOLDER):
            await clear_alarm(context, alarm.key)


def _text(fault: Fault) -> str:
    if fault.name == FOLDER:
        return f"{fault.reason}; built-in templates are used: correct templates_dir, then restart"
    return (
        f"{fault}; the built-in template is used instead: correct the file, see that "
        "`digest templates check` finds nothing, then restart"
    )
