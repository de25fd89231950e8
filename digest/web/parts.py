"""What every group of routes is built from."""

from dataclasses import dataclass

from fastapi import Request

from digest.ports import OpenIdProvider
from digest.services.context import Context
from digest.services.doctor.rounds import Rounds
from digest.services.snapshot import Snapshots
from digest.services.topics import Catalogues
from digest.texts import Texts, preferred_language
from digest.web.gate import Gate
from digest.web.pages import Pages


@dataclass(frozen=True)
class Web:
    """The parts of one installation's web."""

    context: Context
    pages: Pages
    gate: Gate
    snapshots: Snapshots
    catalogues: Catalogues
    rounds: Rounds | None = None  # the doctor's, where somebody looks after the installation
    openid: OpenIdProvider | None = None  # beside passwords, where the settings name one

    def texts(self, request: Request) -> Texts:
        """Return the sentences in a visitor's language: ``?lang=``, else what the browser asks.

        Pages of a reader use the reader's own language instead.
        """
        known = self.pages.languages
        asked = request.query_params.get("lang", "")
        if asked not in known:
            asked = preferred_language(request.headers.get("accept-language", ""), known)
        return self.pages.texts(asked)
