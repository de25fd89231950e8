"""Bodies that sources answer with, and the settings of sources on a local server."""

from typing import Any

from tests.feeds.web_server import WebServer

ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{}</feed>'


def post(number: int, title: str = "", text: str = "") -> str:
    return (
        f"<entry><id>urn:{number}</id><title>{title or f'Post {number}'}</title>"
        f'<link href="https://blog.example/{number}"/><updated>2026-05-04T08:00:00Z</updated>'
        f"<summary>{text}</summary></entry>"
    )


def result(number: str, title: str) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{number}v1</id><title>{title}</title>"
        "<published>2026-05-05T08:00:00Z</published><summary>s</summary>"
        '<author><name>Ann</name></author><category term="cs.LG"/></entry>'
    )


def atom(*entries: str) -> bytes:
    return ATOM.format("".join(entries)).encode()


def feed(site: WebServer, name: str, **more: Any) -> dict[str, Any]:
    told = {"name": name, "kind": "feed", "url": site.url(f"/{name}"), "allow_private": True}
    return told | {"request_interval_s": 0} | more


def listing(site: WebServer, kind: str, **more: Any) -> dict[str, Any]:
    told = {"name": kind, "kind": kind, "allow_private": True, "request_interval_s": 0}
    return told | ({"base_url": site.url("")} if kind == "huggingface" else _arxiv(site)) | more


def _arxiv(site: WebServer) -> dict[str, Any]:
    return {"categories": ["cs.LG"], "rss_base_url": site.url(""), "api_base_url": site.url("")}


class WithApi(dict[str, Any]):
    """Pages that answer every query of the API with the next of ``answers``, the last for ever."""

    def __init__(self, pages: dict[str, Any], queries: list[str], answers: list[bytes]) -> None:
        super().__init__(pages)
        self.queries, self.answers = queries, answers

    def get(self, path: str, default: Any = None) -> Any:
        if not path.startswith("/api/query"):
            return super().get(path, default)
        self.queries.append(path)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def daily(number: str, votes: int) -> dict[str, Any]:
    paper = {"id": number, "title": f"Paper {number}", "upvotes": votes, "summary": "s",
             "submittedOnDailyAt": "2026-05-04T06:00:00.000Z"}  # fmt: skip
    return {"paper": paper}
