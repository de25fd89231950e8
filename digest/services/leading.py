"""Who of several schedulers leads: it alone looks at sources and plans, the others stand by.

Two at once would do no harm: what is planned is planned once, and a source that is asked twice
lists the same papers. The lead saves the work, and the sources the asking.
"""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain.leases import LEASE, may_take_lead
from digest.services.context import Context
from digest.store import leads
from digest.store.database import is_away

log = structlog.get_logger()
_LEAVE_S = 4.0


class Leading:
    """Whether this process leads. On SQLite its lock proves that it is the only one."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kept_at: float | None = None

    def holds(self) -> bool:
        """Return whether this process leads, as far as it knows without asking."""
        lease = LEASE.total_seconds()
        return self._kept_at is not None and self._context.lease.time() - self._kept_at < lease

    async def keep(self) -> bool:
        """Take the lead where it is free, or keep it; return whether this process leads."""
        asked_at = self._context.lease.time()
        leads_now = await self._context.database.transact(self._take)
        if leads_now and not self.holds():
            log.info("leads the schedulers")
        elif self.holds() and not leads_now:
            log.warning("another scheduler has taken the lead")
        self._kept_at = asked_at if leads_now else None
        return leads_now

    async def leave(self) -> None:
        """Give the lead to whoever asks next; a database that is away lets it run out."""
        if self._kept_at is None:
            return
        self._kept_at = None
        try:
            async with asyncio.timeout(_LEAVE_S):
                await self._context.database.transact(self._free)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("left without giving the lead away", error=str(error))

    async def _take(self, connection: AsyncConnection) -> bool:
        me, now = self._context.worker_id, await self._context.lease_now(connection)
        held = await leads.lock_lead(connection, me, now)
        alone = self._context.database.is_sqlite
        if held.worker_id != me and not alone and not may_take_lead(held.kept_at, now):
            return False
        await leads.save_lead(connection, me, now)
        return True

    async def _free(self, connection: AsyncConnection) -> None:
        me, now = self._context.worker_id, await self._context.lease_now(connection)
        if (await leads.lock_lead(connection, me, now)).worker_id == me:
            await leads.free_lead(connection)
