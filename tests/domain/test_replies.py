"""What a relay's reply means (RFC 5321 section 4.2, RFC 3463)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.replies import Stage, Verdict, enhanced_code, verdict_of


@pytest.mark.parametrize(
    ("stage", "code", "reply", "verdict"),
    [
        (Stage.CONNECT, 220, "", Verdict.RELAY_DOWN),
        (Stage.CONNECT, 535, "5.7.8 bad credentials", Verdict.RELAY_DOWN),
        (Stage.MAIL, 421, "4.3.2 shutting down", Verdict.RELAY_DOWN),
        (Stage.RCPT, 421, "too many connections", Verdict.RELAY_DOWN),
        (Stage.DATA, 421, "", Verdict.RELAY_DOWN),
        (Stage.MAIL, 451, "4.7.1 slow down", Verdict.DEFERRED),
        (Stage.RCPT, 450, "4.2.1 greylisted", Verdict.DEFERRED),
        (Stage.DATA, 452, "4.3.1 disk full", Verdict.DEFERRED),
        (Stage.RCPT, 550, "5.1.1 no such user", Verdict.REFUSED),
        (Stage.RCPT, 554, "5.7.1 relay access denied", Verdict.REFUSED),
        (Stage.MAIL, 550, "5.7.1 sender not allowed", Verdict.RELAY_DOWN),
        (Stage.MAIL, 553, "who are you", Verdict.RELAY_DOWN),
        (Stage.MAIL, 552, "too big", Verdict.FAILED),
        (Stage.MAIL, 555, "parameters not known", Verdict.FAILED),
        (Stage.MAIL, 550, "5.3.4 message too big", Verdict.FAILED),
        (Stage.MAIL, 550, "5.6.7 SMTPUTF8 needed", Verdict.FAILED),
        (Stage.DATA, 550, "5.1.1 no such user", Verdict.REFUSED),
        (Stage.DATA, 552, "5.2.2 mailbox full", Verdict.REFUSED),
        (Stage.DATA, 552, "5.3.4 too big", Verdict.FAILED),
        (Stage.DATA, 554, "5.6.0 bad content", Verdict.FAILED),
        (Stage.DATA, 550, "5.7.1 looks like spam", Verdict.DEFERRED),
        (Stage.DATA, 554, "no", Verdict.FAILED),
    ],
)
def test_a_reply_blames_whom_its_stage_and_codes_say(
    stage: Stage, code: int, reply: str, verdict: Verdict
) -> None:
    assert verdict_of(stage, code, reply) is verdict


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(Stage), st.integers(400, 599), st.text(max_size=80))
def test_no_refusal_is_taken_for_an_acceptance_or_for_silence(
    stage: Stage, code: int, reply: str
) -> None:
    assert verdict_of(stage, code, reply) not in (Verdict.ACCEPTED, Verdict.UNCERTAIN)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([Stage.MAIL, Stage.RCPT, Stage.DATA]),
    st.integers(400, 499).filter(lambda code: code != 421),
    st.text(max_size=40),
)
def test_a_temporary_refusal_is_tried_again_whatever_its_words(
    stage: Stage, code: int, reply: str
) -> None:
    assert verdict_of(stage, code, reply) is Verdict.DEFERRED


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
