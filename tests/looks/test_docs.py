"""docs/templates.md names every template of its own, and the variables that each is given."""

import re
from pathlib import Path

import pytest
from jinja2 import meta

from digest.looks.fallback import Faults
from digest.looks.overrides import builtin_names, read_overrides
from digest.mail.environment import html_environment, text_environment
from digest.mail.look import SiteLook
from digest.mail.steady import SteadyRenderer
from digest.resources import templates_dir
from digest.settings import Settings
from digest.texts import shipped_texts
from digest.web.app import try_pages
from digest.web.pages import Pages
from digest.web.samples import samples_in
from tests.house.sources import ROOT
from tests.looks.folders import write
from tests.mail.samples import LOOK

TEXT = (ROOT / "docs" / "templates.md").read_text("utf-8")
ROWS = {
    name: set(re.findall(r"`(\w+)`", known))
    for name, known in re.findall(r"^\| `([^`]+)` \| .* \| ([^|]*) \|$", TEXT, re.MULTILINE)
}
MAILS = [name for name in ROWS if name.startswith("email/")]
PAGES = [name for name in ROWS if name.startswith("web/")]
PUBLIC = {"description", "canonical", "address", "link", "keep", "card"}
EVERYWHERE = {"t", "tn", "look", "css", "head_css"}


def probe(name: str, known: set[str]) -> str:
    """Return a template that fails where a variable is not there, and else is the built-in one."""
    short = name.partition("/")[2]
    asks = "".join(f"{{% if {one} is not defined %}}{{{{ 1/0 }}}}{{% endif %}}" for one in known)
    if short.endswith("body.html"):
        block = f"{{% block rows %}}{asks}{{{{ super() }}}}{{% endblock %}}"
        return f'{{% extends "builtin/{short}" %}}{block}'
    return f'{asks}{{% include "builtin/{short}" %}}\n'


def used_by(name: str) -> set[str]:
    """Return the variables that a mail's template and its parts ask for, globals left out."""
    make = text_environment if name.endswith(".txt") else html_environment
    environment = make(templates_dir(), LOOK)
    found: set[str] = set()
    waiting = [name.partition("/")[2]]
    while waiting:
        source = (templates_dir() / "email" / waiting.pop()).read_text("utf-8")
        tree = environment.parse(source)
        found |= meta.find_undeclared_variables(tree)
        waiting += [part for part in meta.find_referenced_templates(tree) if part]
    return found - EVERYWHERE - {"letter"}


def test_every_template_that_is_no_part_has_its_row() -> None:
    entries = {
        name
        for name in builtin_names(templates_dir())
        if re.fullmatch(r"email/digest/.*\.(html|txt)|email/[a-z]\w+/body\.html", name)
        or (re.fullmatch(r"web/\w+\.html", name) and name.count("/") == 1)
    } - {"web/base.html", "web/public.html", "web/own.html", "web/_fields.html"}
    assert entries == ROWS.keys()


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_knows_what_the_page_says_and_needs_no_more(tmp_path: Path, name: str) -> None:
    optional = {"relay", "time"} if name.startswith("email/test/") else set()
    assert used_by(name) <= ROWS[name] | optional
    for known, faulty in ((ROWS[name], set[str]()), (ROWS[name] | {"nosuch"}, {name})):
        faults = Faults()
        own = read_overrides(write(tmp_path, {name: probe(name, known)}))
        SteadyRenderer(templates_dir(), LOOK, own, faults)
        assert faults.found.keys() == faulty


def test_the_pages_know_what_the_page_says() -> None:
    given: dict[str, set[str]] = {}
    for sample in samples_in(shipped_texts(templates_dir() / "locale")["en"]):
        facts = set(sample.facts)
        own = facts - PUBLIC if facts >= PUBLIC else facts
        given.setdefault(f"web/{sample.name}", set()).update(own)
        told = "(public)" in next(
            row for row in TEXT.splitlines() if f"`web/{sample.name}` |" in row
        )
        assert told == (facts >= PUBLIC), sample.name
    assert given == {name: ROWS[name] for name in PAGES}


def test_what_every_mail_and_page_knows_is_named() -> None:
    fields = SiteLook.__dataclass_fields__
    pages = Pages(templates_dir(), Settings())
    try_pages(pages)
    globals_ = pages.globals.keys() | {"t", "tn", "tm"}
    assert [name for name in (*fields, *globals_, *EVERYWHERE) if f"`{name}`" not in TEXT] == []
