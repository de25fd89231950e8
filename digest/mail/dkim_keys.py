"""DKIM keys as files: read and judged once at the start, or made."""

import os
import re
import stat
from pathlib import Path

import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from digest.domain.dkim_record import KeyKind
from digest.mail.dkim import DkimKey, PrivateKey
from digest.secrets import write_private
from digest.settings import Settings, SettingsError

LEAST_BITS, GOOD_BITS, MOST_BITS = 1024, 2048, 4096  # RFC 8301 section 3.2
_FILE_LIMIT = 64 * 1024
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
_PUBLIC_EXPONENT = 65537

log = structlog.get_logger()


class DkimKeyError(Exception):
    """A key file that cannot be used, with what to do; the text follows the file's name."""


def read_keys(settings: Settings) -> tuple[DkimKey, ...]:
    """Return the keys of the settings, RSA first; none where DKIM is not set.

    Raises SettingsError with every key that cannot be used. A key that others may read, or of an
    unusual size, is told in the log and used.
    """
    dkim, domain = settings.dkim, settings.dkim_domain
    named = (
        ("key_file", dkim.key_file, dkim.selector, KeyKind.RSA),
        ("ed25519_key_file", dkim.ed25519_key_file, dkim.ed25519_selector, KeyKind.ED25519),
    )
    keys, problems = [], []
    for setting, path, selector, kind in named:
        if path is not None:
            try:
                keys.append(DkimKey(domain, selector, read_key(path, kind)))
            except DkimKeyError as error:
                problems.append(f"dkim.{setting} = {str(path)!r}: {error}")
    if problems:
        raise SettingsError(problems)
    return tuple(keys)


def read_key(path: Path, kind: KeyKind) -> PrivateKey:
    """Return the private key of a PEM file; raise DkimKeyError that says what to do."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(_FILE_LIMIT + 1)
    except FileNotFoundError:
        raise DkimKeyError("there is no such file; `digest dkim keygen` makes a key") from None
    except OSError as error:
        raise DkimKeyError(
            f"cannot be read: {error.strerror}; it must belong to the user that digest runs as"
        ) from None
    key = parse_key(pem, kind)
    if stat.S_IMODE(mode) & 0o077:
        log.warning("others can read a private key: chmod 600", file=str(path))
    if isinstance(key, RSAPrivateKey) and not GOOD_BITS <= key.key_size <= MOST_BITS:
        advice = f"receivers may take it for weak, or not verify it: use {GOOD_BITS} bits"
        log.warning("an unusual DKIM key", file=str(path), bits=key.key_size, advice=advice)
    return key


def parse_key(pem: bytes, kind: KeyKind) -> PrivateKey:
    """Return the private key of a PEM text, unencrypted; raise DkimKeyError else."""
    _refuse_what_is_no_key(pem)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise DkimKeyError(
            "is a damaged private key, or one too small to be loaded; restore it, or make another "
            "with `digest dkim keygen`"
        ) from None
    if kind is KeyKind.RSA and isinstance(key, RSAPrivateKey):
        if key.key_size < LEAST_BITS:
            raise DkimKeyError(
                f"is an RSA key of {key.key_size} bits, which nobody verifies (RFC 8301): make one "
                f"of {GOOD_BITS} with `digest dkim keygen`"
            )
        return key
    if kind is KeyKind.ED25519 and isinstance(key, Ed25519PrivateKey):
        return key
    found = "RSA" if isinstance(key, RSAPrivateKey) else type(key).__name__.removesuffix("Key")
    found = found.removesuffix("Private").removeprefix("_")
    option = "" if kind is KeyKind.RSA else " --ed25519"
    raise DkimKeyError(
        f"is a key of kind {found}, where {kind.value} is wanted (`digest dkim keygen{option}`)"
    )


def _refuse_what_is_no_key(pem: bytes) -> None:
    labels = {label.decode("ascii") for label in _PEM.findall(pem)}
    if b"ENCRYPTED" in pem:
        raise DkimKeyError(
            "is encrypted, and nobody is there to type the passphrase at a start: take it out with "
            "`openssl pkey -in OLD -out NEW`, and let only digest's user read NEW (chmod 600)"
        )
    if "OPENSSH PRIVATE KEY" in labels:
        raise DkimKeyError(
            "is in OpenSSH's own form: make a key with `digest dkim keygen`, or convert a copy "
            "with `ssh-keygen -p -m PKCS8 -N '' -f COPY`"
        )
    if labels and not any(label.endswith("PRIVATE KEY") for label in labels):
        raise DkimKeyError(
            f"holds a {min(labels).lower()}: name the file with the private key instead"
        )
    if not labels or len(pem) > _FILE_LIMIT:
        raise DkimKeyError("is not a PEM file (-----BEGIN PRIVATE KEY-----)")


def make_key(kind: KeyKind, bits: int = GOOD_BITS) -> PrivateKey:
    """Return a new private key; ``bits`` is for RSA."""
    if kind is KeyKind.ED25519:
        return Ed25519PrivateKey.generate()
    return generate_private_key(_PUBLIC_EXPONENT, bits)


def write_key(path: Path, key: PrivateKey) -> None:
    """Write a private key as PEM that its owner alone can read; never over an existing file.

    Raises FileExistsError, or OSError where it cannot be written.
    """
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(path, pem.decode("ascii"))
