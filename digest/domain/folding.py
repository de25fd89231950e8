"""How text is folded before it is compared: case, accents, TeX, then words.

Queries and documents go through the same functions, so that "André", "ANDRE" and TeX's Andr\\'e are
one word. ``fold`` is idempotent: what it returned, it returns again.
"""

import re
import unicodedata

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi"
    " rho sigma tau upsilon phi chi psi omega"
)
# Letters that Unicode does not decompose although readers type them without their stroke.
_SPELLED = str.maketrans(
    {
        **dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK.split(), strict=True)),
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "þ": "th", "æ": "ae",
        "œ": "oe", "ŋ": "n",
    }
)  # fmt: skip
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
# A word is a run of letters and digits; scripts written without spaces give a word a character.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_ASCII_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()}

# \'e  \'{e}  {\'e}  \"\i  \v{s}  \c c: the letter stays, the accent and its braces go.
_TEX_ACCENT = re.compile(
    r"""\\(?:['"`^~=.]\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))"""
    r"""|[bcdHkrtuv](?:\s*\{\s*\\?([A-Za-z])\s*\}|\s+\\?([A-Za-z])))"""
)
# \ss \o \l \ae and kin stand for a letter; TeX eats the space or the {} that ends the name.
_TEX_LETTER = re.compile(r"\\(ss|[aA][eEaA]|[oO][eE]|[oOlLij]|dh|DH|th|TH)(?![A-Za-z])(?:\{\}|\s)?")
# Macros that only change the type; any other keeps its name, so that \lambda is "lambda".
_TEX_STYLE = re.compile(
    r"\\(?:emph|underline|text(?:it|bf|tt|sc|sf|rm|sl|normal)?|math(?:rm|bf|it|sf|tt|cal|bb|frak|scr)"
    r"|operatorname|ensuremath|boldsymbol|bm|mbox|bf|it|em|rm|sc|tt|sf|left|right)(?![A-Za-z])\s*"
)
_TEX_ARGUMENT = re.compile(r"(\\[A-Za-z]+)\s*\{|\}\s*\{")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
_APOSTROPHES = re.compile("['’ʼ`´＇]")
_REMARK = re.compile(r'\([^()]*\)|[()"*]')


def fold(text: str) -> str:
    """Return the text in lower case, without accents, marks and invisible formatting signs.

    ß gives ss, ø o, ł l, æ ae, β beta; ö gives o. Compatibility forms become plain letters; soft
    hyphens, zero-width and bidi signs vanish.
    """
    if text.isascii():
        return text.lower()
    # Case folding can leave letters that decompose again; the second pass makes it idempotent.
    once = unicodedata.normalize("NFKD", text).casefold()
    twice = unicodedata.normalize("NFKD", once).casefold()
    return _NON_ASCII.sub(_spelled_out, twice)


def _spelled_out(run: re.Match[str]) -> str:
    kept = [
        character
        for character in run.group()
        if unicodedata.category(character) not in {"Mn", "Me", "Cf"}
    ]
    return "".join(kept).translate(_SPELLED)


def plain_tex(text: str) -> str:
    """Return the text with TeX accents resolved and macros that only style removed."""
    if "\\" not in text and "{" not in text:
        return text
    text = _TEX_ACCENT.sub(lambda hit: next(letter for letter in hit.groups() if letter), text)
    text = _TEX_LETTER.sub(r"\1", text)
    text = _TEX_STYLE.sub("", text)
    text = _TEX_ARGUMENT.sub(_spaced_argument, text)
    return text.replace("{", "").replace("}", "")


def _spaced_argument(found: re.Match[str]) -> str:
    return f"{found[1] or ''} "


def split_words(folded: str) -> list[str]:
    """Return the words of folded text: runs of letters and digits, CJK by the character."""
    if folded.isascii():  # the same words as below, without a regular expression
        return folded.translate(_ASCII_GAPS).split()
    return _WORD.findall(folded)


def words(text: str) -> list[str]:
    """Return the folded words of a title, an abstract or a query; hyphens part words."""
    return split_words(fold(plain_tex(text)))


def name_words(name: str) -> list[str]:
    """Return the folded words of a person's name, given name first.

    "LeCun, Yann" is turned round ("Smith, Jr." is not); O'Brien is one word.
    """
    plain = _APOSTROPHES.sub("", plain_tex(name))
    first, comma, rest = plain.partition(",")
    turned = words(rest)
    if not comma or "," in rest or not turned or turned[0] in _SUFFIXES:
        return words(plain)
    return turned + words(first)


def category_code(text: str) -> str:
    """Return a category as it is compared: folded, whitespace single, no remark in parentheses."""
    return " ".join(_REMARK.sub(" ", fold(text)).split())


def squeezed(text: str) -> str:
    """Return only the folded letters and digits: "Hugging Face" and "huggingface" are one."""
    return "".join(words(text))
