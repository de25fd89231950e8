"""Text made comparable: TeX, accents and case off, Greek letters spelled.

For keys only, never for show: a key must stay the same though the way titles are shown improves,
so nothing here depends on the TeX converter of the mails.
"""

import html
import re
import unicodedata


def word_set(table: str) -> frozenset[str]:
    """Return the words of a table written as one string."""
    return frozenset(table.split())


_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma"
    " tau upsilon phi chi psi omega"
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        _GREEK_NAMES.split(),
        strict=True,
    )
)
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
_SPELLED = str.maketrans({**_GREEK, **_LETTERS, "∞": "infinity"})
_TEX_LETTERS = {
    "o": "o", "O": "O", "l": "l", "L": "L", "ss": "ss", "ae": "ae", "AE": "AE", "oe": "oe",
    "OE": "OE", "aa": "a", "AA": "A", "i": "i", "j": "j", "dh": "d", "DH": "D", "dj": "d",
    "DJ": "D", "th": "th", "TH": "Th", "ell": "l", "infty": "infinity", "imath": "i", "jmath": "j",
}  # fmt: skip
_TEX_NAMES = word_set(
    "TeX LaTeX BibTeX log exp sin cos tan max min lim sup inf arg det dim ker gcd mod"
)
_ACCENT = re.compile(
    r"\\(?:[`'\"^~=.]|[cvuHkdbrt](?![A-Za-z]))\s*(?:\{\s*(\\?[A-Za-z])\s*\}|(\\?[A-Za-z]))"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(?:\{\})?")
_WORD = re.compile(r"[^\W_]+")
_TEX_MARKS = str.maketrans({**dict.fromkeys("${}^_"), "~": " ", "\\": " "})
_HTML_TAG = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|span|p|br|tt|code|small|(?:mml|jats):[a-z]+)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)


def without_tex(text: str) -> str:
    """Return `text` with TeX accents, letters and markup as plain characters; case is kept."""
    if "\\" not in text and "$" not in text and "{" not in text:
        return text
    text = _ACCENT.sub(lambda found: (found[1] or found[2]).lstrip("\\"), text)
    return _COMMAND.sub(_command_text, text).translate(_TEX_MARKS)


def without_html(text: str) -> str:
    """Return `text` without inline tags and entities, which some feeds leave in titles."""
    if "&" in text:
        text = html.unescape(text)
    return _HTML_TAG.sub("", text) if "<" in text else text


def folded(text: str) -> str:
    """Return `text` lower case without accents and TeX, Greek spelled ("α-stable": "alpha-stable").

    Compatibility forms are unified first (NFKC), so ligatures, wide and mathematical letters
    compare like plain ones.
    """
    if text.isascii():
        return without_tex(text).lower()
    plain = without_tex(unicodedata.normalize("NFKC", text))
    split = unicodedata.normalize("NFKD", plain).casefold()
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.translate(_SPELLED))


def words(text: str) -> list[str]:
    """Return the words of `text`, folded: runs of letters and digits ("mixture-of-experts": 3)."""
    return _WORD.findall(folded(text))


def _command_text(found: re.Match[str]) -> str:
    name = found[1]
    if name in _TEX_LETTERS:
        return _TEX_LETTERS[name]
    plain = name.removeprefix("var").lower()
    if plain in _GREEK.values():
        return plain
    return name if name in _TEX_NAMES else ""
