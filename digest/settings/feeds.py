"""The tables under ``[[sources]]``: one model per kind, so that each knows only its own keys."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from digest.settings.relays import is_loopback
from digest.settings.values import FeedAddress, Name, Secret, WebAddress

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,500}=*")  # b64token of RFC 6750 section 2.1
_CATEGORY = re.compile(r"[a-z][a-z-]{1,15}(\.[A-Za-z-]{2,17})?")


def _category(value: str) -> str:
    if not _CATEGORY.fullmatch(value):
        raise ValueError("must be an arXiv category, such as cs.LG, astro-ph.CO or quant-ph")
    return value


def _token(value: SecretStr | None) -> SecretStr | None:
    if value is None or not value.get_secret_value():
        return None
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("must be a token such as hf_..., without blanks or quotation marks")
    return value


class SourceBase(BaseModel):
    """What every source has. ``request_interval_s`` is the least time between two requests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    poll_minutes: int = Field(default=60, ge=1, le=7 * 24 * 60)
    enabled: bool = True
    allow_private: bool = False
    request_interval_s: float = Field(default=1.0, ge=0, le=3600)


class HuggingFaceSource(SourceBase):
    """Hugging Face Daily Papers; ``/api/daily_papers`` is added to ``base_url``.

    ``token`` goes to the origin of ``base_url`` alone, as ``Authorization: Bearer`` (RFC 6750).
    """

    kind: Literal["huggingface"]
    base_url: WebAddress = "https://huggingface.co"
    token: Annotated[SecretStr | None, AfterValidator(_token), Secret()] = None

    @model_validator(mode="after")
    def _token_is_not_for_everybody(self) -> Self:
        parts = urlsplit(self.base_url)
        if self.token and parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError(
                f"the token would go to {parts.hostname} without encryption: give an https:// "
                "base_url, or take the token away"
            )
        return self


class ArxivSource(SourceBase):
    """ArXiv announcements by category, with the API for gaps; its terms ask for 3 s a request.

    ``/atom/CATEGORY`` is added to ``rss_base_url`` and ``/api/query`` to ``api_base_url``.
    """

    kind: Literal["arxiv"]
    categories: tuple[Annotated[str, AfterValidator(_category)], ...] = Field(min_length=1)
    rss_base_url: WebAddress = "https://rss.arxiv.org"
    api_base_url: WebAddress = "https://export.arxiv.org"
    request_interval_s: float = Field(default=3.0, ge=0, le=3600)


class FeedSource(SourceBase):
    """Any RSS, Atom or JSON Feed."""

    kind: Literal["feed"]
    url: FeedAddress


SourceSettings = Annotated[
    HuggingFaceSource | ArxivSource | FeedSource, Field(discriminator="kind")
]

DEFAULT_SOURCES: tuple[SourceSettings, ...] = (
    HuggingFaceSource(name="Hugging Face", kind="huggingface"),
    ArxivSource(
        name="arXiv", kind="arxiv", categories=("cs.LG", "cs.CL", "cs.CV"), poll_minutes=120
    ),
)
