"""docs/json.md against what the commands print: each key documented, each documented key there."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digest.cli.common import plain
from digest.demo.table import DayRow
from tests.cli.running import Cli
from tests.cli.test_days import EIGHT, SOURCE, feed, relay
from tests.dns_server import dns_server
from tests.intake.letters import letter
from tests.mail.bounces.samples import SAMPLES

ROOT = Path(__file__).parents[2]
INTAKE = '[bounces.hook]\ntoken = "a token of thirty-two characters, or more"\n'
ROW = re.compile(r"^\| `([^`]+)` \| (object|lines)[^|]* \| (.+) \|$", re.MULTILINE)


def documented() -> dict[str, tuple[str, set[str]]]:
    """Return command -> (object or lines, its keys) from the page's table."""
    text = (ROOT / "docs" / "json.md").read_text("utf-8")
    rows = ROW.findall(text)
    return {name: (kind, set(re.findall(r"`([^`]+)`", keys))) for name, kind, keys in rows}


def mismatches(value: Any, keys: set[str], before: str = "") -> list[str]:
    """Return the paths in which a value and its documented keys differ."""
    if isinstance(value, list):
        inner = {k[3:] for k in keys if k.startswith("[].")}
        return [m for item in value for m in mismatches(item, inner, f"{before}[]")]
    if not isinstance(value, dict) or not keys:
        return []
    heads: dict[str, set[str]] = {}
    for key in keys:
        head, rest = re.fullmatch(r"(\{\w+\}|\w+)(.*)", key).groups()  # type: ignore[union-attr]
        heads.setdefault(head, set()).add(rest.removeprefix("."))
    varying = [head for head in heads if head.startswith("{")]
    found = [f"{before}.{key} is missing" for key in heads if key not in value and not varying]
    for key, item in value.items():
        head = key if key in heads else next(iter(varying), None)
        if head is None:
            found.append(f"{before}.{key} is not documented")
        else:
            found += mismatches(item, heads[head] - {""}, f"{before}.{key}")
    return found


def bounced(database: Path) -> None:
    """Write down a hard bounce of the first reader, as one that came back would."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "INSERT INTO bounce (subscriber_id, delivery_id, kind, hard, status, reason, said, "
            "origin, fingerprint, received_at) VALUES (1, NULL, 'bounce', 1, '5.1.1', "
            "'user unknown', 'no such user', 'hook', 'f', '2026-05-04 09:00:00.000000')"
        )
        connection.execute(
            "UPDATE subscriber SET state = 'suppressed', suppression = 'bounce' WHERE id = 1"
        )
        connection.commit()


def test_a_shape_that_differs_is_found() -> None:
    keys = {"a", "b[].c", "d.{STATE}"}
    assert mismatches({"a": 1, "b": [{"c": 1}], "d": {"x": 1}}, keys) == []
    assert sorted(mismatches({"a": 1, "b": [{"e": 1}], "f": 1}, keys)) == [
        ".b[].c is missing",
        ".b[].e is not documented",
        ".d is missing",
        ".f is not documented",
    ]


async def test_every_command_prints_what_the_page_says(tmp_path: Path) -> None:
    async with feed(datetime(2026, 5, 3, 12, tzinfo=UTC)) as url:
        digest = Cli(tmp_path, sources=SOURCE.format(url), extra=relay(9) + INTAKE)
        printed = await asyncio.to_thread(print_all, digest)
    printed["healthcheck"] = digest("healthcheck", "--json", code=1).rows
    pages = documented()
    # the first needs a merge, the second a server: tested with the store's and the services'
    assert set(pages) - {"papers split", "db migrate"} == set(printed)
    problems = []
    for name, values in printed.items():
        kind, keys = pages[name]
        assert values, name
        assert keys, name
        assert kind == "lines" or len(values) == 1, name
        problems += [f"{name}: {m}" for value in values for m in mismatches(value, keys)]
    assert problems == []
    assert printed["why ADDRESS [DATE]"][0]["story"]["tries"], "its keys were compared with nothing"
    moments = re.findall(r'"(\d{4}-\d\d-\d\d[T ][^"]*)"', json.dumps(printed))
    assert moments
    assert all(re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d+)?Z", moment) for moment in moments)


def print_dkim(digest: Cli) -> dict[str, list[Any]]:
    """Run the commands about keys; the DNS knows none."""
    made = digest("dkim", "keygen", "--selector", "s1", "--json").rows
    lines = '[dkim]\nselector = "s1"\nkey_file = "dkim-s1.pem"\n'
    digest.config.write_text(digest.config.read_text("utf-8") + lines, "utf-8")
    shown = digest("dkim", "record", "--json").rows
    with dns_server({}) as (_, port):
        asked = ("dkim", "check", "--nameserver", f"127.0.0.1:{port}", "--json")
        checked = digest(*asked, code=1).rows
    return {"dkim keygen": made, "dkim record": shown, "dkim check": checked}


def hold(database: Path) -> None:
    """Make the ledger's mails held ones, of which the operator was told."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE delivery SET state = 'held'")
        connection.execute(
            "INSERT INTO alarm (key, text, raised_at, last_at, count) "
            "VALUES ('held', 'told', '2026-05-04 08:00:00', '2026-05-04 08:00:00', 1)"
        )


def print_ledger(digest: Cli, add: Callable[..., None]) -> None:
    """Run the commands about held mails, alarms and a restored database."""
    hold(digest.database)
    add("alarms", code=1)
    add("alarms clear", "held")
    add("held list", "--now", EIGHT)
    add("held release", "--all", "--delivered", "--now", EIGHT)
    (digest.folder / "data" / "ledger.marker").unlink()
    add("resume", "--now", EIGHT)


def print_operators(digest: Cli, add: Callable[..., None]) -> None:
    """Run the commands about operators and what they did, after one did something."""
    (digest.folder / "password").write_text("four words nobody says\n", "utf-8")
    add("admin create", "ada", "--password-file", "password")
    add("admin list")
    add("admin codes", "ada")
    digest("admin", "create", "bob", "--password-file", "password")
    add("admin password", "bob", "--password-file", "password")
    for act in ("disable", "enable", "remove"):
        add(f"admin {act}", "bob")
    add("audit list")


def print_copies(digest: Cli, add: Callable[..., None]) -> None:
    """Copy the database and put it back."""
    add("backup", "copies")
    [copy] = (digest.folder / "copies").glob("digest-*")
    add("restore", str(copy), "--yes")


def print_topics(add: Callable[..., None]) -> None:
    """Run the commands about topics that need no papers."""
    add("topics list")
    own = ("--name", "Graphs", "--group", "Ours", "--query", "graphs")
    add("topics set", "graphs", *own)
    add("topics retire", "graphs")


def print_sources(digest: Cli, add: Callable[..., None]) -> None:
    """Run the commands about sources."""
    add("sources list")
    add("sources test", "Lab")
    add("sources add", "Blog", "https://blog.example/feed.xml")
    add("sources pause", "Blog")
    add("sources resume", "Blog")
    add("sources remove", "Blog")


def print_returned(digest: Cli, add: Callable[..., None]) -> None:
    """Run the commands about mails that came back."""
    (digest.folder / "lost.eml").write_bytes(SAMPLES[0].raw)
    add("bounces parse", "lost.eml")
    (digest.folder / "letter.eml").write_bytes(letter("digest@papers.example"))
    add("bounces take", "letter.eml", code=1)
    bounced(digest.database)
    add("bounces list")
    (digest.folder / "barred.csv").write_text("email\nzoe@example.org\nbad\n", "utf-8")
    add("bounces import", "barred.csv", code=3)
    add("bounces export FILE", "barred.csv")
    add("bounces lift", "ada@example.org")


def print_templates(digest: Cli) -> dict[str, list[Any]]:
    """Run the commands about templates, in a folder with a file that nothing uses."""
    (digest.folder / "looks" / "web").mkdir(parents=True)
    (digest.folder / "looks" / "web" / "strange.html").write_text("x", "utf-8")
    text = digest.config.read_text("utf-8")
    digest.config.write_text(f'templates_dir = "looks"\n{text}', "utf-8")
    return {
        "templates list": digest("templates", "list", "--json").rows,
        "templates copy": digest("templates", "copy", "web/left.html", "--json").rows,
        "templates check": digest("templates", "check", "--json", code=1).rows,
    }


def print_all(digest: Cli) -> dict[str, list[Any]]:
    """Run every command once on a small rehearsal; return what each printed."""
    ada, early = "ada@example.org", "2026-05-03T22:00Z"
    (digest.folder / "people.csv").write_text("address\neve@example.org\nbad\n", "utf-8")
    (digest.folder / "records.jsonl").write_text('{"title": "A"}\n{"title": "B"}\n', "utf-8")
    printed = {"db upgrade": digest("db", "upgrade", "--rehearsal", "--json").rows}

    def add(name: str, *more: str, code: int = 0) -> None:
        command = [word for word in name.split() if word.islower()]
        printed[name] = digest(*command, *more, "--json", code=code).rows

    for name in ("db current", "db vacuum", "settings"):
        add(name)
    print_topics(add)
    add("subscribers add", ada, "--query", "experts", "--now", early)
    add("collect", "--now", early)
    add("preview", ada, "--now", EIGHT)
    add("topics test", "experts", "--now", EIGHT)
    add("plan", "--now", EIGHT)
    add("send", "--now", EIGHT, code=75)
    add("status", "--now", EIGHT)
    add("relays check", code=1)
    printed["doctor"] = digest("doctor", "--only", "relay", "--json", code=1).rows
    printed["why ADDRESS [DATE]"] = digest("why", ada, "2026-05-04", "--json").rows
    printed["why ADDRESS --paper ID"] = digest("why", ada, "--paper", "1", "--json").rows
    add("papers dedupe", "records.jsonl")
    add("papers show", "1")
    printed["books [DATE]"] = digest("books", "2026-05-04", "--now", EIGHT, "--json").rows
    print_ledger(digest, add)
    add("subscribers import", "people.csv", code=3)
    add("subscribers list")
    add("subscribers export")
    add("subscribers approve", "--all")
    add("subscribers remove", "eve@example.org")
    print_returned(digest, add)
    add("subscribers erase", "eve@example.org")
    print_sources(digest, add)
    print_operators(digest, add)
    days = ("--from", "2026-05-05", "--to", "2026-05-05", "--out", "mails")
    add("rehearse", *days)
    printed |= print_dkim(digest) | print_templates(digest)
    flags = ("--non-interactive", "--base-url", "http://localhost:8000", "--json")
    print_copies(digest, add)
    printed["init"] = digest("init", *flags, DIGEST_CONFIG="new.toml", DIGEST_DATA_DIR="new").rows
    row = DayRow("2026-05-04", ada, "UTC", 3, 2, 0, 2)  # the demo itself is run elsewhere
    printed["demo"] = [plain(row)]
    return printed
