"""A real Postfix on loopback with a configuration and a queue of its own, as a relay would run it.

It wants STARTTLS and AUTH of whoever hands mail in, passes each domain on to a port of the test,
and sends what is refused there back to the envelope sender as a DSN (RFC 3464).
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.needs import missing

USER, PASSWORD, REALM = "digest", "a long enough password", "relay.example"
_START_S = 20
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup   unix n - n 60 1 pickup
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
tlsmgr   unix - - n 1000? 1 tlsmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
verify   unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp     unix - - n - - smtp
lmtp     unix - - n - - lmtp
error    unix - - n - - error
retry    unix - - n - - error
discard  unix - - n - - discard
anvil    unix - - n - 1 anvil
scache   unix - - n - 1 scache
postlog  unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running relay: its port, and the authority that its certificate is checked against."""

    port: int
    authority: Path
    log: Path


@contextmanager
def running_postfix(routes: Mapping[str, str]) -> Iterator[Postfix]:
    """Run Postfix while the block runs; ``routes`` are transports by domain ("lmtp:[..]:2400")."""
    if shutil.which("postfix") is None or shutil.which("saslpasswd2") is None:
        missing("Postfix is not installed (Debian: postfix libsasl2-modules sasl2-bin)")
    if os.geteuid() != 0:
        missing("Postfix starts as root alone")
    folder = Path(tempfile.mkdtemp(prefix="digest-postfix-"))  # short: its sockets have long names
    folder.chmod(0o755)
    try:
        postfix = _configure(folder, routes)
        subprocess.run(["postfix", "-c", folder / "conf", "start"], check=True, capture_output=True)
        try:
            _wait_until_ready(postfix)
            yield postfix
        finally:
            subprocess.run(
                ["postfix", "-c", folder / "conf", "stop"], check=False, capture_output=True
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, routes: Mapping[str, str]) -> Postfix:
    conf, port = folder / "conf", free_port()
    (conf / "sasl").mkdir(parents=True)
    for name in ("queue", "data"):
        (folder / name).mkdir()
    account = pwd.getpwnam("postfix")
    os.chown(folder / "data", account.pw_uid, account.pw_gid)
    (conf / "master.cf").write_text(_MASTER.format(port=port))
    certificate, key = _self_signed(conf)
    (conf / "transport").write_text("".join(f"{d} {how}\n" for d, how in routes.items()))
    (conf / "sasl" / "smtpd.conf").write_text(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN CRAM-MD5\n"
        f"sasldb_path: {conf}/sasl/passwords\n"
    )
    subprocess.run(
        ["saslpasswd2", "-p", "-c", "-f", conf / "sasl" / "passwords", "-u", REALM, USER],
        input=PASSWORD.encode(), check=True, capture_output=True,
    )  # fmt: skip
    shutil.chown(conf / "sasl" / "passwords", "postfix")
    log = folder / "log"
    settings = _settings(folder, routes, certificate, key)
    (conf / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
    return Postfix(port, certificate, log)


def _settings(
    folder: Path, routes: Mapping[str, str], certificate: Path, key: Path
) -> dict[str, object]:
    conf = folder / "conf"
    return {
        "compatibility_level": "3.6",
        "queue_directory": folder / "queue",
        "data_directory": folder / "data",
        "command_directory": "/usr/sbin",
        "daemon_directory": "/usr/lib/postfix/sbin",
        "mail_owner": "postfix",
        "setgid_group": "postdrop",
        "myhostname": REALM,
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "alias_maps": "",
        "alias_database": "",
        "local_recipient_maps": "",
        "relay_domains": ", ".join(routes),
        "relay_recipient_maps": "",
        "transport_maps": f"texthash:{conf}/transport",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, defer_unauth_destination",
        "smtpd_client_restrictions": "permit_sasl_authenticated, reject",
        "smtpd_delay_reject": "yes",
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_path": "smtpd",
        "smtpd_sasl_local_domain": REALM,
        "cyrus_sasl_config_path": conf / "sasl",
        "smtpd_tls_security_level": "may",
        "smtpd_tls_auth_only": "yes",
        "smtpd_tls_loglevel": "1",
        "smtpd_tls_cert_file": certificate,
        "smtpd_tls_key_file": key,
        "maillog_file": folder / "log",
        "maillog_file_prefixes": folder,
        "minimal_backoff_time": "1s",
        "queue_run_delay": "1s",
        "smtpd_client_connection_rate_limit": "0",
    }


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", cert,
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def _wait_until_ready(postfix: Postfix) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", postfix.port), 1) as connection:
                if connection.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.1)
    said = postfix.log.read_text(errors="replace")[-2000:] if postfix.log.exists() else ""
    raise RuntimeError(f"Postfix did not start:\n{said}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
