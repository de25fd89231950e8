"""Style sheet, scripts: served by ourselves alone, kept by browsers, named by their content."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from digest.mail.palette import dark_palette, light_palette

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
STYLE = "style.css"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served; ``version`` is a hash of its bytes."""

    body: bytes
    media_type: str
    version: str


class Assets:
    """The files of ``web/assets``, and the one style sheet made of ``web/style/*.css``."""

    def __init__(self, folder: Path, accent: str, root: str) -> None:
        self._root = root
        files = {path.name: path.read_bytes() for path in sorted((folder / "assets").iterdir())}
        files[STYLE] = _style(folder / "style", accent).encode()
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


def _style(folder: Path, accent: str) -> str:
    environment = Environment(loader=FileSystemLoader(folder), autoescape=False)  # noqa: S701 css
    colours = {"light": asdict(light_palette(accent)), "dark": asdict(dark_palette(accent))}
    names = sorted(path.name for path in folder.glob("*.css"))
    return "\n".join(environment.get_template(name).render(colours) for name in names)
