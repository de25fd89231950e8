"""What a refused recipient says of the address: a reply of a relay, or of a provider's report."""

from digest.domain.bounce_reasons import classify, told_status
from digest.domain.replies import Stage
from digest.domain.reports import ReportedRecipient


def refusal_of(address: str, code: int | None, reply: str, status: str = "") -> ReportedRecipient:
    """Return what a refused RCPT says, as a bounce of it would.

    ``status`` is an enhanced code told beside the reply, else the reply's own counts.
    """
    told = status or told_status(reply)
    reason, hard = classify(told, code, reply, Stage.RCPT)
    return ReportedRecipient(address, told, hard, reason, reply.strip())
