"""Imports on both databases: a dry run tells what is done, and done again it changes nothing."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.domain.import_plan import Options
from digest.domain.import_rows import Format, Standing
from digest.domain.preferences import PreferenceError
from digest.domain.subscribers import SubscriberState, Suppression
from digest.services import erasure, importing
from digest.services.audit import list_audit
from digest.services.barring import bar_complained
from digest.services.importing import import_people
from digest.services.subscriptions import unsubscribe
from digest.store import subscribers
from tests.services.bringing import LISTMONK, WHO, bring, exported, people, reasons
from tests.world import MONDAY, World, open_world


async def test_a_dry_run_tells_what_is_done_and_writes_nothing(both: World) -> None:
    told = await bring(both, LISTMONK, dry_run=True, confirmed=True, topics=("agents",))
    assert await people(both) == {}
    assert await list_audit(both.app.context) == []
    done = await bring(both, LISTMONK, confirmed=True, topics=("agents",))
    assert told == replace(done, dry_run=True)
    assert (done.format, done.rows, done.added, done.left, done.barred) == (
        Format.LISTMONK, 4, 1, 1, 1,
    )  # fmt: skip
    [bad] = done.rejected
    assert (bad.line, bad.address) == (5, "not an address")
    assert "is not an e-mail address" in bad.reason


async def test_who_left_there_is_kept_and_never_mailed_here(both: World) -> None:
    await bring(both, LISTMONK, confirmed=True)
    found = await people(both)
    assert {address: one.state for address, one in found.items()} == {
        "ann@example.org": SubscriberState.ACTIVE,
        "bob@example.org": SubscriberState.UNSUBSCRIBED,
        "eve@example.org": SubscriberState.SUPPRESSED,
    }
    assert found["ann@example.org"].confirmed_at == both.now
    assert found["eve@example.org"].suppression is Suppression.OPERATOR
    again = await bring(
        both, "email\nbob@example.org\neve@example.org\n", confirmed=True, update=True
    )
    assert again.accepted == 0
    assert "they alone" in reasons(again)["bob@example.org"]
    assert "barred here" in reasons(again)["eve@example.org"]
    assert await people(both) == found


async def test_an_import_is_done_again_without_a_change(both: World) -> None:
    first = await bring(both, LISTMONK, confirmed=True)
    before = await people(both)
    both.clock.set(both.now + timedelta(days=1))
    again = await bring(both, LISTMONK, confirmed=True)
    assert (again.accepted, again.unchanged) == (0, first.accepted)
    assert await people(both) == before


async def test_one_that_was_cut_off_goes_on(both: World) -> None:
    lines = [f"reader{n}@example.org" for n in range(importing.CHUNK + 50)]
    text = "\n".join(["address", *lines])

    class Cut(Exception):  # noqa: N818
        """The process ends."""

    def cut(rows: int) -> None:
        raise Cut

    with pytest.raises(Cut):
        await import_people(
            both.app.context, WHO, io.BytesIO(text.encode()), Options(), on_rows=cut
        )
    assert len(await people(both)) == importing.CHUNK
    done = await bring(both, text)
    assert (done.unchanged, done.added) == (importing.CHUNK, 50)
    assert len(await people(both)) == len(lines)


async def test_the_unconfirmed_are_asked_where_that_is_wanted(both: World) -> None:
    told = {"email": "ann@example.org", "status": "enabled",
            "lists": [{"name": "News", "subscription_status": "unconfirmed"}]}  # fmt: skip
    text = json.dumps({"data": {"results": [told]}})
    assert "--invite asks them" in reasons(await bring(both, text))["ann@example.org"]
    done = await bring(both, text, invite=True, lists={"News": "agents"})
    assert (done.invited, done.format, done.unmapped) == (1, Format.LISTMONK, ())
    ann = (await people(both))["ann@example.org"]
    assert (ann.state, ann.confirmed_at) == (SubscriberState.PENDING, None)
    assert [item.slug for item in ann.preferences.topics] == ["agents"]
    await both.send()
    assert [message.envelope_to for message in both.relay.messages] == ["ann@example.org"]
    await both.confirm(ann.id)
    assert (await both.reader(ann.id)).state is SubscriberState.ACTIVE


async def test_a_first_digest_comes_at_the_readers_hour_and_not_at_once(
    tmp_path: Path, database_url: str
) -> None:
    async with open_world(tmp_path, database_url, MONDAY + timedelta(hours=9)) as world:
        await world.list_papers("Sparse experts")
        text = "address,query,hour\nann@example.org,experts,8\n"
        assert (await bring(world, text)).added == 1
        await world.at(world.now + timedelta(minutes=5))
        assert world.relay.messages == []
        await world.at(MONDAY + timedelta(days=1, hours=8, minutes=1))
        assert [message.envelope_to for message in world.relay.messages] == ["ann@example.org"]


async def test_readers_are_left_as_they_are_without_update(both: World) -> None:
    await both.add_reader("ann@example.org", "graphs", hour=6)
    text = "address,hour\nANN@example.org,9\n"
    assert (await bring(both, text)).unchanged == 1
    assert (await people(both))["ann@example.org"].preferences.hour == 6
    done = await bring(both, text, update=True)
    ann = (await people(both))["ann@example.org"].preferences
    assert (done.updated, ann.hour, [item.name for item in ann.topics]) == (1, 9, ["graphs"])
    left = "address,state\nann@example.org,unsubscribed\n"
    assert "--update lets it count" in reasons(await bring(both, left))["ann@example.org"]
    assert (await bring(both, left, update=True)).left == 1
    assert (await people(both))["ann@example.org"].state is SubscriberState.UNSUBSCRIBED


async def test_nobody_comes_back_who_left_was_erased_or_complained(both: World) -> None:
    context = both.app.context
    for name in ("left", "erased", "wronged"):
        await both.add_reader(f"{name}@example.org", "graphs")
    before = await exported(both)
    found = await people(both)
    await unsubscribe(context, found["left@example.org"].id)
    await erasure.erase(context, found["erased@example.org"].id)
    async with context.database.write() as connection:
        wronged = await subscribers.lock_subscriber(connection, found["wronged@example.org"].id)
        assert wronged is not None
        await bar_complained(context, connection, wronged, wronged.address)
    await erasure.erase(context, found["wronged@example.org"].id)
    both.clock.set(both.now + timedelta(days=1))
    done = await bring(both, before, update=True, confirmed=True)
    assert done.accepted == 0
    assert {name: reason.split(":")[0] for name, reason in reasons(done).items()} == {
        "left@example.org": "unsubscribed here",
        "erased@example.org": "unsubscribed here",
        "wronged@example.org": (
            "barred here after a complaint or by the operator; nobody may mail it"
        ),
    }


async def test_what_is_exported_is_imported_and_exported_the_same(
    tmp_path: Path, database_url: str, both: World
) -> None:
    context = both.app.context
    await both.add_reader("ann@example.org", "graphs", "moe", hour=6, weekdays=5, language="de")
    await both.add_reader("'+=bob@example.org", "title:attention")
    text = (
        "address,topic,author,category,state,suppression,reason,created_at,confirmed_at,paused_until\n"
        "p@example.org,agents,Emmy Noether,cs.LG,paused,,paused until 2026-12-24,"
        "2025-01-01T00:00:00Z,2025-01-02T00:00:00Z,2026-12-24\n"
        "w@example.org,,,,waiting,,,2025-01-01T00:00:00Z,,\n"
        "u@example.org,,,,unsubscribed,,unsubscribed,2025-01-01T00:00:00Z,2025-01-02T00:00:00Z,\n"
        "b@example.org,,,,suppressed,bounce,mail came back,2025-01-01T00:00:00Z,,\n"
        "c@example.org,,,,suppressed,complaint,a mail was reported as spam,"
        "2025-01-01T00:00:00Z,,\n"
    )
    assert (await bring(both, text)).rejected == ()
    assert len(await people(both)) == 7
    for kind in (Format.CSV, Format.JSON):
        before = await exported(both, kind)
        folder = tmp_path / kind.value
        folder.mkdir()
        url = f"sqlite+aiosqlite:///{folder}/other.sqlite3"
        async with open_world(folder, url, both.now + timedelta(days=3)) as other:
            done = await bring(other, before)
            assert (done.format, done.rejected) == (kind, ())
            assert await exported(other, kind) == before
    lines = await list_audit(context, action="subscribers.export")
    assert [line.detail["format"] for line in lines] == ["json", "csv"]


async def test_an_unknown_topic_of_the_options_is_refused_at_once(both: World) -> None:
    for options in ({"topics": ("agent",)}, {"lists": {"A": "agent"}}):
        with pytest.raises(PreferenceError, match="there is no topic 'agent'"):
            await bring(both, "address\na@example.org\n", **options)
    assert await people(both) == {}


async def test_imports_are_in_the_audit_log_and_name_nobody(both: World) -> None:
    await bring(both, LISTMONK, confirmed=True, lists={"A": "agents"}, standing=Standing.LEFT)
    after, begun = await list_audit(both.app.context)
    assert (begun.actor, begun.action, begun.object) == (
        WHO, "subscribers.import", "file people.csv",
    )  # fmt: skip
    assert begun.detail == {"confirmed": True, "lists": {"A": "agents"}, "standing": "left"}
    assert (after.action, after.detail) == ("subscribers.imported", {"leave": 3, "reject": 1})
    assert "@" not in f"{begun}{after}"


async def test_a_date_of_the_future_is_none(both: World) -> None:
    later = datetime(2099, 1, 1, tzinfo=UTC).isoformat()
    text = f"address,created_at,confirmed_at\na@example.org,{later},{later}\n"
    await bring(both, text)
    [one] = (await people(both)).values()
    assert (one.created_at, one.confirmed_at) == (both.now, both.now)
