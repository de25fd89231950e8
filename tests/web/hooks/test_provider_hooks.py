"""The providers' webhooks by real requests: nothing forged, old or replayed works."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from digest.domain.deliveries import message_id
from digest.domain.subscribers import Suppression
from digest.services.ways import list_ways
from tests.intake.installation import (
    ADDRESS,
    BARRED,
    GONE,
    READS,
    stamp,
    standing,
)
from tests.intake.letters import delivery_of
from tests.web.hooks.hooked import (
    CERTIFICATE,
    EC_KEY,
    FOR_EVER,
    KEY,
    PAGE,
    RSA_KEY,
    TOKEN,
    TOPIC,
    Hooked,
)

# --- Amazon SES ------------------------------------------------------------------------------


def sns(told: Any, version: str = "2", **changed: str) -> dict[str, str]:
    """Return a signed notification; ``changed`` are fields that are changed before signing."""
    message = {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": told if isinstance(told, str) else json.dumps(told),
        "Timestamp": "2026-05-04T08:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
    } | changed
    names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    if message["Type"] != "Notification":
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    used = SHA256() if version == "2" else SHA1()
    signature = RSA_KEY.sign(text.encode(), padding.PKCS1v15(), used)
    return message | {"Signature": base64.b64encode(signature).decode()}


def ses_bounce(identity: str = "", kind: str = "Permanent", address: str = ADDRESS) -> Any:
    return {
        "notificationType": "Bounce",
        "mail": {"source": "", "commonHeaders": {"messageId": identity}},
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "feedbackId": "f-1",
            "bouncedRecipients": [
                {"emailAddress": address, "status": "5.1.1",
                 "diagnosticCode": "smtp; 550 5.1.1 no such user here"}
            ],
        },
    }  # fmt: skip


SES_COMPLAINT = {
    "eventType": "Complaint",
    "mail": {},
    "complaint": {
        "feedbackId": "f-2",
        "complaintFeedbackType": "abuse",
        "complainedRecipients": [{"emailAddress": ADDRESS}],
    },
}


async def test_a_signed_bounce_of_ses_bars_and_its_certificate_is_fetched_once(
    both: Hooked,
) -> None:
    row = await delivery_of(both.world)
    identity = message_id(row.dedupe_key, 1, row.id, "papers.example")
    for version in ("1", "2"):
        told = sns(ses_bounce(identity), version, Subject="hello")
        assert await both.post("/ses", json=told) == 204
    assert await standing(both.world) == BARRED
    assert both.amazon.asked == [CERTIFICATE]
    ways = {way.name: way for way in await list_ways(both.world.app.context)}
    assert (ways["ses"].state, ways["ses"].text) == ("ok", "1 repeated")
    assert ways["postmark"].state == "waiting"


async def test_a_complaint_of_ses_bars_for_ever(site: Hooked) -> None:
    assert await site.post("/ses", json=sns(SES_COMPLAINT)) == 204
    assert await standing(site.world) == FOR_EVER


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("body", {"Message": "{}"}),
        ("signature", {"Signature": "AAAA"}),
        ("topic", {"TopicArn": f"{TOPIC}x"}),
        ("version", {"SignatureVersion": "3"}),
        ("host", {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"}),
        ("user", {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem"}),
        ("plain", {"SigningCertURL": CERTIFICATE.replace("https", "http")}),
        ("bucket", {"SigningCertURL": "https://s3.eu-west-1.amazonaws.com/sns./a.pem"}),
    ],
)
async def test_what_sns_did_not_sign_is_refused(
    site: Hooked, why: str, changed: dict[str, str]
) -> None:
    assert await site.post("/ses", json=sns(SES_COMPLAINT) | changed) == 403
    assert await standing(site.world) == READS
    assert why in ("body", "signature", "version") or site.amazon.asked == []


async def test_a_subscription_is_confirmed_at_sns_and_nowhere_else(site: Hooked) -> None:
    told = {"Type": "SubscriptionConfirmation", "Token": "abc"}
    assert await site.post("/ses", json=sns("You chose", SubscribeURL=PAGE, **told)) == 204
    assert site.amazon.asked == [CERTIFICATE, PAGE]
    elsewhere = sns("You chose", SubscribeURL="https://evil.example/?Action=x", **told)
    assert await site.post("/ses", json=elsewhere) == 403
    assert site.amazon.asked == [CERTIFICATE, PAGE]


async def test_when_the_certificate_cannot_be_had_sns_is_asked_to_post_again(
    site: Hooked,
) -> None:
    site.amazon.away = True
    assert await site.post("/ses", json=sns(SES_COMPLAINT)) == 503
    assert await site.post("/ses", json=sns(SES_COMPLAINT)) == 204
    assert await standing(site.world) == FOR_EVER


async def test_a_certificate_that_is_over_proves_nothing(site: Hooked) -> None:
    site.world.clock.set(datetime(2027, 1, 2, tzinfo=UTC))
    assert await site.post("/ses", json=sns(SES_COMPLAINT)) == 403


# --- the others ------------------------------------------------------------------------------

POSTMARK_BOUNCE = {"RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "Email": ADDRESS,
                   "Details": "550 5.1.1 no such user here"}  # fmt: skip


async def test_postmark_is_known_by_its_password(site: Hooked) -> None:
    for auth in (("hook", "wrong"), ("other", TOKEN), None):
        told: dict[str, Any] = {"json": POSTMARK_BOUNCE} | ({"auth": auth} if auth else {})
        assert await site.post("/postmark", **told) == 403
    assert await standing(site.world) == READS
    assert await site.post("/postmark", json=POSTMARK_BOUNCE, auth=("hook", TOKEN)) == 204
    assert await standing(site.world) == BARRED


def mailgun(event: dict[str, Any], at: datetime, token: str = "once", key: str = KEY) -> Any:
    timestamp = str(int(at.timestamp()))
    signed = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signed},
        "event-data": event,
    }


async def test_mailgun_signs_and_a_replay_changes_nothing(both: Hooked) -> None:
    to = await stamp(both.world)
    event = {"event": "failed", "severity": "permanent", "reason": "bounce", "id": "e-1",
             "recipient": ADDRESS, "envelope": {"sender": to},
             "delivery-status": {"code": 550, "message": "5.1.1 no such user here"}}  # fmt: skip
    now = both.world.now
    for forged in (
        mailgun(event, now, key="x" * 32),
        mailgun(event, now - timedelta(days=1)),
        mailgun(event, now) | {"signature": {}},
    ):
        assert await both.post("/mailgun", json=forged) == 403
    assert await standing(both.world) == READS
    assert await both.post("/mailgun", json=mailgun(event, now)) == 204
    assert await standing(both.world) == BARRED
    complaint = mailgun({"event": "complained", "id": "e-2", "recipient": ADDRESS}, now)
    assert await both.post("/mailgun", json=complaint) == 204  # the token was used
    assert await standing(both.world) == BARRED
    fresh = mailgun({"event": "complained", "id": "e-2", "recipient": ADDRESS}, now, "another")
    assert await both.post("/mailgun", json=fresh) == 204
    assert await standing(both.world) == FOR_EVER


async def test_sendgrid_signs_the_body_as_it_came(site: Hooked) -> None:
    events = [
        {"event": "delivered", "email": ADDRESS},
        {"event": "deferred", "email": ADDRESS, "response": "450 4.2.1"},
        {"event": "bounce", "type": "blocked", "email": ADDRESS, "sg_event_id": "s-1",
         "reason": "550 5.7.1 on a list"},
        {"event": "unsubscribe", "email": ADDRESS, "sg_event_id": "s-2"},
    ]  # fmt: skip
    body, now = json.dumps(events).encode(), str(int(site.world.now.timestamp()))
    signature = base64.b64encode(EC_KEY.sign(now.encode() + body, ec.ECDSA(SHA256()))).decode()
    headers = {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": now,
    }
    for changed, told in (
        (body + b" ", headers),
        (body, headers | {"x-twilio-email-event-webhook-timestamp": f"{now}0"}),
        (body, {}),
    ):
        assert await site.post("/sendgrid", content=changed, headers=told) == 403
    assert await standing(site.world) == READS
    assert await site.post("/sendgrid", content=body, headers=headers) == 204
    assert await standing(site.world) == GONE
    site.world.clock.set(site.world.now + timedelta(days=2))
    assert await site.post("/sendgrid", content=body, headers=headers) == 403


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[]", b"null", b'{"a": [1, {"b": null}]}', b"\xff", b"[" * 100_000]
)
async def test_what_is_not_of_the_form_is_refused_or_does_nothing(
    site: Hooked, body: bytes
) -> None:
    assert await site.post("/ses", content=body) == 403
    assert await site.post("/mailgun", content=body) == 403
    assert await site.post("/postmark", content=body, auth=("hook", TOKEN)) in (204, 403)


async def test_an_address_that_no_database_holds_is_nobodys(both: Hooked) -> None:
    odd = POSTMARK_BOUNCE | {"Email": "a\x00\ud800@example.org", "ID": "\x00"}
    assert await both.post("/postmark", content=json.dumps(odd), auth=("hook", TOKEN)) == 204
    assert await standing(both.world) == READS


async def test_a_provider_that_names_another_address_than_the_mails_blames_its_owner(
    site: Hooked,
) -> None:
    await site.world.add_reader("eve@example.org", "experts")
    row = await delivery_of(site.world)
    identity = message_id(row.dedupe_key, 1, row.id, "papers.example")
    told = sns(ses_bounce(identity, address="eve@example.org"))
    assert await site.post("/ses", json=told) == 204
    assert await standing(site.world) == READS
    assert (await site.world.reader(2)).suppression is Suppression.BOUNCE
