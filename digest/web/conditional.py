"""Answers a conditional GET (RFC 9110, sections 8.8.3 and 13.1.2)."""

import hashlib

from fastapi import Request, Response


def conditional_response(request: Request, body: bytes, media_type: str) -> Response:
    """Return 200 with the body and its entity tag, or 304 where the client holds that body."""
    tag = entity_tag(body)
    headers = {"etag": tag}
    if names_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def entity_tag(body: bytes) -> str:
    """Return the strong, quoted tag of a body: a hash of its bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def names_tag(if_none_match: str, tag: str) -> bool:
    """Tell whether an If-None-Match value covers ``tag``, by the weak comparison it demands."""
    named = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return "*" in named or tag in named
