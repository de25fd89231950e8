"""Text for XML 1.0: the characters that no document may hold are taken out."""

import re

# Section 2.2, production Char: tab, line feed, carriage return, and everything from U+0020 on but
# for surrogates, U+FFFE and U+FFFF. C1 controls are allowed and discouraged: they go as well.
_REFUSED = re.compile(
    r"[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
# marks that turn the direction of what follows; nothing in a feed closes them
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def xml_text(text: str) -> str:
    """Return the text without what XML 1.0 (section 2.2) refuses and without bidi controls."""
    return _TURNING.sub("", _REFUSED.sub("", text))
