"""Titles made comparable, and the numbers that tell a sequel from a second copy."""

import re
import unicodedata

from digest.domain.plain_words import folded, without_html, without_tex

_VENUES = (
    "3DV|AAAI|ACCV|ACL|ACML|AISTATS|AAMAS|ALT|ASPLOS|ASRU|BMVC|CCS|CDC|CHI|CIKM|COLING|COLM|COLT"
    "|CoLLAs|CoNLL|CoRL|CSCW|CVPR|DAC|EACL|ECAI|ECCV|ECIR|ECML|EMNLP|FAccT|FG|FOCS|GECCO|HPCA|HRI"
    "|ICASSP|ICCV|ICDE|ICDM|ICLR|ICML|ICRA|ICSE|ICWSM|IJCAI|IJCNN|IROS|ISBI|ISCA|ISMIR|ISSTA|ITSC"
    "|IUI|JMLR|KDD|L4DC|LREC|MICCAI|MIDL|MLSys|MMM|NAACL|NDSS|NeurIPS|NIPS|NSDI|OOPSLA|OSDI|PAMI"
    "|PAKDD|PLDI|PODS|POPL|RecSys|RSS|SDM|SIGCOMM|SIGGRAPH|SIGIR|SIGMOD|SODA|SOSP|STOC|TACL|TMLR"
    "|TNNLS|TPAMI|TSE|UAI|UbiComp|UIST|USENIX|VLDB|WACV|WSDM|WWW|Interspeech|COLING-LREC|LREC-COLING"
)
_TAG = re.compile(
    r"(?:(?:an?\s+)?(?:extended|full|long|longer|short|journal|conference|preliminary|revised|final"
    r"|updated|draft|arxiv|camera[- ]ready|author'?s?|accepted|submitted|technical|tech)"
    r"\s+(?:version|abstract|paper|manuscript|preprint|draft|report)"
    r"|pre-?print|e-?print|draft|withdrawn|retracted|oral|spotlight|poster|demo|keynote|tutorial"
    r"|invited(?:\s+\w+)?|best\s+(?:\w+\s+){0,2}paper(?:\s+\w+){0,3}|student\s+abstract|oral\s+\w+"
    r"|(?:to\s+appear|accepted|published|submitted|presented)\s+(?:at|to|by|in)\s.{1,60}"
    r"|with\s+(?:supplementary|appendi)\w*(?:\s+\w+){0,2}|supplementary(?:\s+\w+)?"
    r"|arxiv\b.{0,60}|[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?|[a-z-]{2,8}\.[a-z]{2}(?:,\s*[a-z-]{2,8}\.[a-z]{2})*"
    r"|pdf|html|code|code\s+available|project\s+page|video|paper|research|r|d|p|n|re|new"
    rf"|(?:the\s+)?(?:IEEE|ACM)?[\s/]*(?:{_VENUES})(?:[\s/&-]+(?:{_VENUES}))*"
    r"(?:[\s'\u2019-]*(?:(?:19|20)?[0-9]{2}))?(?:\s+[a-z ]{1,40})?)",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"\s+[-|–—·]\s+(?:arxiv(?:\.org)?|alphaxiv|openreview|hugging\s?face|papers with code)\s*\Z",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\A\s*\[([^\[\]]{1,80})\]\s*(?=\S)")
_CLOSING = re.compile(r"(?<=\S)\s*(?:\[([^\[\]]{1,80})\]|\(([^()]{1,80})\))\s*\.?\s*\Z")
_YEAR = re.compile(r"(?<![0-9.])(?:19|20)[0-9]{2}(?![0-9]|\.[0-9])")
_TITLE_CHARACTERS = 4_000
_TAGS_AT_MOST = 6

_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)*)")
_ROMAN = re.compile(r"(?<![\w.-])(ii|iii|iv|vi|vii|viii|ix|xi|xii)(?![\w'])", re.IGNORECASE)
_ROMAN_AT_END = re.compile(r"(?<=\s)([IVX])(?=\s*(?:[:.(]|\Z))")
_PART = re.compile(
    r"(?<!\w)(?:part|vol(?:ume)?|chapter|episode|paper|phase|lecture)\b[\s.:#-]*"
    r"([ivx]{1,5}|[a-h]|one|two|three|four|five|six)(?!\w)",
    re.IGNORECASE,
)
_PLUSES = re.compile(r"\w\s?(\+{1,3})(?!\w)")
_VALUES = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
    "ix": "9", "x": "10", "xi": "11", "xii": "12",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
}  # fmt: skip


def title_key(title: str) -> str:
    """Return the letters and digits of `title` for comparison, or "" when it has none.

    Off are TeX, accents, case, HTML, years and what sources hang on a title ("[R]", "(extended
    version)", "(CVPR 2026)", "(arXiv:2508.13426v1 [cs.LG])", "| OpenReview"); Greek is spelled.
    A title that is nothing but a year keeps it.
    """
    plain = folded(_untagged(title))
    key = _alphanumeric(_YEAR.sub(" ", plain))
    return key or _alphanumeric(plain)


def title_years(title: str) -> frozenset[str]:
    """Return the years (1900 to 2099) in a title, those of its tags apart."""
    return frozenset(_YEAR.findall(_untagged(title)))


def sequel_numbers(title: str) -> tuple[str, ...]:
    """Return, sorted, what could tell a sequel in a title: 2, II, V2, Part B, years, "++".

    Roman numerals and number words come back as digits, so that II equals 2.
    """
    plain = without_tex(unicodedata.normalize("NFKC", _untagged(title)))
    found = {
        mark.start(1): mark[1].lower()
        for pattern in (_NUMBER, _ROMAN, _ROMAN_AT_END, _PART, _PLUSES)
        for mark in pattern.finditer(plain)
    }
    return tuple(sorted(_VALUES.get(mark) or _without_zeros(mark) for mark in found.values()))


def _without_zeros(number: str) -> str:
    if not number[0].isdecimal():
        return number
    whole, *rest = number.split(".")
    while rest and not rest[-1].strip("0"):
        rest.pop()
    return ".".join([whole.lstrip("0") or "0", *rest])


def _untagged(title: str) -> str:
    plain = _SITE.sub("", " ".join(without_html(title[:_TITLE_CHARACTERS]).split()))
    for _ in range(_TAGS_AT_MOST):
        shorter = _without_one_tag(plain)
        if shorter == plain:
            break
        plain = shorter
    return plain


def _without_one_tag(title: str) -> str:
    opening = _OPENING.match(title)
    if opening and _TAG.fullmatch(opening[1].strip()):
        return title[opening.end() :]
    # arXiv's old feeds nest: "Title. (arXiv:2508.13426v1 [cs.LG])"
    old_feed = re.search(r"\s\(arXiv:[^()]{9,60}\)\s*\Z", title)
    if old_feed:
        return title[: old_feed.start()]
    closing = _CLOSING.search(title)
    if closing and _TAG.fullmatch((closing[1] or closing[2]).strip()):
        return title[: closing.start()]
    return title


def _alphanumeric(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
