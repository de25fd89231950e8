"""Compiled templates are kept in the process: the same code for the same source, and no other."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, FileSystemLoader

from digest.mail.bytecode import KeptBytecode
from digest.mail.environment import html_environment, text_environment
from digest.resources import templates_dir
from tests.mail.samples import LOOK

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="{}%#\r\n"), min_size=1)


class Counting(Environment):
    """An environment that counts what it compiles."""

    compiled = 0

    def _generate(self, *args: Any, **named: Any) -> str:
        self.compiled += 1
        return super()._generate(*args, **named)


def test_a_template_is_compiled_once_for_all_environments(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ greeting }} {{ name }}", encoding="utf-8")
    kept = KeptBytecode()
    one, two = (
        Counting(loader=FileSystemLoader(tmp_path), autoescape=True, bytecode_cache=kept)
        for _ in range(2)
    )
    one.globals["greeting"], two.globals["greeting"] = "Hello", "Hallo"
    assert one.get_template("a.html").render(name="<b>") == "Hello &lt;b&gt;"
    assert two.get_template("a.html").render(name="Ada") == "Hallo Ada"
    assert (one.compiled, two.compiled) == (1, 0)


@given(WORDS, WORDS)
def test_a_changed_template_is_compiled_anew(before: str, after: str) -> None:
    kept = KeptBytecode()
    for source in (before, after, before):
        loader = DictLoader({"a.txt": source})
        environment = Environment(loader=loader, bytecode_cache=kept, autoescape=False)
        assert environment.get_template("a.txt").render() == source


def test_what_escapes_and_what_does_not_are_kept_apart() -> None:
    source = "{{ name }}"
    for _ in range(2):
        for make, shown in ((html_environment, "&lt;b&gt;"), (text_environment, "<b>")):
            environment = make(templates_dir(), LOOK)
            environment.loader = DictLoader({"shared": source})
            assert environment.get_template("shared").render(name="<b>") == shown
