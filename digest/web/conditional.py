"""Answers a conditional GET (RFC 9110, sections 8.8.3 and 13.1.2)."""

import hashlib
from collections.abc import Mapping

from fastapi import Request, Response


def conditional_response(
    request: Request,
    body: bytes,
    media_type: str,
    headers: Mapping[str, str] | None = None,
    tag: str = "",
) -> Response:
    """Return 200 with the body and its entity tag, or 304 where the client holds that body.

    ``headers`` stand on both, as RFC 9110 15.4.5 wants of Cache-Control and Vary; ``tag`` spares
    hashing a body again whose tag is known.
    """
    tag = tag or entity_tag(body)
    given = {**(headers or {}), "etag": tag}
    if names_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=given)
    return Response(body, media_type=media_type, headers=given)


def entity_tag(body: bytes) -> str:
    """Return the strong, quoted tag of a body: a hash of its bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def names_tag(if_none_match: str, tag: str) -> bool:
    """Tell whether an If-None-Match value covers ``tag``, by the weak comparison it demands."""
    named = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in named or tag in named
