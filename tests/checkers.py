"""Other people's checkers of HTML and mail, and where a machine keeps them.

The node packages are looked for in the folder DIGEST_NODE_MODULES, else in build/node_modules,
where .ci/run installs them; Java, node and SpamAssassin are looked for on the PATH.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.house.sources import ROOT
from tests.needs import missing

# What Outlook alone understands; no other checker knows it.
OUTLOOKS_OWN = r".*(xmlns:o|mso-).*"
# A mail client puts the mail into a page that has the landmarks.
NOT_OF_A_MAIL = ("landmark-one-main", "region")
AXE_RUN = """async off => {
  const rules = Object.fromEntries(off.map(name => [name, {enabled: false}]));
  const found = await axe.run(document, {rules, iframes: false, resultTypes: ['violations']});
  return [found.passes.length, found.violations.flatMap(
    broken => broken.nodes.map(node => `${broken.id}: ${broken.help}: ${node.html}`))];
}"""
SPAM_STATUS = re.compile(
    r"^X-Spam-Status: .*?score=(-?[\d.]+).*?tests=(.*?)\s+autolearn=.*?^X-Number: (\d+)$",
    re.MULTILINE | re.DOTALL,
)
MAILPARSER_RUN = """
const {simpleParser} = require('mailparser');
Promise.all(process.argv.slice(1).map(path => simpleParser(require('fs').readFileSync(path))))
  .then(mails => console.log(JSON.stringify(mails.map(mail => ({
    list: mail.headers.get('list'), subject: mail.subject, text: mail.text, html: mail.html,
    sender: mail.from.value, recipient: mail.to.value, date: mail.date, id: mail.messageId,
    attachments: mail.attachments.length})))));
"""


def program(name: str) -> str:
    """Return a program's path; a machine without it skips the test, CI fails it."""
    return shutil.which(name) or missing(f"{name} is not installed")


def node_package(path: str) -> Path:
    """Return a file or folder among the node packages."""
    told = os.environ.get("DIGEST_NODE_MODULES")
    found = (Path(told) if told else ROOT / "build" / "node_modules") / path
    if not found.exists():
        missing(f"the node package {path.partition('/')[0]} is not installed (see .ci/run)")
    return found


def html_errors(documents: Mapping[str, str], folder: Path) -> list[str]:
    """Return the Nu Html Checker's errors about documents by file name, .html and .css.

    Their files are written into ``folder``.
    """
    java, jar = program("java"), node_package("vnu-jar/build/dist/vnu.jar")
    for name, document in documents.items():
        (folder / name).write_text(document, encoding="utf-8")
    done = _run(
        [
            *(java, "-jar", str(jar), "--errors-only", "--also-check-css"),
            *("--filterpattern", OUTLOOKS_OWN),
            *(str(folder / name) for name in documents),
        ],
        expected=(0, 1),
    )
    return [line.replace(f"file:{folder}/", "") for line in done.stderr.splitlines()]


async def axe_violations(page: Page, off: Sequence[str] = ()) -> list[str]:
    """Return what axe-core objects to in a loaded page, without its rules named ``off``."""
    # In the page's own world, yet not as a script element, which the site's policy forbids.
    await page.evaluate(node_package("axe-core/axe.min.js").read_text(encoding="utf-8"))
    passed, violations = await page.evaluate(AXE_RUN, list(off))
    assert passed > 5, "axe-core has looked at nothing"
    return [str(violation) for violation in violations]


def read_by_mailparser(mails: Iterable[bytes], folder: Path) -> list[dict[str, Any]]:
    """Return the mails as npm's mailparser reads them, their files written into ``folder``."""
    node, modules = program("node"), node_package("mailparser").parent
    paths = []
    for number, data in enumerate(mails):
        paths.append(folder / f"{number}.eml")
        paths[-1].write_bytes(data)
    done = _run([node, "-e", MAILPARSER_RUN, *map(str, paths)], env={"NODE_PATH": str(modules)})
    read = json.loads(done.stdout)
    assert isinstance(read, list)
    return read


def spam_scores(mails: Iterable[bytes]) -> list[tuple[float, str]]:
    """Return SpamAssassin's score of each mail and the names of the rules that hit.

    Neither the network nor what this machine has learned has a say.
    """
    box = b"\n".join(
        b"From digest@localhost Mon May  4 06:00:00 2026\nX-Number: %d\n" % number
        + data.replace(b"\r\n", b"\n")
        for number, data in enumerate(mails)
    )
    done = subprocess.run(
        [
            *(program("spamassassin"), "--test-mode", "--local", "--mbox"),
            *("--cf=use_bayes 0", "--nocreate-prefs", "--prefs-file=/dev/null"),
        ],
        input=box,
        capture_output=True,
        check=True,
    )
    # They come out of the mailbox in an order of its own.
    found = re.findall(SPAM_STATUS, done.stdout.decode("utf-8", "replace"))
    scores = {int(number): (float(score), rules) for score, rules, number in found}
    return [scores[number] for number in range(len(found))]


def _run(
    command: list[str], *, env: Mapping[str, str] | None = None, expected: tuple[int, ...] = (0,)
) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    assert done.returncode in expected, done.stderr
    return done
