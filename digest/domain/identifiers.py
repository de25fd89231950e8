"""Which paper a text names: arXiv ids and DOIs, from any field or URL form.

New arXiv ids are YYMM.NNNN from 0704 to 1412 and YYMM.NNNNN from 1501 on; old ones are
archive/YYMMNNN from 9107 to 0703, once with a subject class (math.GT/0309136) that is no part
of the canonical form (arXiv, "Understanding the arXiv identifier"). A version is never kept.
"""

import re
from collections.abc import Iterator

from digest.domain.author_names import surnames
from digest.domain.titles import title_key

__all__ = ["arxiv_id_in", "arxiv_ids_in", "normalise_doi", "surnames", "title_key"]

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    "|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin"
    "|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_CANDIDATE = re.compile(
    r"(?:(?<![0-9])(?<![0-9]\.)(?P<new>[0-9]{4}\.[0-9]{4,5})"
    rf"|(?<![A-Za-z0-9-])(?P<archive>{_ARCHIVES})(?:\.[A-Za-z-]{{2,9}})?/(?P<old>[0-9]{{7}}))"
    r"(?:v[0-9]{1,3})?(?![A-Za-z0-9])(?!\.[0-9])",
    re.IGNORECASE,
)
# What may stand between the word arXiv and a number that it announces: "arXiv preprint: 2508...".
_ANNOUNCED = re.compile(
    r"arxiv(?:\.org)?(?:\s+(?:preprint|e-?print|paper|id|identifier|number|no\.?))?\s*[:#]?\s*[\[(]?$",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"a(?:r|lpha)xiv|ar5iv|(?:huggingface\.co|hf\.co|hf-mirror\.com|emergentmind\.com)/(?:api/)?papers/",
    re.IGNORECASE,
)
_FOREIGN_DOI = re.compile(r"10\.(?!48550/)[0-9]{4,9}(?:\.[0-9]+)*/")
_WHOLE_FIELD = re.compile(r"\[?\s*$")
_AFTER_FIELD = re.compile(r"\s*(?:\.pdf\s*)?\Z", re.IGNORECASE)
_LOOK_BACK = 200  # characters; bounds the work per candidate in a text without spaces
_ESCAPES = (("%3a", ":"), ("%3A", ":"), ("%2f", "/"), ("%2F", "/"))

_DOI = re.compile(r"(?<![0-9.])10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"<>\\^`{|}\x00-\x20\x7f]+")
_SICI = re.compile(r"10\.[0-9]{4,9}/\(SICI\)[^\s\"]{10,120}", re.IGNORECASE)  # holds < and >
_DOI_CHARACTERS = 300
_PAIRS = {")": "(", "]": "[", ">": "<"}


def arxiv_id_in(text: str) -> str | None:
    """Return the first arXiv id that `text` names, without version, or None.

    A bare number counts only where it is the whole field or stands in brackets before a title;
    elsewhere the word arXiv or a known address must announce it, so that prices, dates, versions
    and the insides of other DOIs do not. An abstract may name other papers: use
    `arxiv_ids_in` there, and trust it less than the id, link, guid and DOI of an entry.
    """
    return next(_arxiv_ids(text), None)


def arxiv_ids_in(text: str) -> set[str]:
    """Return every arXiv id that `text` names, without versions."""
    return set(_arxiv_ids(text))


def normalise_doi(text: str) -> str | None:
    """Return the first DOI in `text`, lower case, without resolver, query or closing punctuation.

    DOIs ignore case (DOI Handbook 2.4). arXiv's own DOIs (10.48550/arxiv.*) come back as any
    other; `arxiv_id_in` reads the id out of them.
    """
    plain = _unescaped(text)
    found = _SICI.search(plain) or _DOI.search(plain)
    if found is None:
        return None
    doi = found.group()[:_DOI_CHARACTERS]
    if "://" in plain[max(0, found.start() - _LOOK_BACK) : found.start()]:
        doi = re.split(r"[?#&]", doi, maxsplit=1)[0]
    doi = _without_closing_punctuation(doi)
    return doi.lower() if doi.partition("/")[2] else None


def _arxiv_ids(text: str) -> Iterator[str]:
    plain = _unescaped(text)
    for found in _CANDIDATE.finditer(plain):
        identifier = _valid_new(found["new"]) if found["new"] else _valid_old(found)
        if identifier is not None and _is_meant(plain, found):
            yield identifier


def _valid_new(number: str) -> str | None:
    year, month, serial = int(number[:2]), int(number[2:4]), number[5:]
    if not (7 <= year <= 90 and 1 <= month <= 12) or (year, month) < (7, 4) or not int(serial):
        return None
    return number if len(serial) == (5 if year >= 15 else 4) else None


def _valid_old(found: re.Match[str]) -> str | None:
    number = found["old"]
    year, month = int(number[:2]), int(number[2:4])
    in_use = year >= 91 or (year, month) <= (7, 3)
    if not (1 <= month <= 12 and in_use and int(number[4:])):
        return None
    return f"{found['archive'].lower()}/{number}"


def _is_meant(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
    token = re.split(r"[\s\"'<>]", before)[-1]
    if _FOREIGN_DOI.search(token):
        return False
    if _MARKED.search(token) or _ANNOUNCED.search(before):
        return True
    if found["old"] and not (token and re.search(r"[\w/.-]$", token)):
        return True  # archive/number is a form nothing else uses
    if not _WHOLE_FIELD.match(before):
        return False
    after = text[found.end() : found.end() + _LOOK_BACK]
    return bool(_AFTER_FIELD.match(after)) or ("[" in before and after.lstrip().startswith("]"))


def _unescaped(text: str) -> str:
    if "%" in text:
        for escape, character in _ESCAPES:
            text = text.replace(escape, character)
    return text


def _without_closing_punctuation(doi: str) -> str:
    while doi:
        last = doi[-1]
        opening = _PAIRS.get(last)
        unbalanced = opening is not None and doi.count(last) > doi.count(opening)
        if not (unbalanced or last in ".,;:!?'\u2019\u201d*&/-"):
            break
        doi = doi[:-1]
    return doi
