"""Pages through an operator's templates: used where they work, built-in ones where they fail.

DIGEST_SCREENSHOTS=FOLDER leaves pictures of a page and a mail in another dress there.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.looks.fallback import Faults
from digest.looks.overrides import Overrides, builtin_names, read_overrides
from digest.resources import templates_dir
from digest.services.alarms import list_alarms
from digest.services.template_alarms import tell_faults
from digest.settings import Settings
from digest.web.app import create_app, try_pages
from digest.web.pages import Pages
from digest.web.samples import samples_in
from digest.web.serving import serve
from tests.clients import plain_client
from tests.looks.folders import overrides, write
from tests.web.chromium import browser
from tests.web.site import Site, open_site
from tests.web.test_looks import pages_of

FOLDER = os.environ.get("DIGEST_SCREENSHOTS")
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="32" viewBox="0 0 120 32">'
    '<rect width="120" height="32" rx="6" fill="#7a1f8b"/><circle cx="16" cy="16" r="8" '
    'fill="#fff"/><text x="32" y="22" font-size="16" fill="#fff" font-family="sans-serif">'
    "Pebbles</text></svg>"
)
BASE = (
    '{% extends "builtin/base.html" %}\n{% block scripts %}{{ super() }}'
    "<!-- own base -->{% endblock %}"
)
DRESS: dict[str, str | bytes] = {
    "web/assets/logo.svg": LOGO,
    "web/style/90-own.css": ".top { background: {{ light.accent }}; } "
    ".top nav a { color: {{ light.on_accent }}; } .brand img { display: block; height: 32px }",
    "web/base.html": (templates_dir() / "web/base.html")
    .read_text("utf-8")
    .replace(
        '">{{ site.name }}</a>',
        '"><img src="{{ asset("logo.svg") }}" alt="{{ site.name }}"></a>',
        1,
    ),
    "email/digest/body.html": '{% extends "builtin/digest/body.html" %}\n{% block rows %}\n'
    '<tr><td style="background:#7a1f8b;color:#fff;padding:14px 40px;font-weight:700">'
    "Pebbles Institute · our papers of the day</td></tr>\n{{ super() }}{% endblock %}\n",
}


def made(own: Overrides) -> tuple[Pages, Faults]:
    faults = Faults()
    pages = Pages(templates_dir(), Settings(), own, faults)
    try_pages(pages)
    return pages, faults


def rendered(pages: Pages) -> list[str]:
    return [
        pages.render(sample.name, sample.language, **sample.facts)
        for t in pages.languages.values()
        for sample in samples_in(t)
    ]


def test_copies_of_the_built_in_templates_give_the_built_in_pages(tmp_path: Path) -> None:
    for name in builtin_names(templates_dir()):
        write(tmp_path, {name: (templates_dir() / name).read_bytes()})
    copied, faults = made(read_overrides(tmp_path))
    assert faults.found == {}
    assert rendered(copied) == rendered(made(Overrides())[0])


def test_the_samples_show_every_page() -> None:
    t = made(Overrides())[0].texts("en")
    shown = {sample.name for sample in samples_in(t)}
    parts = {"base.html", "public.html", "own.html", "_fields.html"}
    names = {path.name for path in (templates_dir() / "web").glob("*.html")}
    assert names - parts == shown


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("web/base.html", "one\n{% block %}", 2, "expected token"),
        ("web/base.html", "\n{{ nosuch }}", 2, "'nosuch' is undefined"),
        ("web/message.html", '{{ asset("nosuch.png") }}', 1, "KeyError"),
        ("web/_fields.html", "a file without its macros", 0, "has no attribute"),
        ("web/style/10-base.css", "a\n{{ nosuch }}", 2, "'nosuch' is undefined"),
        ("web/assets/page.exe", "MZ", 0, "only files ending in .css"),
        ("web/assets/style.css", "{}", 0, "only files ending in .css"),
        ("web/home.html", b"\xff", 1, "is not UTF-8 (byte 0)"),
    ],
)
def test_an_override_that_fails_leaves_the_built_in_page(
    tmp_path: Path, name: str, text: str, line: int, reason: str
) -> None:
    own = overrides(tmp_path, {name: text, "web/left.html": "mine {{ action }}"})
    pages, faults = made(own)
    assert set(faults.found) == {name}
    assert reason in faults.found[name].reason
    assert faults.found[name].line == line
    plain = made(Overrides())[0]
    facts: dict[str, Any] = {"title": "T", "text": "<b>", "links": (), "action": "", "do": ""}
    facts |= {"button": "", "quiet": False}
    shown = pages.render("message.html", **facts)
    assert shown == plain.render("message.html", **facts)
    assert pages.render("left.html", action="<") == "mine &lt;"  # the others stay in use
    assert pages.assets.find("style.css") == plain.assets.find("style.css")


def test_own_files_are_served_and_own_sheets_join_the_style(tmp_path: Path) -> None:
    pages, faults = made(overrides(tmp_path, DRESS))
    assert faults.found == {}
    logo, style = pages.assets.find("logo.svg"), pages.assets.find("style.css")
    assert logo is not None
    assert (logo.media_type, logo.body) == ("image/svg+xml", LOGO.encode())
    assert style is not None
    assert style.body.decode().endswith("height: 32px }")
    plain = made(Overrides())[0].assets.find("style.css")
    assert plain is not None
    assert plain.version != style.version


def test_what_the_samples_do_not_show_falls_back_for_that_page_alone(tmp_path: Path) -> None:
    text = "mine {% if action == '/odd' %}{{ nosuch }}{% endif %}"
    pages, faults = made(overrides(tmp_path, {"web/left.html": text}))
    assert faults.found == {}
    assert "<h1>You are unsubscribed</h1>" in pages.render("left.html", action="/odd")
    assert faults.found["web/left.html"].reason == "'nosuch' is undefined"
    assert pages.render("left.html", action="/even") == "mine "


def test_a_fact_that_is_missing_is_no_fault_of_an_override(tmp_path: Path) -> None:
    pages, faults = made(overrides(tmp_path, {"web/base.html": BASE}))
    with pytest.raises(Exception, match="'action' is undefined"):
        pages.render("left.html")
    assert faults.found == {}


NAMES = [name for name in builtin_names(templates_dir()) if name.startswith("web/")]


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(NAMES),
        st.binary(max_size=40)
        | st.sampled_from(("{{", "{% endblock %}", "{{ x }}")).map(str.encode),
        min_size=1,
        max_size=3,
    )
)
def test_no_bytes_whatever_stop_a_page(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str | bytes]
) -> None:
    pages, faults = made(overrides(tmp_path_factory.mktemp("own"), files))
    assert faults.found.keys() <= files.keys()
    assert all(isinstance(page, str) for page in rendered(pages))
    assert pages.assets.find("style.css")


async def test_a_page_that_falls_back_is_an_alarm(tmp_path: Path, database_url: str) -> None:
    broken = "mine{% if title == 'There is no such page' %}{{ nosuch }}{% endif %}"
    own = write(tmp_path / "own", {"web/message.html": broken})
    async with open_site(tmp_path, database_url, templates_dir=str(own)) as site:
        answer = await site.client.get("/digest/nowhere")
        assert (answer.status_code, "There is no such page" in answer.text) == (404, True)
        await tell_faults(site.world.app.context)  # as the next tick does
        [alarm] = await list_alarms(site.world.app.context)
    assert alarm.key == "template/web/message.html"
    assert alarm.cleared_at is None


class NotingPages(Pages):
    """Pages that keep which facts each template was given."""

    given: dict[str, set[str]]

    def render(self, name: str, language: str = "en", **facts: Any) -> str:
        """Note the names of the facts, and render."""
        self.given.setdefault(name, set()).update(facts)
        return super().render(name, language, **facts)


@asynccontextmanager
async def noted(site: Site) -> AsyncIterator[NotingPages]:
    """Serve a site's pages once more, noting what their templates are given."""
    context = site.world.app.context
    pages = NotingPages(templates_dir(), context.settings)
    pages.given = {}
    async with (
        serve(create_app(context, pages)) as port,
        plain_client(f"http://127.0.0.1:{port}") as client,
    ):
        yield pages
        for path in (await pages_of(site)).values():
            await client.get(path)
        await client.post(f"/digest/unsubscribe/{site.token}")
        await client.post("/digest/subscribe/match", data={"queries": "experts"})


async def test_the_samples_have_the_facts_that_real_pages_are_given(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    told = {"base_url": "http://localhost/digest", "site": {"imprint": "Somebody\n\nSomewhere"}}
    async with open_site(tmp_path, url, **told) as site:
        async with noted(site) as pages:
            await site.client.get("/digest/imprint")
        samples: dict[str, set[str]] = {}
        for sample in samples_in(pages.texts("en")):
            samples.setdefault(sample.name, set()).update(sample.facts)
        missed = samples.keys() - pages.given.keys()
        assert missed <= {"subscribed.html", "notice.html"}
        assert {name: samples[name] for name in pages.given} == pages.given


async def test_a_page_and_a_mail_in_another_dress(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    own = write(tmp_path / "own", DRESS)
    told = {
        "templates_dir": str(own),
        "base_url": "http://localhost/digest",
        "site": {"name": "Pebbles", "accent": "#7a1f8b"},
    }
    async with open_site(tmp_path, url, **told) as site, browser() as running:
        page = await running.new_page()
        await page.goto(f"{site.client.base_url}/digest/")
        assert await page.evaluate("document.querySelector('.brand img').naturalWidth") == 120
        ground = await page.evaluate(
            "getComputedStyle(document.querySelector('.top')).backgroundColor"
        )
        assert ground != "rgba(0, 0, 0, 0)"
        if FOLDER:
            await page.screenshot(path=Path(FOLDER) / "dress-page.png")
        page = await running.new_page()
        await page.set_content(site.world.html_to("ada@example.org")[0])
        assert "Pebbles Institute" in await page.inner_text("body")
        if FOLDER:
            await page.screenshot(path=Path(FOLDER) / "dress-mail.png")
        assert site.world.app.context.faults.found == {}
