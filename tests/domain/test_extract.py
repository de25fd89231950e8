"""The sentence splitter and the extract, on hard sentences and on real summaries."""

import gzip
import json
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.extract import Extract, extract, split_sentences
from tests.shared_data import shared_data

_ABSTRACT = (
    "Language models are large. However, existing routers waste memory. "
    "We propose SlimMoE, a router for mixture-of-experts models. "
    "It needs no new hardware. SlimMoE improves accuracy by 3.1 points. Code is on GitHub."
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("No full stop", ["No full stop"]),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It rises by 3.5 points. We win.", ["It rises by 3.5 points.", "We win."]),
        ("Models, e.g. GPT-4, win. Others, i.e. T5, lose.", None),
        (
            "GPT-4 vs. T5 (see Fig. 2 and Eq. 3). Done.",
            ["GPT-4 vs. T5 (see Fig. 2 and Eq. 3).", "Done."],
        ),
        ("Smith et al. (2020) did. Lee et al. Nature agrees.", None),
        ("As shown by Smith et al. We go on.", ["As shown by Smith et al.", "We go on."]),
        ("Work of J. R. Smith. It ends.", ["Work of J. R. Smith.", "It ends."]),
        ("This is type I. We go on.", ["This is type I.", "We go on."]),
        ("We ship v2.0. Python 3.11. The end.", ["We ship v2.0.", "Python 3.11.", "The end."]),
        ("Here $p < .05. X$ holds. Next.", ["Here $p < .05. X$ holds.", "Next."]),
        ("It costs $5. We pay $10. End.", ["It costs $5.", "We pay $10.", "End."]),
        (
            r"\emph{One.} \textbf{Two} goes. $x$ too.",
            [r"\emph{One.}", r"\textbf{Two} goes.", "$x$ too."],
        ),
        ("He said “yes.” (Then he left.) Now.", ["He said “yes.”", "(Then he left.)", "Now."]),
        ("1. First one. 2. Second one.", ["1. First one.", "2. Second one."]),
        ("Folded\n  lines.\tNext\u00a0one.", ["Folded lines.", "Next one."]),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str, sentences: list[str] | None) -> None:
    expected = sentences if sentences is not None else re.split(r"(?<=win\.|did\.) ", text)
    assert split_sentences(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aB1 .!?$\\{}()e.g\n", max_size=200))
def test_sentences_joined_by_spaces_are_the_folded_text(text: str) -> None:
    assert " ".join(split_sentences(text)) == " ".join(text.split())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300))
def test_an_extract_keeps_every_sentence_once(title: str, abstract: str) -> None:
    parts = extract(title, abstract)
    kept = [parts.lead, parts.result or "", *split_sentences(parts.rest)]
    characters = Counter("".join(kept).replace(" ", ""))
    assert characters == Counter("".join(abstract.split()).replace(" ", ""))


def test_the_lead_proposes_and_the_result_counts() -> None:
    parts = extract("SlimMoE: a slim router for mixture-of-experts models", _ABSTRACT)
    assert parts == Extract(
        lead="We propose SlimMoE, a router for mixture-of-experts models.",
        result="SlimMoE improves accuracy by 3.1 points.",
        rest="Language models are large. However, existing routers waste memory. "
        "It needs no new hardware. Code is on GitHub.",
    )


def test_a_title_decides_between_two_proposals() -> None:
    abstract = "We propose a dataset of cats. We propose a tokenizer for Finnish."
    assert extract("Tokenizers for Finnish", abstract).lead == "We propose a tokenizer for Finnish."
    assert extract("A dataset of cats", abstract).lead == "We propose a dataset of cats."


def test_the_last_of_several_results_is_taken() -> None:
    abstract = "We present X. It reaches 90%. It also cuts cost by 40%. We thank all."
    assert extract("X", abstract).result == "It also cuts cost by 40%."


@pytest.mark.parametrize(
    "abstract",
    [
        "We present X. It achieves much.",
        "We present X. There are 3 parts.",
        "We present X. The GPT-4 family achieves much.",
    ],
)
def test_a_result_needs_a_number_and_a_verb(abstract: str) -> None:
    assert extract("X", abstract).result is None


def test_the_lead_is_never_the_result_too() -> None:
    sentence = "We propose X, which improves accuracy by 5%."
    assert extract("X", sentence) == Extract(sentence, None, "")


@pytest.mark.parametrize("abstract", ["", "  \n ", "\u00a0"])
def test_without_an_abstract_the_lead_is_empty(abstract: str) -> None:
    assert extract("A title", abstract) == Extract("", None, "")


def test_a_megabyte_of_sentences_is_read() -> None:
    abstract = "We $a. B show 5. " * 20_000
    assert extract("A title", abstract).lead.startswith("We $a.")


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[a-z0-9]+", text.lower()))


def _rouge_1(candidate: str, reference: str) -> float:
    """Return ROUGE-1 F (Lin 2004), without stemming."""
    first, second = _words(candidate), _words(reference)
    return 2 * (first & second).total() / max(first.total() + second.total(), 1)


def test_the_lead_is_closer_to_real_summaries_than_the_first_sentence() -> None:
    leads, firsts = [], []
    for path in sorted(shared_data("huggingface/daily").glob("*.json.gz")):
        for item in json.loads(gzip.decompress(path.read_bytes())):
            paper = item["paper"]
            summary, abstract = paper.get("ai_summary"), paper.get("summary")
            if summary and abstract:
                leads.append(_rouge_1(extract(paper["title"], abstract).lead, summary))
                firsts.append(_rouge_1(split_sentences(abstract)[0], summary))
    lead, first = sum(leads) / len(leads), sum(firsts) / len(firsts)
    assert lead > 0.34
    assert lead > first + 0.1
