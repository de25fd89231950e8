"""Finds out who takes mail for the addresses of a batch, without holding it up."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from digest.domain.providers import domain_of, provider_of
from digest.ports import MailExchanges
from digest.services.context import Context
from digest.store import providers

KNOWN_FOR = timedelta(days=7)
ASK_AGAIN = timedelta(minutes=10)  # after a lookup that came to nothing
PATIENCE_S = 2.0  # for all the lookups of a batch together
AT_ONCE = 50
_MOST_REMEMBERED = 50_000


async def find_providers(context: Context, addresses: Iterable[str]) -> dict[str, str]:
    """Return the provider of each domain; what the DNS does not tell in time is told by its name.

    Answers are kept in this process for ten minutes and in the database for a week.
    """
    memory, now = context.pace.providers, context.clock.now()
    domains = {domain_of(address) for address in addresses}
    if context.exchanges is None:
        return {domain: provider_of(domain) for domain in domains}
    if len(memory) > _MOST_REMEMBERED:
        memory.clear()
    missing = {d for d in domains if d not in memory or memory[d][1] <= now}
    if missing:
        await _learn(context, context.exchanges, missing, now)
    return {domain: memory[domain][0] for domain in domains}


async def _learn(
    context: Context, exchanges: MailExchanges, missing: set[str], now: datetime
) -> None:
    async with context.database.read() as connection:
        known = await providers.get_providers(connection, missing, now - KNOWN_FOR)
    found = await _ask(exchanges, missing - known.keys())
    if found:
        async with context.database.write() as connection:
            await providers.save_providers(connection, found, now)
    for domain in missing:
        name = known.get(domain) or found.get(domain) or provider_of(domain)
        context.pace.providers[domain] = (name, now + ASK_AGAIN)


async def _ask(exchanges: MailExchanges, domains: set[str]) -> dict[str, str]:
    """Return what the DNS tells within the patience; whatever is not told is left out."""
    places = asyncio.Semaphore(AT_ONCE)
    found: dict[str, str] = {}

    async def ask(domain: str) -> None:
        async with places:
            told = await exchanges.find(domain)
        if told is not None:
            found[domain] = provider_of(domain, told)

    tasks = [asyncio.create_task(ask(domain)) for domain in sorted(domains)]
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=PATIENCE_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return found
