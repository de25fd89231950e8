"""Key files: what is taken, what is refused and how, and what is said in the log."""

import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.bootstrap import signer_of
from digest.domain.dkim_record import KeyKind
from digest.mail.dkim_keys import DkimKeyError, make_key, parse_key, read_key, write_key
from digest.settings import Settings, SettingsError
from tests.checkers import program
from tests.mail.keys import private

PKCS1, PKCS8 = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8
OPEN = NoEncryption()


def pem(
    key: RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
    form: PrivateFormat = PKCS8,
    lock: KeySerializationEncryption = OPEN,
) -> bytes:
    return key.private_bytes(Encoding.PEM, form, lock)


def rsa() -> RSAPrivateKey:
    key = private(KeyKind.RSA)
    assert isinstance(key, RSAPrivateKey)
    return key


def ed25519() -> Ed25519PrivateKey:
    key = private(KeyKind.ED25519)
    assert isinstance(key, Ed25519PrivateKey)
    return key


@pytest.mark.parametrize("form", [PKCS1, PKCS8])
def test_an_rsa_key_is_taken_in_either_form(form: PrivateFormat) -> None:
    text = b"a comment\n" + pem(rsa(), form).replace(b"\n", b"\r\n")
    key = parse_key(text, KeyKind.RSA)
    assert isinstance(key, RSAPrivateKey)
    assert key.private_numbers() == rsa().private_numbers()


@dataclass(frozen=True)
class Refused:
    """A text that is no usable key, and what is said of it."""

    text: bytes
    said: str
    kind: KeyKind = KeyKind.RSA


LOCK = BestAvailableEncryption(b"passphrase")
PUBLIC = rsa().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
REFUSED = {
    "encrypted": Refused(pem(rsa(), PKCS8, LOCK), "openssl pkey -in OLD -out NEW"),
    "encrypted, old form": Refused(pem(rsa(), PKCS1, LOCK), "is encrypted"),
    "openssh": Refused(pem(rsa(), PrivateFormat.OpenSSH), "ssh-keygen -p -m PKCS8"),
    "public half": Refused(PUBLIC, "holds a public key"),
    "not PEM": Refused(b"v=DKIM1; k=rsa; p=MIIB", "is not a PEM file"),
    "empty": Refused(b"", "is not a PEM file"),
    "too long": Refused(pem(rsa()) + b"\n" * 65536, "is not a PEM file"),
    "DER": Refused(rsa().private_bytes(Encoding.DER, PKCS8, OPEN), "is not a PEM file"),
    "cut": Refused(pem(rsa())[:500], "damaged"),
    "not base64": Refused(pem(rsa()).replace(b"MII", b"***"), "damaged"),
    "elliptic": Refused(pem(ec.generate_private_key(ec.SECP256R1())), "where rsa is wanted"),
    "ed25519 for rsa": Refused(pem(ed25519()), "of kind Ed25519"),
    "rsa for ed25519": Refused(pem(rsa()), "digest dkim keygen --ed25519", KeyKind.ED25519),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_with_what_to_do(name: str) -> None:
    case = REFUSED[name]
    with pytest.raises(DkimKeyError) as caught:
        parse_key(case.text, case.kind)
    assert case.said in str(caught.value)


def test_a_key_below_1024_bits_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.pem"
    command = [program("openssl"), "genrsa", "-out", str(path), "768"]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(DkimKeyError, match=r"768 bits|too small"):
        read_key(path, KeyKind.RSA)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(KeyKind), st.integers(0, 1600))
def test_no_text_makes_reading_a_key_stumble(noise: bytes, kind: KeyKind, at: int) -> None:
    text = pem(rsa())
    for damaged in (noise, text[:at] + noise + text[at:]):
        with suppress(DkimKeyError):
            assert parse_key(damaged, kind).public_key() == rsa().public_key()


def warnings_of(path: Path, kind: KeyKind = KeyKind.RSA) -> list[str]:
    with structlog.testing.capture_logs() as logs:
        read_key(path, kind)
    assert all(entry["log_level"] == "warning" for entry in logs)
    return [entry["event"] for entry in logs]


def test_a_key_is_written_for_its_owner_alone_and_read_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    write_key(path, rsa())
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["key.pem"]
    assert warnings_of(path) == []


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("what was there")
    with pytest.raises(FileExistsError):
        write_key(path, rsa())
    assert path.read_text() == "what was there"
    assert [one.name for one in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_reach_is_told_and_used(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.pem"
    write_key(path, rsa())
    path.chmod(mode)
    assert warnings_of(path) == ["others can read a private key: chmod 600"]


@pytest.mark.parametrize("bits", [1024, 1536])
def test_a_short_key_is_told_and_used(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "key.pem"
    write_key(path, make_key(KeyKind.RSA, bits))
    assert warnings_of(path) == ["an unusual DKIM key"]


def told(**dkim: object) -> Settings:
    return Settings.model_validate({"mail": {"from": "digest@papers.example"}, "dkim": dkim})


def test_every_key_that_cannot_be_used_is_named_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    chosen = told(
        selector="a",
        key_file=tmp_path / "missing.pem",
        ed25519_selector="b",
        ed25519_key_file=tmp_path / "folder",
    )
    with pytest.raises(SettingsError) as caught:
        signer_of(chosen)
    first, second = caught.value.problems
    assert first.startswith(f"dkim.key_file = '{tmp_path}/missing.pem': there is no such file")
    assert "Is a directory" in second


def test_the_keys_of_the_settings_come_rsa_first_under_the_senders_domain(tmp_path: Path) -> None:
    for name, key in (("rsa.pem", rsa()), ("ed.pem", ed25519())):
        write_key(tmp_path / name, key)
    chosen = told(
        selector="Digest2026",
        key_file=tmp_path / "rsa.pem",
        ed25519_selector="ed",
        ed25519_key_file=tmp_path / "ed.pem",
    )
    first, second = signer_of(chosen).keys
    assert (first.kind, second.kind) == (KeyKind.RSA, KeyKind.ED25519)
    assert first.record.name == "digest2026._domainkey.papers.example"
    assert second.record.name == "ed._domainkey.papers.example"
    assert signer_of(told()).keys == ()
