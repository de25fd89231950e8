"""What the settings say of the site: its look, what shapes its mails, and its keys."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from digest import __version__
from digest.domain.links import notice_url
from digest.domain.tokens import derive_key
from digest.looks.overrides import Overrides
from digest.mail.look import SiteLook
from digest.secrets import SecretError, find_secret, load_or_create
from digest.settings import Settings


def look_of(settings: Settings) -> SiteLook:
    """Return what templates know of the site."""
    site, base = settings.site, settings.base_url
    return SiteLook(
        site_name=site.name,
        base_url=base,
        accent=site.accent,
        logo_url=site.logo or None,
        postal_address=settings.mail.postal_address or None,
        imprint_url=notice_url(site.imprint, f"{base}/imprint"),
        privacy_url=notice_url(site.privacy or "-", f"{base}/privacy"),
        count_opens=site.count_opens,
    )


def render_version(
    settings: Settings,
    templates: Path,
    key_ids: Sequence[str] = (),
    overrides: Overrides | None = None,
) -> str:
    """Return a hash of all that shapes a mail beside its facts: same hash, same bytes.

    Which overrides are left aside follows from their bytes and the facts, so these are enough.
    """
    state = hashlib.sha256(__version__.encode())
    for path in sorted(templates.rglob("*")):
        if path.is_file():
            state.update(path.relative_to(templates).as_posix().encode() + b"\0")
            state.update(path.read_bytes() + b"\0")
    shown = (settings.site, settings.mail, settings.base_url, tuple(key_ids))
    state.update(repr(shown).encode())
    state.update(overrides.digest("email") if overrides else b"")
    return state.hexdigest()[:16]


def token_keys_of(settings: Settings, *, make: bool = True) -> tuple[bytes, ...]:
    """Return the keys of tokens; none where there is no readable secret and none is to be made."""
    path, secret = settings.data_dir / "secret.key", None
    if settings.secret_key is not None:
        secret = settings.secret_key.get_secret_value()
    elif make:
        secret = load_or_create(path)
    else:
        with suppress(SecretError):
            secret = find_secret(path)
    older = [old.get_secret_value() for old in settings.secret_keys_old]
    return tuple(derive_key(key) for key in (secret, *older) if key) if secret else ()
