"""Reports of many systems' layouts: whom they name, why, and whether for good."""

import pytest

from digest.domain.reports import ReportKind
from digest.mail.bounces.parse import read_report
from tests.mail.bounces.layouts import Layout, layouts

ALL = layouts()


@pytest.mark.parametrize("layout", ALL, ids=lambda layout: layout.name)
def test_a_layout_tells_who_and_why(layout: Layout) -> None:
    found = read_report(layout.raw)
    assert found.kind is ReportKind.BOUNCE
    assert tuple(one.address for one in found.recipients) == layout.addresses
    for one in found.recipients:
        assert (one.reason, one.hard, one.status) == (layout.reason, layout.hard, layout.status)


@pytest.mark.parametrize("layout", ALL, ids=lambda layout: layout.name)
def test_a_person_who_quotes_it_sends_no_report(layout: Layout) -> None:
    head = b"From: Ines <ines@uni.example>\nTo: us@papers.example\nSubject: Look\n\n"
    quoted = b"".join(b"> " + line + b"\n" for line in layout.raw.splitlines())
    assert read_report(head + b"What is this?\n" + quoted).kind is ReportKind.NONE


def test_layouts_are_many() -> None:
    assert len(ALL) > 80
