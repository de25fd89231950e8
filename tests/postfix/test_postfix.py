"""The whole way through a real Postfix: out with STARTTLS and AUTH, and what comes back."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.bootstrap import App, intake_of, open_app
from digest.clocks import SimulatedClock
from digest.domain.subscribers import SubscriberState, Suppression
from digest.services.intake_running import intake_running
from digest.services.plan import plan_due_slots
from digest.services.send import send_due
from tests.intake.letters import complaint, vacation
from tests.postfix.server import PASSWORD, REALM, USER, Postfix, free_port, running_postfix
from tests.world import MONDAY, ToldTransport, World, hours, make_settings

READERS = ("ada", "gone", "away", "angry")
PATIENCE_S = 30.0


@dataclass
class Inbox:
    """The readers' mail server: it knows everybody but ``gone``."""

    mails: dict[str, Envelope] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _told: list[str]
    ) -> str:
        if address.startswith("gone@"):
            return "550 5.1.1 <gone@inbox.example>: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.mails[envelope.rcpt_tos[0].partition("@")[0]] = envelope
        return "250 2.0.0 taken"


@dataclass
class Post:
    """The installation, the relay and the readers' inbox."""

    app: App
    postfix: Postfix
    inbox: Inbox

    async def state(self, number: int) -> tuple[SubscriberState, Suppression | None]:
        """Return where a reader stands, and what bars them."""
        reader = await World(self.app, SimulatedClock(MONDAY), ToldTransport()).reader(number)
        return reader.state, reader.suppression

    async def send_back(self, return_path: str, mail: bytes) -> None:
        """Hand a mail to the relay, addressed to the return path of a digest."""
        await asyncio.to_thread(self._send_back, return_path, mail)

    def _send_back(self, return_path: str, mail: bytes) -> None:
        context = ssl.create_default_context(cafile=str(self.postfix.authority))
        with smtplib.SMTP("localhost", self.postfix.port) as client:
            client.starttls(context=context)
            client.login(f"{USER}@{REALM}", PASSWORD)
            client.sendmail("", [return_path], mail)


@asynccontextmanager
async def _post(folder: Path) -> AsyncIterator[Post]:
    inbox, listening = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    routes = {
        "inbox.example": f"smtp:[127.0.0.1]:{controller.port}",
        "returns.example": f"smtp:[127.0.0.1]:{listening}",
    }
    try:
        with running_postfix(routes) as postfix:
            async with _installation(folder, postfix, listening) as app:
                yield Post(app, postfix, inbox)
    finally:
        controller.stop()


@asynccontextmanager
async def _installation(folder: Path, postfix: Postfix, listening: int) -> AsyncIterator[App]:
    relay = {
        "name": "postfix",
        "host": "localhost",
        "port": postfix.port,
        "tls": "starttls",
        "ca_file": str(postfix.authority),
        "username": f"{USER}@{REALM}",
        "password": PASSWORD,
    }
    told: dict[str, Any] = {
        "relays": [relay],
        "mail": {
            "from": "Paper Digest <digest@papers.example>",
            "bounces": "verp",
            "return_path_domain": "returns.example",
        },
        "bounces": {"listener": {"port": listening}},
    }
    settings = make_settings(folder, f"sqlite+aiosqlite:///{folder}/digest.sqlite3", **told)
    clock = SimulatedClock(MONDAY)
    async with open_app(settings, clock=clock, rehearsal=True) as app:
        world = World(app, clock, ToldTransport())
        await world.list_papers("Sparse experts", "Merging experts")
        for name in READERS:
            await world.add_reader(f"{name}@inbox.example", "experts", hour=8)
        clock.set(MONDAY + hours(8))
        await plan_due_slots(app.context, clock.now())
        async with intake_running(app.context, intake_of(app.context)):
            sent = await send_due(app.context)
            assert sent["sent"] == len(READERS), sent
            yield app


async def _until(post: Post, number: int, state: SubscriberState) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found, _ = await post.state(number)
            if found is state:
                return
            await asyncio.sleep(0.1)


async def _until_mails(inbox: Inbox, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if len(inbox.mails) >= count:
                return
            await asyncio.sleep(0.1)


async def test_mail_goes_out_by_starttls_and_auth_and_what_comes_back_is_understood(
    tmp_path: Path,
) -> None:
    active = (SubscriberState.ACTIVE, None)
    async with _post(tmp_path) as post:
        await _until_mails(post.inbox, 3)
        said = post.postfix.log.read_text(errors="replace")
        assert f"sasl_username={USER}@{REALM}" in said
        assert "TLS connection established from localhost" in said
        for envelope in post.inbox.mails.values():
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=policy.default)
            assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

        # the one whom nobody knows: Postfix itself writes the report
        await _until(post, 2, SubscriberState.SUPPRESSED)
        assert await post.state(2) == (SubscriberState.SUPPRESSED, Suppression.BOUNCE)
        assert [await post.state(number) for number in (1, 3, 4)] == [active] * 3

        # somebody is on holiday, and says so to the return path
        away = post.inbox.mails["away"].mail_from
        assert away is not None
        await post.send_back(away, vacation(away, "away@inbox.example"))
        # and somebody pressed "this is spam"
        angry = post.inbox.mails["angry"].mail_from
        assert angry is not None
        await post.send_back(angry, complaint(angry))
        await _until(post, 4, SubscriberState.SUPPRESSED)
        assert await post.state(4) == (SubscriberState.SUPPRESSED, Suppression.COMPLAINT)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if post.postfix.log.read_text(errors="replace").count("relay=127.0.0.1") >= 7:
                    break
                await asyncio.sleep(0.1)
        assert await post.state(1) == active
        assert await post.state(3) == active
