"""The export holds everything held about a reader, in the shape that docs/json.md tells."""

import json
import re
from datetime import timedelta

from sqlalchemy import insert

from digest.domain.deliveries import Kind
from digest.domain.subscribers import Suppression
from digest.domain.votes import Verdict
from digest.services import reader_links, subscriptions
from digest.services.export import export_reader
from digest.services.feedback import record_vote
from digest.store.bounces import BounceRow, add_bounce
from digest.store.reader_schema import signup
from tests.cli.test_json_shapes import ROOT, mismatches
from tests.services.own_rows import bar, mails_of
from tests.world import MONDAY, World, hours

ADDRESS = "ada@example.org"


def documented() -> set[str]:
    """Return the keys that the section on the file of a reader names."""
    text = (ROOT / "docs" / "json.md").read_text("utf-8").partition("## The file of a reader")[2]
    rows = re.findall(r"^\| (`.+?) \| .+ \|$", text, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`([^`]+)`", row)}


async def note_bounce(world: World, reader: int, delivery: int) -> None:
    told = ("bounce", True, "5.1.1", "user unknown", "no such user", "hook", "mark")
    async with world.app.database.write() as connection:
        await add_bounce(connection, BounceRow(reader, delivery, *told, world.now))


async def test_everything_is_in_it_and_each_key_is_documented(both: World) -> None:
    reader = await both.add_reader(ADDRESS, "experts", hour=8, weekdays=0b0000011)
    await both.add_reader("other@example.org", "experts", hour=8)
    [paper, *_] = await both.list_papers("Experts at work", "More experts")
    await both.at(MONDAY + hours(8))
    [mail] = await mails_of(both, reader)
    await record_vote(both.app.context, reader, paper, Verdict.SAVE, mail.id)
    await record_vote(both.app.context, 2, paper, Verdict.LESS)
    await reader_links.mail_link(both.app.context, reader)
    await subscriptions.pause(both.app.context, reader, (MONDAY + timedelta(days=9)).date())
    await bar(both, reader, Suppression.BOUNCE)
    await note_bounce(both, reader, mail.id)
    await reader_links.prove_address(both.app.context, reader)
    held = await export_reader(both.app.context, await both.reader(reader))
    read = json.loads(json.dumps(held))
    assert mismatches(read, documented()) == []
    assert read["subscriber"]["address"] == ADDRESS
    assert read["subscriber"]["suppression"] == "bounce"
    [back] = read["bounces"]
    assert (back["kind"], back["hard"], back["said"]) == ("bounce", True, "no such user")
    assert read["subscriber"]["paused_until"] == "2026-05-13"
    assert read["preferences"]["weekdays"] == ["mon", "tue"]
    assert read["preferences"]["topics"][0]["query"] == "experts"
    assert len(read["seen_papers"]) == 2
    kinds = [row["kind"] for row in read["deliveries"]]
    assert kinds == [Kind.DIGEST.value, Kind.PREFERENCES_LINK.value, Kind.CONFIRM.value]
    titles = {shown["title"] for shown in read["deliveries"][0]["papers"]}
    assert titles == {"Experts at work", "More experts"}
    assert read["deliveries"][0]["sent_at"] == "2026-05-04T08:00:00Z"
    assert [(v["verdict"], v["topic"]) for v in read["votes"]] == [("save", "experts")]
    assert read["signups"][0]["preferences"]["hour"] == 8
    assert "other@example.org" not in json.dumps(read)


async def test_a_reader_who_has_just_come_has_an_export_too(both: World) -> None:
    reader = await both.add_reader(ADDRESS)
    async with both.app.database.write() as connection:
        await connection.execute(
            insert(signup).values(
                subscriber_id=reader, asked_at=MONDAY, preferences={}, origin="operator"
            )
        )
    held = await export_reader(both.app.context, await both.reader(reader))
    assert (held["deliveries"], held["votes"], held["seen_papers"]) == ([], [], [])
    assert held["signups"][0]["asked_at"] == "2026-05-04T00:00:00Z"
