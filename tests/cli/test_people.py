"""Readers and papers by command: what goes in comes out, and what is wrong is counted."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.running import Cli

CSV = """address,query,topic,author,category,zone,hour,weekdays,max,min
ada@example.org,sparse OR moe|"long context",mixture-of-experts,Emmy Noether,cs.LG,Asia/Tokyo,18,\
"mon,fri",7,2
eve@example.org,,,,,,,,,
bad-address,,,,,,,,,
zoe@example.org,(sparse,,,,,,,,
"""
RECORDS = (
    {"title": "Sparse experts at scale", "id": "https://arxiv.org/abs/2605.00001v2"},
    {"title": "Another name", "id": "2605.00001"},
    {"title": "Something else", "doi": "10.1000/x"},
)


def test_readers_are_added_listed_imported_exported_and_removed(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    ran = digest("subscribers", "import", "people.csv", code=3)
    assert ran.out == "2 added, 2 rejected.\n"
    assert "line 4: bad-address" in ran.err
    assert "line 5: zoe@example.org" in ran.err
    exported = digest("subscribers", "export").out
    again = digest("subscribers", "import", "-", stdin=exported)
    assert again.out == "0 added, 2 unchanged, 0 rejected.\n"
    digest("subscribers", "export", "out.csv")
    assert (tmp_path / "out.csv").read_text("utf-8") == exported
    ada, eve = digest("subscribers", "list", "--json").rows
    assert (ada["zone"], ada["hour"], ada["weekdays"]) == ("Asia/Tokyo", 18, ["mon", "fri"])
    assert [topic["slug"] for topic in ada["topics"]] == [
        "mixture-of-experts",
        None,
        None,
        None,
        None,
    ]
    assert eve["topics"] == []
    assert "is subscribed already" in digest("subscribers", "add", "EVE@example.org", code=1).err
    assert (
        digest("subscribers", "remove", "eve@example.org").out
        == "eve@example.org is unsubscribed.\n"
    )
    assert "unsubscribed" in digest("subscribers", "list").out
    assert digest("subscribers", "erase", "EVE@example.org").out == "Reader 2 is erased.\n"
    assert [row["address"] for row in digest("subscribers", "list", "--json").rows] == [
        "ada@example.org"
    ]
    assert len(digest("subscribers", "export").out.splitlines()) == 2
    assert "nobody is subscribed" in digest("subscribers", "erase", "eve@example.org", code=1).err
    lines = digest("audit", "list", "--action", "subscriber", "--json").rows
    assert [(row["action"], row["object"]) for row in lines] == [
        ("subscriber.erase", "subscriber/2"),
        ("subscriber.unsubscribe", "subscriber/2"),
    ]


def test_the_operator_lets_in_who_waits(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    for name in ("ada", "eve", "zoe"):
        digest("subscribers", "add", f"{name}@example.org", "--query", "sparse", "--unconfirmed")
    with closing(sqlite3.connect(digest.database)) as database, database:
        database.execute("UPDATE subscriber SET state = 'waiting' WHERE address NOT LIKE 'zoe%'")
    waiting = digest("subscribers", "list", "--state", "waiting", "--json").rows
    assert [row["address"] for row in waiting] == ["ada@example.org", "eve@example.org"]
    refused = digest("subscribers", "approve", "ada@example.org", "zoe@example.org", code=1)
    assert "zoe@example.org does not wait for approval: pending" in refused.err
    assert digest("subscribers", "list", "--state", "active", "--json").rows == []
    assert "nobody is subscribed" in digest("subscribers", "approve", "x@y.example", code=1).err
    for wrong in ((), ("ada@example.org", "--all")):
        assert "--all" in digest("subscribers", "approve", *wrong, code=2).err
    assert digest("subscribers", "approve", "ada@example.org").out == "ada@example.org\n"
    assert digest("subscribers", "approve", "--all").out == "eve@example.org\n"
    assert digest("subscribers", "approve", "--all").out == "Nobody waits.\n"
    assert len(digest("subscribers", "list", "--state", "active", "--json").rows) == 2


def test_what_was_exported_can_be_imported_elsewhere(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    first, second = Cli(one), Cli(other)
    first("db", "upgrade")
    first("subscribers", "import", "-", stdin="".join(CSV.splitlines(keepends=True)[:3]))
    exported = first("subscribers", "export").out
    second("subscribers", "import", "-", stdin=exported)
    assert second("subscribers", "export").out == exported


def test_an_import_is_tried_reported_mended_and_done(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    told = [
        {"email": "ada@example.org", "status": "enabled",
         "lists": [{"name": "News", "subscription_status": "confirmed"}]},
        {"email": "eve@example.org", "status": "blocklisted", "lists": []},
        {"email": "zoe@", "status": "enabled", "lists": []},
    ]  # fmt: skip
    (tmp_path / "listmonk.json").write_text(json.dumps({"data": {"results": told}}), "utf-8")
    options = ("subscribers", "import", "listmonk.json", "--report", "rejected.jsonl")
    tried = digest(*options, "--dry-run", code=3)
    assert tried.out == "Dry run, nothing is written: 1 added, 1 barred, 1 rejected.\n"
    assert "line 3: zoe@: 'zoe@' is not an e-mail address" in tried.err
    assert "lists without a topic here: News; --map" in tried.err
    assert digest("subscribers", "list", "--json").rows == []
    assert digest("audit", "list", "--json").rows == []
    done = digest(*options, "--map", "News=agents", "--json", code=3).row
    assert (done["format"], done["added"], done["barred"], done["unmapped"]) == (
        "listmonk", 1, 1, [],
    )  # fmt: skip
    report = tmp_path / "rejected.jsonl"
    assert report.stat().st_mode & 0o777 == 0o600
    report.write_text(report.read_text("utf-8").replace("zoe@", "zoe@example.org"), "utf-8")
    asked = digest("subscribers", "import", "rejected.jsonl", "--invite", "--zone", "Asia/Tokyo")
    assert asked.out == "0 added, 1 invited, 0 rejected.\n"
    ada, eve, zoe = digest("subscribers", "list", "--json").rows
    assert [topic["slug"] for topic in ada["topics"]] == ["agents"]
    assert (eve["state"], eve["suppression"]) == ("suppressed", "operator")
    assert (zoe["state"], zoe["zone"]) == ("pending", "Asia/Tokyo")
    assert [line["action"] for line in digest("audit", "list", "--json").rows] == [
        "subscribers.imported", "subscribers.import", "subscribers.imported", "subscribers.import",
    ]  # fmt: skip


def test_an_import_that_cannot_be_says_what_to_do(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    one = "address\nada@example.org\n"
    for options, words in (
        (("--map", "News"), "must be LIST=SLUG"),
        (("--topic", "agent"), "there is no topic 'agent'"),
        (("--format", "listmonk"), "`email` among them"),
    ):
        assert words in digest("subscribers", "import", "-", *options, stdin=one, code=2).err
    assert "cannot read" in digest("subscribers", "import", "nothing.csv", code=2).err
    bare = "ada@example.org\n"
    refused = digest("subscribers", "import", "-", stdin=bare, code=1)
    assert "nothing says that they agreed" in refused.err
    assert digest("subscribers", "import", "-", "--confirmed", stdin=bare).out.startswith("1 added")
    assert digest("subscribers", "import", "-", "--as", "left", "--update", stdin=bare).out == (
        "0 added, 1 left, 0 rejected.\n"
    )


def test_the_list_of_the_barred_goes_out_and_in(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("db", "upgrade")
    digest("subscribers", "add", "ada@example.org", "--query", "sparse")
    barred = "address,reason\nada@example.org,complaint\nnew@example.org,bounce\nbad,\n"
    tried = digest("bounces", "import", "-", "--dry-run", stdin=barred, code=3)
    assert tried.out == (
        "Dry run, nothing is written: 1 readers barred, 0 unsubscribed, 1 addresses kept out, "
        "0 unchanged, 1 rejected.\n"
    )
    assert "line 4: bad:" in tried.err
    digest("bounces", "import", "-", stdin=barred, code=3)
    exported = digest("bounces", "export")
    assert exported.out == "address,reason,since\nada@example.org,complaint,\n"
    assert "1 more are barred by a hash alone" in exported.err
    assert digest("bounces", "export", "out.csv").out == "1 addresses written to out.csv.\n"
    assert "the file is empty" in digest("bounces", "import", "-", stdin="", code=2).err


def test_records_are_told_apart_by_line(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    lines = "\n".join(json.dumps(record) for record in RECORDS)
    answers = digest("papers", "dedupe", "-", "--json", stdin=f"{lines}\n\n").rows
    assert [(one["line"], one["paper"]) for one in answers] == [(1, 1), (2, 1), (3, 3)]
    assert answers[1]["rule"] is not None
    assert digest("papers", "dedupe", "-", stdin=lines).out.startswith("3 records, 2 papers")
    for bad, words in (("{", "line 1 is no JSON"), ("[]", "needs an object with a title")):
        assert words in digest("papers", "dedupe", "-", stdin=bad, code=2).err


def test_topics_and_settings_are_shown_secrets_masked(tmp_path: Path) -> None:
    digest = Cli(tmp_path, extra='secret_key = "an invented secret of at least 32 characters"\n')
    assert "mixture-of-experts" in digest("topics", "list").out
    shown = digest("settings").out
    assert "papers.example" in shown
    assert "invented secret" not in shown
    assert "invented secret" not in digest("settings", "--json").out
    digest("db", "upgrade")
    assert (
        "0 of 0 papers of the last 14 days match sparse" in digest("topics", "test", "sparse").out
    )
