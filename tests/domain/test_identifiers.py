"""arXiv ids, DOIs, title keys and surnames, in the forms that sources use."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.identifiers import (
    arxiv_id_in,
    arxiv_ids_in,
    normalise_doi,
    surnames,
    title_key,
)
from digest.domain.titles import sequel_numbers, title_years


@pytest.mark.parametrize(
    "text",
    [
        "2508.13426",
        " 2508.13426v3\n",
        "2508.13426.pdf",
        "http://arxiv.org/abs/2508.13426v2",
        "https://arxiv.org/abs/2508.13426?context=cs.LG",
        "https://arxiv.org/pdf/2508.13426v1.pdf",
        "https://arxiv.org/html/2508.13426v1#S1",
        "https://www.alphaxiv.org/overview/2508.13426",
        "https://ar5iv.labs.arxiv.org/html/2508.13426",
        "https://huggingface.co/papers/2508.13426",
        "https://huggingface.co/api/papers/2508.13426",
        "hf.co/papers/2508.13426",
        "oai:arXiv.org:2508.13426v1",
        "arXiv:2508.13426v1 [cs.LG]",
        "arXiv%3A2508.13426",
        "ARXIV: 2508.13426",
        "10.48550/arXiv.2508.13426",
        "https://doi.org/10.48550%2FarXiv.2508.13426v2",
        "A Title (arXiv:2508.13426v1 [cs.LG])",
        "[2508.13426] A Title",
        "as shown in arXiv preprint 2508.13426.",
    ],
)
def test_an_arxiv_id_is_found_without_its_version(text: str) -> None:
    assert arxiv_id_in(text) == "2508.13426"


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("astro-ph/0601001", "astro-ph/0601001"),
        ("math.GT/0309136", "math/0309136"),
        ("https://arxiv.org/abs/math.GT/0309136v2", "math/0309136"),
        ("see hep-th/9901001v3.", "hep-th/9901001"),
        ("https://arxiv.org/pdf/cond-mat/0601001", "cond-mat/0601001"),
        ("oai:arXiv.org:cs/0112017", "cs/0112017"),
        ("0704.0001", "0704.0001"),
        ("arXiv:1412.6980", "1412.6980"),
        ("arXiv:1501.00001", "1501.00001"),
    ],
)
def test_ids_of_every_age_are_found(text: str, identifier: str) -> None:
    assert arxiv_id_in(text) == identifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$2508.13",
        "it costs 2508.13426 USD",
        "€ 2508.1342",
        "10.1234/2508.13426",
        "https://doi.org/10.1234/2508.13426",
        "https://doi.org/10.1234/arXiv.2508.13426",
        "2513.12345",
        "arXiv:2500.00001",
        "arXiv:2508.00000",
        "arXiv:2508.1342",
        "arXiv:1412.69801",
        "arXiv:0703.0001",
        "12508.13426",
        "2508.134267",
        "1.2508.13426",
        "v1.2508.13426",
        "2508.13426.7",
        "2026-05-04",
        "https://example.org/blog/2508.13426",
        "https://example.org/math/0309136",
        "physics/0704001",
        "math/0313001",
        "jmath/0309136",
        "٢٥٠٨.١٣٤٢٦",
    ],
)
def test_other_numbers_are_no_arxiv_ids(text: str) -> None:
    assert arxiv_id_in(text) is None


def test_all_ids_of_a_text_are_found_once_each() -> None:
    text = "arXiv:2508.13426v1 extends https://arxiv.org/abs/2508.13426 and hep-th/9901001, not 2.5"
    assert arxiv_ids_in(text) == {"2508.13426", "hep-th/9901001"}


@given(
    st.integers(7, 40),
    st.integers(1, 12),
    st.integers(1, 9999),
    st.sampled_from(
        ["{}", "arXiv:{}v2", "https://arxiv.org/abs/{}", "10.48550/arXiv.{}", "[{}] T"]
    ),
)
@settings(max_examples=150, deadline=None)
def test_every_valid_id_is_read_back_from_every_form(
    year: int, month: int, serial: int, form: str
) -> None:
    digits = 5 if year >= 15 else 4
    identifier = f"{year:02}{month:02}.{serial:0{digits}}"
    expected = identifier if (year, month) >= (7, 4) else None
    assert arxiv_id_in(form.format(identifier)) == expected


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_an_exception(text: str) -> None:
    found = arxiv_id_in(text)
    assert (found is None) == (not arxiv_ids_in(text))
    doi = normalise_doi(text)
    assert doi is None or normalise_doi(doi) == doi
    assert all(character.isalnum() for character in title_key(text))
    assert "" not in surnames([text])


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1145/3292500.3330701.", "10.1145/3292500.3330701"),
        ("http://dx.doi.org/10.1038/NATURE14539", "10.1038/nature14539"),
        ("DOI: 10.1038/Nature14539;", "10.1038/nature14539"),
        ("(doi:10.1038/nature14539)", "10.1038/nature14539"),
        ("10.1016/S0140-6736(05)12345-6).", "10.1016/s0140-6736(05)12345-6"),
        ("https://dl.acm.org/doi/abs/10.1145/1234567.890?casa=1", "10.1145/1234567.890"),
        ("info:doi/10.1000%2F182", "10.1000/182"),
        ("10.48550/arXiv.2508.13426", "10.48550/arxiv.2508.13426"),
        (
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
        ),
        ("10.1234/", None),
        ("10.12/abc", None),
        ("110.1234/abc", None),
        ("version 10.1234", None),
        ("", None),
    ],
)
def test_a_doi_is_bare_and_lower_case(text: str, doi: str | None) -> None:
    assert normalise_doi(text) == doi


@pytest.mark.parametrize(
    "title",
    [
        "α-Stable Schrödinger Bridges",
        r"$\alpha$-Stable Schr\"odinger Bridges [CVPR 2024]",
        r"\alpha-stable \textbf{Schr{\"o}dinger} {B}ridges",
        "[R] α‐STABLE Schrodinger Bridges (2024)",
        "α-Stable <i>Schr&ouml;dinger</i> Bridges",
        "𝛼-stable Schrödinger bridges. (arXiv:2508.13426v1 [cs.LG])",
        "[2508.13426] α-Stable Schrödinger Bridges",
        "α-Stable Schrödinger Bridges (Extended Version) (NeurIPS 2024 Oral)",
        "α-Stable Schrödinger\nBridges | OpenReview",
        "α-Stable Schrödinger Bridges (accepted at ICML 2025)",
        "α-Stable Schrödinger Bridges [pdf]",
    ],
)
def test_the_dresses_of_one_title_have_one_key(title: str) -> None:
    assert title_key(title) == "alphastableschrodingerbridges"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Multi-Head Mixture-of-Experts", "MH-MoE:Multi-Head Mixture-of-Experts"),
        ("Foo (Part I)", "Foo (Part II)"),
        ("BLIP", "BLIP-2"),
        ("Learning [MASK]", "Learning"),
        ("On a Theorem (of Gauss)", "On a Theorem"),
        ("深度学习", "强化学习"),
    ],
)
def test_titles_that_differ_keep_different_keys(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_a_title_of_a_year_or_of_nothing_is_keyed_too() -> None:
    assert title_key("1984") == "1984"
    assert title_key("$$ -- {}") == ""
    assert title_key("ß\0ø\u202eł") == "ssol"


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Gravity II: Spin", ["2"]),
        ("YOLO V2", ["2"]),
        ("Gravity, part two", ["2"]),
        ("Gravity, Part II", ["2"]),
        ("Gravity I", ["1"]),
        ("Gravity Part B", ["b"]),
        ("DeepSeek-V2.0 and Qwen2.5 in 02 steps", ["2", "2", "2.5"]),
        ("A Challenge 2025", ["2025"]),
        ("A Challenge (CVPR 2025)", []),
        ("FlashAttention++", ["++"]),
        ("I think, therefore I am", []),
        ("Mixing vitamins", []),
    ],
)
def test_sequel_numbers_are_one_whatever_their_script(title: str, numbers: list[str]) -> None:
    assert list(sequel_numbers(title)) == numbers


def test_years_are_told_apart_from_other_numbers() -> None:
    assert title_years("SemEval 2024 on 2048 and 12024 items, v1.2024") == {"2024", "2048"}


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (["van der Maaten, Laurens"], {"maaten"}),
        (["Laurens van der Maaten", "Maaten van der, L."], {"maaten"}),
        ([r"Andr\'e M{\"u}ller", r"Jos\'{e} Garc\'{\i}a"], {"muller", "garcia"}),
        (["Tolúl\\d{o}pé Ògúnrèmí", "Ørsted", "Łukasz Kaiser"], {"ogunremi", "orsted", "kaiser"}),
        (["Plato"], {"plato"}),
        (["张伟", "김 민수", "山田, 太郎"], {"张伟", "김민수", "山田太郎"}),
        (["Smith, Jr., John", "John Smith III", "Smith JH", "Smith J.A."], {"smith"}),
        (["Doe, Jane Mary"], {"doe"}),
        (["Ada Lovelace, Alan Turing"], {"lovelace", "turing"}),
        (["Ada Lovelace; Turing, Alan and Kurt Gödel"], {"lovelace", "turing", "godel"}),
        (["J. Smith and K. Doe et al."], {"smith", "doe"}),
        (["Quoc V. Le", "Wei LI"], {"le", "li"}),
        (["ATLAS Collaboration", "Qwen Team"], {"atlascollaboration", "qwenteam"}),
        (["ada@example.org (Ada Lovelace)", "Alan Turing (NPL)"], {"lovelace", "turing"}),
        (["O'Brien", "O’Brien", "Mary Smith-Jones"], {"obrien", "smithjones"}),
        (["", "et al.", "—"], set()),
        (["Anderson Brand"], {"brand"}),
    ],
)
def test_surnames_are_comparable(authors: list[str], expected: set[str]) -> None:
    assert surnames(authors) == expected


def test_long_hostile_fields_are_no_trouble() -> None:
    for piece in ("a", "(", r"\'", "{", "arXiv:", "10.1234/", "[R]", "2508.13426 ", "a, ", "<i "):
        text = piece * (50_000 // len(piece))
        assert isinstance(title_key(text), str)
        assert isinstance(surnames([text]), frozenset)
        assert arxiv_id_in(text) is None
        normalise_doi(text)
