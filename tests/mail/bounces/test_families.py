"""Reports of many families, in invented mails: whom they name, why, and whether for good."""

import pytest

from digest.domain.bounce_reasons import ALWAYS_HARD
from digest.domain.reports import ReportKind
from digest.mail.bounces.parse import read_report
from tests.mail.bounces.building import LOST, MESSAGE_ID, Sample
from tests.mail.bounces.samples import SAMPLES


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.family)
def test_a_report_tells_who_and_why(sample: Sample) -> None:
    found = read_report(sample.raw)
    assert found.kind is ReportKind.BOUNCE
    (one,) = found.recipients
    assert (one.address, one.reason, one.hard) == (LOST, sample.reason, sample.hard)
    assert one.status == sample.status
    assert one.reason in ALWAYS_HARD or not one.hard


@pytest.mark.parametrize(
    "sample", [s for s in SAMPLES if MESSAGE_ID in s.body], ids=lambda sample: sample.family
)
def test_a_report_tells_which_mail_it_returns(sample: Sample) -> None:
    assert read_report(sample.raw).message_id == MESSAGE_ID


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.family)
def test_line_ends_do_not_matter(sample: Sample) -> None:
    unix = sample.raw.replace(b"\r\n", b"\n")
    assert read_report(unix) == read_report(sample.raw) == read_report(b"From x\n" + unix)
