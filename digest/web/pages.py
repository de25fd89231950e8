"""Pages: Jinja with autoescape everywhere, and the few facts that every page shares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined

from digest.domain.links import notice_url
from digest.looks.fallback import Fallback, Faults
from digest.looks.loader import LayeredLoader
from digest.looks.overrides import Override, Overrides
from digest.mail.bytecode import KeptBytecode
from digest.settings import Settings
from digest.texts import Texts, shipped_texts, texts_for
from digest.web.assets import Assets

_BYTECODE = KeptBytecode()  # the languages differ in their sentences alone


_Environments: TypeAlias = Mapping[str, Environment]  # by language


@dataclass(frozen=True, slots=True)
class Sample:
    """A page with facts to render it with."""

    name: str
    language: str
    facts: Mapping[str, Any]


class Pages:
    """Renders ``templates/web`` in each language; compiled when a page is first asked for.

    ``root`` stands before the path of every link: the prefix of the base URL without its host, so
    that a page opened by another name of the machine still works.
    """

    def __init__(
        self,
        templates: Path,
        settings: Settings,
        overrides: Overrides | None = None,
        faults: Faults | None = None,
    ) -> None:
        own, faults = overrides or Overrides(), faults or Faults()
        self.root = urlsplit(settings.base_url).path
        self.assets = Assets(templates / "web", settings.site.accent, self.root, own, faults)
        self.languages: Mapping[str, Texts] = shipped_texts(templates / "locale")
        self.globals: Mapping[str, Any] = {
            "site": settings.site,
            "root": self.root,
            "base_url": settings.base_url,
            "postal": settings.mail.postal_address,
            "asset": self.assets.url,
            "languages": list(self.languages.values()),
            "imprint_url": notice_url(settings.site.imprint, f"{self.root}/imprint"),
            "privacy_url": notice_url(settings.site.privacy or "-", f"{self.root}/privacy"),
        }

        def build(files: Mapping[str, Override]) -> _Environments:
            loader = LayeredLoader(templates, "web", files)
            shown = self.languages.items()
            return {name: _environment(loader, t, self.globals) for name, t in shown}

        self._fallback = Fallback(own.of("web"), build, faults)
        faults.note(one for one in own.faults if one.name.startswith("web/"))

    def settle(self, samples: Iterable[Sample]) -> None:
        """Try an operator's templates with samples of every page, and leave aside what fails."""
        self._fallback.settle(partial(_render, sample) for sample in samples)

    def texts(self, language: str) -> Texts:
        """Return the sentences of a language, English for one that nobody translated."""
        return texts_for(self.languages, language)

    def render(self, name: str, language: str = "en", **facts: Any) -> str:
        """Return a template's HTML; raises jinja2.TemplateError for a fact that is missing.

        Where an operator's template fails, the built-in one of its name stands in.
        """
        sample = Sample(name, self.texts(language).language, facts)
        return self._fallback.do(partial(_render, sample))

    def html(
        self,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        language: str = "en",
        **facts: Any,
    ) -> HTMLResponse:
        """Return a page; raises jinja2.TemplateError for a fact that is missing."""
        body = self.render(name, language, **facts)
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
        language: str = "en",
    ) -> HTMLResponse:
        """Return a page that says one thing, its words already in ``language``.

        ``action`` adds a form with one ``button``, which posts ``do`` where it is given and looks
        ``quiet`` where it is not the main way on; ``links`` are (address, words); ``home`` adds
        the front page.
        """
        front = self.texts(language)("Front page")
        every = [*links, *([(f"{self.root}/", front)] if home else [])]
        return self.html(
            "message.html",
            status,
            language=language,
            title=title,
            text=text,
            action=action,
            button=button,
            do=do,
            quiet=quiet,
            links=every,
        )


def _render(sample: Sample, environments: _Environments) -> str:
    return environments[sample.language].get_template(sample.name).render(**sample.facts)


def _environment(loader: LayeredLoader, texts: Texts, shared: Mapping[str, Any]) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,  # for every name: select_autoescape leaves out `.html.j2`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_BYTECODE,
    )
    environment.globals.update(shared)
    # `t("A sentence")`, `tn("One paper", "{count} papers", n)`, and sentences with markup in them
    environment.globals.update(t=texts, tn=texts.many, tm=texts.markup)
    return environment
