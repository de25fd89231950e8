"""Three verifiers of DKIM by other people, each asking a DNS server of the tests."""

import json
import logging
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import dkim
import dns.resolver

from tests.checkers import node_package, program
from tests.needs import missing

PERL_RUN = r"""
use strict; use warnings; use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS::Resolver;
my $port = shift @ARGV;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => ['127.0.0.1'], port => $port));
foreach my $path (@ARGV) {
  open(my $file, '<:raw', $path) or die $path;
  my $verifier = Mail::DKIM::Verifier->new();
  $verifier->load($file);
  my @known = grep { $_->result_detail !~ /unsupported algorithm/ } $verifier->signatures;
  print join(' ', map { $_->algorithm . '=' . $_->result } @known), "\n";
}
"""
MAILAUTH_RUN = """
const {dkimVerify} = require('mailauth/lib/dkim/verify');
const dns = require('dns').promises, fs = require('fs');
const resolver = new dns.Resolver();
resolver.setServers(['127.0.0.1:' + process.argv[1]]);
(async () => {
  for (const path of process.argv.slice(2)) {
    const read = await dkimVerify(fs.readFileSync(path),
      {resolver: (name, type) => resolver.resolve(name, type)});
    console.log(JSON.stringify(read.results.filter(one => one.algo).map(
      one => [one.algo, one.status.result])));
  }
})();
"""
Results = list[dict[str, str]]
"""For each mail, the result of each signature by its algorithm: "pass" or something else.

Signatures of an algorithm that the verifier does not know are left out: Ed25519 is read by mailauth
always, by dkimpy with PyNaCl, by Mail::DKIM from 2024 on.
"""


def by_dkimpy(mails: Sequence[bytes], port: int) -> Results:
    """Verify with dkimpy."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        try:
            found = resolver.resolve(name.decode("ascii"), "TXT", lifetime=timeout)
        except dns.resolver.NXDOMAIN:
            return b""
        return b"".join(found[0].strings)

    return [_read_by_dkimpy(mail, look_up) for mail in mails]


def _read_by_dkimpy(mail: bytes, look_up: object) -> dict[str, str]:
    quiet = logging.getLogger("dkimpy of the tests")
    quiet.setLevel(logging.CRITICAL)
    verifier = dkim.DKIM(mail, logger=quiet)
    count = sum(name.lower() == b"dkim-signature" for name, _ in verifier.headers)
    results = {}
    for index in range(count):
        try:
            passed = verifier.verify(idx=index, dnsfunc=look_up)
        except dkim.DKIMException:
            passed = False
        fields = verifier.signature_fields
        algorithm = fields.get(b"a", b"?").decode("ascii")
        if algorithm == "rsa-sha256" or find_spec("nacl"):
            results[algorithm] = "pass" if passed else "fail"
    return results


def by_mail_dkim(mails: Sequence[bytes], port: int, folder: Path) -> Results:
    """Verify with Perl's Mail::DKIM, which SpamAssassin and amavis use."""
    perl = program("perl")
    known = subprocess.run([perl, "-MMail::DKIM", "-e", "1"], capture_output=True, check=False)
    if known.returncode:
        missing("Mail::DKIM is not installed (Debian: libmail-dkim-perl)")
    lines = _output([perl, "-e", PERL_RUN], mails, port, folder)
    return [dict(_pair(word, "=") for word in line.split()) for line in lines]


def by_mailauth(mails: Sequence[bytes], port: int, folder: Path) -> Results:
    """Verify with npm's mailauth, which Haraka and WildDuck use."""
    modules = node_package("mailauth").parent
    lines = _output(
        [program("node"), "-e", MAILAUTH_RUN], mails, port, folder, NODE_PATH=str(modules)
    )
    return [dict(json.loads(line)) for line in lines]


def _pair(text: str, sign: str) -> tuple[str, str]:
    name, _, value = text.partition(sign)
    return name, value


def _output(
    command: list[str], mails: Sequence[bytes], port: int, folder: Path, **variables: str
) -> list[str]:
    paths = []
    for number, mail in enumerate(mails):
        paths.append(folder / f"{number}.eml")
        paths[-1].write_bytes(mail)
    done = subprocess.run(
        [*command, str(port), *map(str, paths)],
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(mails), done.stdout
    return lines
