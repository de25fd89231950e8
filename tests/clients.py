"""HTTP clients for the servers that tests run on loopback."""

from collections.abc import Mapping

import httpx

PATIENCE_S = 30.0  # of a machine that is busy with other tests


def plain_client(base_url: str = "", headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """Return a client that speaks HTTP without TLS: no authorities' certificates are read for it.

    Reading them takes longer than most tests.
    """
    return httpx.AsyncClient(base_url=base_url, headers=headers, verify=False, timeout=PATIENCE_S)
