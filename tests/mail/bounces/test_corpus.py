"""Real bounces, complaints and auto-replies: what must be understood, and that nothing raises."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from digest.domain.reports import BounceReason, MailReport, ReportedRecipient, ReportKind
from digest.mail.bounces.addresses import same
from digest.mail.bounces.parse import read_report
from tests.mail.bounces.mutations import mutated
from tests.mail.bounces.samples import SAMPLES
from tests.shared_data import SHARED, shared_data

MUTATIONS = int(os.environ.get("DIGEST_MUTATIONS", "2000"))  # 100000 for a long run
OURS_TO_MEND = {  # the corpus's names of reasons that lie with the sender, the mail or the relay
    *("authfailure", "badreputation", "blocked", "contenterror", "exceedlimit", "mesgtoobig"),
    *(
        "norelaying",
        "notcompliantrfc",
        "policyviolation",
        "rejected",
        "requireptr",
        "securityerror",
    ),
    *("spamdetected", "speeding", "toomanyconn", "virusdetected"),
}


# as of RFC 5965; the samples are bounces, and every kind has to stand the mutations
COMPLAINT = b"""From: abuse@provider.example
To: digest@papers.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="cut"

--cut
Content-Type: text/plain

This is an abuse report for a mail that came today.
--cut
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1
Version: 1
Original-Rcpt-To: <eve@provider.example>
--cut
Content-Type: message/rfc822

From: digest@papers.example
To: eve@provider.example
Subject: Three papers

--cut--
"""


@dataclass(frozen=True)
class Pair:
    """A recipient that the corpus expects, and what was read of it."""

    expected: dict[str, Any]
    found: ReportedRecipient | None


@cache
def reports() -> dict[str, tuple[list[dict[str, Any]], MailReport]]:
    """Return file -> what is expected, what was read."""
    folder = shared_data("bounces")
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return {
        file: (wanted, read_report((folder / "mails" / file).read_bytes()))
        for file, wanted in expected.items()
    }


def pairs() -> Iterator[Pair]:
    for wanted, report in reports().values():
        found = {same(one.address): one for one in report.recipients}
        for one in wanted:
            yield Pair(one, found.get(same(one["recipient"])))


def share(verdicts: list[bool]) -> float:
    assert len(verdicts) > 20
    return sum(verdicts) / len(verdicts)


def test_recipients_are_found() -> None:
    assert share([pair.found is not None for pair in pairs()]) >= 0.97


def test_few_are_named_who_did_not_fail() -> None:
    extra = [
        one.address
        for wanted, report in reports().values()
        for one in report.recipients
        if same(one.address) not in {same(w["recipient"]) for w in wanted}
    ]
    assert len(extra) <= 0.03 * sum(len(wanted) for wanted, _ in reports().values())


def test_hard_and_soft_are_told_apart() -> None:
    bounced = [p for p in pairs() if p.found and p.expected["reason"] != "feedback"]
    right = [p.found.hard == p.expected["hard"] for p in bounced if p.found]
    assert share(right) >= 0.95
    hard = [p.found.hard for p in bounced if p.found and p.expected["hard"]]
    soft = [p.found.hard for p in bounced if p.found and not p.expected["hard"]]
    assert 1 - share(hard) <= 0.05
    assert share(soft) <= 0.05


def test_what_is_not_the_address_s_fault_is_not_hard() -> None:
    told = [p for p in pairs() if p.expected["reason"] in OURS_TO_MEND]
    assert share([p.found is not None and not p.found.hard for p in told]) >= 0.95


def test_all_complaints_are_known() -> None:
    complaints = [r for w, r in reports().values() if any(o["reason"] == "feedback" for o in w)]
    assert complaints
    assert {report.kind for report in complaints} == {ReportKind.COMPLAINT}


def test_nothing_else_is_a_complaint() -> None:
    others = [r for w, r in reports().values() if not any(o["reason"] == "feedback" for o in w)]
    assert [report for report in others if report.kind is ReportKind.COMPLAINT] == []


def test_no_auto_reply_is_a_bounce() -> None:
    answers = {f: r for f, (_, r) in reports().items() if f.startswith("rfc3834")}
    assert answers
    assert {report.kind for report in answers.values()} == {ReportKind.AUTO_REPLY}
    nobody = [r for wanted, r in reports().values() if not wanted]
    blamed = [one for report in nobody for one in report.recipients]
    assert [one for one in blamed if one.reason is not BounceReason.DELAYED] == []


def test_mails_made_worse_do_not_raise() -> None:
    mails = [*(sample.raw for sample in SAMPLES), COMPLAINT, COMPLAINT]
    if (SHARED / "bounces").exists():
        mails += [path.read_bytes() for path in sorted((SHARED / "bounces/mails").iterdir())]
    kinds = set()
    for mail in mutated(mails, MUTATIONS, seed=20260504):
        report = read_report(mail)
        kinds.add(report.kind)
        assert all(not one.hard for one in report.recipients if one.reason is BounceReason.DELAYED)
    assert kinds == set(ReportKind)
