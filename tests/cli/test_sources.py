"""Sources by command: listed, tried, added, paused, and taken out again."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.running import Cli
from tests.cli.test_days import SOURCE, feed


async def test_a_source_is_tried_added_paused_and_removed(tmp_path: Path) -> None:
    async with feed(datetime(2026, 5, 3, 12, tzinfo=UTC)) as url:
        digest = Cli(tmp_path, sources=SOURCE.format(url))
        await asyncio.to_thread(by_hand, digest, url)


def by_hand(digest: Cli, url: str) -> None:
    digest("db", "upgrade")
    tried = digest("sources", "test", "Lab").out
    assert "HTTP 200" in tried
    assert "3 entries, the newest of 2026-05-03 12:00 UTC" in tried
    assert "- Dense models again" in tried
    inside = digest("sources", "test", "any", url, code=1).out
    assert "address refused" in inside
    assert "→ a private address needs allow_private" in inside

    assert "asked at the next" in digest("sources", "add", "Blog", "https://blog.example/f").out
    digest("sources", "add", "Physics", "--category", "quant-ph", "--poll-minutes", "90")
    assert "'blog' is added already" not in digest("sources", "list").out
    rows = {row["name"]: row for row in digest("sources", "list", "--json").rows}
    assert [(n, r["origin"], r["kind"], r["asks"]) for n, r in rows.items()] == [
        ("Lab", "settings", "feed", url),
        ("Blog", "added", "feed", "https://blog.example/f"),
        ("Physics", "added", "arxiv", "quant-ph"),
    ]
    assert digest("sources", "pause", "Lab").out == "Lab is paused.\n"
    assert digest("sources", "pause", "Lab").out == "Lab was paused already.\n"
    assert "paused" in digest("sources", "list").out
    for name in ("Blog", "Physics"):
        assert digest("sources", "remove", name).out == f"{name} is removed.\n"
    assert digest("collect").out.strip() != ""
    assert "paused" in digest("status").out
    assert digest("sources", "resume", "Lab").out == "Lab is asked again.\n"
    assert digest("collect", "--json").row["archived"] == 3

    lines = digest("audit", "list", "--action", "source", "--json").rows
    assert [(line["action"], line["object"]) for line in lines] == [
        ("source.resume", "source/Lab"),
        ("source.remove", "source/Physics"),
        ("source.remove", "source/Blog"),
        ("source.pause", "source/Lab"),
        ("source.add", "source/Physics"),
        ("source.add", "source/Blog"),
    ]
    assert lines[4]["detail"]["poll_minutes"] == 90
    assert len({line["actor"] for line in lines}) == 1
    assert lines[0]["actor"].startswith("cli:")
    assert "source.pause" in digest("audit", "list", "--object", "source/Lab").out


def test_what_cannot_be_is_refused_with_what_to_do(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    assert "There is no source" in digest("sources", "list").out
    assert "give the address" in digest("sources", "add", "X", code=2).err
    wrong = ("sources", "add", "X", "https://x.example/", "--category", "cs.LG")
    assert "give the address" in digest(*wrong, code=2).err
    secret = digest("sources", "add", "X", "https://x.example/?token=geheim", code=1).err
    assert "no place for secrets" in secret
    assert "geheim" not in secret
    assert "must be an http://" in digest("sources", "test", "X", "gopher://x", code=2).err
    for command in ("test", "pause", "resume", "remove"):
        assert "there is no source 'X'" in digest("sources", command, "X", code=1).err
    assert "Nothing was written" in digest("audit", "list").out
