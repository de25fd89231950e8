"""What providers say, in made-up requests: the kinds of each, and nothing that breaks a reader."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.provider_events import ProviderEvent
from digest.domain.reports import ReportKind
from digest.domain.suppression import weigh
from digest.mail.hooks import mailgun, postmark, sendgrid, ses
from digest.mail.hooks.reading import HookError, read_object, rows, table, word

ADDRESS = "ada@example.org"
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
WORDS = st.sampled_from(
    ["event", "email", "recipient", "reason", "type", "severity", "RecordType", "Type", "Email",
     "notificationType", "bounce", "complaint", "bouncedRecipients", "Message", "delivery-status",
     "failed", "bounce", "Bounce", "Complaint", "permanent", "HardBounce", "dropped"]
)  # fmt: skip
LIKELY = st.recursive(
    WORDS | JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=15,
)


def short(events: list[ProviderEvent]) -> list[tuple[str, str]]:
    """Return kind or feedback, and weigh, of each event."""
    return [
        (one.feedback or one.kind.value, weigh(one.told).value)
        if one.kind is ReportKind.BOUNCE
        else (one.feedback or "abuse", "")
        for one in events
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"event": "failed", "severity": "permanent", "reason": "bounce",
          "delivery-status": {"message": "5.1.1 no such user"}}, [("bounce", "hard")]),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"},
         [("bounce", "hard")]),
        ({"event": "failed", "severity": "permanent", "reason": "old"}, [("bounce", "soft")]),
        ({"event": "failed", "severity": "permanent", "reason": "espblock"},
         [("bounce", "nobody")]),
        ({"event": "failed", "severity": "temporary", "reason": "generic"}, []),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-complaint"},
         [("abuse", "")]),
        ({"event": "complained"}, [("abuse", "")]),
        ({"event": "unsubscribed"}, [("opt-out", "")]),
        ({"event": "delivered"}, []),
    ],
)  # fmt: skip
def test_mailgun(event: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    told = {"recipient": ADDRESS, "id": "1", "message": {"headers": {"message-id": "x@y"}}}
    found = mailgun.read_events(event | told)
    assert short(found) == expected
    assert all(one.message_id == "x@y" and one.told.address == ADDRESS for one in found)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"Type": "HardBounce", "Details": "550 5.1.1 no such user"}, [("bounce", "hard")]),
        ({"Type": "HardBounce", "Details": "550 5.7.1 policy"}, [("bounce", "nobody")]),
        ({"Type": "BadEmailAddress"}, [("bounce", "hard")]),
        ({"Type": "SoftBounce", "Details": "452 4.2.2 mailbox full"}, [("bounce", "soft")]),
        ({"Type": "DnsError"}, [("bounce", "soft")]),
        ({"Type": "Blocked"}, [("bounce", "nobody")]),
        ({"Type": "DMARCPolicy"}, [("bounce", "nobody")]),
        ({"Type": "AutoResponder"}, []),
        ({"Type": "SpamComplaint"}, [("abuse", "")]),
        ({"RecordType": "SpamComplaint"}, [("abuse", "")]),
        ({"RecordType": "SubscriptionChange", "SuppressSending": True, "Origin": "Recipient"},
         [("opt-out", "")]),
        ({"RecordType": "SubscriptionChange", "SuppressSending": False, "Origin": "Recipient"}, []),
        ({"RecordType": "SubscriptionChange", "SuppressSending": True, "Origin": "Admin"}, []),
        ({"RecordType": "Open"}, []),
    ],
)  # fmt: skip
def test_postmark(told: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    body = {"RecordType": "Bounce", "ID": 1, "Email": ADDRESS} | told
    assert short(postmark.read_events(json.dumps(body).encode())) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 no such user"},
         [("bounce", "hard")]),
        ({"event": "bounce", "type": "blocked", "reason": "550 see our page"},
         [("bounce", "nobody")]),
        ({"event": "bounce", "bounce_classification": "Mailbox Unavailable"}, [("bounce", "soft")]),
        ({"event": "bounce", "bounce_classification": "Reputation"}, [("bounce", "nobody")]),
        ({"event": "dropped", "reason": "Bounced Address"}, [("bounce", "hard")]),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, [("abuse", "")]),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, [("opt-out", "")]),
        ({"event": "dropped", "reason": "Something else"}, [("bounce", "soft")]),
        ({"event": "spamreport"}, [("abuse", "")]),
        ({"event": "group_unsubscribe"}, [("opt-out", "")]),
        ({"event": "deferred"}, []),
        ({"event": "open"}, []),
    ],
)  # fmt: skip
def test_sendgrid(told: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    body = json.dumps([{"email": ADDRESS, "sg_event_id": "1"} | told]).encode()
    assert short(sendgrid.read_events(body)) == expected


@pytest.mark.parametrize(
    ("kind", "subtype", "said", "expected"),
    [
        ("Permanent", "General", "smtp; 550 5.1.1 no such user", "hard"),
        ("Permanent", "NoEmail", "", "hard"),
        ("Permanent", "OnAccountSuppressionList", "", "hard"),
        ("Permanent", "General", "smtp; 550 5.7.1 policy", "nobody"),
        ("Transient", "MailboxFull", "", "soft"),
        ("Transient", "ContentRejected", "", "nobody"),
        ("Undetermined", "Undetermined", "", "soft"),
    ],
)
def test_ses(kind: str, subtype: str, said: str, expected: str) -> None:
    recipient = {"emailAddress": ADDRESS, "diagnosticCode": said}
    bounce = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [recipient]}
    told = {"eventType": "Bounce", "mail": {"source": "a@b.c"}, "bounce": bounce}
    [found] = ses.read_events({"Message": json.dumps(told)})
    assert (weigh(found.told).value, found.sender) == (expected, "a@b.c")


@given(JSON | LIKELY)
def test_any_json_gives_events_or_is_refused(value: Any) -> None:
    body = json.dumps(value).encode()
    for read in (postmark.read_events, sendgrid.read_events):
        try:
            found = read(body)
        except HookError:
            continue
        assert all(isinstance(one.told.address, str) for one in found)
    if isinstance(value, dict):
        mailgun.read_events(value)
    try:
        ses.read_events({"Message": json.dumps(value)})
    except HookError:
        assert not isinstance(value, dict)


@given(st.binary(max_size=60))
def test_what_is_no_json_is_refused(body: bytes) -> None:
    try:
        told = read_object(body)
    except HookError:
        return
    assert isinstance(told, dict)


@given(JSON)
def test_values_of_the_wrong_kind_are_as_good_as_absent(value: Any) -> None:
    assert isinstance(table(value, "a", "b"), dict)
    assert all(isinstance(one, dict) for one in rows(value))
    assert isinstance(word(value, "a"), str)


@given(st.text(max_size=20), st.text(max_size=20))
def test_made_up_signatures_are_refused(signature: str, timestamp: str) -> None:
    body = json.dumps({"signature": {"signature": signature, "timestamp": timestamp, "token": "t"}})
    with pytest.raises(HookError):
        mailgun.read_signed(body.encode(), "k" * 32, NOW)
    with pytest.raises(HookError):
        sendgrid.check_signature(b"[]", signature, timestamp, "AAAA", NOW)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/?x=https://sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com.evil.example/",
        "https://sns.eu-west-1.amazonaws.com:443@evil.example/",
        "http://sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com\\@evil.example/",
        "https://sns..amazonaws.com/",
        "",
    ],
)
def test_only_pages_of_sns_are_pages_of_sns(url: str) -> None:
    assert not ses.is_sns_page(url)
    assert ses.is_sns_page("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription")
