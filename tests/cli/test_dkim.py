"""`digest dkim`: a key from its making to a signature that the DNS vouches for."""

import re
from pathlib import Path

from tests.cli.running import Cli
from tests.cli.test_errors import FAILED, LATER, USAGE, sentence
from tests.dns_server import dns_server


def use(digest: Cli, lines: str) -> None:
    """Put the lines that a command printed into the settings."""
    digest.config.write_text(digest.config.read_text("utf-8") + lines, "utf-8")


def toml_lines(printed: str) -> str:
    """Return the lines for digest.toml that keygen printed last."""
    return printed[printed.index("[dkim]") :]


def test_a_key_is_made_published_and_signed_with(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    made = digest("dkim", "keygen", "--selector", "S2026")
    key = tmp_path / "dkim-s2026.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    (value,) = re.findall(r"^v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]+$", made.out, re.MULTILINE)
    strings = re.findall(r'^ +"([^"]+)"$', made.out, re.MULTILINE)
    assert "".join(strings) == value
    assert len(strings) == 2
    assert "s2026._domainkey.papers.example. 3600 IN TXT (" in made.out
    sentence(digest("dkim", "record", code=USAGE), "no key is set")
    use(digest, toml_lines(made.out))
    shown = digest("dkim", "record").out
    assert value in shown.splitlines()
    assert "[dkim]" not in shown
    name = "s2026._domainkey.papers.example"
    with dns_server({name: value}) as (zone, port):
        server = f"127.0.0.1:{port}"
        assert digest("dkim", "check", "--nameserver", server).out == f"{name}  matches\n"
        assert zone.asked == [name]
        zone.records.clear()
        ran = digest("dkim", "check", "--nameserver", server, code=FAILED)
        assert "missing: publish the record" in ran.out
        zone.broken = frozenset({name})
        row = digest("dkim", "check", "--nameserver", server, "--json", code=LATER).row
        assert (row["name"], row["state"]) == (name, "unknown")
    # the next key is prepared, and the one in use goes on
    more = digest("dkim", "keygen", "--selector", "s2027", "--json").row
    assert more["key_file"] == str(tmp_path / "dkim-s2027.pem")
    assert digest("dkim", "record", "--json").row["selector"] == "s2026"


def test_a_second_key_of_the_other_kind_is_added(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    use(digest, toml_lines(digest("dkim", "keygen", "--selector", "a").out))
    second = digest("dkim", "keygen", "--ed25519", "--selector", "b").out
    assert "[dkim]\n" not in second
    use(digest, second[second.index('ed25519_selector = "b"') :])
    rows = digest("dkim", "record", "--json").rows
    assert [(row["selector"], row["kind"]) for row in rows] == [("a", "rsa"), ("b", "ed25519")]
    assert re.fullmatch(r"v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=", rows[1]["value"])


def test_a_default_name_tells_the_month_and_another_domain_is_written_down(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    ran = digest("dkim", "keygen", "--domain", "Bücher.papers.example", "--out", "my key.pem")
    selector = re.search(r"^(digest\d{6})\._domainkey\.xn--bcher-kva\.papers\.example$",
                         ran.out, re.MULTILINE)  # fmt: skip
    assert selector
    use(digest, toml_lines(ran.out))
    (row,) = digest("dkim", "record", "--json").rows
    assert row["domain"] == "xn--bcher-kva.papers.example"


def test_what_cannot_be_done_is_told(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    digest("dkim", "keygen", "--selector", "a", "--json")
    before = (tmp_path / "dkim-a.pem").read_bytes()
    for args, code, words in (
        (("keygen", "--selector", "a"), USAGE, "never written over"),
        (("keygen", "--selector", "a_b"), USAGE, "--selector a_b: must be letters"),
        (("keygen", "--domain", "no domain"), USAGE, "--domain no domain: is no domain"),
        (("keygen", "--selector", ".".join(["x" * 60] * 4)), USAGE, "more than 253"),
        (("keygen", "--bits", "1024"), USAGE, "--bits"),
        (("keygen", "--out", "no/such/folder.pem"), FAILED, "No such file"),
        (("check",), USAGE, "no key is set"),
    ):
        ran = digest("dkim", *args, code=code)
        assert ran.out == ""
        assert words in ran.err, (args, ran.err)
    assert (tmp_path / "dkim-a.pem").read_bytes() == before
    use(digest, '[dkim]\nselector = "a"\nkey_file = "dkim-a.pem"\n')
    ran = digest("dkim", "check", "--nameserver", "dns.example", code=USAGE)
    sentence(ran, "--nameserver dns.example")
    digest.config.write_text('data_dir = "data"\n', "utf-8")
    sentence(digest("dkim", "keygen", code=USAGE), "mail.from is not set")


def test_a_key_that_cannot_be_used_stops_the_start_before_anything_is_made(tmp_path: Path) -> None:
    digest = Cli(tmp_path)
    use(digest, '[dkim]\nselector = "a"\nkey_file = "gone.pem"\n')
    ran = digest("status", code=USAGE)
    sentence(ran, f"dkim.key_file = '{tmp_path}/gone.pem'", "digest dkim keygen")
    assert not (tmp_path / "data").exists()
