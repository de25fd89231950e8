"""Milliseconds a mail that came back: understood, against `email.parser` taking it apart only."""

import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import Message
from statistics import median
from typing import Any

from digest.mail.bounces.parse import read_report
from tests.mail.bounces.samples import SAMPLES
from tests.shared_data import SHARED

ROUNDS = 5


def rows() -> list[dict[str, Any]]:
    """Return one row: milliseconds a mail to understand it, and for its parts alone."""
    name, mails = _mails()
    ours, theirs = [], []
    for _ in range(ROUNDS):  # interleaved, so that a busy machine slows both alike
        ours.append(_each(mails, read_report))
        theirs.append(_each(mails, _apart))
    value, against = median(ours), median(theirs)
    return [
        {
            "name": name,
            "value": round(value, 2),
            "unit": "ms",
            "against": "email.parser and the decoded text of its parts",
            "against_value": round(against, 2),
            "ratio": round(value / against, 2),
        }
    ]


def _mails() -> tuple[str, list[bytes]]:
    folder = SHARED / "bounces" / "mails"
    if folder.exists():
        real = [path.read_bytes() for path in sorted(folder.iterdir())]
        return f"understanding one of {len(real)} real bounces", real
    return "understanding an invented bounce", [sample.raw for sample in SAMPLES]


def _each(mails: list[bytes], work: Callable[[bytes], object]) -> float:
    start = time.process_time()
    for mail in mails:
        work(mail)
    return 1000 * (time.process_time() - start) / len(mails)


def _apart(raw: bytes) -> list[object]:
    message: Message[str, str] = message_from_bytes(raw, policy=policy.compat32)
    return [part.get_payload(decode=True) for part in message.walk()]
