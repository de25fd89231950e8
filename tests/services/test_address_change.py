"""Change of address: the new one agrees, the old one is told, and strangers learn nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import SubscriberState, Suppression
from digest.services import reader_links, subscriptions
from digest.services.address_change import (
    AddressChangeError,
    confirm_change,
    find_change,
    request_change,
)
from digest.services.context import Context
from digest.services.erasure import erase
from digest.services.subscriptions import SubscriptionError
from digest.store.deliveries import Delivery
from tests.services.own_rows import bar, everything, mails_of
from tests.world import MONDAY, World, hours

OLD, NEW, THIRD = "ada@example.org", "ada@example.net", "ada@example.com"
CHANGE, NOTICE = Kind.ADDRESS_CHANGE, Kind.ADDRESS_CHANGED_NOTICE


async def asked(world: World, reader: int, address: str = NEW) -> Delivery:
    """Ask for a change of address; return the mail that asks the new one."""
    await request_change(world.app.context, reader, address)
    return (await mails_of(world, reader, CHANGE))[-1]


async def test_the_new_address_is_asked_and_the_old_one_told(both: World) -> None:
    reader = await both.add_reader(OLD, "experts", hour=8)
    await both.list_papers("Experts at work")
    row = await asked(both, reader, "ADA@EXAMPLE.NET")
    assert (row.address, row.state) == ("ADA@example.net", State.PENDING)
    assert row.expires_at - row.planned_at == hours(48)
    assert (await both.reader(reader)).address == OLD
    both.clock.set(MONDAY + hours(8))
    await both.plan()
    found = await confirm_change(both.app.context, row)
    assert found is not None
    held = await both.reader(reader)
    assert (held.address, held.token_generation) == ("ADA@example.net", 1)
    states = {mail.kind: (mail.state, mail.address) for mail in await mails_of(both, reader)}
    assert states[Kind.DIGEST] == (State.CANCELLED, OLD)
    assert states[NOTICE] == (State.PENDING, OLD)
    [notice] = await mails_of(both, reader, NOTICE)
    assert notice.token_generation == 0  # a link of the old generation: it unsubscribes alone


async def test_a_second_click_changes_nothing_more(both: World) -> None:
    reader = await both.add_reader(OLD, "experts")
    row = await asked(both, reader)
    assert await confirm_change(both.app.context, row)
    held = await everything(both)
    again = await confirm_change(both.app.context, row)
    assert again is not None
    assert again.done
    assert await everything(both) == held


async def test_only_the_newest_request_counts(both: World) -> None:
    reader = await both.add_reader(OLD, "experts")
    first = await asked(both, reader, THIRD)
    second = await asked(both, reader)
    assert [row.state for row in await mails_of(both, reader, CHANGE)] == [
        State.CANCELLED,
        State.PENDING,
    ]
    assert await confirm_change(both.app.context, first) is None
    assert (await both.reader(reader)).address == OLD
    assert await confirm_change(both.app.context, second)
    assert (await both.reader(reader)).address == NEW


async def test_three_requests_a_day_are_enough(both: World) -> None:
    reader = await both.add_reader(OLD, "experts")
    for number in range(3):
        await asked(both, reader, f"n{number}@example.net")
    with pytest.raises(AddressChangeError, match="3 changes of address within a day"):
        await request_change(both.app.context, reader, NEW)
    both.clock.set(MONDAY + hours(24.1))
    await asked(both, reader)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("nonsense", "is not an e-mail address"), ("ADA@Example.ORG", "goes to this address already")],
)
async def test_what_cannot_be_an_other_address_is_refused(
    both: World, typed: str, words: str
) -> None:
    reader = await both.add_reader(OLD, "experts")
    with pytest.raises((AddressChangeError, SubscriptionError), match=words):
        await request_change(both.app.context, reader, typed)
    assert await mails_of(both, reader) == []


async def test_the_answer_does_not_tell_whether_somebody_has_the_address(both: World) -> None:
    reader = await both.add_reader(OLD, "experts")
    owner = await both.add_reader(NEW, "experts")
    pending = await both.add_reader(THIRD, "experts", confirmed=False)
    for address in (NEW, THIRD):
        row = await asked(both, reader, address)
        assert row.state is State.CANCELLED
        assert await confirm_change(both.app.context, row) is None
    [told] = await mails_of(both, owner)
    assert (told.kind, told.address) == (Kind.ALREADY_SUBSCRIBED, NEW)
    assert [row.kind for row in await mails_of(both, pending)] == [Kind.CONFIRM]
    await asked(both, reader, NEW)
    assert len(await mails_of(both, owner)) == 1  # once a day
    assert (await both.reader(reader)).address == OLD


async def test_an_address_that_complained_before_its_erasure_is_not_asked(both: World) -> None:
    gone = await both.add_reader(NEW, "experts")
    await bar(both, gone, Suppression.COMPLAINT)
    await erase(both.app.context, gone)
    reader = await both.add_reader(OLD, "experts")
    assert (await asked(both, reader)).state is State.CANCELLED


async def test_an_address_taken_in_between_makes_no_change(both: World) -> None:
    reader = await both.add_reader(OLD, "experts")
    row = await asked(both, reader)
    owner = await both.add_reader(NEW, "experts")
    assert await find_change(both.app.context, row) is None
    assert await confirm_change(both.app.context, row) is None
    assert (await both.reader(reader)).address == OLD
    assert (await both.reader(owner)).address == NEW


async def test_who_signed_out_left_or_is_erased_changes_no_address(both: World) -> None:
    ends: list[Callable[[Context, int], Awaitable[object]]] = [
        reader_links.sign_out,
        subscriptions.unsubscribe,
        erase,
    ]
    for number, end in enumerate(ends):
        reader = await both.add_reader(f"r{number}@example.org", "experts")
        row = await asked(both, reader, f"new{number}@example.net")
        await end(both.app.context, reader)
        assert await find_change(both.app.context, row) is None
        assert await confirm_change(both.app.context, row) is None
    with pytest.raises(AddressChangeError, match="Subscribe again"):
        await request_change(both.app.context, 2, NEW)


async def test_a_paused_reader_moves_and_stays_paused(both: World) -> None:
    reader = await both.add_reader(OLD, "experts")
    await subscriptions.pause(both.app.context, reader, (MONDAY + timedelta(days=9)).date())
    assert await confirm_change(both.app.context, await asked(both, reader))
    held = await both.reader(reader)
    assert (held.address, held.state) == (NEW, SubscriberState.PAUSED)


async def test_another_mail_of_the_reader_changes_no_address(both: World) -> None:
    reader = await both.add_reader(OLD, "experts")
    await reader_links.mail_link(both.app.context, reader)
    [link] = await mails_of(both, reader)
    assert await confirm_change(both.app.context, link) is None
