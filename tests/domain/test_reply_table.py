"""A thousand replies of many systems, in many languages: why, and whether for good."""

import pytest

from digest.domain.bounce_reasons import classify, told_code, told_status
from digest.domain.reports import BounceReason
from tests.domain.reply_table import Section, sections


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.name)
def test_replies_are_understood(section: Section) -> None:
    wrong = []
    for reply in section.replies:
        told = classify(told_status(reply), told_code(reply), reply, section.stage)
        if told != (section.reason, section.hard):
            wrong.append((reply, *told))
    assert wrong == []


def test_the_table_is_broad() -> None:
    told = {section.reason for section in sections()}
    assert told == set(BounceReason) - {BounceReason.DELAYED, BounceReason.FEEDBACK}
    assert sum(len(section.replies) for section in sections()) > 1000
    for section in sections():
        assert len(set(section.replies)) == len(section.replies)


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.name)
def test_what_is_called_temporary_is_never_hard(section: Section) -> None:
    for reply in section.replies:
        assert not classify("4.0.0", 450, reply, section.stage)[1]
