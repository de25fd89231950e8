"""Pages of lists: every item stands on one page, and numbers out of an address are checked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.domain.paging import LAST_PAGE, Page, page_number


@given(st.integers(0, 500), st.integers(1, 30))
def test_every_item_stands_on_exactly_one_page(total: int, size: int) -> None:
    items = list(range(total))
    pages = [Page(1, size, total)]
    while (later := pages[-1].later) is not None:
        pages.append(Page(later, size, total))
    assert [item for page in pages for item in items[page.start : page.end]] == items
    assert [page.earlier for page in pages] == [None, *(page.number for page in pages[:-1])]
    assert pages[-1].number == pages[0].last
    assert all(page.exists for page in pages)
    assert not Page(pages[-1].number + 1, size, total).exists


@given(st.text())
def test_no_text_breaks_a_page_number(text: str) -> None:
    number = page_number(text)
    assert number is None or 1 <= number <= LAST_PAGE


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 1), ("1", 1), ("07", 7), (str(LAST_PAGE), LAST_PAGE)],
)
def test_a_page_number_is_read(text: str, number: int) -> None:
    assert page_number(text) == number


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "²", "٣", "one", " 1", "10001", "9" * 400])
def test_what_is_no_page_number_is_told(text: str) -> None:
    assert page_number(text) is None
