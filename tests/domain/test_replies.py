"""What a relay's reply means, and whom it blames (RFC 5321 section 4.2, RFC 3463)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.replies import Blame, Stage, Verdict, enhanced_code, judge

DOWN = (Verdict.RELAY_DOWN, Blame.RELAY)
SENDER = (Verdict.DEFERRED, Blame.RELAY)
RELAY_SLOW = (Verdict.THROTTLED, Blame.RELAY)
PROVIDER_SLOW = (Verdict.THROTTLED, Blame.PROVIDER)
PROVIDER_LATER = (Verdict.DEFERRED, Blame.PROVIDER)
LATER = (Verdict.DEFERRED, Blame.RECIPIENT)
RELAY_LATER = (Verdict.DEFERRED, Blame.RELAY)
GONE = (Verdict.REFUSED, Blame.RECIPIENT)
BAD = (Verdict.FAILED, Blame.MESSAGE)
POLICY = (Verdict.DEFERRED, Blame.POLICY)

TABLE = [
    # before the envelope everything is the relay's own trouble
    (Stage.CONNECT, 220, "", DOWN),
    (Stage.CONNECT, 421, "4.7.0 too many connections", DOWN),
    (Stage.CONNECT, 554, "5.7.1 your address is blocked", DOWN),
    (Stage.AUTH, 535, "5.7.8 bad credentials", DOWN),
    (Stage.AUTH, 454, "4.7.0 temporary authentication failure", DOWN),
    # at MAIL FROM
    (Stage.MAIL, 421, "4.3.2 shutting down", DOWN),
    (Stage.MAIL, 421, "4.7.0 try again later", DOWN),
    (Stage.MAIL, 451, "4.7.1 slow down", RELAY_SLOW),
    (Stage.MAIL, 454, "Throttling failure: Maximum sending rate exceeded.", RELAY_SLOW),
    (Stage.MAIL, 452, "4.3.1 disk full", RELAY_LATER),
    (Stage.MAIL, 550, "5.7.1 sender not allowed", SENDER),
    (Stage.MAIL, 553, "who are you", SENDER),
    (Stage.MAIL, 530, "5.7.0 authentication required", SENDER),
    (Stage.MAIL, 552, "too big", BAD),
    (Stage.MAIL, 555, "parameters not known", BAD),
    (Stage.MAIL, 550, "5.3.4 message too big", BAD),
    (Stage.MAIL, 550, "5.6.7 SMTPUTF8 needed", BAD),
    # at RCPT TO
    (Stage.RCPT, 421, "too many connections", PROVIDER_SLOW),
    (Stage.RCPT, 421, "4.7.0 [TSS04] temporarily deferred", PROVIDER_SLOW),
    (Stage.RCPT, 421, "4.3.2 shutting down", DOWN),
    (Stage.RCPT, 450, "4.7.1 you are sending too fast", PROVIDER_LATER),
    (Stage.RCPT, 451, "4.7.651 the mail server has been temporarily rate limited", PROVIDER_LATER),
    (Stage.RCPT, 454, "4.7.0 not now", PROVIDER_LATER),
    (Stage.RCPT, 454, "Throttling failure: Daily message quota exceeded", RELAY_SLOW),
    (Stage.RCPT, 450, "4.2.1 the user receives mail at too high a rate", LATER),
    (Stage.RCPT, 451, "4.7.1 Greylisting in action, please come back later", LATER),
    (Stage.RCPT, 450, "4.7.1 <a@b.example>: Recipient address rejected: Graylisted", LATER),
    (Stage.RCPT, 452, "4.2.2 mailbox full", LATER),
    (Stage.RCPT, 550, "5.1.1 no such user", GONE),
    (Stage.RCPT, 550, "no such user here", GONE),
    (Stage.RCPT, 550, "", GONE),
    (Stage.RCPT, 550, "5.5.0 Requested action not taken: mailbox unavailable", GONE),
    (Stage.RCPT, 551, "5.1.6 user has moved", GONE),
    (Stage.RCPT, 552, "5.2.2 mailbox full", GONE),
    (Stage.RCPT, 550, "5.4.1 recipient address rejected: access denied", GONE),
    (Stage.RCPT, 550, "5.1.1 user unknown, see our policy page", GONE),
    (Stage.RCPT, 554, "5.7.1 relay access denied", POLICY),
    (Stage.RCPT, 550, "relaying denied", POLICY),
    (Stage.RCPT, 554, "5.7.1 client host blocked using zen.spamhaus.org", POLICY),
    (Stage.RCPT, 550, "5.1.0 rejected: listed in a blocklist", POLICY),
    (Stage.RCPT, 553, "blocked by policy", POLICY),
    (Stage.RCPT, 550, "5.1.8 sender's domain has no MX", POLICY),
    (Stage.RCPT, 550, "5.3.0 system trouble", POLICY),
    (Stage.RCPT, 550, "5.3.4 too big for this mailbox", BAD),
    (Stage.RCPT, 553, "5.6.7 SMTPUTF8 is required", BAD),
    (Stage.RCPT, 503, "5.5.1 MAIL first", DOWN),
    (Stage.RCPT, 530, "5.7.0 must issue a STARTTLS command first", DOWN),
    # at DATA and after the final dot
    (Stage.DATA, 421, "", PROVIDER_SLOW),
    (Stage.DATA, 421, "4.3.2 going down", DOWN),
    (Stage.DATA, 451, "4.7.0 rate limited by the destination", PROVIDER_LATER),
    (Stage.DATA, 454, "Throttling failure: Maximum sending rate exceeded.", RELAY_SLOW),
    (Stage.DATA, 452, "4.3.1 disk full", RELAY_LATER),
    (Stage.DATA, 450, "4.2.0 mailbox busy", LATER),
    (Stage.DATA, 550, "5.1.1 no such user", GONE),
    (Stage.DATA, 552, "5.2.2 mailbox full", GONE),
    (Stage.DATA, 550, "unknown user", GONE),
    (Stage.DATA, 552, "5.3.4 too big", BAD),
    (Stage.DATA, 552, "5.2.3 longer than this mailbox takes", BAD),
    (Stage.DATA, 552, "message exceeds the size limit", BAD),
    (Stage.DATA, 554, "5.6.0 bad content", BAD),
    (Stage.DATA, 550, "5.7.1 looks like spam", POLICY),
    (Stage.DATA, 554, "message rejected as spam", POLICY),
    (Stage.DATA, 550, "5.7.26 unauthenticated mail is prohibited", POLICY),
    (Stage.DATA, 554, "no", POLICY),
    (Stage.DATA, 554, "5.3.0 internal trouble", POLICY),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "code", "reply", "said"), TABLE)
def test_a_reply_blames_whom_its_stage_codes_and_words_say(
    stage: Stage, code: int, reply: str, said: tuple[Verdict, Blame]
) -> None:
    judged = judge(stage, code, reply)
    assert (judged.verdict, judged.blame) == said


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(Stage), st.integers(400, 599), st.text(max_size=80))
def test_no_refusal_is_taken_for_an_acceptance_or_for_silence(
    stage: Stage, code: int, reply: str
) -> None:
    assert judge(stage, code, reply).verdict not in (Verdict.ACCEPTED, Verdict.UNCERTAIN)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([Stage.MAIL, Stage.RCPT, Stage.DATA]),
    st.integers(400, 499),
    st.text(max_size=40),
)
def test_a_temporary_refusal_is_tried_again_whatever_its_words(
    stage: Stage, code: int, reply: str
) -> None:
    again = (Verdict.DEFERRED, Verdict.THROTTLED, Verdict.RELAY_DOWN)
    assert judge(stage, code, reply).verdict in again


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([Stage.RCPT, Stage.DATA]),
    st.integers(500, 599),
    st.integers(0, 99),
    st.text(max_size=60),
)
def test_a_policy_never_blames_an_address(stage: Stage, code: int, detail: int, words: str) -> None:
    judged = judge(stage, code, f"5.7.{detail} {words}")
    assert judged.blame in (Blame.POLICY, Blame.RELAY, Blame.MESSAGE)
    assert judged.verdict is not Verdict.REFUSED


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 5).filter(lambda n: n != 3), st.integers(0, 999), st.integers(0, 999))
def test_an_enhanced_code_is_read_at_the_start_of_the_text(
    kind: int, subject: int, detail: int
) -> None:
    text = f"{kind}.{subject}.{detail}"
    assert enhanced_code(f" {text} rejected") == (kind, subject, detail)
    assert enhanced_code(f"said {text}") is None


@pytest.mark.parametrize("text", ["", "5.1", "5.1.1000", "3.1.1 odd", "5.1.1x", "5..1 a"])
def test_what_is_no_enhanced_code_is_none(text: str) -> None:
    assert enhanced_code(text) is None
