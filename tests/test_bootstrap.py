"""What settings become when an installation is put together."""

from pathlib import Path

from digest.bootstrap import open_app, render_version
from digest.ports import FetchRequest
from digest.resources import templates_dir
from tests.feeds.web_server import web_server
from tests.looks.folders import overrides
from tests.world import make_settings


async def test_as_many_mails_are_under_way_as_the_relays_of_one_priority_allow(
    tmp_path: Path,
) -> None:
    relays = [
        {"name": "one", "connections": 2, "priority": 1},
        {"name": "two", "connections": 3, "priority": 1},
        {"name": "spare", "connections": 4, "priority": 9},
    ]
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_app(make_settings(tmp_path, url, relays=relays), rehearsal=True) as app:
        assert app.context.connections == 5


async def test_sources_are_told_the_contact_of_the_settings(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    settings = make_settings(tmp_path, url, http={"contact": "mailto:owner@example.org"})
    async with web_server() as site, open_app(settings, rehearsal=True) as app:
        await app.context.fetcher.fetch(FetchRequest(site.url("/feed"), allow_private=True))
    assert site.asked[0].headers["user-agent"].endswith(" (+mailto:owner@example.org)")


def test_the_version_of_mails_tells_templates_of_ones_own_apart(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "sqlite:///x.sqlite3")
    seen = [render_version(settings, templates_dir())]
    for files in ({}, {"web/base.html": "1"}):
        own = overrides(tmp_path / "own", dict(files))
        assert render_version(settings, templates_dir(), overrides=own) == seen[0]
    texts: list[str | bytes] = ["1", "2", b"\xff", b"\xff\xff"]
    for text in texts:
        own = overrides(tmp_path / "own", {"email/digest/card.html": text})
        seen.append(render_version(settings, templates_dir(), overrides=own))
    assert len(set(seen[:4])) == 4
    assert seen[3] == seen[4]  # neither is used, and the built-in one stands in for both
