"""The Jinja environments of the mails: HTML that escapes everything, text that escapes nothing."""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from digest.looks.loader import BUILTIN, LayeredLoader
from digest.looks.overrides import Override
from digest.mail.bytecode import KeptBytecode
from digest.mail.gate import GatedContext, gate
from digest.mail.look import SiteLook
from digest.mail.palette import dark_palette, light_palette
from digest.mail.styles import inlined_styles, style_function

TEXT_WIDTH = 72  # RFC 3676 section 4.2 asks for 78 or fewer, of which quoting takes some
_SHEET = "_base/mail.css"
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
# by autoescape, which is compiled into the code
_BYTECODE = {True: KeptBytecode(), False: KeptBytecode()}


def text_environment(
    folder: Path, look: SiteLook, overrides: Mapping[str, Override] | None = None
) -> Environment:
    """Return the environment of text/plain parts and subjects."""
    environment = _environment(LayeredLoader(folder, "email", overrides), look, autoescape=False)
    environment.filters["wrapped"] = wrapped
    return environment


def html_environment(
    folder: Path, look: SiteLook, overrides: Mapping[str, Override] | None = None
) -> Environment:
    """Return the environment of HTML parts; ``css('class')`` gives inlined styles.

    An operator's ``_base/mail.css`` replaces class by class: what it leaves out stays as it was.
    """
    loader = LayeredLoader(folder, "email", overrides)
    environment = _environment(loader, look, autoescape=True)
    sheets = partial(_sheet, _environment(loader, look, autoescape=False), look)
    styles = inlined_styles(sheets(BUILTIN + _SHEET))
    if loader.is_overridden(_SHEET):
        styles |= inlined_styles(sheets(_SHEET))
    environment.globals["css"] = style_function(styles)
    environment.globals["head_css"] = _Css(sheets("_base/head.css"))
    return environment


def wrapped(text: str, indent: int = 0) -> str:
    """Return a text folded to 72 columns, every line indented; long words (URLs) stay whole."""
    blank = " " * indent
    return textwrap.fill(
        text,
        TEXT_WIDTH,
        initial_indent=blank,
        subsequent_indent=blank,
        break_long_words=False,
        break_on_hyphens=False,
    )


class _Css(str):
    """A style sheet of ours: it stands in a style element, where escaping would break it."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _environment(loader: LayeredLoader, look: SiteLook, *, autoescape: bool) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=autoescape,  # noqa: S701 - on for every HTML template, whatever its name
        undefined=StrictUndefined,
        finalize=gate,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_BYTECODE[autoescape],
    )
    environment.context_class = GatedContext
    environment.globals["look"] = look
    return environment


def _sheet(environment: Environment, look: SiteLook, name: str) -> str:
    light, dark = light_palette(look.accent), dark_palette(look.accent)
    source = environment.get_template(name).render(light=asdict(light), palette=asdict(dark))
    return _COMMENT.sub("", source)
