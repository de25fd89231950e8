"""Turns what a source sends into plain text on one line: no markup, no controls, bounded.

TeX is text here and stays as it was written. Markup is told from text with care, since papers
write `a<b`, `<think>` and `<s>` and mean just that.
"""

import html
import re
import unicodedata

TITLE_CHARACTERS = 1_000
ABSTRACT_CHARACTERS = 20_000
NAME_CHARACTERS = 200

# Elements that vanish without leaving a space: "H<sub>2</sub>O" is one word.
_INLINE = re.compile(
    r"a|abbr|acronym|b|bdi|bdo|big|bold|cite|code|del|dfn|em|font|i|ins|"
    r"italic|kbd|label|mark|q|samp|small|span|strike|strong|sub|sup|time|tt|u|"
    r"var|wbr"
)
_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|"
    r"dt|fieldset|figcaption|figure|footer|form|h1|h2|h3|h4|h5|h6|head|header|"
    r"hr|html|iframe|img|input|legend|li|main|nav|ol|option|p|pre|section|"
    r"select|summary|table|tbody|td|textarea|tfoot|th|thead|title-group|tr|ul"
)
# Names that papers use for tokens of their own; markup only with attributes or a closing tag.
_DOUBTFUL = re.compile(r"audio|button|embed|link|meta|object|picture|s|search|source|title|video")
_DROPPED = re.compile(r"noscript|script|style|template")

_TAG = re.compile(
    r"""<!--|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*+(?::[A-Za-z][A-Za-z0-9-]*+)?+)"""
    r"""(?P<attributes>(?:\s++[A-Za-z_:@][\w:.@-]*+\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'=<>`]++)"""
    r"""|\s++(?:hidden|disabled|checked|async|defer|controls|allowfullscreen|itemscope)\b)*+)"""
    r"""\s*+/?>|<!\[CDATA\[|\]\]>|<(?:!DOCTYPE|\?xml)\b[^<>]*+>""",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</([A-Za-z][A-Za-z0-9-]*)")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_MARKUP = re.compile(
    r"<(?:br|p|hr)\s*/?>|</(?:p|div|span|a|b|i|em|strong|ul|li|sub|sup|h[1-6])>", re.IGNORECASE
)

# Controls, lone surrogates, non-characters, and marks that are not seen but reorder, join or
# hide text (UAX 9; ZWJ and ZWNJ stay, scripts need them).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_MOST_MARKS = 8  # no script stacks more on one letter
_MARKUP_FACTOR = 12  # a text of n characters may come wrapped in so many times its size


def text_of(html_or_text: str, limit: int = ABSTRACT_CHARACTERS) -> str:
    """Return HTML or text as plain text of at most ``limit`` characters, whitespace folded.

    Entities are decoded once, and once more where a feed escaped them twice. The result is in
    NFC and can be encoded in UTF-8 whatever came in.
    """
    text = html_or_text[: limit * _MARKUP_FACTOR]
    text = _without_entities(_without_tags(text))
    if _ESCAPED_MARKUP.search(text):
        text = _without_tags(text)
    if _ENTITY.search(text):
        text = _without_entities(text)
    return plain(text, limit)


def plain(text: str, limit: int = ABSTRACT_CHARACTERS) -> str:
    """Return text that holds no markup folded onto one line, without controls, in NFC, bounded."""
    text = " ".join(text[: limit * _MARKUP_FACTOR].split())
    text = " ".join(_UNSEEN.sub("", text).split())
    text = text[: 2 * limit]
    if not text.isascii():
        text = unicodedata.normalize("NFC", _without_towers(text))
    return shortened(text, limit)


def shortened(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, the last an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _without_entities(text: str) -> str:
    """Decode the entities that end in a semicolon; "Q&A" and TeX's "a&b" hold none."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def _without_tags(text: str) -> str:
    """Return the text between the tags of HTML, in one pass."""
    if "<" not in text and "]]>" not in text:
        return text
    closed = {name.lower() for name in _CLOSING.findall(text)}
    kept: list[str] = []
    at = 0
    while found := _TAG.search(text, at):
        kept.append(text[at : found.start()])
        gap, at = _replacement(found, closed)
        kept.append(gap)
    kept.append(text[at:])
    return "".join(kept)


def _replacement(found: re.Match[str], closed: set[str]) -> tuple[str, int]:
    """Return what stands for a piece of markup, and where the text goes on."""
    if found[0] == "<!--":
        return "", _after("-->", found)
    if found["name"] is None:
        return "", found.end()
    prefix, _, local = found["name"].lower().rpartition(":")
    if _DROPPED.fullmatch(local) and not found["end"]:
        return " ", _after(f"</{local}\\s*>", found)
    if _INLINE.fullmatch(local) or prefix == "mml":
        return "", found.end()
    if _BLOCK.fullmatch(local) or prefix or _is_markup(local, found, closed):
        return " ", found.end()
    return found[0], found.end()


def _is_markup(name: str, found: re.Match[str], closed: set[str]) -> bool:
    if _DROPPED.fullmatch(name):
        return True
    if not _DOUBTFUL.fullmatch(name):
        return False
    return bool(found["end"] or found["attributes"]) or name in closed


def _after(pattern: str, found: re.Match[str]) -> int:
    """Return the index behind the next ``pattern``; where it never comes, the rest is dropped."""
    end = re.compile(pattern, re.IGNORECASE).search(found.string, found.end())
    return end.end() if end else len(found.string)


def _without_towers(text: str) -> str:
    """Keep at most eight combining marks on a letter; normalising long rows is quadratic."""
    kept: list[str] = []
    height = 0
    for character in text:
        height = height + 1 if unicodedata.combining(character) else 0
        if height <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)
