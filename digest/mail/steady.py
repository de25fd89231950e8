"""The renderer of an installation: an operator's templates, the built-in ones where those fail."""

from pathlib import Path

from digest.domain.editions import DigestFacts
from digest.looks.fallback import Fallback, Faults
from digest.looks.overrides import Overrides
from digest.mail.look import SiteLook, View
from digest.mail.render import RenderedDigest, RenderedMail, Renderer
from digest.mail.trials import trials_in
from digest.texts import shipped_texts


class SteadyRenderer:
    """Renders as `Renderer` does, and never fails for what an override does.

    Overrides are tried with samples when it is made, in every language; what is found wrong then
    or later is noted in ``faults``. The same files and facts give the same bytes. With ``always``
    the samples are rendered even where nothing is overridden.
    """

    def __init__(
        self,
        templates_dir: Path,
        look: SiteLook,
        overrides: Overrides | None = None,
        faults: Faults | None = None,
        *,
        always: bool = False,
    ) -> None:
        self.look = look
        self.faults = faults or Faults()
        self.overrides = used = overrides or Overrides()
        self._fallback: Fallback[Renderer] = Fallback(
            used.of("email"), lambda files: Renderer(templates_dir, look, files), self.faults
        )
        self.faults.note(one for one in used.faults if not one.name.startswith("web/"))
        languages = shipped_texts(templates_dir / "locale") if used.files or always else ()
        self._fallback.settle([_compiled])  # a built-in one that is broken stops the start
        self._fallback.settle(trial for one in languages for trial in trials_in(one))
        self.faults.tried.add("email")

    def render_digest(self, facts: DigestFacts, view: View) -> RenderedDigest:
        """Return a digest; see `Renderer.render_digest`."""
        return self._fallback.do(lambda renderer: renderer.render_digest(facts, view))

    def render_browser_view(self, facts: DigestFacts, view: View, token: str) -> str:
        """Return a digest as a web page; see `Renderer.render_browser_view`."""
        return self._fallback.do(lambda renderer: renderer.render_browser_view(facts, view, token))

    def render_mail(self, name: str, language: str = "en", **facts: object) -> RenderedMail:
        """Return a mail that is no digest; see `Renderer.render_mail`."""
        return self._fallback.do(lambda renderer: renderer.render_mail(name, language, **facts))


def _compiled(renderer: Renderer) -> Renderer:
    return renderer
