"""The web as readers meet it: the base URL, and the one click that unsubscribes (RFC 8058)."""

from urllib.parse import urlsplit

from digest.domain.checkups import Checkup, green, judge_certificate, red, skipped, yellow
from digest.domain.links import unsubscribe_url
from digest.ports import WebAnswer
from digest.services.doctor.instruments import Round
from digest.settings.relays import is_loopback

MADE_UP = "0" * 52  # as long as a token, and never a valid one
ONE_CLICK = b"List-Unsubscribe=One-Click"  # RFC 8058 section 3.2
FORM = {"content-type": "application/x-www-form-urlencoded"}
_UNKNOWN_TOKEN = 404  # what our pages answer to a link that opens nothing
_PROXY = "let the proxy in front pass {path} on to digest, path and body unchanged"


async def ask_health(round_: Round) -> WebAnswer:
    """Return what /healthz answers at the base URL; asked once a round."""
    return await round_.once("health", lambda: _ask_health(round_))


async def _ask_health(round_: Round) -> WebAnswer:
    base = round_.context.settings.base_url
    answer = await round_.instruments.web.ask("GET", f"{base}/healthz")
    if answer.answered_at is not None:
        round_.offsets["the base URL"] = answer.answered_at - round_.context.clock.now()
    return answer


async def look_at_base_url(round_: Round) -> list[Checkup]:
    """Ask /healthz at the base URL, certificate checked, as a reader far away would."""
    name, base = "base url", round_.context.settings.base_url
    parts = urlsplit(base)
    local = is_loopback(parts.hostname or "")
    answer = await ask_health(round_)
    if answer.failure:
        return [red(name, f"{base} does not answer: {answer.failure}", _unreached(answer, base))]
    if answer.status == 503 and b"failing" in answer.body:
        return [red(name, f"{base} answers, and has no database", "see the database above")]
    if answer.status != 200 or b'"status"' not in answer.body:
        said = f"{base}/healthz is answered with {_shown(answer)}, and not by digest"
        return [red(name, said, _PROXY.format(path=f"{parts.path}/healthz"))]
    if parts.scheme != "https" and local:
        return [skipped(name, f"{base} answers, for this machine alone: links work nowhere else")]
    if parts.scheme != "https":
        said = f"{base} answers without encryption"
        return [yellow(name, said, "serve it by https: mail clients use one-click by it alone")]
    ends, renew = judge_certificate(answer.certificate_ends, round_.context.clock.now())
    found = f"{base} answers, {ends}" if ends else f"{base} answers"
    return [yellow(name, found, renew)] if renew else [green(name, found)]


async def look_at_one_click(round_: Round) -> list[Checkup]:
    """Post to a made-up link as mail providers do: it must reach us, and not be redirected."""
    name, base = "one-click", round_.context.settings.base_url
    url = unsubscribe_url(base, MADE_UP)
    shown = unsubscribe_url(base, "TOKEN")
    answer = await round_.instruments.web.ask("POST", url, ONE_CLICK, FORM)
    if answer.failure:
        return [red(name, f"no answer: {answer.failure}", _unreached(answer, base))]
    path = urlsplit(shown).path
    if 300 <= answer.status < 400:
        return [
            red(
                name,
                f"a POST to {shown} is answered with {_shown(answer)}",
                "set base_url to where it leads: mail providers follow no redirect (RFC 8058)",
            )
        ]
    health = await ask_health(round_)
    ours = not health.failure and health.status in (200, 503) and b'"status"' in health.body
    if answer.status == _UNKNOWN_TOKEN and ours:
        return [green(name, "a POST arrives, and a made-up link opens nothing")]
    said = f"a POST to {shown} is answered with {_shown(answer)}, and not as digest does"
    return [red(name, said, _PROXY.format(path=path))]


def _shown(answer: WebAnswer) -> str:
    return f"{answer.status} to {answer.location}" if answer.location else str(answer.status)


def _unreached(answer: WebAnswer, base: str) -> str:
    if "certificate" in answer.failure:
        return "renew its certificate, for the very name in base_url, with its whole chain"
    if "not known" in answer.failure or "resolution" in answer.failure:
        return f"give {urlsplit(base).hostname} an address in the DNS, or correct base_url"
    return "start `digest run` and the proxy in front of it, or correct base_url"
