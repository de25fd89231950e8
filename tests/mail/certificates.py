"""Certificates made here, by an authority of the tests' own."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """An authority whose certificate is at ``path``, and who signs for any host."""

    folder: Path
    path: Path
    certificate: x509.Certificate
    key: Key

    def server(self, *hosts: str, expired: bool = False) -> ssl.SSLContext:
        """Return a server's context with a certificate for hosts, names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_name(host) for host in hosts])
        made = _builder(hosts[0], key, self.certificate.subject, expired=expired)
        signed = made.add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        stem = self.folder / f"{'-'.join(hosts)}{'-expired' * expired}".replace(":", "_")
        chain, secret = stem.with_suffix(".crt"), stem.with_suffix(".key")
        chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain, secret)
        return context


def make_authority(folder: Path) -> Authority:
    """Make an authority with its certificate in a folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    limits = x509.BasicConstraints(ca=True, path_length=0)
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = _builder("Authority of the tests", key, name).add_extension(limits, critical=True)
    signed = made.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    path = folder / "authority.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return Authority(folder, path, signed, key)


def _builder(
    name: str, key: Key, issuer: x509.Name, *, expired: bool = False
) -> x509.CertificateBuilder:
    ends = datetime.now(UTC) + timedelta(days=-1 if expired else 2)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=9))
        .not_valid_after(ends)
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
