"""Pages: Jinja with autoescape everywhere, and the few facts that every page shares."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.mail.palette import dark_palette, light_palette
from digest.settings import Settings
from digest.web import routes


class Pages:
    """Renders ``templates/web``; compiled once.

    ``root`` stands before the path of every link: the prefix of the base URL without its host, so
    that a page opened by another name of the machine still works.
    """

    def __init__(self, templates: Path, settings: Settings) -> None:
        self.root = urlsplit(settings.base_url).path
        self._environment = Environment(
            loader=FileSystemLoader(templates / "web"),
            autoescape=True,  # for every name: select_autoescape leaves out `.html.j2`
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        accent = settings.site.accent
        self.style = self._environment.get_template("style.css").render(
            light=asdict(light_palette(accent)), dark=asdict(dark_palette(accent))
        )
        version = hashlib.sha256(self.style.encode()).hexdigest()[:12]
        self._environment.globals.update(
            site=settings.site,
            root=self.root,
            postal=settings.mail.postal_address,
            style_url=f"{self.root}{routes.STYLE}?v={version}",
        )

    def html(
        self,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> HTMLResponse:
        """Return a page; raises jinja2.TemplateError for a fact that is missing."""
        body = self._environment.get_template(name).render(**facts)
        return HTMLResponse(body, status_code=status, headers=dict(headers or {}))

    def message(
        self,
        title: str,
        text: str,
        status: int = 200,
        *,
        action: str = "",
        button: str = "",
        do: str = "",
        quiet: bool = False,
        links: Sequence[tuple[str, str]] = (),
        home: bool = False,
    ) -> HTMLResponse:
        """Return a page that says one thing.

        ``action`` adds a form with one ``button``, which posts ``do`` where it is given and looks
        ``quiet`` where it is not the main way on; ``links`` are (address, words); ``home`` adds
        the front page.
        """
        every = [*links, *([(f"{self.root}/", "Front page")] if home else [])]
        return self.html(
            "message.html",
            status,
            title=title,
            text=text,
            action=action,
            button=button,
            do=do,
            quiet=quiet,
            links=every,
        )
