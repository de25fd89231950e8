"""The addresses that stand in a mail; ``base_url`` may carry a path prefix, no slash at its end.

The links of one mail differ by path alone: the token in them is the same.
"""


def preferences_url(base_url: str, token: str) -> str:
    """Return the page where a reader changes topics and times."""
    return f"{base_url}/preferences/{token}"


def pause_url(base_url: str, token: str) -> str:
    """Return the part of the preferences page that pauses the mail."""
    return f"{base_url}/preferences/{token}#pause"


def unsubscribe_url(base_url: str, token: str) -> str:
    """Return the one-click address (RFC 8058): GET shows a button, POST acts."""
    return f"{base_url}/unsubscribe/{token}"


def history_url(base_url: str, token: str) -> str:
    """Return the page of the last digests."""
    return f"{base_url}/preferences/{token}/history"


def why_url(base_url: str, token: str) -> str:
    """Return the page that tells why a paper came or did not."""
    return f"{base_url}/preferences/{token}/why"


def preview_url(base_url: str, token: str) -> str:
    """Return the page that shows the next digest as it would be now."""
    return f"{base_url}/preferences/{token}/preview"


def saved_url(base_url: str, token: str) -> str:
    """Return the page of the saved papers."""
    return f"{base_url}/preferences/{token}/saved"


def export_url(base_url: str, token: str) -> str:
    """Return the address of everything held about a reader, as JSON."""
    return f"{base_url}/preferences/{token}/export.json"


def erase_url(base_url: str, token: str) -> str:
    """Return the page that erases everything: GET shows what goes, POST acts."""
    return f"{base_url}/preferences/{token}/erase"


def feedback_url(base_url: str, token: str, verdict: str, paper_id: int) -> str:
    """Return the page of one vote ("more", "less", "save"): GET shows a button, POST acts."""
    return f"{base_url}/feedback/{token}/{verdict}/{paper_id}"


def open_url(base_url: str, part: str, paper_id: int) -> str:
    """Return the address that counts and leads on to a paper's "paper", "pdf" or "code"."""
    return f"{base_url}/open/{part}/{paper_id}"


def feed_url(base_url: str, token: str) -> str:
    """Return the secret address of a personal feed."""
    return f"{base_url}/feeds/{token}.xml"


def ask_link_url(base_url: str) -> str:
    """Return the page that mails a reader a link to their preferences."""
    return f"{base_url}/preferences"


def browser_view_url(base_url: str, token: str) -> str:
    """Return the address of the mail itself as a web page."""
    return f"{base_url}/mail/{token}"


def confirm_url(base_url: str, token: str) -> str:
    """Return the double opt-in page: GET shows a button, POST acts."""
    return f"{base_url}/confirm/{token}"


def notice_url(notice: str, own: str) -> str:
    """Return where an imprint or privacy note is read: elsewhere, on our page, or nowhere ("")."""
    return notice if notice.startswith(("http://", "https://")) else own if notice else ""


def paper_url(base_url: str, paper_id: int) -> str:
    """Return the page of one paper."""
    return f"{base_url}/paper/{paper_id}"
