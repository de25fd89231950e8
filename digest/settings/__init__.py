"""Settings of an installation: what there is, where it comes from, and what is wrong with it."""

from digest.settings.bounces import (
    BounceSettings,
    ImapSettings,
    ListenerSettings,
    Pop3Settings,
)
from digest.settings.dkim import DkimSettings
from digest.settings.explain import SettingsError
from digest.settings.feeds import ArxivSource, FeedSource, HuggingFaceSource, SourceSettings
from digest.settings.load import SettingRow, describe, load_settings
from digest.settings.model import (
    DigestSettings,
    HttpSettings,
    LogSettings,
    MailSettings,
    Settings,
    SiteSettings,
    SubscribeSettings,
)
from digest.settings.relays import RelaySettings
from digest.settings.show import mask_url, masked
from digest.settings.watching import MetricsSettings, TelemetrySettings, WatchSettings

__all__ = [
    "ArxivSource",
    "BounceSettings",
    "DigestSettings",
    "DkimSettings",
    "FeedSource",
    "HttpSettings",
    "HuggingFaceSource",
    "ImapSettings",
    "ListenerSettings",
    "LogSettings",
    "MailSettings",
    "MetricsSettings",
    "Pop3Settings",
    "RelaySettings",
    "SettingRow",
    "Settings",
    "SettingsError",
    "SiteSettings",
    "SourceSettings",
    "SubscribeSettings",
    "TelemetrySettings",
    "WatchSettings",
    "describe",
    "load_settings",
    "mask_url",
    "masked",
]
