"""The story of one delivery, for an operator: every step that the ledger knows of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.deliveries import State
from digest.domain.tries import Try
from digest.store.deliveries import Delivery
from digest.store.returned import Returned, list_returned


@dataclass(frozen=True, slots=True)
class Story:
    """A delivery's course. Hand-overs are counted when they begin, attempts when a relay answers.

    ``uncertain``: an answer was lost, so the mail may have arrived then; ``rewritten``: it was
    handed over again in other bytes. ``returned`` is what came back later; ``tries`` are the latest
    that no relay took.
    """

    delivery: int
    planned_at: datetime
    expires_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    attempts: int
    submissions: int
    relay: str | None
    reply: str
    uncertain: bool
    rewritten: bool
    returned: tuple[Returned, ...]
    tries: tuple[Try, ...]

    def lines(self) -> Iterator[str]:
        """Yield the story, a sentence a line."""
        yield f"planned at {_moment(self.planned_at)}, of use until {_moment(self.expires_at)}"
        if self.submissions:
            times = "once" if self.submissions == 1 else f"{self.submissions} times"
            through = f", last through {self.relay}" if self.relay else ""
            yield f"handed over {times}{through}; {self.attempts} answered or given up"
        if self.uncertain:
            yield "an answer was lost: the mail may have arrived at that time"
        if self.rewritten:
            yield "handed over again in other bytes, for the installation had changed in between"
        if self.next_try_at is not None:
            yield f"next try at {_moment(self.next_try_at)}"
        if self.reply:
            yield f"relay: {self.reply}"
        for one in self.returned:
            kind = f"{'hard' if one.hard else 'soft'} bounce" if one.kind == "bounce" else one.kind
            words = " ".join(word for word in (one.status, one.said) if word)
            yield f"{kind} at {_moment(one.received_at)}, {one.reason}: {words}"


async def tell_story(connection: AsyncConnection, row: Delivery) -> Story:
    """Return the story of a ledger's row."""
    return Story(
        delivery=row.id,
        planned_at=row.planned_at,
        expires_at=row.expires_at,
        next_try_at=row.next_try_at if row.state is State.PENDING else None,
        sent_at=row.sent_at,
        attempts=row.attempts,
        submissions=row.submissions,
        relay=row.relay,
        reply=row.reply,
        uncertain=row.uncertain,
        rewritten=row.rewritten,
        returned=tuple(await list_returned(connection, row.id)),
        tries=row.tries,
    )


def _moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
