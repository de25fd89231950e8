"""Finds every sentence of ours: in the templates, in the code, in the catalogue of ready topics.

`pybabel extract` would need a list of keywords that grows with each kind of refusal, so the code is
read as a syntax tree: sentences are what stands in ``t("..")`` and its like, in ``Sentence("..")``
and in whatever is raised that derives from ``SentenceError``.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from jinja2 import Environment, nodes

from digest.catalogue import read_catalogue
from digest.services.selecting import OVERALL
from digest.texts import TOPIC
from tests.house.sources import ROOT, name_of, python_files, tree

ONE = frozenset({"t", "tm", "markup", "_error", "Sentence"})
MANY = frozenset({"tn", "many"})
TEMPLATES = ("email", "web")
# the demonstration's inbox speaks English alone, as the command line does
NOT_TRANSLATED = "templates/web/inbox/"


@dataclass(frozen=True)
class Message:
    """A sentence of the source; ``other`` is its plural, or ""."""

    text: str
    other: str = ""
    context: str | None = None


def extract() -> Catalog:
    """Return every message with the files that hold it; no line numbers, which change daily."""
    found: dict[Message, list[str]] = defaultdict(list)
    for where, message in _all_messages():
        if message.text and where not in found[message]:
            found[message].append(where)
    _join_plurals(found)
    catalogue = Catalog(project="paper-digest", charset="utf-8")
    for message in sorted(found, key=lambda m: (m.context or "", found[m][0], m.text)):
        identity = (message.text, message.other) if message.other else message.text
        places = [(where, 0) for where in found[message]]
        catalogue.add(identity, locations=places, context=message.context)
    return catalogue


def _join_plurals(found: dict[Message, list[str]]) -> None:
    """Let a sentence that is also asked for without a count be the singular of the other."""
    counted = {message.text: message for message in found if message.other}
    for message in [m for m in found if not m.other and m.context is None]:
        if message.text in counted:
            found[counted[message.text]] += found.pop(message)


def _all_messages() -> Iterator[tuple[str, Message]]:
    trees = {path: tree(path) for path in python_files("digest")}
    singular = ONE | _refusals(list(trees.values()))
    for path, module in trees.items():
        for message in _in_python(module, singular):
            yield name_of(path), message
    for folder in TEMPLATES:
        for path in sorted((ROOT / "templates" / folder).rglob("*.*")):
            if path.suffix in {".html", ".txt", ".j2"} and NOT_TRANSLATED not in name_of(path):
                for message in _in_template(path):
                    yield name_of(path), message
    for text in _topics():
        yield "digest/topics.toml", Message(text, context=TOPIC)


def _topics() -> Iterator[str]:
    yield OVERALL
    for topic in read_catalogue():
        yield from (topic.group, topic.name, topic.description)


def _refusals(trees: list[ast.Module]) -> frozenset[str]:
    """Return the names of the classes that derive from SentenceError, however far."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for module in trees
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }
    known = {"SentenceError"}
    while more := {name for name, of in bases.items() if of & known} - known:
        known |= more
    return frozenset(known)


def _in_python(module: ast.Module, singular: frozenset[str]) -> Iterator[Message]:
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = _called(node.func)
        if name in MANY and len(node.args) > 1:
            for one, other in zip(_texts(node.args[0]), _texts(node.args[1]), strict=True):
                yield Message(one, other)
        elif name in singular:
            others = [word.value for word in node.keywords if word.arg == "other"]
            if name == "Sentence":
                others += node.args[2:3]
            plural = _texts(others[0])[0] if others else ""
            for text in _texts(node.args[0]):
                yield Message(text, plural)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(node: ast.expr) -> list[str]:
    """Return the literal that an argument is, or both of a choice between two."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return []


def _in_template(path: Path) -> Iterator[Message]:
    parsed = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for call in parsed.find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        texts = [_template_texts(argument) for argument in call.args]
        if name in ONE and texts:
            yield from (Message(text) for text in texts[0])
        elif name in MANY and len(texts) > 1:
            for one, other in zip(texts[0], texts[1], strict=True):
                yield Message(one, other)


def _template_texts(node: nodes.Expr) -> list[str]:
    if isinstance(node, nodes.CondExpr):
        other = _template_texts(node.expr2) if node.expr2 is not None else []
        return [*_template_texts(node.expr1), *other]
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return [node.value]
    return []
