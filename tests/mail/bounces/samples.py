"""Invented reports of many families, as systems word them: one failed reader each."""

from digest.domain.reports import BounceReason
from tests.mail.bounces.building import (
    DAEMON_HEAD,
    OURS,
    REPORT_HEAD,
    RETURNED,
    Sample,
    fields,
    postfix,
    report,
)

R = BounceReason
SAMPLES = (
    Sample(
        "postfix: nobody of that name",
        REPORT_HEAD,
        postfix("5.1.1", "550 5.1.1 <{lost}>: Recipient address rejected: User unknown", "RCPT TO"),
        R.USER_UNKNOWN,
        True,
        "5.1.1",
    ),
    Sample(
        "postfix: full",
        REPORT_HEAD,
        postfix("5.2.2", "552 5.2.2 <{lost}> Mailbox full, over quota", "RCPT TO"),
        R.MAILBOX_FULL,
        False,
        "5.2.2",
    ),
    Sample(
        "postfix: unknown, but only after the data",
        REPORT_HEAD,
        postfix("5.0.0", "550 Unknown user {lost}", "end of DATA"),
        R.USER_UNKNOWN,
        False,
        "5.0.0",
    ),
    Sample(
        "postfix: on a list",
        REPORT_HEAD,
        postfix(
            "5.7.1",
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.net",
            "RCPT TO",
        ),
        R.BLOCKED,
        False,
        "5.7.1",
    ),
    Sample(
        "a careless 5.1.1 beside a limit",
        REPORT_HEAD,
        postfix(
            "5.1.1",
            "550 5.1.1 <{lost}> 192.0.2.1 has sent to too many recipients this hour",
            "RCPT TO",
        ),
        R.RATE,
        False,
        "5.1.1",
    ),
    Sample(
        "DMARC",
        REPORT_HEAD,
        postfix(
            "5.7.26",
            "550 5.7.26 Unauthenticated mail is not accepted due to the domain's DMARC policy",
            "end of DATA",
        ),
        R.AUTH_FAILURE,
        False,
        "5.7.26",
    ),
    Sample(
        "delayed, whatever it says",
        REPORT_HEAD,
        report(
            "Your mail to <{lost}> waits.", fields("4.1.1", "450 4.1.1 User unknown", "delayed")
        ),
        R.DELAYED,
        False,
        "4.1.1",
    ),
    Sample(
        "given up after days",
        REPORT_HEAD,
        report("", fields("4.4.7", "delivery time expired")),
        R.EXPIRED,
        False,
        "4.4.7",
    ),
    Sample(
        "a null MX",
        REPORT_HEAD,
        report("", fields("5.1.10", "556 5.1.10 Recipient address has a null MX")),
        R.NOT_ACCEPT,
        True,
        "5.1.10",
    ),
    Sample(
        "exchange",
        REPORT_HEAD,
        report(
            "Delivery has failed to these recipients or groups:\n\n{lost}<mailto:{lost}>\n"
            "The e-mail address you entered couldn't be found.\n\nDiagnostic information for "
            "administrators:\nGenerating server: mx.uni-lost.example\n{lost}\n"
            "#550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found ##",
            fields("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by lookup"),
        ),
        R.USER_UNKNOWN,
        True,
        "5.1.10",
    ),
    Sample(
        "qmail",
        DAEMON_HEAD,
        "Hi. This is the qmail-send program at mx.relay.example.\nI'm afraid I wasn't able to "
        "deliver your message to the following addresses.\nThis is a permanent error; I've given "
        "up.\n\n<{lost}>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 no such "
        "user\nGiving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\n"
        + RETURNED,
        R.USER_UNKNOWN,
        True,
        "5.1.1",
    ),
    Sample(
        "qmail: no such host",
        DAEMON_HEAD,
        "Hi. This is the qmail-send program at mx.relay.example.\n\n<{lost}>:\nSorry, I couldn't "
        "find any host named uni-lost.example. (#5.1.2)\n\n--- Below this line is a copy of the "
        "message.\n\n" + RETURNED,
        R.HOST_UNKNOWN,
        True,
        "5.1.2",
    ),
    Sample(
        "exim",
        DAEMON_HEAD + "X-Failed-Recipients: {lost}\nAuto-Submitted: auto-replied\n",
        "This message was created automatically by mail delivery software.\n\nA message that you "
        "sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
        "The following address(es) failed:\n\n  {lost}\n    SMTP error from remote mail server "
        "after RCPT TO:<{lost}>:\n    host mx.uni-lost.example [192.0.2.7]: 550 No such person "
        "here\n\n------ This is a copy of the message, including all the headers. ------\n\n"
        + RETURNED,
        R.USER_UNKNOWN,
        True,
    ),
    Sample(
        "exim: the sender was turned down",
        DAEMON_HEAD + "X-Failed-Recipients: {lost}\n",
        "A message that you sent could not be delivered.\n\n  {lost}\n    SMTP error from remote "
        "mail server after MAIL FROM:<b@papers.example.org>:\n    host mx.uni-lost.example: 550 "
        "5.1.8 no such domain\n\n------ This is a copy of the message ------\n\n" + RETURNED,
        R.REJECTED,
        False,
        "5.1.8",
    ),
    Sample(
        "opensmtpd",
        DAEMON_HEAD,
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An "
        "error has occurred while attempting to deliver a message for\n    the following list of "
        "recipients:\n\n{lost}: 550 5.2.1 Mailbox disabled, not accepting messages\n\n    Below is "
        "a copy of the original message:\n\n" + RETURNED,
        R.DISABLED,
        False,
        "5.2.1",
    ),
    Sample(
        "lotus domino",
        "From: Postmaster@uni-lost.example\nSubject: DELIVERY FAILURE: User not listed\n",
        "Your message\n\n  Subject: Three papers for you\n\nwas not delivered to:\n\n  {lost}\n\n"
        "because:\n\n  User ines maier ({lost}) not listed in Domino Directory\n",
        R.USER_UNKNOWN,
        True,
    ),
    Sample(
        "exchange 2003, whose subject is the sender's",
        "From: System Administrator <postmaster@uni-lost.example>\n"
        "Subject: Undeliverable: Three papers for you\n",
        f"Your message\n\n  To:      {OURS}\n  Subject: Three papers for you\n\ndid not reach the "
        "following recipient(s):\n\n{lost} on Mon, 4 May 2026 08:00:00 +0000\n    The recipient "
        "name is not recognized\n",
        R.USER_UNKNOWN,
        True,
    ),
    Sample(
        "sendmail of old",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@old.example>\n"
        "Subject: Returned mail: User unknown\n",
        "   ----- Transcript of session follows -----\nWhile talking to mx.uni-lost.example:\n"
        ">>> RCPT To:<{lost}>\n<<< 550 <{lost}>... User unknown\n550 <{lost}>... User unknown\n\n"
        "   ----- Unsent message follows -----\n" + RETURNED,
        R.USER_UNKNOWN,
        True,
    ),
    Sample(
        "a gateway's marshal: the reason comes first",
        "From: postmaster@gate.example\nSubject: Undeliverable Mail\n",
        "Your message:\n   From:    digest@papers.example.org\n   Subject: Three papers for you\n\n"
        "Could not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients "
        "were affected:\n    {lost}\n",
        R.USER_UNKNOWN,
        True,
        "5.1.1",
    ),
    Sample(
        "google, in prose",
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
        "Subject: Delivery Status Notification (Failure)\nX-Failed-Recipients: {lost}\n",
        "** Message not delivered **\n\nYour message couldn't be delivered to {lost} because the "
        "recipient's inbox is full.\n\nThe response was:\n\n452 4.2.2 over quota\n",
        R.MAILBOX_FULL,
        False,
        "4.2.2",
    ),
    Sample(
        "german",
        "From: Postmaster@post.example\nSubject: =?utf-8?q?Unzustellbar=3A_Drei?=\n",
        "Die Nachricht konnte nicht zugestellt werden:\n\n<{lost}>:\n    Empfänger unbekannt\n",
        R.USER_UNKNOWN,
        True,
    ),
    Sample(
        "russian",
        "From: mailer-daemon@pochta.example\nSubject: Mail failure.\n",
        "Письмо не может быть доставлено:\n\n  {lost}\n    почтовый ящик переполнен\n",
        R.MAILBOX_FULL,
        False,
    ),
    Sample(
        "chinese",
        "From: postmaster@youxiang.example\nSubject: =?gb2312?B?z7XNs83L0MU=?=\n",
        "很抱歉，您的邮件无法送达：\n\n{lost}\n收件人不存在\n",
        R.USER_UNKNOWN,
        True,
    ),
    Sample(
        "japanese, after the data",
        "From: postmaster@keitai.example\nSubject: Mail System Error - Returned Mail\n",
        "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n{lost}\n"
        "-------server message\n550 unknown user\n-------SMTP command\nDATA\n"
        "-------original message\n" + RETURNED,
        R.USER_UNKNOWN,
        False,
    ),
)
