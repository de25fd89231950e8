"""The mails' pages: what is wrong first, and each mail's story, tried, cancelled, sent again."""

import asyncio
import re

from digest.domain.deliveries import Kind, State
from digest.services.books import read_books
from tests.web.admin.desk_rows import (
    LATER,
    acts_of,
    mails_of,
    next_day,
    set_mail_state,
    states,
)
from tests.web.admin.office import Office
from tests.world import MONDAY, hours


def listed(page: str) -> list[int]:
    return [
        int(one) for one in re.findall(r'<a class="whole" href="/admin/deliveries/(\d+)"', page)
    ]


async def first_digest(office: Office) -> int:
    return (await mails_of(office, 1))[0].id


async def test_without_a_filter_only_trouble_is_listed(office: Office) -> None:
    assert "Nothing is held, failing or waiting." in await office.page("/admin/deliveries")
    await office.world.add_reader("new@example.org", "x", confirmed=False)
    [confirm] = await mails_of(office, 3, Kind.CONFIRM)
    assert listed(await office.page("/admin/deliveries")) == [confirm.id]
    assert listed(await office.page("/admin/deliveries", kind="digest")) == []
    assert listed(await office.page("/admin/deliveries", kind="confirm")) == [confirm.id]


async def test_a_day_shows_held_failing_waiting_and_then_the_others(office: Office) -> None:
    for number in range(3):
        await office.world.add_reader(f"{number}@example.org", "x", confirmed=False)
    waiting = [(await mails_of(office, reader, Kind.CONFIRM))[0].id for reader in (3, 4, 5)]
    await set_mail_state(office, 4, Kind.CONFIRM, State.FAILED)
    await set_mail_state(office, 5, Kind.CONFIRM, State.HELD)
    digests = [(await mails_of(office, reader))[0].id for reader in (1, 2)]
    found = listed(await office.page("/admin/deliveries", date="2026-05-04"))
    assert found == [waiting[2], waiting[1], waiting[0], *sorted(digests, reverse=True)]
    assert listed(await office.page("/admin/deliveries", date="2026-05-05")) == []
    assert listed(await office.page("/admin/deliveries", date="9999-12-31")) == []
    assert listed(await office.page("/admin/deliveries", state="sent")) == sorted(
        digests, reverse=True
    )
    assert listed(await office.page("/admin/deliveries", state="held")) == [waiting[2]]
    assert "Nothing is held" not in await office.page("/admin/deliveries", state="empty")


async def test_pages_of_mails_follow_each_other_over_the_ranks(desk: Office) -> None:
    for number in range(70):
        await desk.world.add_reader(f"{number}@many.example", "x", confirmed=False)
    for reader in range(3, 28):
        await set_mail_state(desk, reader, Kind.CONFIRM, State.FAILED)
    first = await desk.page("/admin/deliveries")
    older = first.partition('">Older')[0].rpartition('href="')[2].replace("&amp;", "&")
    second = (await desk.client.get(older)).text
    found = listed(first) + listed(second)
    failed = [(await mails_of(desk, reader, Kind.CONFIRM))[0].id for reader in range(3, 28)]
    assert len(listed(first)) == 50
    assert len(found) == len(set(found)) == 70
    assert found[:25] == sorted(failed, reverse=True)
    assert found[25:] == sorted(found[25:], reverse=True)


async def test_a_mail_tells_its_story_with_what_the_relay_said(office: Office) -> None:
    [first, second] = await next_day(office, [LATER, LATER])
    page = await office.page(f"/admin/deliveries/{second.id}")
    assert "451 4.7.1 &lt;later&gt; &amp; again" in page
    assert "put off by the relay" in page
    assert "handed over once" in page
    assert "Try it now" in page
    page = await office.page(f"/admin/deliveries/{first.id}")
    assert "250 ok" in page
    assert "Send it again" in page


async def test_a_waiting_mail_is_tried_now_or_cancelled(office: Office) -> None:
    asked = await office.world.add_reader("new@example.org", "x", confirmed=False)
    office.world.relay.answers = [LATER]
    await office.world.send()
    [mail] = await mails_of(office, asked, Kind.CONFIRM)
    assert mail.next_try_at > office.world.now
    path = f"/admin/deliveries/{mail.id}"
    assert "goes out with the next sending" in (await office.press(path, do="retry")).text
    assert (await office.press(path, do="retry")).status_code == 422
    office.world.relay.answers = [LATER]
    await office.world.send()
    [mail] = await mails_of(office, asked, Kind.CONFIRM)
    assert mail.attempts == 2
    assert "It is cancelled." in (await office.press(path, do="cancel")).text
    assert (await office.press(path, do="cancel")).status_code == 422
    assert (await office.press(path, do="retry")).status_code == 422
    sent = len(office.world.relay.messages)
    office.world.clock.set(office.world.now + hours(1))
    await office.world.send()
    assert len(office.world.relay.messages) == sent
    named = f"delivery/{mail.id}"
    assert await acts_of(office) == [
        ("Ada", "delivery.retry", named),
        ("Ada", "delivery.cancel", named),
    ]


async def test_a_cancelled_digest_balances_and_its_papers_come_next_time(office: Office) -> None:
    second = (await next_day(office, [LATER, LATER]))[1]
    assert (await office.press(f"/admin/deliveries/{second.id}", do="cancel")).status_code == 200
    account = await read_books(office.world.app.context, MONDAY.date(), (MONDAY + hours(48)).date())
    assert account.balanced
    await office.world.at(MONDAY + hours(56))
    assert "Experts of the next day" in office.world.html_to("ada@example.org")[-1]


async def test_a_held_mail_is_released_as_somebody_says(office: Office) -> None:
    for reader, said, became in ((1, "delivered", State.SENT), (2, "undelivered", State.PENDING)):
        await office.press(f"/admin/subscribers/{reader}", do="link")
        await set_mail_state(office, reader, Kind.PREFERENCES_LINK, State.HELD)
        [mail] = await mails_of(office, reader, Kind.PREFERENCES_LINK)
        path = f"/admin/deliveries/{mail.id}"
        assert "It did not arrive" in await office.page(path)
        answer = await office.press(path, do=said)
        assert f"It is {became.value} now." in answer.text
        assert (await office.press(path, do=said)).status_code == 422
        [mail] = await mails_of(office, reader, Kind.PREFERENCES_LINK)
        assert mail.state is became
        assert (await acts_of(office))[-1] == ("Ada", "delivery.release", f"delivery/{mail.id}")


async def test_a_digest_is_sent_again_once_however_often_the_button_is_pressed(
    office: Office,
) -> None:
    path = f"/admin/deliveries/{await first_digest(office)}"
    seen = (await office.world.reader(1)).seen_set_id
    answers = await asyncio.gather(*(office.press(path, do="resend", times="1") for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sum("It is on its way." in answer.text for answer in answers) == 1
    await office.world.send()
    first, again = office.world.html_to("ada@example.org")
    assert "Sparse experts" in first
    assert "Sparse experts" in again
    [mail] = await mails_of(office, 1, Kind.RESEND)
    assert (mail.state, mail.edition_id) == (State.SENT, None)
    assert (await office.world.reader(1)).seen_set_id == seen
    account = await read_books(office.world.app.context, MONDAY.date(), MONDAY.date())
    assert (account.balanced, account.planned) == (True, 2)
    assert "It was queued before" in (await office.press(path, do="resend", times="1")).text
    assert 'name="times" value="2"' in await office.page(path)
    assert "It is on its way." in (await office.press(path, do="resend", times="2")).text
    await office.world.send()
    assert len(office.world.html_to("ada@example.org")) == 3
    assert (await acts_of(office)) == [("Ada", "delivery.resend", "subscriber/1")] * 2


async def test_not_every_mail_is_sent_again(office: Office) -> None:
    [first, second] = await next_day(office, [LATER, LATER])
    path = f"/admin/deliveries/{first.id}"
    for times in ("0", "3", "-1", "", "x", "9" * 40):
        assert (await office.press(path, do="resend", times=times)).status_code == 422, times
    waiting = f"/admin/deliveries/{second.id}"
    assert (await office.press(waiting, do="resend", times="1")).status_code == 422
    await office.press("/admin/subscribers/1", do="unsubscribe")
    assert "no digest goes to a reader who is unsubscribed" in await office.page(path)
    assert (await office.press(path, do="resend", times="1")).status_code == 422
    assert await mails_of(office, 1, Kind.RESEND) == []


async def test_nothing_is_done_to_a_mail_by_words_that_mean_nothing(desk: Office) -> None:
    path = f"/admin/deliveries/{await first_digest(desk)}"
    before = states(await mails_of(desk, 1))
    for what in ("", "erase", "delivered", "retry", "cancel", "\x00", "x" * 10_000):
        assert (await desk.press(path, do=what)).status_code == 422, what
    assert states(await mails_of(desk, 1)) == before
