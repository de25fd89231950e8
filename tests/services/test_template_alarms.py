"""A day whose operator broke a template: the digest comes, and the operator knows."""

from pathlib import Path
from typing import Any

import pytest

from digest.services.alarms import list_alarms
from digest.services.send import begin_sending
from digest.store.alarms import Alarm
from digest.web.app import create_app
from tests.looks.folders import write
from tests.world import MONDAY, World, hours, open_world

CARD = "email/digest/card.html"
GOOD = '<tr><td><a href="{{ card.url }}">mine: {{ card.title_html }}</a></td></tr>\n'


def told(folder: Path, **files: str | bytes) -> dict[str, Any]:
    """Return the tables of an installation whose folder holds these files."""
    own = write(
        folder / "own", {name.replace("__", "/") + ".html": text for name, text in files.items()}
    )
    return {"digest": {"first_at_once": False}, "templates_dir": str(own)}


async def alarms(world: World) -> dict[str, Alarm]:
    return {one.key: one for one in await list_alarms(world.app.context)}


async def test_a_broken_override_is_an_alarm_and_the_day_goes_on_until_it_is_mended(
    tmp_path: Path, database_url: str
) -> None:
    key = f"template/{CARD}"
    broken = told(tmp_path, email__digest__card="line\n{{ nosuch }}")
    async with open_world(tmp_path, database_url, **broken) as world:
        await begin_sending(world.app.context, wait=False)
        raised = (await alarms(world))[key]
        assert raised.cleared_at is None
        assert raised.text.startswith(f"{CARD}, line 2: 'nosuch' is undefined; the built-in")
        await world.add_reader("a@example.org", "experts")
        await world.list_papers("Sparse experts")
        await world.at(MONDAY + hours(8))
        [mail] = world.html_to("a@example.org")
        assert "Sparse experts" in mail
        assert [day.state for day in await world.days()] == ["sent"]
        first = world.app.context.render_version
    mended = told(tmp_path, email__digest__card=GOOD)
    async with open_world(tmp_path, database_url, MONDAY + hours(12), **mended) as world:
        await begin_sending(world.app.context, wait=False)
        assert (await alarms(world))[key].cleared_at is not None
        assert world.app.context.render_version != first
        world.listed = 10  # papers of other numbers than those of the day before
        await world.list_papers("Merging experts")
        await world.at(MONDAY + hours(32))
        assert "mine: Merging experts" in world.html_to("a@example.org")[-1]


async def test_what_breaks_on_the_day_alone_is_told_when_its_mails_have_left(
    tmp_path: Path, database_url: str
) -> None:
    odd = GOOD + "{% if card.title == 'Odd experts' %}{{ nosuch }}{% endif %}"
    async with open_world(
        tmp_path, database_url, **told(tmp_path, email__digest__card=odd)
    ) as world:
        await begin_sending(world.app.context, wait=False)
        assert await alarms(world) == {}
        await world.add_reader("a@example.org", "experts")
        await world.list_papers("Odd experts")
        await world.at(MONDAY + hours(8))
        assert "Odd experts" in world.html_to("a@example.org")[0]
        assert [day.state for day in await world.days()] == ["sent"]
        assert (await alarms(world))[f"template/{CARD}"].count == 1


@pytest.mark.parametrize("lost", ["nowhere", "digest.sqlite3"])
async def test_a_lost_folder_is_an_alarm_of_its_own(tmp_path: Path, lost: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, templates_dir=str(tmp_path / lost)) as world:
        await begin_sending(world.app.context, wait=False)
        found = await alarms(world)
        assert "correct templates_dir" in found["template/templates_dir"].text
    async with open_world(tmp_path, url) as world:
        await begin_sending(world.app.context, wait=False)
        assert (await alarms(world))["template/templates_dir"].cleared_at is not None


async def test_alarms_of_pages_stay_where_no_pages_are_served(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, **told(tmp_path, web__base=b"\xff")) as world:
        create_app(world.app.context)
        await begin_sending(world.app.context, wait=False)
        assert "template/web/base.html" in await alarms(world)
    async with open_world(tmp_path, url) as world:
        await begin_sending(world.app.context, wait=False)
        assert (await alarms(world))["template/web/base.html"].cleared_at is None
        create_app(world.app.context)
        await begin_sending(world.app.context, wait=False)
        assert (await alarms(world))["template/web/base.html"].cleared_at is not None
