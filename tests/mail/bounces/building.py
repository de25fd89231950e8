"""Builds reports as mail systems send them, about a mail of ours that one reader did not get.

``{lost}`` is the address that failed. The mail they return is ours, under ``MESSAGE_ID``.
"""

from dataclasses import dataclass

from digest.domain.reports import BounceReason

LOST = "ines.maier@uni-lost.example"
OURS = "b-abc123@papers.example.org"
MESSAGE_ID = "<20260504.7@papers.example.org>"

RETURNED = f"""\
Received: from papers.example.org by mx.relay.example with ESMTPS; Mon, 4 May 2026 08:00:00 +0000
From: Daily Papers <digest@papers.example.org>
To: {LOST}
Subject: Three papers for you
Message-ID: {MESSAGE_ID}
Date: Mon, 4 May 2026 08:00:00 +0000

1. A Paper of Graphs
"""


@dataclass(frozen=True)
class Sample:
    """A family's report: its header, its body, and what is to be read in it."""

    family: str
    head: str
    body: str
    reason: BounceReason
    hard: bool
    status: str = ""

    @property
    def raw(self) -> bytes:
        """The mail as it came, lines ended by CRLF."""
        text = f"{self.head.strip()}\nTo: {OURS}\n\n{self.body}"
        return text.format(lost=LOST).replace("\n", "\r\n").encode("utf-8")


def report(words: str, fields: str, returned: str = RETURNED, kind: str = "delivery-status") -> str:
    """Return the body of a multipart/report (RFC 6522) with boundary ``=cut=``."""
    return (
        f"--=cut=\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
        f"--=cut=\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--=cut=\nContent-Type: message/rfc822\n\n{returned}\n--=cut=--\n"
    )


REPORT_HEAD = """\
Return-Path: <>
From: MAILER-DAEMON@mx.relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=cut="
"""
DAEMON_HEAD = """\
Return-Path: <>
From: MAILER-DAEMON@mx.relay.example
Subject: failure notice
"""


def fields(status: str, said: str, action: str = "failed") -> str:
    """Return the status fields of one recipient (RFC 3464 section 2)."""
    return (
        "Reporting-MTA: dns; mx.relay.example\n\n"
        f"Final-Recipient: rfc822; {{lost}}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {said}\n"
    )


def postfix(status: str, said: str, command: str) -> str:
    """Return a report in the words of Postfix."""
    words = (
        "This is the mail system at host mx.relay.example.\n\n"
        f"<{{lost}}>: host mx.uni-lost.example[192.0.2.7] said: {said}\n    (in reply to {command}"
        " command)\n"
    )
    return report(words, fields(status, said))
