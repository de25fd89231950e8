"""The ways by which mail comes back in: how each does, written where `digest status` reads it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.context import Context
from digest.settings import BounceSettings
from digest.store import meta

LISTENER_SILENT_AFTER = timedelta(minutes=5)
ALARM_AFTER = timedelta(hours=1)
HOOKS = ("hook", "ses", "postmark", "mailgun", "sendgrid")


@dataclass(frozen=True, slots=True)
class Way:
    """How one way does: ``ok``, ``failing``, ``silent``, or ``waiting`` for its first use."""

    name: str
    state: str
    text: str
    since: datetime | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class _Noted:
    ok: bool
    text: str
    since: datetime
    at: datetime


async def note_way(context: Context, name: str, *, ok: bool, text: str) -> None:
    """Write down how a way does; one that has failed for an hour is an alarm."""
    now = context.clock.now()
    async with context.database.write() as connection:
        before = _read(await meta.find_value(connection, _key(name)))
        since = before.since if before and before.ok == ok else now
        told = {"ok": ok, "text": text, "since": since.isoformat(), "at": now.isoformat()}
        await meta.save_value(connection, _key(name), json.dumps(told))
    if ok and before is not None and not before.ok:
        await clear_alarm(context, f"intake/{name}")
    elif not ok and now - since >= ALARM_AFTER:
        await raise_alarm(
            context, f"intake/{name}", f"what comes back by {name} is not read: {text}"
        )


async def list_ways(context: Context) -> tuple[Way, ...]:
    """Return how each way does that the settings turn on."""
    settings, now = context.settings.bounces, context.clock.now()
    async with context.database.read() as connection:
        held = {
            name: _read(await meta.find_value(connection, _key(name)))
            for name in enabled_ways(settings)
        }
    return tuple(_way(name, noted, _grace(settings, name), now) for name, noted in held.items())


def enabled_ways(settings: BounceSettings) -> tuple[str, ...]:
    """Return the names of the ways that are turned on."""
    names = ("listener", "imap", "pop3", *HOOKS)
    return tuple(name for name in names if getattr(settings, name) is not None)


def _grace(settings: BounceSettings, name: str) -> timedelta | None:
    """Return how long a way may say nothing of itself; a hook is silent until it is called."""
    if name == "listener":
        return LISTENER_SILENT_AFTER
    box = {"imap": settings.imap, "pop3": settings.pop3}.get(name)
    return timedelta(minutes=3 * box.poll_minutes + 15) if box else None


def _way(name: str, noted: _Noted | None, grace: timedelta | None, now: datetime) -> Way:
    if noted is None:
        text = "nothing came yet" if name in HOOKS else "`digest run` starts it"
        return Way(name, "waiting", text, None, None)
    state = "ok" if noted.ok else "failing"
    if grace is not None and now - noted.at > grace:
        state = "silent"
    return Way(name, state, noted.text, noted.since, noted.at)


def _key(name: str) -> str:
    return f"way.{name}"


def _read(value: str | None) -> _Noted | None:
    if not value:
        return None
    told = json.loads(value)
    moments = (datetime.fromisoformat(told["since"]), datetime.fromisoformat(told["at"]))
    return _Noted(bool(told["ok"]), str(told["text"]), *moments)
