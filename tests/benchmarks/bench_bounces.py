"""Milliseconds a mail that came back: understood, against `email.parser` taking it apart only."""

import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import Message
from statistics import mean, median, quantiles
from typing import Any

from digest.mail.bounces.parse import read_report
from tests.mail.bounces.samples import SAMPLES
from tests.shared_data import SHARED

ROUNDS = 5


def rows() -> list[dict[str, Any]]:
    """Return the mean, the median and the 95th percentile of milliseconds a mail."""
    name, mails = _mails()
    for work in (read_report, _apart):
        _each(mails, work)  # what is compiled or loaded once is no mail's own time
    ours, theirs = [], []
    for _ in range(ROUNDS):  # interleaved, so that a busy machine slows both alike
        ours.append(_each(mails, read_report))
        theirs.append(_each(mails, _apart))
    own, against = _typical(ours), _typical(theirs)
    return [
        _row(f"{name}, mean", mean(own), mean(against)),
        _row(f"{name}, median", median(own), median(against)),
        _row(f"{name}, 95th percentile", _percentile(own), _percentile(against)),
    ]


def _row(name: str, value: float, against: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": "ms",
        "against": "email.parser and the decoded text of its parts",
        "against_value": round(against, 2),
        "ratio": round(value / against, 2),
    }


def _percentile(spent: list[float]) -> float:
    return quantiles(spent, n=20)[-1]


def _typical(rounds: list[list[float]]) -> list[float]:
    """Return each mail's median over the rounds."""
    return [median(spent) for spent in zip(*rounds, strict=True)]


def _mails() -> tuple[str, list[bytes]]:
    folder = SHARED / "bounces" / "mails"
    if folder.exists():
        real = [path.read_bytes() for path in sorted(folder.iterdir())]
        return f"understanding one of {len(real)} real bounces", real
    return "understanding an invented bounce", [sample.raw for sample in SAMPLES]


def _each(mails: list[bytes], work: Callable[[bytes], object]) -> list[float]:
    spent = []
    for mail in mails:
        start = time.process_time()
        work(mail)
        spent.append(1000 * (time.process_time() - start))
    return spent


def _apart(raw: bytes) -> list[object]:
    message: Message[str, str] = message_from_bytes(raw, policy=policy.compat32)
    return [part.get_payload(decode=True) for part in message.walk()]
