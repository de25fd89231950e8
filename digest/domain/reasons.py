"""The reasons that the ledger keeps in English, as sentences that can be said in any language."""

import re

from digest.domain.deliveries import State
from digest.domain.sentences import Sentence, verbatim

_KNOWN = {
    sentence.template: sentence
    for sentence in (
        Sentence("the recipient was refused"),
        Sentence("the message was refused"),
        Sentence("put off by the relay"),
        Sentence("no relay answered"),
        Sentence("asked to go slower"),
        Sentence("the relay's answer was lost; sent again under the same Message-ID"),
        Sentence("its worker died between the message and the relay's answer"),
        Sentence("the relay's answer was lost; held until somebody says whether it arrived"),
        Sentence("not delivered before it expired"),
        Sentence("it expired after the relay's answer was lost; it may have arrived"),
        Sentence("superseded by a newer edition"),
        Sentence("the database was restored; this edition may have been sent"),
        Sentence("the database was restored from a backup; it may have been sent"),
        Sentence("the reader left before the restore"),
        Sentence("the reader unsubscribed"),
        Sentence("the reader paused"),
        Sentence("the reader left, paused, or changed address"),
        Sentence("unsubscribed"),
        Sentence("unsubscribed by the operator"),
        Sentence("the reader changed address"),
        Sentence("it was reported as one that must not be mailed"),
        Sentence("mail to it came back as undeliverable"),
        Sentence("mail to it came back on several days"),
        Sentence("mail to it came back: there is no such mailbox"),
        Sentence("mail to it came back: its domain was not found"),
        Sentence("mail to it came back: the mailbox has moved"),
        Sentence("mail to it came back: the mailbox is closed"),
        Sentence("mail to it came back: its domain takes no mail"),
        Sentence("a mail to it was reported as spam"),
        Sentence("mail to the address came back"),
        Sentence("a mail was reported as spam"),
        Sentence("unsubscribed by mail"),
        Sentence("barred by the operator"),
        Sentence("cancelled by the operator"),
    )
}
STATE_WORDS = {
    State.PENDING: Sentence("waiting"),
    State.CLAIMED: Sentence("waiting"),
    State.SUBMITTING: Sentence("being sent"),
    State.SENT: Sentence("sent"),
    State.REFUSED: Sentence("refused"),
    State.HELD: Sentence("held"),
    State.EMPTY: Sentence("no mail"),
    State.EXPIRED: Sentence("expired"),
    State.SKIPPED: Sentence("skipped"),
    State.CANCELLED: Sentence("cancelled"),
    State.FAILED: Sentence("failed"),
}
"""What became of a digest, in a word for its reader."""

_LATE = re.compile(r"more than (?P<hours>[\d.]+) hours late; its papers come next time")


def reason_sentence(reason: str) -> Sentence:
    """Return the sentence of a reason that a row keeps; one that is nobody's stays as it stands."""
    late = _LATE.fullmatch(reason)
    if late:
        return Sentence("more than {hours} hours late; its papers come next time", late.groupdict())
    return _KNOWN.get(reason) or verbatim(reason)
