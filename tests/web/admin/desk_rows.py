"""What the tests of the desk's pages look up in the database, and readers in each state."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import SubscriberState, address_key
from digest.ports import Outcome, Verdict
from digest.services.audit import list_audit
from digest.services.barring import bar_bounced, bar_complained
from digest.store import subscribers
from digest.store.deliveries import Delivery, to_delivery
from digest.store.schema import delivery
from digest.store.tables import metadata
from tests.web.admin.office import Office
from tests.world import hours

LATER = Outcome(Verdict.DEFERRED, 451, "451 4.7.1 <later> & again")


async def every_row(office: Office) -> dict[str, list[Any]]:
    """Return the whole database, but for when sessions were used last."""
    rows: dict[str, list[Any]] = {}
    async with office.world.app.database.read() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column.name != "seen_at"]
            found = await connection.execute(select(*columns).order_by(*table.primary_key))
            rows[table.name] = [tuple(row) for row in found]
    return rows


async def mails_of(office: Office, reader_id: int, kind: Kind = Kind.DIGEST) -> list[Delivery]:
    """Return a reader's mails of a kind, the oldest first."""
    query = (
        select(delivery)
        .where(delivery.c.subscriber_id == reader_id, delivery.c.kind == kind.value)
        .order_by(delivery.c.id)
    )
    async with office.world.app.database.read() as connection:
        return [to_delivery(row) for row in await connection.execute(query)]


async def next_day(office: Office, answers: Sequence[Outcome]) -> list[Delivery]:
    """Let the first reader's digest of the next day meet a relay's answers; return their mails.

    The operator's session is too old by then; the clock goes back to it.
    """
    world, was = office.world, office.world.now
    world.clock.set(was + hours(0.5))
    await world.list_papers("Experts of the next day", "Merging of the next day")
    world.relay.answers = list(answers)
    await world.at(was + hours(24))
    world.relay.answers = []
    office.world.clock.set(was + hours(0.5))
    return await mails_of(office, 1)


async def acts_of(office: Office) -> list[tuple[str, str, str]]:
    """Return who did what to what since the office opened, the oldest first."""
    lines = reversed(await list_audit(office.world.app.context))
    told = [(line.actor, line.action, line.object) for line in lines]
    return [one for one in told if not one[1].startswith("account.")]


async def bounce(office: Office, reader_id: int) -> None:
    """Bar a reader as a hard bounce does."""
    context = office.world.app.context
    async with office.world.app.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, reader_id)
        assert reader is not None
        assert await bar_bounced(context, connection, reader, "mail to it came back")


async def complain(office: Office, reader_id: int) -> None:
    """Bar a reader as a complaint does."""
    context = office.world.app.context
    async with office.world.app.database.write() as connection:
        reader = await subscribers.lock_subscriber(connection, reader_id)
        assert reader is not None
        assert await bar_complained(context, connection, reader, reader.address)


def states(rows: Sequence[Delivery]) -> list[State]:
    """Return the states of mails."""
    return [row.state for row in rows]


async def set_state(office: Office, reader_id: int, state: SubscriberState) -> None:
    """Put a reader into a state."""
    async with office.world.app.database.write() as connection:
        await subscribers.save_state(connection, reader_id, state, "")


async def set_mail_state(office: Office, reader_id: int, kind: Kind, state: State) -> None:
    """Put a reader's mails of a kind into a state."""
    async with office.world.app.database.write() as connection:
        await connection.execute(
            update(delivery)
            .where(delivery.c.subscriber_id == reader_id, delivery.c.kind == kind.value)
            .values(state=state.value)
        )


async def add_odd(office: Office, address: str, *queries: str) -> int:
    """Add a reader with an address that no form takes, as an older database may hold it."""
    added = await office.world.add_reader("odd@example.org", *queries)
    async with office.world.app.database.write() as connection:
        values = {"address": address, "address_key": address_key(address)}
        await subscribers.save_columns(connection, added, values)
    return added
