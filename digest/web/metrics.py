"""/metrics: what Prometheus reads, for those alone who may.

The site is public and the numbers are not. A request that a proxy passed on comes from anywhere,
whatever address it shows, so without a token only those who ask this port directly are answered.
"""

import hmac
import ipaddress
from collections.abc import Iterable

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from digest.services.measures import MeasureKeeper
from digest.settings import MetricsSettings
from digest.web import routes
from digest.web.gauges import Reading
from digest.web.instruments import Instruments
from digest.web.parts import Web

# RFC 7239, RFC 9110 section 7.6.3, and what proxies said before
_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_CHALLENGE = {"www-authenticate": 'Bearer realm="metrics"'}
_SEND_IT = "send Authorization: Bearer with metrics.token"
_COME_CLOSER = (
    "metrics are for the addresses of metrics.networks that ask this port directly; through a "
    "proxy or from elsewhere, set metrics.token and send Authorization: Bearer with it"
)


def add_metrics(app: FastAPI, web: Web) -> None:
    """Add the route, and count from now on."""
    context = web.context
    instruments, keeper = Instruments(), MeasureKeeper(context)
    context.observer.recorder = instruments

    @app.api_route(routes.METRICS, methods=["GET", "HEAD"])
    async def metrics(request: Request) -> Response:
        """Answer a scrape in the form that it asks for."""
        refusal = refusal_of(request, context.settings.metrics)
        if refusal is not None:
            return refusal
        registry = CollectorRegistry()
        registry.register(Reading(instruments.registry.collect(), await keeper.find()))
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": media_type})


def refusal_of(request: Request, settings: MetricsSettings) -> Response | None:
    """Return how a request is turned away, or None where it may read."""
    if settings.token is not None:
        wanted = f"Bearer {settings.token.get_secret_value()}".encode()
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if hmac.compare_digest(given, wanted):
            return None
        return PlainTextResponse(f"{_SEND_IT}\n", 401, _CHALLENGE)
    passed_on = any(name in request.headers for name in _PASSED_ON)
    host = request.client.host if request.client else ""
    if not passed_on and is_within(host, settings.networks):
        return None
    return PlainTextResponse(f"{_COME_CLOSER}\n", 403)


def is_within(host: str, networks: Iterable[str]) -> bool:
    """Return whether an IP address lies in one of some networks; what is no address does not."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # of a socket that serves both
    return any((mapped or address) in ipaddress.ip_network(network) for network in networks)
