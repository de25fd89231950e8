"""What an erased reader leaves: a row whose key names nobody, and may still bar an address.

Who complained is never mailed again, not even after their data is gone (RULES of the design,
"People"). So that a new sign-up can be told from theirs, a keyed hash of the address stays.
"""

import hashlib
import hmac

from digest.domain.subscribers import Subscriber, SubscriberState, Suppression, address_key

LASTING = frozenset({Suppression.COMPLAINT, Suppression.OPERATOR})


def keeps_barring(reader: Subscriber) -> bool:
    """Return whether an address stays barred after its reader's erasure: a bounce does not.

    A suppression whose reason nobody wrote down is taken for a lasting one.
    """
    unknown = reader.state is SubscriberState.SUPPRESSED and reader.suppression is None
    return unknown or reader.suppression in LASTING


def plain_key(subscriber_id: int) -> str:
    """Return the unique key of a tombstone that bars nobody; no address looks like it."""
    return f"erased:{subscriber_id}"


def barred_key(token_key: bytes, address: str) -> str:
    """Return the unique key of a tombstone that bars an address, under an installation's key."""
    body = b"barred address v1\x00" + address_key(address).encode("utf-8", "surrogatepass")
    return f"barred:{hmac.new(token_key, body, hashlib.sha256).hexdigest()}"
