"""What comes to the return path and is no plain bounce: complaints, answers, forgeries, rubbish."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.feedback_types import Feedback, feedback_of
from digest.domain.reports import BounceReason, MailReport, ReportKind
from digest.mail.bounces.parse import read_report
from tests.mail.bounces.building import (
    DAEMON_HEAD,
    LOST,
    MESSAGE_ID,
    REPORT_HEAD,
    RETURNED,
    fields,
    report,
)


def read(head: str, body: str = "") -> MailReport:
    return read_report(f"{head.strip()}\nTo: b-abc@papers.example.org\n\n{body}".encode())


def arf(lines: str, returned: str = RETURNED) -> MailReport:
    head = (
        "From: feedback@provider.example\nSubject: FW: Three papers\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="=cut="'
    )
    return read(head, report("This is an abuse report.", lines, returned, "feedback-report"))


def test_an_abuse_report_names_who_complained() -> None:
    found = arf(f"Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <{LOST}>\n")
    assert (found.kind, found.feedback) == (ReportKind.COMPLAINT, "abuse")
    assert [one.address for one in found.recipients] == [LOST]
    assert found.recipients[0].reason is BounceReason.FEEDBACK
    assert not found.recipients[0].hard
    assert found.message_id == MESSAGE_ID
    assert feedback_of(found.feedback) is Feedback.COMPLAINT


def test_a_report_that_hides_the_address_falls_back_on_the_returned_mail() -> None:
    found = arf("Feedback-Type: abuse\nUser-Agent: x/1\n")
    assert [one.address for one in found.recipients] == [LOST]


@pytest.mark.parametrize("feedback", ["abuse", "fraud", "not-spam", "auth-failure", "opt-out"])
def test_the_type_of_a_feedback_is_told(feedback: str) -> None:
    found = arf(f"Feedback-Type: {feedback.upper()}\nOriginal-Rcpt-To: {LOST}\n")
    assert (found.kind, found.feedback) == (ReportKind.COMPLAINT, feedback)


def test_a_mail_program_that_unsubscribes_asks_to_leave() -> None:
    found = read(f"From: {LOST}\nSubject: unsubscribe\nX-Apple-Unsubscribe: true\n", "Bye.")
    assert feedback_of(found.feedback) is Feedback.OPT_OUT
    assert [one.address for one in found.recipients] == [LOST]


def test_a_complaint_from_before_there_was_a_form() -> None:
    head = (
        "From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\n"
        "Content-Type: multipart/mixed; boundary=cut"
    )
    body = (
        "--cut\nContent-Type: message/rfc822\n\n"
        f"X-HmXmrOriginalRecipient: {LOST}\n{RETURNED}\n--cut--\n"
    )
    found = read(head, body)
    assert feedback_of(found.feedback) is Feedback.COMPLAINT
    assert [one.address for one in found.recipients] == [LOST]


@pytest.mark.parametrize(
    "head",
    [
        "From: ines <ines@uni.example>\nSubject: Automatic reply: Three papers",
        "From: ines <ines@uni.example>\nSubject: Re: Three papers\nAuto-Submitted: auto-replied",
        "Return-Path: <>\nFrom: ines@uni.example\nSubject: Out of Office: papers",
        "From: ines@uni.example\nSubject: =?utf-8?q?R=C3=A9ponse_automatique=3A_Trois?=",
        "From: ines@uni.example\nSubject: x\nX-Autoreply: yes",
        "From: ines@uni.example\nSubject: x\nPrecedence: auto_reply",
        (
            "Return-Path: <>\nFrom: ines@uni.example\nSubject: Read: papers\n"
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=x"
        ),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        "I am away until Monday. Write to tom@uni.example instead.",
        "I could not be reached: mail to tom@uni.example failed permanently, 550 5.1.1 unknown.",
    ],
)
def test_an_auto_reply_is_no_bounce(head: str, body: str) -> None:
    assert read(head, body) == MailReport(ReportKind.AUTO_REPLY)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("From: Ines <ines@uni.example>\nSubject: Re: Three papers", "Thanks! Which is best?"),
        (
            "From: Ines <ines@uni.example>\nSubject: Re: Undelivered Mail Returned to Sender",
            "Look what I got:\n> <tom@uni.example>: 550 5.1.1 User unknown\n",
        ),
        (
            "From: Ines <ines@uni.example>\nSubject: Fwd: Returned mail",
            "> Final-Recipient: rfc822; tom@uni.example\n> Action: failed\n> Status: 5.1.1\n",
        ),
        ("From: ines@uni.example\nSubject: unsubscribe", ""),
        ("Return-Path: <>\nFrom: postmaster@uni.example\nSubject: Welcome", "Hello."),
        (
            "Return-Path: <>\nFrom: desk@uni.example\nSubject: Ticket 7",
            "We were unable to send tom@uni.example your order.",
        ),
        ("", ""),
    ],
)
def test_what_a_person_writes_is_none_of_them(head: str, body: str) -> None:
    assert read(head, body) == MailReport(ReportKind.NONE)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_is_no_bounce(action: str) -> None:
    body = report("It arrived.", fields("2.0.0", "250 ok", action)).format(lost=LOST)
    assert read(REPORT_HEAD, body) == MailReport(ReportKind.NONE)


def test_a_warning_in_prose_is_delayed() -> None:
    words = f"THIS IS A WARNING MESSAGE ONLY.\n\n  {LOST}\n\n450 4.2.2 mailbox full\n"
    (one,) = read(DAEMON_HEAD, words).recipients
    assert (one.reason, one.hard) == (BounceReason.DELAYED, False)


def test_the_address_we_mailed_is_told_beside_the_one_it_went_on_to() -> None:
    told = fields("5.1.1", "550 5.1.1 User unknown").replace(
        "Action", f"Original-Recipient: rfc822;{LOST}\nAction"
    )
    found = read(REPORT_HEAD, report("", told).format(lost="other@far.example"))
    (one,) = found.recipients
    assert (one.address, one.original, one.mailed) == ("other@far.example", LOST, LOST)


def test_exim_tells_from_which_address_it_went_on() -> None:
    words = (
        "The following address(es) failed:\n\n  other@far.example\n"
        f"    (generated from {LOST})\n    Unrouteable address\n"
    )
    (one,) = read(DAEMON_HEAD, words).recipients
    assert (one.address, one.mailed, one.hard) == ("other@far.example", LOST, True)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("utf-8; größe@uni.example", "größe@uni.example"),
        (r"utf-8; gr\x{F6}\x{DF}e@uni.example", "größe@uni.example"),
        ("rfc822; <a@uni.example>", "a@uni.example"),
        ('rfc822; "a b"@uni.example', '"a b"@uni.example'),
        ("RFC822;a@uni.example", "a@uni.example"),
    ],
)
def test_an_address_is_read_by_its_type(value: str, address: str) -> None:
    body = report("", f"Final-Recipient: {value}\nAction: failed\nStatus: 5.1.1\n")
    assert [one.address for one in read(REPORT_HEAD, body).recipients] == [address]


def test_international_reports_are_read() -> None:
    kind = "global-delivery-status"
    told = "Final-Recipient: utf-8; größe@uni.example\nAction: failed\nStatus: 5.1.1\n"
    assert [o.address for o in read(REPORT_HEAD, report("", told, kind=kind)).recipients] == [
        "größe@uni.example"
    ]


def test_several_recipients_are_told_apart() -> None:
    told = (
        "Reporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; a@uni.example\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; b@uni.example\nAction: failed\nStatus: 5.2.2\n\n"
        "Final-Recipient: rfc822; c@uni.example\nAction: delivered\nStatus: 2.0.0\n"
    )
    found = read(REPORT_HEAD, report("", told)).recipients
    assert [(one.address, one.hard) for one in found] == [
        ("a@uni.example", True),
        ("b@uni.example", False),
    ]


def test_a_notice_of_a_provider_by_mail() -> None:
    inner = {
        "notificationType": "Bounce",
        "bounce": {
            "bouncedRecipients": [
                {
                    "emailAddress": LOST,
                    "status": "5.1.1",
                    "diagnosticCode": "550 5.1.1 unknown user",
                }
            ]
        },
        "mail": {"messageId": "0100-1"},
    }
    found = read("From: no-reply@sns.example", json.dumps({"Message": json.dumps(inner)}))
    assert (found.kind, found.message_id) == (ReportKind.BOUNCE, "0100-1")
    assert [(one.address, one.hard) for one in found.recipients] == [(LOST, True)]


@pytest.mark.parametrize("text", ['{"Message": 1}', '{"notificationType":', "{" * 9000, "{}"])
def test_a_notice_that_is_none_is_none(text: str) -> None:
    assert read("From: no-reply@sns.example", text).kind is ReportKind.NONE


def test_what_the_returned_mail_holds_is_not_believed() -> None:
    forged = RETURNED + report("", fields("5.1.1", "550 5.1.1 User unknown")).format(
        lost="victim@uni.example"
    )
    told = fields("5.2.2", "552 full").format(lost=LOST)
    found = read(REPORT_HEAD, report("", told, forged.replace("=cut=", "=in=")))
    assert [one.address for one in found.recipients] == [LOST]


def test_a_huge_mail_takes_little_time() -> None:
    told = report(f"<{LOST}>: 550 5.1.1 User unknown", fields("5.1.1", "550 x")).format(lost=LOST)
    huge = f"{REPORT_HEAD}\n{told}".encode() + b"x@y.example 550 user unknown\n" * 400_000
    start = time.process_time()
    found = read_report(huge)
    assert time.process_time() - start < 0.5
    assert [one.address for one in found.recipients] == [LOST]


def test_hostile_mails_are_bounded() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)
    )
    many = f"{DAEMON_HEAD}\n".encode() + b"".join(
        b"<u%d@uni.example>: 550 5.1.1 User unknown\n" % n for n in range(5000)
    )
    folded = b"Subject: x\n" + b" y\n" * 200_000
    for raw in (nested, many, folded, b"@" * 300_000, b"<" * 300_000, b"\n" * 300_000):
        start = time.process_time()
        assert len(read_report(raw).recipients) <= 20
        assert time.process_time() - start < 0.5


@given(st.binary(max_size=2000))
def test_no_bytes_raise(raw: bytes) -> None:
    found = read_report(raw)
    assert all("@" in one.address for one in found.recipients)
    assert bool(found.recipients) or found.kind is not ReportKind.BOUNCE


PIECES = st.sampled_from(
    [
        *("From: mailer-daemon@x.example\n", "Subject: failure notice\n", "\n", "a@b.example", "<"),
        *("Content-Type: multipart/report; boundary=c\n", "--c\n", "--c--\n", ">", ": ", "550 "),
        *("Content-Type: message/delivery-status\n", "Content-Type: message/rfc822\n", "5.1.1 "),
        *("Final-Recipient: rfc822; ", "Action: failed\n", "Status: 5.1.1\n", "user unknown", "\0"),
        *("Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n"),
        *("Content-Type: text/html; charset=utf-16\n", "Feedback-Type: abuse\n", "=?utf-8?b?x?="),
        *("Content-Type: message/feedback-report\n", "X-Failed-Recipients: ", "\x1b$B", "{", "}"),
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_pile_of_pieces_raises(text: str) -> None:
    found = read_report(text.encode())
    for one in found.recipients:
        assert one.address
        assert one.reason is not BounceReason.DELAYED or not one.hard
