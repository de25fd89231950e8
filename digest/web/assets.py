"""Style sheet, scripts: served by ourselves alone, kept by browsers, named by their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from digest.looks.fallback import Faults, fault_in
from digest.looks.loader import BUILTIN, LayeredLoader
from digest.looks.overrides import ASSETS, Fault, Override, Overrides
from digest.looks.overrides import STYLE as STYLE_FOLDER
from digest.mail.palette import dark_palette, light_palette

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
STYLE = "style.css"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served; ``version`` is a hash of its bytes."""

    body: bytes
    media_type: str
    version: str


class Assets:
    """The files of ``web/assets``, and the one style sheet made of ``web/style/*.css``.

    An operator's files stand in for those of the same name, and may be more; one that cannot be
    used is noted in ``faults``, and left out.
    """

    def __init__(
        self,
        folder: Path,
        accent: str,
        root: str,
        overrides: Overrides | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._root = root
        own, faults = overrides or Overrides(), faults or Faults()
        files = {path.name: path.read_bytes() for path in sorted((folder / "assets").iterdir())}
        for name, override in own.under(ASSETS).items():
            if Path(name).suffix in _TYPES and name != STYLE:
                files[name] = override.body
            else:
                types = ", ".join(_TYPES)
                faults.note([Fault(override.name, f"only files ending in {types} are served")])
        files[STYLE] = _style(folder / "style", accent, own.under(STYLE_FOLDER), faults).encode()
        self._assets = {
            name: Asset(body, _TYPES[Path(name).suffix], hashlib.sha256(body).hexdigest()[:12])
            for name, body in files.items()
        }

    def find(self, name: str) -> Asset | None:
        """Return an asset by name, or None."""
        return self._assets.get(name)

    def url(self, name: str) -> str:
        """Return the address of an asset, which changes with its content; KeyError for none."""
        return f"{self._root}/assets/{name}?v={self._assets[name].version}"


def _style(folder: Path, accent: str, own: Mapping[str, Override], faults: Faults) -> str:
    loader = LayeredLoader(folder.parent, "style", {f"style/{n}": one for n, one in own.items()})
    environment = Environment(loader=loader, autoescape=False, undefined=StrictUndefined)  # noqa: S701 css
    colours = {"light": asdict(light_palette(accent)), "dark": asdict(dark_palette(accent))}
    builtin = {path.name for path in folder.glob("*.css")}
    sheets = []
    for name in sorted(builtin | own.keys()):
        try:
            sheets.append(environment.get_template(name).render(colours))
        except Exception as error:
            if name not in own:
                raise
            faults.note([fault_in(own[name], error)])
            if name in builtin:
                sheets.append(environment.get_template(BUILTIN + name).render(colours))
    return "\n".join(sheets)
