"""A ping after each completed day, for a watchdog outside that cries when it does not come.

What a completed day is, `domain.completed_days` decides from the slots and the books alone. The
last day that was told is in the database: a restart pings no day twice, and none is left out. The
address is in the manner of healthchecks: a POST to it is good, with /fail it is not; the body says
why.
"""

import asyncio
from datetime import date, timedelta

import structlog

from digest.domain.completed_days import (
    DayNews,
    EditionState,
    first_untold_day,
    judge_days,
    last_past_day,
)
from digest.domain.deliveries import OPEN
from digest.domain.schedule import due_utc
from digest.ports import WebCaller
from digest.services.alarms import clear_alarm, raise_alarm
from digest.services.books import Books, books_of
from digest.services.context import Context
from digest.services.turns import note_turn, take_turn
from digest.store import books as pages
from digest.store import meta, slots

log = structlog.get_logger()
TURN, TOLD = "watch.ping", "watch.day"
ALARM = "watch/ping"
PATIENCE_S = 15.0  # for one ping, whatever drips
PAUSE = timedelta(seconds=45)  # ticks are a minute apart: of several processes one pings
ENOUGH_FAILURES = 5


async def ping_completed_days(context: Context) -> DayNews | None:
    """Tell the watchdog of the days that are new; return what it took, None where nothing."""
    address = context.settings.watch.ping_url.get_secret_value()
    if not address or context.caller is None:
        await clear_alarm(context, ALARM)  # of settings that were
        return None
    news = await find_news(context)
    if news is None or not await take_turn(context, TURN, PAUSE):
        return None
    failure = await _ping(context.caller, address if news.good else f"{address}/fail", news)
    failures = await note_turn(context, TURN, ok=not failure)
    if failure:
        log.warning("the ping did not arrive", failure=failure, tries=failures)
        if failures >= ENOUGH_FAILURES:
            text = f"{failures} pings in a row did not reach watch.ping_url: {failure}"
            await raise_alarm(context, ALARM, text)
        return None
    async with context.database.write() as connection:
        await meta.save_value(connection, TOLD, news.last.isoformat())
    log.info("pinged", first=news.first.isoformat(), last=news.last.isoformat(), good=news.good)
    await clear_alarm(context, ALARM)
    return news


async def find_news(context: Context) -> DayNews | None:
    """Return the days to tell of, by the clock's instant."""
    now = context.clock.now()
    async with context.database.read() as connection:
        told = await meta.find_value(connection, TOLD)
        next_days = [slot.next_date for slot in await slots.list_slots(connection)]
        past = last_past_day(next_days, now)
        first = first_untold_day(date.fromisoformat(told) if told else None, past)
        if first > past:
            return None
        found = await pages.list_pages(connection, first, past)
    return judge_days(first, past, [_state(books_of(page)) for page in found], now)


def _state(books: Books) -> EditionState:
    day = date.fromisoformat(books.date)
    due = due_utc(books.zone, day, books.hour)
    assert due is not None  # a date that its zone skips has no edition
    left = sum(books.states.get(state.value, 0) for state in OPEN)
    return EditionState(day, due, books.balanced, left)


async def _ping(caller: WebCaller, address: str, news: DayNews) -> str:
    """Call the address; return why that failed, "" where it did not."""
    span = news.last.isoformat()
    if news.first != news.last:
        span = f"{news.first.isoformat()} to {span}"
    body = "\n".join((f"{span}: {'completed' if news.good else 'not completed'}", *news.bad))
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = await caller.ask(
                "POST", address, body.encode(), {"content-type": "text/plain; charset=utf-8"}
            )
    except TimeoutError:
        return f"no answer within {PATIENCE_S:g} s"
    if answer.failure:
        return answer.failure
    return "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
