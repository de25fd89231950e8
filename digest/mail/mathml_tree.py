"""MathML as a tree: what may stand in it, what it says, how wide it is, and its text.

The elements are those of MathML Core that browsers draw; all that a converter adds beside is left
out or refused. Letters of another style become the Unicode characters of that style, as Core asks.
"""

import html
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from xml.etree.ElementTree import Element as Node

__all__ = ["MathmlError", "Node", "Tree", "cleaned", "text_of", "width_of", "written"]

MOST_ELEMENTS = 250
DEEPEST = 30
_TOKENS = frozenset({"mi", "mn", "mo", "mtext"})
_ROWS = frozenset({"math", "mrow", "mstyle", "mpadded", "msqrt", "mtd"})
_ARGUMENTS = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
_SCRIPTS = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
_ELEMENTS = _TOKENS | _ROWS | _ARGUMENTS.keys() | {"mspace", "mtable", "mtr"}
_BOOLEAN = re.compile(r"true|false")
_LENGTH = re.compile(r"[+-]?\d{1,2}(?:\.\d{1,4})?(?:em|ex|px|pt)")
_ATTRIBUTES = {
    **dict.fromkeys(
        ("stretchy", "fence", "separator", "accent", "accentunder", "largeop", "movablelimits"),
        _BOOLEAN,
    ),
    "displaystyle": _BOOLEAN,
    "scriptlevel": re.compile(r"[+-]?[0-3]"),
    "form": re.compile(r"prefix|infix|postfix"),
    "linethickness": re.compile(r"0"),
    "minsize": _LENGTH,
    "maxsize": _LENGTH,
    "width": re.compile(r"\d(?:\.\d{1,4})?em"),
}
_STYLES = {
    "bold": "MATHEMATICAL BOLD",
    "italic": "MATHEMATICAL ITALIC",
    "bold-italic": "MATHEMATICAL BOLD ITALIC",
    "double-struck": "MATHEMATICAL DOUBLE-STRUCK",
    "script": "MATHEMATICAL SCRIPT",
    "fraktur": "MATHEMATICAL FRAKTUR",
    "sans-serif": "MATHEMATICAL SANS-SERIF",
    "monospace": "MATHEMATICAL MONOSPACE",
}
_DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
_INVISIBLE = "\u2061\u2062\u2063"  # apply, times, separate: they are heard, not seen
_SCRIPT_SIZE = 0.7


class MathmlError(ValueError):
    """A tree that cannot be shown as it is."""


@dataclass(slots=True)
class Tree:
    """An element that may stand in a page: name, attributes, and either text or children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Tree"] = field(default_factory=list)


def cleaned(node: Node) -> Tree:
    """Return a converter's tree with what may stand in a page; raise MathmlError for all else."""
    if sum(1 for _ in node.iter()) > MOST_ELEMENTS:
        raise MathmlError("too many elements")
    tree = _cleaned(node, 0)
    return Tree("mrow", children=tree.children)


def _cleaned(node: Node, depth: int) -> Tree:
    name = str(node.tag)
    if name not in _ELEMENTS or depth > DEEPEST:
        raise MathmlError(f"{name} may not stand here")
    children = [_cleaned(child, depth + 1) for child in node]
    text = _said(node.text)
    if name in _TOKENS:
        if children:
            raise MathmlError(f"{name} holds elements")
        return _token(name, node, text) if text else Tree("mrow")
    if text or any(_said(child.tail) for child in node):
        raise MathmlError(f"{name} holds text")
    if len(children) != _ARGUMENTS.get(name, len(children)):
        raise MathmlError(f"{name} has {len(children)} arguments")
    if name in _ROWS:
        children = _spaced(_joined(children))
    return Tree(name, _allowed(node), children=children)


def _said(text: str | None) -> str:
    """Return the characters of a text in which the converter wrote ``&#x...;`` for many."""
    said = html.unescape(text or "")
    # a macro that it does not know, a bare sign of alignment, or what no page should carry
    if any(sign in "\\&" or _is_unseen(sign) for sign in said):
        raise MathmlError("a sign that is none")
    return said


def _is_unseen(sign: str) -> bool:
    return sign not in _INVISIBLE and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _token(name: str, node: Node, text: str) -> Tree:
    variant = node.get("mathvariant", "")
    style = _STYLES.get(variant)
    if style:
        text = "".join(_styled(character, style) for character in text)
    attributes = _allowed(node)
    if name == "mi" and variant == "normal":
        attributes["mathvariant"] = "normal"
    return Tree(name, attributes, text)


def _allowed(node: Node) -> dict[str, str]:
    return {
        name: value
        for name, value in node.attrib.items()
        if name in _ATTRIBUTES and _ATTRIBUTES[name].fullmatch(value)
    }


@cache
def _styled(character: str, style: str) -> str:
    """Return an ASCII letter or digit in a style of Unicode, else the character itself."""
    if not (character.isascii() and character.isalnum()):
        return character
    kind = "DIGIT" if character.isdigit() else "CAPITAL" if character.isupper() else "SMALL"
    sign = _DIGITS[int(character)] if kind == "DIGIT" else character.upper()
    short = style.removeprefix("MATHEMATICAL ").replace("FRAKTUR", "BLACK-LETTER")
    for name in (f"{style} {kind} {sign}", f"{short} {kind} {sign}"):  # ℝ and ℬ are older
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return character


def _joined(children: list[Tree]) -> list[Tree]:
    """Return a row with upright letters side by side as one word: softmax, not s o f t m a x."""
    row: list[Tree] = []
    for child in children:
        before = row[-1] if row else None
        if before and all(tree.attributes == {"mathvariant": "normal"} for tree in (before, child)):
            before.text += child.text
        else:
            row.append(child)
    return row


def _spaced(children: list[Tree]) -> list[Tree]:
    """Return a row with thin spaces around the names of functions: n log n."""
    row: list[Tree] = []
    for child in children:
        before = row[-1] if row else None
        named = before and (_is_name(before) or _is_name(child))
        if before and named and not {before.name, child.name} & {"mo", "mspace"}:
            row.append(Tree("mspace", {"width": "0.17em"}))
        row.append(child)
    return row


def _is_name(tree: Tree) -> bool:
    if tree.name in _SCRIPTS:
        return _is_name(tree.children[0])
    return tree.name == "mi" and len(tree.text) > 1 and tree.text.isascii()


def text_of(tree: Tree) -> str:
    """Return what a tree says, in order."""
    return tree.text + "".join(text_of(child) for child in tree.children)


def width_of(tree: Tree) -> float:
    """Return about how wide a tree is, in letters."""
    widths = [width_of(child) for child in tree.children]
    match tree.name:
        case "mfrac" | "mtable":
            return max(widths, default=0)
        case "msub" | "msup":
            return widths[0] + _SCRIPT_SIZE * widths[1]
        case "msubsup":
            return widths[0] + _SCRIPT_SIZE * max(widths[1:])
        case "munder" | "mover" | "munderover":
            return max(widths[0], *(_SCRIPT_SIZE * width for width in widths[1:]))
        case "mo":
            return len(tree.text) + 0.5
        case "mspace":
            return 0.5
        case _:
            return len(tree.text) + sum(widths)


def written(tree: Tree) -> str:
    """Return a tree as markup that is both HTML and XML, every character of its text escaped."""
    attributes = "".join(
        f' {name}="{html.escape(value)}"' for name, value in sorted(tree.attributes.items())
    )
    inner = html.escape(tree.text) + "".join(written(child) for child in tree.children)
    return f"<{tree.name}{attributes}>{inner}</{tree.name}>"
