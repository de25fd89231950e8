"""Who takes mail for a batch's addresses: asked once, remembered, and never waited for long."""

import asyncio
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta

from digest.ports import MailExchange
from digest.services.context import Context
from digest.services.pace_memory import PaceMemory
from digest.services.provider_lookup import KNOWN_FOR, PATIENCE_S, find_providers
from tests.world import World

GOOGLE = (MailExchange(1, "aspmx.l.google.com"),)


@dataclass
class Told:
    """A DNS that says what the test says; what it does not know takes for ever."""

    records: dict[str, tuple[MailExchange, ...] | None]
    asked: list[str] = field(default_factory=list)

    async def find(self, domain: str) -> tuple[MailExchange, ...] | None:
        """Answer, or hang."""
        self.asked.append(domain)
        if domain not in self.records:
            await asyncio.sleep(3600)
        return self.records[domain]


def asking(world: World, dns: Told) -> Context:
    """Return the context of a process that has just started."""
    return replace(world.app.context, exchanges=dns, pace=PaceMemory())


async def test_domains_of_one_provider_share_it_and_are_asked_for_once(both: World) -> None:
    dns = Told({"school.example": GOOGLE, "gmail.com": GOOGLE, "uni.example": ()})
    context = asking(both, dns)
    people = ["a@school.example", "b@school.example", "c@gmail.com", "d@uni.example"]
    wanted = {"school.example": "google.com", "gmail.com": "google.com"}
    for _ in range(2):
        assert await find_providers(context, people) == wanted | {"uni.example": "uni.example"}
    assert sorted(dns.asked) == ["gmail.com", "school.example", "uni.example"]
    other = asking(both, dns)  # another process reads what the first one learned
    assert await find_providers(other, people) == wanted | {"uni.example": "uni.example"}
    assert len(dns.asked) == 3
    both.clock.set(both.now + KNOWN_FOR + timedelta(seconds=1))
    await find_providers(other, people)
    assert len(dns.asked) == 6


async def test_a_dns_that_is_silent_or_fails_holds_nobody_up(both: World) -> None:
    dns = Told({"failing.example": None, "school.example": GOOGLE})
    context = asking(both, dns)
    people = ["a@silent.example", "b@failing.example", "c@school.example"]
    began = time.monotonic()
    found = await find_providers(context, people)
    assert time.monotonic() - began < PATIENCE_S + 1
    assert found == {
        "silent.example": "silent.example",
        "failing.example": "failing.example",
        "school.example": "google.com",
    }
    asked = len(dns.asked)
    assert await find_providers(context, people) == found  # and is not asked again at once
    assert len(dns.asked) == asked
    both.clock.set(both.now + timedelta(minutes=11))
    dns.records["silent.example"] = GOOGLE
    assert (await find_providers(context, people))["silent.example"] == "google.com"


async def test_without_a_dns_addresses_tell_their_provider(both: World) -> None:
    assert both.app.context.exchanges is None
    found = await find_providers(both.app.context, ["a@gmail.com", "b@mail.uni.example"])
    assert found == {"gmail.com": "google.com", "mail.uni.example": "uni.example"}
