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


def browser_view_url(base_url: str, token: str) -> str:
    """Return the address of the mail itself as a web page."""
    return f"{base_url}/mail/{token}"


def confirm_url(base_url: str, token: str) -> str:
    """Return the double opt-in page: GET shows a button, POST acts."""
    return f"{base_url}/confirm/{token}"


def paper_url(base_url: str, paper_id: int) -> str:
    """Return the page of one paper."""
    return f"{base_url}/paper/{paper_id}"
