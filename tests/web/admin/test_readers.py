"""The readers' pages: found by address, part or id, and changed by one press of a button."""

from datetime import timedelta

from digest.domain.deliveries import Kind, State
from digest.domain.subscribers import SubscriberState, Suppression
from tests.web.admin.desk_rows import (
    acts_of,
    add_odd,
    bounce,
    complain,
    every_row,
    mails_of,
    set_mail_state,
    set_state,
)
from tests.web.admin.office import Office
from tests.world import hours

ADA, BOB = "/admin/subscribers/1", "/admin/subscribers/2"


async def test_readers_are_found_by_part_whole_address_id_and_state(office: Office) -> None:
    async def found(**query: str) -> set[str]:
        page = await office.page("/admin/subscribers", **query)
        return {name for name in ("ada@", "bob@", "sad_a@", "100%@") if f">{name}" in page}

    await office.world.add_reader("sad_a@example.org", "x")
    await office.world.add_reader("100%@example.org", "x", confirmed=False)
    assert await found() == {"ada@", "bob@", "sad_a@", "100%@"}
    assert await found(q="ADA@example.org") == {"ada@"}
    assert await found(q=" d_a ") == {"sad_a@"}  # no wildcard of SQL
    assert await found(q="0%") == {"100%@"}
    assert await found(q="2") == {"bob@"}
    assert await found(q="EXAMPLE", state="pending") == {"100%@"}
    assert await found(state="paused") == set()
    assert await found(state="no such") == {"ada@", "bob@", "sad_a@", "100%@"}
    assert await found(q="nobody") == set()


async def test_a_line_tells_state_hour_topics_and_the_last_digest(office: Office) -> None:
    await office.press(ADA, do="unsubscribe")
    page = await office.page("/admin/subscribers", q="ada")
    for words in (
        "unsubscribed by the operator",
        ">08:00 <",
        ">UTC<",
        "2026-05-04 08:00",
        "1 active",
    ):
        assert words in page, words


async def test_pages_follow_each_other_without_a_gap(desk: Office) -> None:
    for number in range(119):
        await desk.world.add_reader(f"{number}@many.example", "x")
    path, seen = "/admin/subscribers?q=many.example", list[int]()
    for _ in range(3):
        page = (await desk.client.get(path)).text
        seen += [int(part.partition("@")[0]) for part in page.split('">')[1:] if "@many" in part]
        older = page.partition('">Older')[0].rpartition('href="')[2]
        path = older.replace("&amp;", "&")
    assert seen == list(range(118, -1, -1))
    assert "The newest" in page
    assert ">Older" not in page


async def test_a_sheet_has_all_that_there_is(office: Office) -> None:
    page = await office.page(ADA)
    for words in ("ada@example.org", "08:00 UTC, every day", "experts", "sent with 2 papers"):
        assert words in page, words
    assert "Entered by an operator as confirmed" in page
    asked = await office.world.add_reader("new@example.org", "x", confirmed=False)
    page = await office.page(f"/admin/subscribers/{asked}")
    assert "Asked for by an operator" in page
    assert "not confirmed" in page
    await bounce(office, 2)
    page = await office.page(BOB)
    assert "mail that came back" in page
    assert "Lift the bar" in page


async def test_unsubscribing_pausing_and_going_on(office: Office) -> None:
    assert (
        "Paused until 2026-05-20." in (await office.press(ADA, do="pause", until="2026-05-20")).text
    )
    assert (await office.world.reader(1)).state is SubscriberState.PAUSED
    assert "The pause is over." in (await office.press(ADA, do="resume")).text
    assert (await office.world.reader(1)).state is SubscriberState.ACTIVE
    for bad in ("", "tomorrow", "2026-05-04", "0001-01-01", "9999-12-31", "\x00"):
        assert (await office.press(ADA, do="pause", until=bad)).status_code == 422, bad
    assert "They are unsubscribed." in (await office.press(ADA, do="unsubscribe")).text
    reader = await office.world.reader(1)
    assert (reader.state, reader.state_reason) == (
        SubscriberState.UNSUBSCRIBED,
        "unsubscribed by the operator",
    )
    again = await office.press(ADA, do="unsubscribe")  # an older page
    assert (again.status_code, "cannot be done now" in again.text) == (422, True)
    assert await acts_of(office) == [
        ("Ada", f"subscriber.{what}", "subscriber/1") for what in ("pause", "resume", "unsubscribe")
    ]


async def test_a_link_to_the_preferences_is_mailed_once_an_hour(office: Office) -> None:
    assert "on its way" in (await office.press(ADA, do="link")).text
    assert (await office.press(ADA, do="link")).status_code == 422
    await office.world.send()
    [mail] = await mails_of(office, 1, Kind.PREFERENCES_LINK)
    assert mail.state is State.SENT
    assert await acts_of(office) == [("Ada", "subscriber.link", "subscriber/1")]


async def test_a_confirmation_is_sent_again_and_confirms_what_was_asked(office: Office) -> None:
    asked = await office.world.add_reader("new@example.org", "routing", confirmed=False)
    await office.world.send()
    path = f"/admin/subscribers/{asked}"
    assert (await office.press(path, do="confirm")).status_code == 422  # within the hour
    office.world.clock.set(office.world.now + hours(0.95))
    assert (await office.press(path, do="confirm")).status_code == 422
    office.world.clock.set(office.world.now + hours(0.1))
    assert "on its way" in (await office.press(path, do="confirm")).text
    assert (await office.press(path, do="confirm")).status_code == 422
    await office.world.send()
    mails = await mails_of(office, asked, Kind.CONFIRM)
    assert [mail.state for mail in mails] == [State.SENT, State.SENT]
    assert str(await office.world.confirm(asked)) == "open"
    reader = await office.world.reader(asked)
    assert (reader.state, [item.name for item in reader.preferences.topics]) == (
        SubscriberState.ACTIVE,
        ["routing"],
    )
    assert await acts_of(office) == [("Ada", "subscriber.confirm", f"subscriber/{asked}")]


async def test_whoever_waits_is_let_in_once(office: Office) -> None:
    await set_state(office, 2, SubscriberState.WAITING)
    assert "They are let in." in (await office.press(BOB, do="approve")).text
    assert (await office.world.reader(2)).state is SubscriberState.ACTIVE
    assert (await office.press(BOB, do="approve")).status_code == 422
    assert await acts_of(office) == [("Ada", "subscriber.approve", "subscriber/2")]


async def test_a_bar_stops_what_waits_and_is_lifted_by_an_operator_alone(office: Office) -> None:
    await office.press(ADA, do="link")
    assert "The address is barred." in (await office.press(ADA, do="bar")).text
    reader = await office.world.reader(1)
    assert (reader.state, reader.suppression) == (SubscriberState.SUPPRESSED, Suppression.OPERATOR)
    [mail] = await mails_of(office, 1, Kind.PREFERENCES_LINK)
    assert (mail.state, mail.reason) == (State.CANCELLED, "barred by the operator")
    for what in ("link", "prove", "confirm", "bar"):
        assert (await office.press(ADA, do=what)).status_code == 422, what
    assert "The bar is lifted." in (await office.press(ADA, do="lift")).text
    assert (await office.world.reader(1)).state is SubscriberState.UNSUBSCRIBED


async def test_a_bounce_is_lifted_or_proved_and_a_complaint_only_lifted(office: Office) -> None:
    await bounce(office, 1)
    await complain(office, 2)
    assert "on its way" in (await office.press(ADA, do="prove")).text
    assert (await office.press(ADA, do="prove")).status_code == 422
    assert "they read on" in (await office.press(ADA, do="lift")).text
    assert (await office.world.reader(1)).state is SubscriberState.ACTIVE
    assert (await office.press(BOB, do="prove")).status_code == 422
    assert "The bar is lifted." in (await office.press(BOB, do="lift")).text
    assert (await office.world.reader(2)).state is SubscriberState.UNSUBSCRIBED
    told = [(what, to) for _, what, to in await acts_of(office)]
    assert told == [
        ("subscriber.prove", "subscriber/1"),
        ("subscriber.lift", "subscriber/1"),
        ("subscriber.lift", "subscriber/2"),
    ]


async def test_erasing_needs_the_address_and_leaves_a_tombstone(office: Office) -> None:
    await office.press(ADA, do="link")
    for wrong in ("", "bob@example.org", "ada@example.or", "a\x00", "x" * 10_000):
        answer = await office.press(ADA, do="erase", address=wrong)
        assert (answer.status_code, "nothing was erased" in answer.text) == (422, True), wrong
    answer = await office.press(ADA, do="erase", address=" ADA@example.org ")
    assert "Everything that named this reader is erased." in answer.text
    assert (await office.world.reader(1)).state is SubscriberState.ERASED
    digest = (await mails_of(office, 1))[0]
    places = (ADA, "/admin/subscribers", f"/admin/deliveries/{digest.id}", "/admin/audit")
    for path in (*places, "/admin/deliveries?date=2026-05-04", "/admin/suppression"):
        page = await office.page(path)
        assert "ada@" not in page.lower(), path
    page = await office.page(ADA)
    assert "Erased reader" in page
    assert "What you can do" not in page
    assert (await office.press(ADA, do="bar")).status_code == 422
    assert (await acts_of(office))[-1] == ("Ada", "subscriber.erase", "subscriber/1")
    assert "ada@" not in repr(await every_row(office)).lower()


async def test_an_erasure_waits_for_a_mail_and_says_so(desk: Office) -> None:
    await desk.press(ADA, do="link")
    await set_mail_state(desk, 1, Kind.PREFERENCES_LINK, State.SUBMITTING)
    answer = await desk.press(ADA, do="erase", address="ada@example.org")
    assert "on its way right now" in answer.text
    assert "Erasure was asked for" in answer.text
    assert (await desk.press(ADA, do="link")).status_code == 422


async def test_what_came_back_is_shown_and_what_is_hostile_is_text(desk: Office) -> None:
    evil = '"<script>alert(1)</script>"@example.org'
    hostile = await add_odd(desk, evil, '"<b>bold</b>"')
    page = await desk.page(f"/admin/subscribers/{hostile}")
    listed = await desk.page("/admin/subscribers")
    for shown in (page, listed):
        assert "<script" not in shown
        assert "&lt;script&gt;" in shown
    assert "<b>bold" not in page
    later = desk.world.now + timedelta(days=1)
    assert f"{later:%Y-%m-%d}" not in page
