"""An installation behind its web with every hook, and SNS as far as it is asked."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from digest.domain.subscribers import SubscriberState, Suppression
from digest.ports import Fetched, FetchFailed, FetchFailure, FetchRequest, FetchResult
from digest.web.app import create_app
from tests.intake.installation import (
    mailed,
)
from tests.world import World

TOKEN, KEY = "t" * 40, "k" * 32
TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1a2b.pem"
PAGE = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"
FOR_EVER = (SubscriberState.SUPPRESSED, Suppression.COMPLAINT)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    EC_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()
RSA_KEY = rsa.generate_private_key(65537, 2048)
BOUNCES = {
    "hook": {"token": TOKEN, "max_bytes": 200_000},
    "ses": {"topics": [TOPIC]},
    "postmark": {"username": "hook", "password": TOKEN},
    "mailgun": {"signing_key": KEY},
    "sendgrid": {"public_key": PUBLIC},
}


class Amazon:
    """A fetcher that knows the pages of SNS; ``away`` makes it fail once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request.url)
        if self.away:
            self.away = False
            return FetchFailed(request.url, FetchFailure.TIMEOUT)
        return Fetched(request.url, pem() if request.url.endswith(".pem") else b"<ok/>")


def pem() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(RSA_KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 12, 31, tzinfo=UTC))
        .sign(RSA_KEY, SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


@dataclass
class Hooked:
    """The installation behind its web, and the pages of SNS."""

    world: World
    client: httpx.AsyncClient
    amazon: Amazon

    async def post(self, path: str, **told: Any) -> int:
        """Post to a hook; return the status."""
        return (await self.client.post(f"/digest/hooks/bounce{path}", **told)).status_code


@asynccontextmanager
async def hooked(folder: Path, url: str, bounces: dict[str, Any]) -> AsyncIterator[Hooked]:
    async with mailed(folder, url, bounces=bounces) as world:
        amazon = Amazon()
        app = create_app(replace(world.app.context, fetcher=amazon))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://papers.example") as c:
            yield Hooked(world, c, amazon)
