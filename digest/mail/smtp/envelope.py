"""Sending one message on an open session: MAIL, RCPT, DATA, the body, and the final dot.

The final dot is written last and alone: whatever fails before it was not accepted (RFC 1047).
"""

import re
from dataclasses import dataclass

from aiosmtplib.protocol import normalize_message_line_endings

from digest.domain.dsn import mail_parameters, rcpt_parameters
from digest.domain.replies import Blame, Stage, Verdict, judge
from digest.mail.smtp.connect import Session
from digest.mail.smtp.relay import DOT_PATIENCE, Relay
from digest.mail.smtp.wire import Reply, WireError
from digest.ports import Outcome, OutgoingMessage

_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\x9f<>\u2028\u2029]+@[^\x00-\x20\x7f-\x9f<>@]+")
TOO_LATE = "this worker was away for longer than its lease; nothing was handed over"
_PATIENCE = {Stage.DATA: 2}  # times the limit, for DATA's 354 and for the body (RFC 5321 4.5.3.2)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a message on a session.

    ``keep``: the session may carry another. ``lost``: it was lost before it took anything.
    ``given_up``: by us, and the relay is well. ``stage`` is that of a refusal.
    """

    outcome: Outcome
    keep: bool = False
    lost: bool = False
    given_up: bool = False
    stage: Stage | None = None


class _RefusedError(Exception):
    def __init__(self, stage: Stage, reply: Reply) -> None:
        super().__init__(str(reply))
        self.stage, self.reply = stage, reply


class _UnfitError(Exception):
    """The message cannot be sent through this relay, and that is the message's fault."""


async def send_on(session: Session, relay: Relay, message: OutgoingMessage) -> Attempt:
    """Send a message on a session; never raises for what the relay does."""
    dotted = False
    wire = session.wire
    try:
        commands = _commands(session, message)
        body = wire_body(message, relay.idempotency_header)
        await _envelope(session, relay, commands)
        wire.send(body, 0)
        await wire.drain(relay.timeout_s * _PATIENCE[Stage.DATA])
        if message.may_finish is not None and not message.may_finish():
            return Attempt(Outcome(Verdict.RELAY_DOWN, None, TOO_LATE), given_up=True)
        dotted = True
        wire.send(b".\r\n", 1)
        last = await wire.reply(relay.timeout_s * DOT_PATIENCE)
    except _UnfitError as error:
        failed = Outcome(Verdict.FAILED, None, str(error), relay.name, Blame.MESSAGE)
        return Attempt(failed, keep=wire.usable)
    except _RefusedError as error:
        return await _refusal(session, relay, error.stage, error.reply)
    except WireError as error:
        uncertain = dotted and wire.unsent == 0
        verdict = Verdict.UNCERTAIN if uncertain else Verdict.RELAY_DOWN
        said = f"{error} ({relay.name})"
        stage = Stage.DATA if uncertain else None
        broken = Outcome(verdict, None, said, relay.name, Blame.RELAY, stage=stage)
        return Attempt(broken, lost=not uncertain)
    if 200 <= last.code < 300:
        said = f"{last} ({relay.name})"
        return Attempt(Outcome(Verdict.ACCEPTED, last.code, said, relay.name), keep=wire.usable)
    return await _refusal(session, relay, Stage.DATA, last)


async def _envelope(session: Session, relay: Relay, commands: tuple[bytes, bytes]) -> None:
    """Bring the session to where it waits for the body, pipelined where that is offered."""
    steps = list(zip((Stage.MAIL, Stage.RCPT, Stage.DATA), (*commands, b"DATA\r\n"), strict=True))
    pipelined = session.offers("pipelining")
    if pipelined:
        session.wire.send(b"".join(command for _, command in steps), len(steps))
    refused: _RefusedError | None = None
    for stage, command in steps:
        if not pipelined:
            session.wire.send(command, 1)
        reply = await session.wire.reply(relay.timeout_s * _PATIENCE.get(stage, 1))
        wanted = reply.code == 354 if stage is Stage.DATA else 200 <= reply.code < 300
        if refused is not None and stage is Stage.DATA and wanted:
            # the relay wants a body although it took nobody: an empty one (RFC 2920 section 3.1)
            session.wire.send(b".\r\n", 1)
            await session.wire.reply(relay.timeout_s)
        if not wanted and refused is None:
            refused = _RefusedError(stage, reply)
        if refused is not None and (not pipelined or reply.code == 421):
            break
    if refused is not None:
        raise refused


async def _refusal(session: Session, relay: Relay, stage: Stage, reply: Reply) -> Attempt:
    """Judge a refusal, and make the session fit for another message where it can be."""
    judged = judge(stage, reply.code, reply.text)
    said = str(reply)[:900]
    outcome = Outcome(judged.verdict, reply.code, said, relay.name, judged.blame, stage=stage)
    keep = False
    if reply.code != 421 and session.wire.usable:
        try:
            session.wire.send(b"RSET\r\n", 1)
            keep = (await session.wire.reply(relay.timeout_s)).code == 250 and session.wire.usable
        except WireError:
            keep = False
    lost = reply.code == 421 and stage is Stage.MAIL
    return Attempt(outcome, keep=keep, lost=lost, stage=stage)


def wire_body(message: OutgoingMessage, idempotency_header: str = "") -> bytes:
    """Return the octets between DATA's reply and the final dot (RFC 5321 section 4.5.2).

    The header on top is not signed, and need not be: it is for the relay alone.
    """
    data = message.data
    if idempotency_header:
        data = f"{idempotency_header}: {message.message_id}\r\n".encode("ascii") + data
    if not data.count(b"\r") == data.count(b"\n") == data.count(b"\r\n") or data[-1:] != b"\n":
        data = normalize_message_line_endings(data)  # a bare one could end the mail (smuggling)
    if data[:1] == b".":
        data = b"." + data
    return data.replace(b"\n.", b"\n..") if b"\n." in data else data


def _commands(session: Session, message: OutgoingMessage) -> tuple[bytes, bytes]:
    """Return MAIL and RCPT with the parameters that the relay offers; raise _UnfitError."""
    addresses = [_fitting(session, a) for a in (message.envelope_from, message.envelope_to)]
    options: list[str] = []
    if session.offers("size"):
        options.append(_size_option(session.extensions["size"], len(message.data)))
    if session.offers("8bitmime"):
        options.append("BODY=8BITMIME")
    if not all(address.isascii() for address in addresses):
        options.append("SMTPUTF8")
    dsn = session.offers("dsn")
    if dsn:
        options += mail_parameters(message.message_id)
    notify = rcpt_parameters(message.envelope_to) if dsn else []
    sender, recipient = addresses
    mail = " ".join([f"MAIL FROM:<{sender}>", *options])
    rcpt = " ".join([f"RCPT TO:<{recipient}>", *notify])
    return f"{mail}\r\n".encode(), f"{rcpt}\r\n".encode()


def _fitting(session: Session, address: str) -> str:
    """Return an address as this relay can take it: beyond ASCII it needs SMTPUTF8 (RFC 6531)."""
    if not _ADDRESS.fullmatch(address):
        raise _UnfitError(f"{address[:100]!r} is no address that can be sent to")
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    try:
        address.encode("utf-8")
        if session.offers("smtputf8"):
            return address
        if local.isascii():
            return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise _UnfitError(f"{address[:100]!a} is no address that can be sent to") from None
    raise _UnfitError("the relay takes no address beyond ASCII (SMTPUTF8)")


def _size_option(told: str, size: int) -> str:
    limit = int(told) if told.strip().isascii() and told.strip().isdigit() else 0
    if 0 < limit < size:
        raise _UnfitError(f"the message has {size} octets, and the relay takes {limit} at most")
    return f"SIZE={size}"
