"""Every setting with its type, bounds and default; the names are those of the TOML file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from digest.settings.admin import AdminSettings
from digest.settings.bounces import BounceSettings
from digest.settings.dkim import DkimSettings, checked_name, signing_domain
from digest.settings.feeds import DEFAULT_SOURCES, SourceSettings
from digest.settings.relays import RelaySettings
from digest.settings.retention import RetentionSettings, UpgradeSettings
from digest.settings.table import Table
from digest.settings.values import (
    Colour,
    DatabaseAddress,
    Domain,
    Folder,
    Line,
    Mailbox,
    Name,
    Network,
    Notice,
    OptionalFolder,
    OptionalMailbox,
    Picture,
    Port,
    Secret,
    SigningKey,
    WebAddress,
    split_mailbox,
)
from digest.settings.watching import MetricsSettings, TelemetrySettings, WatchSettings

LONGEST_CADENCE_DAYS = 7  # a weekly digest is the rarest that readers are offered


class SiteSettings(Table):
    """What readers see of the installation. ``logo`` is the URL of an image, or empty.

    ``imprint`` and ``privacy`` are a text, or the URL of a page elsewhere; without a ``privacy``
    the program's own page says what is kept. ``count_opens`` leads the links of papers in mails
    through this site, and counts by paper and day how often they are opened; never by whom.
    """

    name: Name = "Paper Digest"
    accent: Colour = "#1f5f8b"
    logo: Picture = ""
    imprint: Notice = ""
    privacy: Notice = ""
    count_opens: bool = False


class MailSettings(Table):
    """Who writes. ``bounces`` is how the envelope sender is made (RFC 5321 4.4, VERP).

    ``provider_by_mx`` tells mailbox providers apart by their MX records, else by address alone.
    ``unsubscribe`` is the address in List-Unsubscribe; without one it is where people write to.
    """

    from_: Mailbox = Field(default="Paper Digest <digest@localhost>", alias="from")
    reply_to: OptionalMailbox = ""
    postal_address: Line = ""
    unsubscribe: OptionalMailbox = ""
    return_path_domain: Domain = ""
    bounces: Literal["none", "plus", "verp"] = "none"
    provider_by_mx: bool = True

    @property
    def from_name(self) -> str:
        """Return the display name of the sender, or an empty string."""
        return split_mailbox(self.from_)[0]

    @property
    def from_address(self) -> str:
        """Return the sender's bare address."""
        return split_mailbox(self.from_)[1]

    @property
    def from_domain(self) -> str:
        """Return the sender's domain."""
        return self.from_address.rpartition("@")[2]

    @property
    def list_id(self) -> str:
        """Return what identifies the digests as a list, without angle brackets (RFC 2919)."""
        return f"digest.{self.from_domain}"

    @property
    def contact_address(self) -> str:
        """Return the bare address that people write to."""
        return split_mailbox(self.reply_to or self.from_)[1]

    @property
    def reply_address(self) -> str:
        """Return the bare address of ``reply_to``, or ""."""
        return split_mailbox(self.reply_to)[1] if self.reply_to else ""

    @property
    def unsubscribe_address(self) -> str:
        """Return the bare address to which mail clients write to unsubscribe."""
        return split_mailbox(self.unsubscribe)[1] if self.unsubscribe else self.contact_address

    @property
    def envelope_domain(self) -> str:
        """Return ``return_path_domain``, or the sender's domain where none is set."""
        return self.return_path_domain or self.from_domain


class DigestSettings(Table):
    """What goes into a digest and how late it may leave; ``max_papers`` is a new reader's.

    ``send_window_minutes`` spreads a slot's digests over so many minutes; 0 sends them at once.
    """

    window_days: int = Field(default=14, ge=2 * LONGEST_CADENCE_DAYS, le=120)
    max_papers: int = Field(default=10, ge=1, le=100)
    catch_up_hours: int = Field(default=12, ge=1, le=20)
    first_at_once: bool = True
    send_window_minutes: int = Field(default=0, ge=0, le=360)
    rising_trend: int = Field(default=40, ge=0, le=100)


class DeliverySettings(Table):
    """What becomes of a mail whose relay's answer was lost: it may have arrived, or not.

    ``resend`` sends it again under the same Message-ID; ``hold`` leaves it to
    ``digest held release``.
    """

    on_uncertain: Literal["resend", "hold"] = "resend"


class SubscribeSettings(Table):
    """Who may subscribe; ``domains`` are the mail domains let in by mode ``domains``.

    Limits are token buckets: so many sign-ups at once and again within the hour (a client's
    network, /24 or /56) or day (an address). ``min_seconds`` is the least time to fill in the form.
    """

    mode: Literal["open", "domains", "approval", "closed"] = "open"
    domains: tuple[Domain, ...] = ()
    per_network_hour: int = Field(default=20, ge=1, le=100_000)
    per_address_day: int = Field(default=5, ge=1, le=1000)
    min_seconds: float = Field(default=2.0, ge=0, le=60)
    proof_of_work: bool = False
    refuse_disposable: bool = False

    @model_validator(mode="after")
    def _mode_fits_domains(self) -> Self:
        if self.mode == "domains" and not any(self.domains):
            raise ValueError('mode "domains" needs domains = ["example.org"]')
        return self


class HttpSettings(Table):
    """The web server. ``contact`` is told to the sources in our User-Agent."""

    host: Name = "127.0.0.1"
    port: Port = 8000
    contact: Line = ""
    trusted_proxies: tuple[Network, ...] = ()


class ApiSettings(Table):
    """The JSON API. Each of ``tokens`` lets its holder read and change readers and topics."""

    tokens: Annotated[tuple[SigningKey, ...], Secret()] = ()


class LogSettings(Table):
    """``auto`` is text in a terminal and JSON elsewhere."""

    format: Literal["auto", "text", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


def _database_beside_data(values: dict[str, Any]) -> str:
    return f"sqlite+aiosqlite:///{values.get('data_dir', 'data')}/digest.sqlite3"


def _address_of_server(values: dict[str, Any]) -> str:
    http = values.get("http")
    return f"http://localhost:{http.port if isinstance(http, HttpSettings) else 8000}"


class Settings(BaseSettings):
    """All settings of one installation, checked and frozen.

    ``load_settings`` makes them from file and environment; calling the class uses its arguments
    and nothing else. ``secret_key`` is None where the installation keeps its own in ``data_dir``.
    Files in ``templates_dir`` stand in for built-in templates of the same name.
    """

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    data_dir: Folder = Path("data")
    http: HttpSettings = HttpSettings()
    database_url: Annotated[DatabaseAddress, Secret()] = Field(
        default_factory=_database_beside_data, repr=False
    )
    base_url: WebAddress = Field(default_factory=_address_of_server)
    secret_key: Annotated[SigningKey | None, Secret()] = None
    secret_keys_old: Annotated[tuple[SigningKey, ...], Secret()] = ()
    site: SiteSettings = SiteSettings()
    templates_dir: OptionalFolder = None
    mail: MailSettings = MailSettings()
    dkim: DkimSettings = DkimSettings()
    relays: tuple[RelaySettings, ...] = (RelaySettings(),)
    bounces: BounceSettings = BounceSettings()
    sources: tuple[SourceSettings, ...] = DEFAULT_SOURCES
    digest: DigestSettings = DigestSettings()
    delivery: DeliverySettings = DeliverySettings()
    subscribe: SubscribeSettings = SubscribeSettings()
    api: ApiSettings = ApiSettings()
    admin: AdminSettings = AdminSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    watch: WatchSettings = WatchSettings()
    retention: RetentionSettings = RetentionSettings()
    upgrade: UpgradeSettings = UpgradeSettings()

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _secret_files: dict[str, Path] = PrivateAttr(default_factory=dict)

    @property
    def origins(self) -> Mapping[str, str]:
        """Return the file or variable behind each key that is set, by dotted key."""
        return self._origins

    @property
    def secret_files(self) -> Mapping[str, Path]:
        """Return the file behind each secret that came from one, by dotted key."""
        return self._secret_files

    def remember_origins(
        self, origins: Mapping[str, str], secret_files: Mapping[str, Path] | None = None
    ) -> None:
        """Note where the values came from; they themselves never change."""
        self._origins.update(origins)
        self._secret_files.update(secret_files or {})

    @property
    def dkim_domain(self) -> str:
        """Return d= of our signatures in ASCII."""
        return signing_domain(self.dkim.domain, self.mail.from_domain)

    @model_validator(mode="after")
    def _signatures_count(self) -> Self:
        try:
            for selector in self.dkim.selectors:
                checked_name(selector, self.dkim_domain)
        except ValueError as error:
            raise ValueError(f"dkim: {error}") from None
        return self

    @model_validator(mode="after")
    def _observations_outlive_the_window(self) -> Self:
        if self.retention.observations_days <= self.digest.window_days:
            raise ValueError(
                "retention.observations_days must be more than digest.window_days: a paper that "
                "may be offered is ranked by what was observed"
            )
        return self

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for table, names in (
            ("relays", [relay.name for relay in self.relays]),
            ("sources", [source.name for source in self.sources]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{table}: name {', '.join(map(repr, twice))} is given twice")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the arguments alone: the loader adds file and environment, tests stay hermetic."""
        del cls, settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)
