"""Lists of papers in pages: the stretch of a list that a page shows."""

from collections.abc import Sequence
from typing import TypeVar

from digest.domain.paging import Page
from digest.texts import Texts
from digest.web.public.answers import Missing, View

SIZE = 20  # papers on a page

Item = TypeVar("Item")


def stretch(view: View, items: Sequence[Item]) -> tuple[Page, Sequence[Item]] | Missing:
    """Return the page that is asked for and its items, or that the list has no such page."""
    page = Page(view.page or 0, SIZE, len(items))
    if view.page is None or not page.exists:
        back = ((f"{view.root}{view.address(page='')}", view.t("To the first page")),)
        return Missing(view.t("There is no such page"), view.t("The list is shorter."), back)
    return page, items[page.start : page.end]


def how_often(t: Texts, per_day: float) -> str:
    """Return how many papers a topic brings, in words: "about 12 papers a day"."""
    if round(per_day) >= 1:
        count = round(per_day)
        return t.many("about {count} paper a day", "about {count} papers a day", count)
    count = round(per_day * 7)
    if count >= 1:
        return t.many("about {count} paper a week", "about {count} papers a week", count)
    return t("less than one paper a week")
