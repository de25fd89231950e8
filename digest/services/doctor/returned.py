"""What comes back: each way is tried with something that is recognised and does nothing."""

from digest.domain.checkups import Checkup, Level, graded, green, red, skipped, yellow
from digest.domain.return_path import VALID, return_path
from digest.ports import MailboxError
from digest.services.doctor.databases import is_ready
from digest.services.doctor.instruments import Round
from digest.services.ways import Way, list_ways
from digest.settings import ListenerSettings

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
_NOBODY = 0  # no mail of ours has this number
_CORRECT_BOX = "correct host, username and password under [bounces.{way}]"


async def look_at_way(way: str, round_: Round) -> list[Checkup]:
    """Try one way that is turned on; "" tells of an installation without any."""
    settings = round_.context.settings
    if way == "listener":
        assert settings.bounces.listener is not None
        line = await _try_listener(settings.bounces.listener, round_)
    elif way in ("imap", "pop3"):
        line = await _try_mailbox(way, round_)
    elif way:
        line = await _try_hook(way, round_)
    elif settings.mail.bounces == "none":
        return [skipped("intake", "no way is turned on by which mail comes back in")]
    else:
        found = "mails name a return path, and no way is turned on that reads it"
        return [yellow("intake", found, "turn one on under [bounces], or set mail.bounces = none")]
    return [await _with_history(line, way, round_)]


async def _with_history(line: Checkup, way: str, round_: Round) -> Checkup:
    """Return a line, worse where the running process itself had trouble with the way."""
    if line.level is not Level.GREEN or not await is_ready(round_):
        return line
    noted: dict[str, Way] = {one.name: one for one in await list_ways(round_.context)}
    held = noted.get(way)
    if held is None or held.state not in ("failing", "silent"):
        return line
    found = f"{line.found}; `digest run` says it is {held.state}: {held.text}"
    return yellow(line.name, found, "`digest status` tells since when; restart `digest run`")


async def _try_listener(told: ListenerSettings, round_: Round) -> Checkup:
    """Hand over an automatic answer to a return path of ours: it is known, and does nothing."""
    settings, name = round_.context.settings, "intake/listener"
    keys, domain = round_.context.token_keys, settings.mail.envelope_domain
    now = round_.context.clock.now()
    recipient = settings.mail.unsubscribe_address
    if keys:
        sender = settings.mail.from_address
        recipient = return_path("verp", sender, domain, keys[0], _NOBODY, now)
    host = _ANYWHERE.get(told.host, told.host)
    reply = await round_.instruments.listener.hand_over(
        host, told.port, recipient, harmless_mail(recipient), lmtp=told.protocol == "lmtp"
    )
    where = f"{told.host}:{told.port}"
    said = f"{reply.code} {reply.text}".strip() if reply.code else reply.text
    if reply.code == 250:
        return green(name, f"{where} took an automatic answer and said {said}")
    found = f"{where}, {reply.step}: {said}"
    if not reply.code:
        return red(name, found, f"start `digest run`, which listens there: port {told.port}")
    if reply.step == "the greeting" and reply.code == 554:
        remedy = "add this machine's network to bounces.listener.networks to try it from here"
        return yellow(name, found, remedy)
    if reply.step == "RCPT":
        remedy = "restart `digest run`: it has another secret or mail.return_path_domain than now"
        return red(name, found, remedy)
    return red(name, found, "see what the log of `digest run` says of it")


def harmless_mail(recipient: str) -> bytes:
    """Return an automatic answer (RFC 3834), which intake knows and leaves without effect."""
    return (
        f"From: digest doctor <{recipient}>\r\nTo: <{recipient}>\r\n"
        "Subject: Out of office: digest doctor looks in\r\n"
        "Auto-Submitted: auto-replied (vacation)\r\nPrecedence: bulk\r\n"
        "Message-ID: <doctor@localhost>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
        "This mail tries whether what comes back is taken in. It does nothing.\r\n"
    ).encode()


async def _try_mailbox(way: str, round_: Round) -> Checkup:
    """Log in and count the mails; nothing is fetched, moved or deleted."""
    mailbox, name = round_.instruments.mailboxes[way], f"intake/{way}"
    try:
        listing = await mailbox.look((round_.context.clock.now() - VALID).date())
        await mailbox.close()
    except MailboxError as error:
        return red(name, str(error), _CORRECT_BOX.format(way=way))
    finally:
        await mailbox.abandon()
    mails = "1 mail" if len(listing.ids) == 1 else f"{len(listing.ids)} mails"
    return green(name, f"logged in, {mails} of the last 30 days")


async def _try_hook(way: str, round_: Round) -> Checkup:
    """Post nothing, and expect to be refused as the page of bounces says."""
    settings = round_.context.settings
    path = "/hooks/bounce" if way == "hook" else f"/hooks/bounce/{way}"
    headers, wanted, why = _credentials(way, round_)
    answer = await round_.instruments.web.ask("POST", settings.base_url + path, b"", headers)
    name = f"intake/{way}"
    if answer.failure:
        remedy = "start `digest run` and the proxy in front of it, or correct base_url"
        return red(name, f"{path} does not answer: {answer.failure}", remedy)
    found = f"{path} answers {answer.status} to an empty post"
    remedies = {
        401: "restart `digest run`: it has another token than the settings have now",
        404: "restart `digest run` with these settings, and let the proxy pass /hooks on",
    }
    level = Level.GREEN if answer.status == wanted else Level.RED
    remedy = remedies.get(answer.status, f"let the proxy pass {path} on to digest unchanged")
    return graded(name, level, f"{found}, {why}" if level is Level.GREEN else found, remedy)


def _credentials(way: str, round_: Round) -> tuple[dict[str, str], int, str]:
    """Return the headers of a post that is refused, with what, and why that is right.

    The token of a hook goes only where it is encrypted or stays on this machine.
    """
    settings = round_.context.settings
    if way == "hook" and settings.base_url.startswith("https://"):
        assert settings.bounces.hook is not None
        token = settings.bounces.hook.token.get_secret_value()
        return {"authorization": f"Bearer {token}"}, 400, "so the token is right"
    if way == "hook":
        return {}, 401, "as it should without a token"
    return {}, 403, "as it should without a signature"
