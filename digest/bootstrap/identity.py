"""Who signs operators in beside passwords, as the settings say."""

from digest.feeds.http import default_ssl_context
from digest.ports import OpenIdProvider
from digest.settings import Settings


def openid_of(settings: Settings) -> OpenIdProvider | None:
    """Return the OpenID provider of the settings, or None."""
    told = settings.admin.openid
    if told is None:
        return None
    # its libraries take a while to load, and few installations need them
    from digest.openid import OpenIdClient  # noqa: PLC0415

    secret = told.client_secret.get_secret_value()
    return OpenIdClient(told.issuer, told.client_id, secret, tls=default_ssl_context)
