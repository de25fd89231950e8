"""`digest bounces` as a mail server and an operator use it."""

import asyncio
from pathlib import Path
from typing import Any

from tests.cli.running import Cli
from tests.intake.installation import mailed, stamp
from tests.intake.letters import complaint, dsn, letter, vacation


def sent_to(folder: Path) -> str:
    """Make an installation whose reader was sent a digest; return its return path."""

    async def work() -> str:
        url = f"sqlite+aiosqlite:///{folder}/data/digest.sqlite3"
        async with mailed(folder, url) as world:
            return await stamp(world)

    return asyncio.run(work())


def test_a_pipe_takes_mail_in_and_lists_and_lifts(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    to = sent_to(tmp_path)
    settings: Any = {"DIGEST_SECRET_KEY": "k" * 40, "DIGEST_MAIL__BOUNCES": "verp",
                "DIGEST_MAIL__RETURN_PATH_DOMAIN": "bounces.papers.example"}  # fmt: skip
    now = ("--now", "2026-05-04T09:00Z")
    digest = Cli(tmp_path)
    (tmp_path / "away.eml").write_bytes(vacation(to))
    ran = digest("bounces", "take", "-", *now, stdin=dsn(to).decode(), **settings)
    assert ran.out == "-: bounce, suppressed, user unknown\n"
    assert digest("bounces", "take", "away.eml", *now, **settings).out == "away.eml: automatic\n"
    [row] = digest("bounces", "list", "--address", "ada@example.org", "--json", **settings).rows
    assert (row["kind"], row["hard"], row["origin"]) == ("bounce", True, "pipe")
    assert "ada@example.org" in digest("bounces", "list", **settings).out
    lifted = digest("bounces", "lift", "ada@example.org", *now, **settings)
    assert lifted.out == "ada@example.org is active again.\n"
    assert "nothing bars" in digest("bounces", "lift", "ada@example.org", code=1, **settings).err


def test_exit_codes_tell_a_mail_server_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    to = sent_to(tmp_path)
    digest = Cli(tmp_path)
    settings: Any = {"DIGEST_SECRET_KEY": "k" * 40}
    person = letter("digest@papers.example").decode()
    now = ("--now", "2026-05-04T09:00Z")
    assert "nobody's" in digest("bounces", "take", "-", *now, stdin=person, code=1, **settings).out
    relay: Any = {"DIGEST_RELAYS__0__PORT": "9", "DIGEST_BOUNCES__FORWARD_TO": "owner@else.example"}
    digest("bounces", "take", "-", *now, stdin=person, code=75, **settings, **relay)
    forged = complaint("x@papers.example", mail_from=to.replace("b-", "b-a")).decode()
    digest("bounces", "take", "-", *now, stdin=forged, code=1, **settings)
    assert "cannot read" in digest("bounces", "take", "no.eml", code=2, **settings).err
    (tmp_path / "data" / "digest.sqlite3").write_bytes(b"")
    away: Any = {"DIGEST_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    ran = digest("bounces", "take", "-", stdin=person, code=75, **settings, **away)
    assert "the database does not answer" in ran.err
