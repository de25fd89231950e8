"""Why a mail was turned down, by words, codes and stage: one function for all who are told."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.bounce_phrases import meanings
from digest.domain.bounce_reasons import (
    ALWAYS_HARD,
    classify,
    meaning,
    plain_reply,
    told_code,
    told_status,
)
from digest.domain.replies import Stage
from digest.domain.reports import BounceReason as R

HARD = {
    "550 5.1.1 The email account that you tried to reach does not exist": R.USER_UNKNOWN,
    "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table": (
        R.USER_UNKNOWN
    ),
    "550 5.1.1 unknown or illegal alias: a@b.example": R.USER_UNKNOWN,
    "550 No such user here": R.USER_UNKNOWN,
    "550 sorry, no mailbox here by that name (#5.1.1 - chkuser)": R.USER_UNKNOWN,
    "554 delivery error: dd This user doesn't have an account here (a@b.example) [0]": (
        R.USER_UNKNOWN
    ),
    "550 Message was not accepted -- invalid mailbox. Local mailbox a@b.example is unavailable: "
    "user not found": R.USER_UNKNOWN,
    "550 Requested action not taken: mailbox unavailable": R.USER_UNKNOWN,
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)": R.USER_UNKNOWN,
    "550 RCP-P1 The attempted recipient address does not exist": R.USER_UNKNOWN,
    "550 Invalid recipient <a@b.example>": R.USER_UNKNOWN,
    "550 <a@b.example> is not a valid mailbox": R.USER_UNKNOWN,
    "551 5.1.1 a@b.example: recipient unknown, not a local user": R.USER_UNKNOWN,
    "User ines (a@b.example) not listed in Domino Directory": R.USER_UNKNOWN,
    "550 5.1.1 Adresse d au moins un destinataire invalide": R.USER_UNKNOWN,
    "550 Benutzer a@b.example ist unbekannt": R.USER_UNKNOWN,
    "550 El usuario no existe": R.USER_UNKNOWN,
    "550 Пользователь не найден": R.USER_UNKNOWN,
    "550 用户不存在": R.USER_UNKNOWN,
    "550 5.1.2 Host or domain name not found. Name service error for name=b.example": (
        R.HOST_UNKNOWN
    ),
    "Unrouteable address": R.HOST_UNKNOWN,
    "Sorry, I couldn't find any host named b.example. (#5.1.2)": R.HOST_UNKNOWN,
    "550 Host unknown (Authoritative answer from name server)": R.HOST_UNKNOWN,
    "553 5.1.2 Bad destination system address": R.HOST_UNKNOWN,
    "all host address lookups failed permanently": R.HOST_UNKNOWN,
    "551 5.1.6 Recipient has moved, no forwarding address": R.MOVED,
    "550 5.1.6 recipient no longer on server: a@b.example": R.MOVED,
    "an MX or SRV record indicated no SMTP service": R.NOT_ACCEPT,
    "556 5.1.10 Domain b.example does not accept mail (null MX)": R.NOT_ACCEPT,
    "521 5.3.2 System not accepting network messages": R.NOT_ACCEPT,
}
SOFT = {
    "552 5.2.2 Over quota": R.MAILBOX_FULL,
    "452 4.2.2 The email account that you tried to reach is over quota": R.MAILBOX_FULL,
    "552 Requested mail action aborted: exceeded storage allocation": R.MAILBOX_FULL,
    "550 5.7.1 Mailbox has exceeded the limit": R.MAILBOX_FULL,
    "522 5.2.2 Quota exceeded (mailbox for user is full)": R.MAILBOX_FULL,
    "550 La boite aux lettres est pleine": R.MAILBOX_FULL,
    "550 5.2.1 The email account that you tried to reach is disabled": R.DISABLED,
    "554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30)": R.DISABLED,
    "550 Account inactive: due to extended inactivity new mail is not currently being accepted": (
        R.DISABLED
    ),
    "vdelivermail: account is locked email bounced": R.DISABLED,
    "550 5.7.26 This mail has been blocked because the sender is unauthenticated. SPF did not "
    "pass": R.AUTH_FAILURE,
    "550 5.7.1 rejected by the DMARC policy of papers.example.org": R.AUTH_FAILURE,
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org": (
        R.BLOCKED
    ),
    "550 5.7.25 The IP address sending this message does not have a PTR record": R.BLOCKED,
    "554 5.7.1 [C14] Missing reverse DNS for 192.0.2.1": R.BLOCKED,
    "550 SC-001 Unfortunately, messages weren't sent. Part of their network is on our block list": (
        R.BLOCKED
    ),
    "554 Your IP address 192.0.2.1 is not allowed to connect": R.BLOCKED,
    "450 4.7.1 Client host rejected: cannot find your hostname": R.BLOCKED,
    "554 5.7.1 Helo command rejected: your host does not resolve": R.BLOCKED,
    "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume or user complaints": (
        R.RATE
    ),
    "421 too many connections from your host": R.RATE,
    "450 4.2.0 Greylisted, see http://postgrey.example/": R.RATE,
    "550 5.7.1 Our system has detected that this message is likely unsolicited mail": R.SPAM,
    "554 5.7.1 This message scored as SPAM": R.SPAM,
    "550 5.7.0 Virus detected in message": R.VIRUS,
    "554 5.7.1 <a@b.example>: Relay access denied": R.RELAYING,
    "550 we do not relay": R.RELAYING,
    "552 5.3.4 Message size exceeds fixed maximum message size (10485760)": R.SIZE,
    "550 5.1.8 Sender address rejected: Domain not found": R.REJECTED,
    "550 Sender verify failed": R.REJECTED,
    "550 5.7.1 You are not a member of this list": R.REJECTED,
    "550 5.7.9 Message not accepted for policy reasons": R.POLICY,
    "552 5.6.0 Headers too large": R.CONTENT,
    "554 5.4.6 Too many hops": R.NETWORK,
    "connect to b.example[192.0.2.1]:25: Connection timed out": R.NETWORK,
    "No route to host": R.NETWORK,
    "retry timeout exceeded": R.EXPIRED,
    "I'm not going to try again; this message has been in the queue too long.": R.EXPIRED,
    "451 4.3.0 Internal server error, try again later": R.SYSTEM,
    'procmail: Couldn\'t create "/var/spool/mail/a": No such user': R.SYSTEM,
    "550 On hold": R.UNKNOWN,
    "": R.UNKNOWN,
}


@pytest.mark.parametrize("text", HARD)
def test_words_that_say_nobody_is_there(text: str) -> None:
    assert classify(told_status(text), told_code(text), text) == (HARD[text], True)


@pytest.mark.parametrize("text", SOFT)
def test_words_that_may_pass(text: str) -> None:
    assert classify(told_status(text), told_code(text), text) == (SOFT[text], False)


@pytest.mark.parametrize(
    ("status", "reason", "hard"),
    [
        ("5.1.1", R.USER_UNKNOWN, True),
        ("4.1.1", R.USER_UNKNOWN, False),
        ("5.1.2", R.HOST_UNKNOWN, True),
        ("5.1.6", R.MOVED, True),
        ("5.1.8", R.REJECTED, False),
        ("5.1.10", R.NOT_ACCEPT, True),
        ("5.2.1", R.DISABLED, False),
        ("5.2.2", R.MAILBOX_FULL, False),
        ("5.3.4", R.SIZE, False),
        ("5.4.4", R.HOST_UNKNOWN, True),
        ("4.4.7", R.EXPIRED, False),
        ("5.6.1", R.CONTENT, False),
        ("5.7.1", R.POLICY, False),
        ("5.7.26", R.AUTH_FAILURE, False),
        ("5.0.0", R.UNKNOWN, False),
        ("no status", R.UNKNOWN, False),
    ],
)
def test_a_code_decides_where_words_say_nothing(status: str, reason: R, hard: bool) -> None:
    assert classify(status, None, "") == (reason, hard)


def test_an_unknown_user_is_believed_by_when_it_was_said() -> None:
    said = "550 User unknown"
    assert classify("", 550, said, Stage.RCPT) == (R.USER_UNKNOWN, True)
    assert classify("", 550, said) == (R.USER_UNKNOWN, True)
    assert classify("", 550, said, Stage.DATA) == (R.USER_UNKNOWN, False)
    assert classify("5.1.1", 550, said, Stage.DATA) == (R.USER_UNKNOWN, True)
    assert classify("", 550, said, Stage.MAIL) == (R.REJECTED, False)
    assert classify("", 550, said, Stage.CONNECT) == (R.BLOCKED, False)
    assert classify("5.2.1", 550, said) == (R.USER_UNKNOWN, False)
    assert classify("5.7.1", 550, said) == (R.POLICY, False)
    assert classify("", 450, said, Stage.RCPT) == (R.USER_UNKNOWN, False)


def test_names_of_hosts_and_people_say_nothing() -> None:
    assert meaning("550 host spam.blacklist.example said: <virus.quota@full.example> no") is (
        R.UNKNOWN
    )
    assert plain_reply("See  https://virus.example/x <A@B.example>\n NOW") == "see @ now"


def test_the_most_exact_status_and_the_final_code_are_told() -> None:
    assert told_status("5.0.0 and 550-5.7.1 x 2.0.0") == "5.7.1"
    assert told_status("192.0.2.5.1.1 250 2.1.5 ok") == ""
    assert told_code("421 later; then 550 no") == 550
    assert told_code("421 4.7.0 later") == 421
    assert told_code("port 2525, 5501 and 192.0.2.550") is None


@given(
    st.sampled_from(["", "5.1.1", "4.2.2", "5.7.1", "x", "5.999.999"]),
    st.none() | st.integers(0, 999),
    st.text(max_size=300) | st.sampled_from([*HARD, *SOFT]),
    st.none() | st.sampled_from(Stage),
)
def test_only_what_is_said_of_the_address_is_hard(
    status: str, code: int | None, text: str, stage: Stage | None
) -> None:
    reason, hard = classify(status, code, text, stage)
    assert reason in ALWAYS_HARD or not hard
    assert not (hard and status.startswith("4"))


@given(st.text(max_size=3000))
def test_a_plain_reply_has_single_spaces_and_no_addresses(text: str) -> None:
    plain = plain_reply(text + " a.b@c.example")
    assert len(plain) <= 2 * 900  # small letters may be longer
    assert (
        plain_reply(text[:200].replace("@", "") + " x").count("  ") == 0 or "http" in text.lower()
    )


@pytest.mark.parametrize(("reason", "pattern"), meanings())
def test_no_text_takes_more_than_linear_time(reason: R, pattern: re.Pattern[str]) -> None:
    for atom in (
        "@ ",
        "konto ",
        "адрес ",
        "邮箱",
        "do not have ",
        "user ",
        "mailbox exceed ",
        "not ",
        "message ",
        "domain is ",
        "a",
        " ",
        "1.",
        "-",
    ):
        spent = []
        for size in (3_000, 12_000):
            text = (atom * size)[:size]
            start = time.process_time()
            pattern.search(text)
            spent.append(time.process_time() - start)
        assert spent[1] < 12 * spent[0] + 0.05, (reason, atom)
