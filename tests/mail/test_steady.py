"""Mails through an operator's templates: used where they work, left aside where they fail."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.domain.editions import Section
from digest.domain.fragments import Fragment, join_fragments
from digest.looks.fallback import Faults
from digest.looks.overrides import builtin_names, read_overrides
from digest.mail.look import View
from digest.mail.reading import quoted_printable_text
from digest.mail.render import RenderedMail
from digest.mail.steady import SteadyRenderer
from digest.mail.trials import MAILS, TOKEN
from digest.resources import templates_dir
from tests.looks.folders import write
from tests.mail.broken_templates import BROKEN, DIGEST
from tests.mail.samples import EXPERTS, LOOK, SILENT, VIEW, one_card, renderer, sample_facts


def html_of(mail: RenderedMail) -> str:
    return body(mail.html)


def text_of(mail: RenderedMail) -> str:
    return body(mail.text)


def body(fragments: tuple[Fragment, ...]) -> str:
    return quoted_printable_text(join_fragments(fragments, TOKEN))


def steady(folder: Path, files: dict[str, str | bytes]) -> tuple[SteadyRenderer, Faults]:
    """Return the renderer of an installation with these files, and what it found wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    faults = Faults()
    own = read_overrides(write(folder, files))
    return SteadyRenderer(templates_dir(), LOOK, own, faults), faults


@pytest.fixture(scope="module")
def plain() -> RenderedMail:
    """Give the sample digest as the built-in templates have it."""
    return renderer().render_digest(sample_facts(), VIEW)


def test_copies_of_the_built_in_templates_give_the_built_in_mails(tmp_path: Path) -> None:
    own = tmp_path / "own"
    for name in builtin_names(templates_dir()):
        write(own, {name: (templates_dir() / name).read_bytes()})
    faults = Faults()
    copied = SteadyRenderer(templates_dir(), LOOK, read_overrides(own), faults)
    assert faults.found == {}
    for language in ("en", "de", "fr"):
        view = View(language, "full", VIEW.topics, VIEW.hour, VIEW.zone)
        facts = sample_facts()
        assert copied.render_digest(facts, view) == renderer().render_digest(facts, view)
        page = renderer().render_browser_view(facts, view, TOKEN)
        assert copied.render_browser_view(facts, view, TOKEN) == page
        for name, told in MAILS.items():
            assert copied.render_mail(name, language, **told) == renderer().render_mail(
                name, language, **told
            )


def test_every_mail_of_the_program_is_tried() -> None:
    folders = {path.name for path in (templates_dir() / "email").iterdir()}
    assert folders - {"_base", "digest"} == set(MAILS)


def test_an_override_takes_its_place_and_builds_on_the_built_in_one(
    tmp_path: Path, plain: RenderedMail
) -> None:
    made, faults = steady(
        tmp_path,
        {
            "email/_base/mail.css": ".site { color: #a00; font-size: 20px; }",
            "email/_base/layout.html": '{% extends "builtin/_base/layout.html" %}',
            DIGEST + "section.html": '<tr><td><h3>{% include "digest/mark.html" %}'
            "{{ topic }}</h3></td></tr>",
            DIGEST + "mark.html": "<b>§</b> ",
            DIGEST + "subject.txt": "Today: {{ top }}",
        },
    )
    assert faults.found == {}
    found = made.render_digest(sample_facts(), VIEW)
    html = html_of(found)
    assert "<h3><b>§</b> Mixture of experts</h3>" in html
    assert 'class="site" style="color:#a00' in html
    assert re.search('class="title" style="[^"]+"', html)  # as the built-in sheet has it
    assert found.subject.startswith("Today: Patchwork")
    assert text_of(found) == text_of(plain)


def test_values_stay_escaped_in_an_override(tmp_path: Path) -> None:
    made, _ = steady(tmp_path, {DIGEST + "section.html": "<tr><td>{{ topic }}</td></tr>"})
    facts = sample_facts((Section("<script>", (EXPERTS,)),))
    assert "&lt;script&gt;" in html_of(made.render_digest(facts, VIEW))


@pytest.mark.parametrize("case", BROKEN)
def test_an_override_that_fails_is_left_aside_and_told_of(
    tmp_path: Path, plain: RenderedMail, case: str
) -> None:
    files, reason, line = BROKEN[case]
    made, faults = steady(tmp_path, files)
    assert set(faults.found) == set(files)
    [fault] = faults.found.values()
    assert reason in fault.reason
    assert fault.line == line
    assert made.render_digest(sample_facts(), VIEW) == plain
    assert made.render_mail("confirm") == renderer().render_mail("confirm")


def test_a_broken_base_leaves_its_built_in_children_whole_and_other_overrides_in_use(
    tmp_path: Path, plain: RenderedMail
) -> None:
    for broken in ("{% nosuch %}", "{{ nosuch }}", "a base without a block for the rows"):
        made, faults = steady(
            tmp_path,
            {
                "email/_base/layout.html": broken,
                DIGEST + "section.html": "<tr><td>mine: {{ topic }}</td></tr>",
            },
        )
        assert set(faults.found) == {"email/_base/layout.html"}
        html = html_of(made.render_digest(sample_facts(), VIEW))
        assert "mine: Astrophysics" in html
        assert html.startswith(html_of(plain)[:2000])


def test_what_the_samples_do_not_show_is_left_aside_for_that_mail_alone(tmp_path: Path) -> None:
    """The choice depends on the facts alone, so that a mail made again has the same bytes."""
    section = "<tr><td>mine: {{ topic }}{% if topic == 'Odd' %}{{ nosuch }}{% endif %}</td></tr>"
    made, faults = steady(tmp_path, {DIGEST + "section.html": section})
    assert faults.found == {}
    odd = sample_facts((Section("Odd", (SILENT,)),))
    before = made.render_digest(sample_facts(), VIEW)
    assert made.render_digest(odd, VIEW) == renderer().render_digest(odd, VIEW)
    assert faults.found[DIGEST + "section.html"].reason == "'nosuch' is undefined"
    assert made.render_digest(sample_facts(), VIEW) == before
    assert "mine: Astrophysics" in html_of(before)
    page = made.render_browser_view(odd, VIEW, TOKEN)
    assert page == renderer().render_browser_view(odd, VIEW, TOKEN)


def test_a_block_of_the_built_in_digest_keeps_its_links_and_its_place_for_papers(
    tmp_path: Path, plain: RenderedMail
) -> None:
    extended = (
        '{% extends "builtin/digest/body.html" %}{% block rows %}<tr><td>Above</td></tr>'
        "\n{{ super() }}{% endblock %}"
    )
    made, faults = steady(tmp_path, {DIGEST + "body.html": extended})
    assert faults.found == {}
    html = html_of(made.render_digest(sample_facts(), VIEW))
    assert html.replace("<tr><td>Above</td></tr>\n", "") == html_of(plain)


def test_a_personal_link_that_lost_its_token_is_found(tmp_path: Path, plain: RenderedMail) -> None:
    through = (
        "{% macro a(to) %}<a href='{{ to }}'>x</a>{% endmacro %}"
        "<tr><td><a href='{{ card.url }}'>{{ card.title_html }}</a>{{ a(feedback.save) }}</td></tr>"
    )
    made, faults = steady(tmp_path, {DIGEST + "card.html": through})
    [fault] = faults.found.values()
    assert "has the link 'save' without its token" in fault.reason
    assert made.render_digest(sample_facts(), VIEW) == plain


def test_two_that_fail_only_together_are_both_left_aside(
    tmp_path: Path, plain: RenderedMail
) -> None:
    bare = "<html><body>{% block rows %}{% endblock %}</body></html>"
    made, faults = steady(
        tmp_path,
        {"email/_base/layout.html": bare, DIGEST + "body.html": bare, DIGEST + "card.txt": "x"},
    )
    assert DIGEST + "body.html" in faults.found
    assert text_of(made.render_digest(sample_facts(), VIEW)) == text_of(plain)


def test_hostile_feeds_put_no_blame_on_an_override(tmp_path: Path) -> None:
    made, faults = steady(tmp_path, {DIGEST + "section.html": "<tr><td>{{ topic }}</td></tr>"})
    hostile = one_card(
        type(EXPERTS)(
            paper_id=9,
            title="\u202eA\ufdd0 title\0\ufdd1",
            url="https://evil.example/\u202e?a=1&copy=2&x='\"<",
            abstract="$\\frac$\ud800",
            topic="\ufdd0",
        )
    )
    assert made.render_digest(hostile, VIEW).paper_ids == (9,)
    assert faults.found == {}


NAMES = [name for name in builtin_names(templates_dir()) if name.startswith("email/")]
PIECES = st.sampled_from(
    (
        *("{{", "}}", "{%", "%}", "{#", " cut ", " links.unsubscribe ", " card.url ", "\n", " if "),
        *("extends 'builtin/digest/body.html'", "block rows", "include 'digest/card.html'"),
        *("css(", "\ufdd0", "\ufdd1"),
    )
)
BYTES = st.binary(max_size=60) | st.lists(PIECES | st.text(max_size=5), max_size=12).map(
    lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
)


@pytest.fixture(scope="module")
def shelf() -> Iterator[Path]:
    """Give a folder that each example fills anew."""
    with TemporaryDirectory() as folder:
        yield Path(folder) / "own"


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), BYTES, min_size=1, max_size=3))
@example({DIGEST + "body.html": b"((" * 3000})
@example({DIGEST + "body.html": b"{{" + b"(" * 3000})
def test_no_bytes_whatever_stop_a_digest(shelf: Path, files: dict[str, str | bytes]) -> None:
    made, faults = steady(shelf, files)
    found = made.render_digest(sample_facts(), VIEW)
    assert found.paper_ids == (101, 102, 103, 104, 105)
    assert f"/unsubscribe/{TOKEN}" in html_of(found)
    assert f"/unsubscribe/{TOKEN}" in text_of(found)
    assert EXPERTS.url in text_of(found)
    assert faults.found.keys() <= files.keys()
    for name, told in MAILS.items():
        assert made.render_mail(name, **told).subject
    again, _ = steady(shelf, files)
    assert again.render_digest(sample_facts(), VIEW) == found
