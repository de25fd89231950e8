"""A day's report: what was looked at, matched, already seen and sent, reader by reader."""

from dataclasses import dataclass
from datetime import date

from digest.domain.deliveries import State
from digest.services.context import Context
from digest.store import deliveries, selections


@dataclass(frozen=True, slots=True)
class ReaderDay:
    """One reader's digest of one local date; ``sent`` counts the papers in the mail."""

    day: str
    address: str
    zone: str
    state: str
    looked_at: int
    matched: int
    already_seen: int
    sent: int
    reason: str
    paper_ids: tuple[int, ...]


async def list_days(context: Context, first: date, last: date) -> list[ReaderDay]:
    """Return the ledger's digests of local dates from first to last, in order of planning."""
    async with context.database.read() as connection:
        rows = await deliveries.list_between(connection, first, last)
        wanted = {row.selection_id for row, _ in rows if row.selection_id is not None}
        chosen = await selections.get_selections(connection, wanted)
    days = []
    for row, zone in rows:
        found = chosen.get(row.selection_id or 0)
        ids = tuple(item.paper_id for item in found.items) if found else ()
        sent = len(ids[: row.placed]) if row.state is State.SENT else 0
        days.append(
            ReaderDay(
                day=row.dedupe_key,
                address=row.address,
                zone=zone,
                state=row.state.value,
                looked_at=found.looked_at if found else 0,
                matched=found.matched if found else 0,
                already_seen=found.already_seen if found else 0,
                sent=sent,
                reason=row.reason,
                paper_ids=ids[:sent],
            )
        )
    return days
