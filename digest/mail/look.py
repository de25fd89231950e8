"""What an installation and a reader's choices give to the looks of a mail."""

from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlsplit

from digest.mail.palette import parse_colour


class Level(IntEnum):
    """How much of a card is shown; a size limit steps down from one to the next."""

    TITLE = 0  # title, authors, trend
    SHORT = 1  # and the extract, with the beginning of the rest of the abstract
    FULL = 2  # and all of the abstract


@dataclass(frozen=True, slots=True)
class SiteLook:
    """The operator's side. Raises ValueError for a base URL or accent that cannot be used.

    ``base_url`` is http(s), may carry a path prefix, and loses a slash at its end. ``accent`` is
    #rgb or #rrggbb, darkened or lightened as far as reading needs it. ``logo_url`` stays None
    unless the operator wants a remote image in every mail. ``privacy_url`` stands in every mail and
    is the site's own page where nothing else is given; there may be no imprint ("").
    ``count_opens`` leads the links of papers through the site, in the mails' HTML alone.
    """

    site_name: str
    base_url: str
    accent: str = "#23629f"
    logo_url: str | None = None
    postal_address: str | None = None
    imprint_url: str = ""
    privacy_url: str = ""
    count_opens: bool = False

    def __post_init__(self) -> None:
        """Refuse what would give broken links or colours in every mail."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"base_url is not an http or https address: {self.base_url!r}")
        parse_colour(self.accent)
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        privacy = self.privacy_url or f"{self.base_url}/privacy"
        object.__setattr__(self, "privacy_url", privacy)


@dataclass(frozen=True, slots=True)
class View:
    """The reader's side, as far as readers share it: no address, no token.

    ``topics`` are the names of the reader's topics; ``hour`` ("08:00") and ``zone``
    ("Europe/Berlin") tell when the mail leaves and may be "".
    """

    language: str = "en"
    extract: str = "short"
    topics: tuple[str, ...] = ()
    hour: str = ""
    zone: str = ""

    @property
    def level(self) -> Level:
        """How much of each card the reader wants."""
        return Level.FULL if self.extract == "full" else Level.SHORT
