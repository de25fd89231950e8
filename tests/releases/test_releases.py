"""Every release's database is upgraded, and its readers are sent what is new and nothing twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from digest.domain.votes import Verdict
from digest.services.books import check_books
from digest.services.feedback import find_opinion
from digest.services.housekeeping import keep_house
from digest.services.status import read_status
from digest.store.migrate import current_revision, head_revision, known_revisions
from digest.web.app import create_app
from digest.web.serving import serve
from tests.clients import plain_client
from tests.releases.freezing import OLD, freeze
from tests.releases.thawing import RELEASES, Thawed, thaw
from tests.web.site import FORM
from tests.world import MONDAY, World, hours, open_world

NEW = "Routing on the day after"
every_release = pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)


@asynccontextmanager
async def upgraded(release: Path, folder: Path, url: str) -> AsyncIterator[tuple[World, Thawed]]:
    """Open a release's database with the present program, an hour after it was left."""
    thawed = await thaw(release, folder, url)
    assert await current_revision(url) == thawed.revision
    digest = {"first_at_once": False}
    async with open_world(folder, url, MONDAY + hours(9), digest=digest) as world:
        world.listed = 100  # further papers have ids of their own
        yield world, thawed


def test_there_is_a_release_of_each_revision_that_was_released() -> None:
    assert {path.stem.rpartition("-")[2] for path in RELEASES} <= known_revisions()
    assert "0.1.0-0003" in {path.stem for path in RELEASES}


@every_release
async def test_the_day_after_an_upgrade_brings_what_is_new_and_nothing_twice(
    release: Path, tmp_path: Path, empty_database_url: str
) -> None:
    async with upgraded(release, tmp_path, empty_database_url) as (world, thawed):
        assert await current_revision(empty_database_url) == head_revision() != thawed.revision
        assert not (await read_status(world.app.context)).refused
        await world.send()
        [waited] = world.html_to("ben@example.org")  # it was put off before the upgrade
        assert all(title in waited for title in OLD)
        assert world.html_to("ada@example.org") == []
        await world.list_papers(NEW)
        for day in (1, 2, 3):
            await world.at(MONDAY + hours(24 * day + 8))
            await keep_house(world.app.context)
        for name in ("ada", "ben"):
            mail = world.html_to(f"{name}@example.org")[-1]
            assert NEW in mail
            assert not any(title in mail for title in OLD)
        sent = [len(world.html_to(f"{name}@example.org")) for name in ("ada", "ben")]
        assert sent == [1, 2]
        written_to = {message.envelope_to.partition("@")[0] for message in world.relay.messages}
        assert written_to == {"ada", "ben", "eve"}  # eve is asked to confirm, and no more
        assert len(world.relay.messages) == 4
        assert await check_books(world.app.context)


@every_release
async def test_links_of_mails_from_before_an_upgrade_still_work(
    release: Path, tmp_path: Path, empty_database_url: str
) -> None:
    async with upgraded(release, tmp_path, empty_database_url) as (world, thawed):
        opinion = await find_opinion(world.app.context, 1, 1)
        assert opinion is not None
        assert opinion.opinion.liking is Verdict.MORE
        app = create_app(world.app.context)
        async with serve(app) as port, plain_client(f"http://127.0.0.1:{port}") as client:
            shown = await client.get(f"/digest/mail/{thawed.token}")
            assert shown.status_code == 200
            assert all(title in shown.text for title in OLD)
            path = f"/digest/unsubscribe/{thawed.token}"
            left = await client.post(path, content="List-Unsubscribe=One-Click", headers=FORM)
            assert left.status_code == 200
        assert (await world.reader(1)).state == "unsubscribed"
        await world.list_papers(NEW)
        await world.at(MONDAY + hours(32))
        assert world.html_to("ada@example.org") == []


async def test_the_present_program_can_be_frozen_and_thawed(
    tmp_path: Path, empty_database_url: str
) -> None:
    (tmp_path / "frozen").mkdir()
    release = await freeze(tmp_path / "frozen")
    async with upgraded(release, tmp_path, empty_database_url) as (world, thawed):
        assert thawed.revision == head_revision()
        assert (await world.reader(1)).address == "ada@example.org"
