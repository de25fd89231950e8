"""The suppression list: who is barred, and what an operator adds and lifts; and the audit log."""

import asyncio

from digest.domain.subscribers import SubscriberState, Suppression
from digest.services.opt_outs import replay
from digest.services.subscriptions import find_reader
from digest.store import subscribers
from tests.web.admin.desk_rows import acts_of, bounce, complain
from tests.web.admin.office import Office

PATH = "/admin/suppression"


async def test_whoever_is_barred_is_listed_with_the_reason(office: Office) -> None:
    assert "Nobody is barred." in await office.page(PATH)
    await bounce(office, 1)
    await complain(office, 2)
    page = await office.page(PATH)
    for words in ("ada@example.org", "mail to it came back", "bob@example.org", "complaint"):
        assert words in page, words
    page = await office.page(PATH, q="bob")
    assert "ada@" not in page
    assert "Nobody barred is found" in await office.page(PATH, q="carol")


async def test_an_address_is_barred_before_it_ever_reads(office: Office) -> None:
    answer = await office.press(PATH, do="bar", address=" Carol@Example.net ")
    assert "is barred." in answer.text
    assert "carol" in (await office.page(PATH)).lower()
    reader = await find_reader(office.world.app.context, "carol@example.net")
    assert (reader.state, reader.suppression) == (SubscriberState.SUPPRESSED, Suppression.OPERATOR)
    again = await office.press(PATH, do="bar", address="carol@example.net")
    assert (again.status_code, "is barred already" in again.text) == (422, True)
    lifted = await office.press(PATH, do="lift", address="carol@example.net")
    assert "is lifted." in lifted.text
    assert (await office.press(PATH, do="lift", address="carol@example.net")).status_code == 422
    named = f"subscriber/{reader.id}"
    assert await acts_of(office) == [
        ("Ada", "subscriber.bar", named),
        ("Ada", "subscriber.lift", named),
    ]


async def test_two_who_bar_the_same_address_at_once_bar_it_once(office: Office) -> None:
    answers = await asyncio.gather(
        *(office.press(PATH, do="bar", address="carol@example.net") for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert len(await acts_of(office)) == 1


async def test_what_is_no_address_is_refused(office: Office) -> None:
    wrong = ("", "nobody", "a@b@c", "a\x00@example.org", "<b>@x", "x" * 10_000)
    for address in wrong:
        for do in ("bar", "lift"):
            answer = await office.press(PATH, do=do, address=address)
            assert answer.status_code == 422, (do, address[:20])
            assert "<b>@x" not in answer.text
    assert (await office.press(PATH, do="x", address="ada@example.org")).status_code == 422
    assert (await office.world.reader(1)).state is SubscriberState.ACTIVE


async def test_an_erased_readers_bar_has_no_address_and_is_lifted_by_typing_it(
    office: Office,
) -> None:
    await complain(office, 2)
    await office.press("/admin/subscribers/2", do="erase", address="bob@example.org")
    page = await office.page(PATH)
    assert "barred before the erasure" in page
    assert "bob@" not in page
    barred = await office.press(PATH, do="bar", address="bob@example.org")
    assert "is barred already" in barred.text
    assert (await office.press(PATH, do="lift", address="bob@example.org")).status_code == 200
    assert "Nobody is barred." in await office.page(PATH)


async def test_a_restored_backup_remembers_an_operators_bar(office: Office) -> None:
    await office.press("/admin/subscribers/1", do="bar")
    async with office.world.app.database.write() as connection:  # as before the bar
        forgotten = {"suppression": None}
        await subscribers.save_state(connection, 1, SubscriberState.ACTIVE, "", forgotten)
    assert await replay(office.world.app.context) == 1
    reader = await office.world.reader(1)
    assert (reader.state, reader.suppression) == (SubscriberState.SUPPRESSED, Suppression.OPERATOR)
    assert await replay(office.world.app.context) == 0


async def test_a_lifted_bar_does_not_come_back_with_a_backup(office: Office) -> None:
    await office.press("/admin/subscribers/1", do="bar")
    office.world.clock.set(office.world.now.replace(minute=1))
    await office.press("/admin/subscribers/1", do="lift")
    await replay(office.world.app.context)
    reader = await office.world.reader(1)
    assert (reader.state, reader.suppression) == (SubscriberState.UNSUBSCRIBED, None)


async def test_the_audit_log_is_filtered_by_each_of_its_columns(office: Office) -> None:
    await office.press("/admin/subscribers/1", do="unsubscribe")
    await office.press("/admin/subscribers/2", do="link")

    async def found(**query: str) -> set[str]:
        page = await office.page("/admin/audit", **query)
        every = ("account.create", "account.sign-in", "subscriber.unsubscribe", "subscriber.link")
        return {name for name in every if f">{name}<" in page}

    assert len(await found()) == 4
    assert await found(actor="cli:test") == {"account.create"}
    assert await found(action="subscriber") == {"subscriber.unsubscribe", "subscriber.link"}
    assert await found(action="subscriber.link") == {"subscriber.link"}
    assert await found(object="subscriber/1") == {"subscriber.unsubscribe"}
    assert await found(object="subscriber/1", actor="nobody") == set()
    assert await found(object="\x00") == await found(actor="x" * 10_000) == set()
    assert 'href="/admin/subscribers/1"' in await office.page("/admin/audit")


async def test_a_long_audit_log_has_pages(desk: Office) -> None:
    for number in range(1, 110):
        await desk.world.add_reader(f"{number}@many.example", "x")
        await desk.press(f"/admin/subscribers/{number + 2}", do="unsubscribe")
    first = await desk.page("/admin/audit", action="subscriber")
    older = first.partition('">Older')[0].rpartition('href="')[2].replace("&amp;", "&")
    second = (await desk.client.get(older)).text
    assert first.count(">subscriber.unsubscribe<") == 100
    assert second.count(">subscriber.unsubscribe<") == 9
