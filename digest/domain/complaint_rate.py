"""When complaints are too many.

Mailbox providers ask senders to stay below 0.1 % of what they deliver, and turn mail away from
0.3 % on (the sender guidelines of Gmail and Yahoo, February 2024). The rate is taken over
seven days, for complaints come days after the mail.
"""

MOST = 0.001
ENOUGH = 2  # complaints


def complains_too_much(sent: int, complaints: int) -> bool:
    """Return whether more than 0.1 % of the mails sent were complained about.

    One complaint is one person, and of fewer than 1,000 mails it always passes the rate: it takes
    two. Where nothing was sent, complaints are about older mails, and as bad.
    """
    return complaints >= ENOUGH and complaints > MOST * sent


def share(part: int, whole: int) -> float:
    """Return a part of a whole as 0..1; 0 where there is no whole."""
    return min(1.0, part / whole) if whole > 0 else 0.0
