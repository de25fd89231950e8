"""A reader's own history: the last digests, and the days that had none."""

from dataclasses import dataclass
from datetime import date, timedelta

from digest.domain.identifiers import arxiv_id_in, normalise_doi
from digest.domain.schedule import local_date
from digest.domain.subscribers import Subscriber
from digest.domain.tokens import Claims, Purpose, make_token
from digest.services.context import Context
from digest.services.why import DayAnswer, why_day
from digest.store import deliveries, papers
from digest.store.deliveries import Delivery

SHOWN = 30


@dataclass(frozen=True, slots=True)
class HistoryDay:
    """A local date; ``mail_token`` opens the browser view of its digest, "" where it has none."""

    answer: DayAnswer
    mail_token: str


async def list_history(context: Context, reader: Subscriber) -> list[HistoryDay]:
    """Return the last 30 digests, and the days without one among the last 30 days, newest first."""
    async with context.database.read() as connection:
        rows = await deliveries.list_digests(connection, reader.id, SHOWN)
    by_day = {date.fromisoformat(row.dedupe_key): row for row in rows}
    today = local_date(reader.preferences.zone, context.clock.now())
    first = local_date(reader.preferences.zone, reader.created_at)
    recent = {today - timedelta(days=back) for back in range(SHOWN)}
    days = sorted({day for day in recent if day >= first} | by_day.keys(), reverse=True)
    found = []
    for day in days:
        answer = await why_day(context, reader, day)
        found.append(HistoryDay(answer, _mail_token(context, reader, by_day.get(day))))
    return found


def _mail_token(context: Context, reader: Subscriber, row: Delivery | None) -> str:
    if row is None or row.selection_id is None:
        return ""
    claims = Claims(Purpose.MAIL, reader.id, row.id, reader.token_generation, row.planned_at)
    return make_token(context.token_keys[0], claims)


async def find_paper(context: Context, typed: str, base_url: str) -> int | None:
    """Return the paper that a reader names: its id here, its page, an arXiv id, a DOI, an address.

    None for one that is not known.
    """
    text = typed.strip()
    own = text.removeprefix(f"{base_url}/paper/")
    if own.isascii() and own.isdecimal() and len(own) < 10:
        return int(own)
    keys = [("arxiv", arxiv_id_in(text)), ("doi", normalise_doi(text))]
    async with context.database.read() as connection:
        found = await papers.find_keys(connection, [(kind, key) for kind, key in keys if key])
        if found or not text.isprintable():  # PostgreSQL refuses a NUL
            return next(iter(found.values()), None)
        return await papers.find_by_url(connection, text)
