"""A day by hand on a rehearsal database, and whole days rehearsed beside a live one."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response

from digest.clocks import SystemClock
from digest.mail.catcher import MailCatcher
from digest.web.serving import serve
from tests.cli.running import Cli

TITLES = ("Sparse experts at scale", "Dense models again", "Experts that forget")
SOURCE = '[{{name = "Lab", kind = "feed", url = "{}", allow_private = true}}]'
EIGHT = "2026-05-04T08:00Z"


@asynccontextmanager
async def feed(published: datetime) -> AsyncIterator[str]:
    """Serve an RSS feed whose items were all published at one instant; yield its address."""
    items = "".join(
        f"<item><guid>lab-{n}</guid><title>{title}</title><link>https://lab.example/{n}</link>"
        f"<pubDate>{format_datetime(published)}</pubDate></item>"
        for n, title in enumerate(TITLES)
    )
    body = f'<rss version="2.0"><channel><title>Lab</title>{items}</channel></rss>'
    app = FastAPI(openapi_url=None)

    @app.get("/feed.xml")
    async def rss() -> Response:
        return Response(body, media_type="application/rss+xml")

    async with serve(app) as port:
        yield f"http://127.0.0.1:{port}/feed.xml"


def relay(port: int) -> str:
    """Return a relay on this machine, for readers whose first mail comes at their hour."""
    return f'[digest]\nfirst_at_once = false\n[[relays]]\nhost = "127.0.0.1"\nport = {port}\n'


async def test_a_day_by_hand_goes_from_the_source_to_the_inbox(tmp_path: Path) -> None:
    async with (
        feed(datetime(2026, 5, 3, 12, tzinfo=UTC)) as url,
        MailCatcher(SystemClock()) as catcher,
    ):
        digest = Cli(tmp_path, sources=SOURCE.format(url), extra=relay(catcher.port))
        await asyncio.to_thread(the_day_by_hand, digest)
        assert len(catcher.mails) == 1
        assert "ada@example.org" in str(catcher.mails[0].rcpt_to)


def the_day_by_hand(digest: Cli) -> None:
    assert "for rehearsals is at revision" in digest("db", "upgrade", "--rehearsal").out
    assert "already" in digest("db", "upgrade").out
    before = ("--now", "2026-05-03T22:00Z")
    digest("subscribers", "add", "ada@example.org", "--query", "experts", *before)
    assert "Lab" in digest("collect", *before).out
    assert digest("collect", *before).out == "No source is due.\n"
    assert digest("preview", "ada@example.org", "--now", EIGHT).out.startswith("Subject: ")
    page = digest.folder / "mail.html"
    digest("preview", "ada@example.org", "--html", str(page), "--now", EIGHT)
    assert "Sparse experts at scale" in page.read_text("utf-8")
    planned = digest("plan", "--now", EIGHT, "--json").row
    assert planned["deliveries"] == 1
    assert digest("send", "--now", EIGHT, "--json").row == {"sent": 1}
    assert digest("send", "--now", EIGHT).out == "Nothing was due.\n"
    assert "balanced" in digest("status", "--now", EIGHT).out
    told = digest("why", "ada@example.org", "2026-05-04", "--now", EIGHT).out
    assert "sent with 2 papers at" in told
    number = re.findall(r"paper (\d+): Sparse", told)[0]
    told = digest("why", "ada@example.org", "--paper", number, "--now", EIGHT).out
    assert "came" in told
    assert "experts" in told
    shown = digest("papers", "show", number).out
    assert "Sparse experts at scale" in shown


async def test_a_relay_that_is_away_leaves_the_mail_for_later(tmp_path: Path) -> None:
    async with feed(datetime(2026, 5, 3, 12, tzinfo=UTC)) as url:
        digest = Cli(tmp_path, sources=SOURCE.format(url), extra=relay(9))
        await asyncio.to_thread(the_relay_is_away, digest)


def the_relay_is_away(digest: Cli) -> None:
    digest("db", "upgrade", "--rehearsal")
    digest("subscribers", "add", "ada@example.org", "--now", "2026-05-03T22:00Z")
    digest("collect", "--now", "2026-05-04T07:00Z")
    digest("plan", "--now", EIGHT)
    assert digest("send", "--now", EIGHT, "--json", code=75).row == {"pending": 1}
    assert digest("status", "--now", EIGHT, "--json").row["waiting"] == 1


def test_a_source_that_does_not_answer_makes_collect_fail_and_status_red(
    tmp_path: Path,
) -> None:
    digest = Cli(tmp_path, sources=SOURCE.format("http://127.0.0.1:9/feed.xml"))
    digest("db", "upgrade", "--rehearsal")
    assert "connection failed" in digest("collect", code=1).out
    assert digest("status", "--json", code=1).row["sources"][0]["state"] == "broken"


async def test_days_are_rehearsed_on_a_copy_and_the_live_database_stays_as_it_is(
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    async with feed(now - timedelta(hours=1)) as url:
        digest = Cli(tmp_path, sources=SOURCE.format(url), extra=relay(9))
        await asyncio.to_thread(the_days_ahead, digest, now)


def the_days_ahead(digest: Cli, now: datetime) -> None:
    digest("db", "upgrade")
    digest("subscribers", "add", "ada@example.org", "--query", "experts", "--zone", "Asia/Tokyo")
    digest("subscribers", "add", "eve@example.org", "--query", "perpetual motion", "--hour", "9")
    held = hashlib.sha256(digest.database.read_bytes()).digest()
    first, last = (now + timedelta(days=1)).date(), (now + timedelta(days=2)).date()
    days = ("--from", str(first), "--to", str(last), "--out", "mails")
    rows = digest("rehearse", *days, "--json").rows
    assert hashlib.sha256(digest.database.read_bytes()).digest() == held
    sent = [row for row in rows if row["state"] == "sent"]
    assert [(row["address"], row["sent"]) for row in sent] == [("ada@example.org", 2)]
    eve = [row for row in rows if row["address"] == "eve@example.org"]
    assert {row["state"] for row in eve if row["day"] >= str(first)} == {"empty"}
    mails = sorted((digest.folder / "mails").rglob("*.eml"))
    assert [mail.name for mail in mails] == ["ada@example.org.eml"]
    assert "Sparse experts" in mails[0].with_suffix(".html").read_text("utf-8")
    assert digest("status", "--json").row["papers"] == 0


async def test_rehearsed_days_keep_their_state_in_a_rehearsal_database(tmp_path: Path) -> None:
    async with feed(datetime(2026, 5, 3, 12, tzinfo=UTC)) as url:
        digest = Cli(tmp_path, sources=SOURCE.format(url))
        await asyncio.to_thread(the_days_kept, digest)


def the_days_kept(digest: Cli) -> None:
    digest("db", "upgrade", "--rehearsal")
    digest("subscribers", "add", "ada@example.org", "--now", "2026-05-03T20:00Z")
    told = digest("rehearse", "--from", "2026-05-04", "--to", "2026-05-04", "--out", "mails").out
    assert "2026-05-04" in told
    assert "nothing was sent" in told
    assert digest("status", "--now", "2026-05-05T00:00Z", "--json").row["papers"] == 3
    again = digest(
        "rehearse", "--from", "2026-05-05", "--to", "2026-05-05", "--out", "mails", "--json"
    )
    assert {row["state"] for row in again.rows if row["day"] == "2026-05-05"} == {"empty"}
