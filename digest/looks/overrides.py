"""The files of an operator that stand in for built-in templates, read once at the start.

What is in force cannot change while a process runs, so that `render_version` tells the truth.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = "templates_dir"  # the name of a fault of the folder itself
MOST_TEMPLATE, MOST_ASSET = 1_000_000, 5_000_000  # bytes
ASSETS, STYLE = "web/assets/", "web/style/"
_OF_THE_DEMO = "web/inbox/"
_LEFT_OUT = ("~", ".bak", ".swp", ".md")
_DEEPEST = 4  # folders in folders; the built-in ones take two
_TEMPLATES = {"email": (".html", ".txt", ".j2", ".css"), "web": (".html",)}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an override is not used. ``line`` is 0 where no line of it is to blame."""

    name: str
    reason: str
    line: int = 0

    def __str__(self) -> str:
        """Return place and reason in one line."""
        return f"{self.name}{f', line {self.line}' if self.line else ''}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Override:
    """A file of the operator's; ``name`` is its path under ``templates_dir``, with slashes.

    ``text`` is "" for an asset, which stays bytes.
    """

    name: str
    path: str
    body: bytes
    text: str = ""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Every file that may stand in for a built-in one, and what cannot be read.

    ``strange`` are the names of files that no template or page could ever use.
    """

    files: Mapping[str, Override] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    strange: tuple[str, ...] = ()

    def of(self, part: str) -> dict[str, Override]:
        """Return the templates of ``email`` or ``web`` by name; style sheets of pages are none."""
        return {
            name: one
            for name, one in self.files.items()
            if name.startswith(f"{part}/") and not name.startswith((ASSETS, STYLE))
        }

    def under(self, folder: str) -> dict[str, Override]:
        """Return the files of a folder such as ``web/style/`` by their names in it."""
        return {
            name.removeprefix(folder): one
            for name, one in self.files.items()
            if name.startswith(folder)
        }

    def digest(self, part: str) -> bytes:
        """Return a hash of a part's files and of what is wrong with others; b"" without any."""
        told = [(name, one.body) for name, one in sorted(self.files.items())]
        told += [(one.name, one.reason.encode()) for one in self.faults]
        mine = [(name, body) for name, body in told if name == FOLDER or name.startswith(part)]
        return hashlib.sha256(repr(mine).encode()).digest() if mine else b""


def read_overrides(folder: Path | None) -> Overrides:
    """Read the operator's folder, if there is one; never raises for what lies in it."""
    if folder is None:
        return Overrides()
    files: dict[str, Override] = {}
    faults: list[Fault] = []
    strange: list[str] = []
    try:
        paths = sorted(_files_in(folder))
    except (OSError, ValueError) as error:
        return Overrides(faults=(Fault(FOLDER, f"{folder} cannot be read: {_why(error)}"),))
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if not is_known_place(name):
            strange.append(name)
            continue
        found = _read(name, path)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            files[name] = found
    return Overrides(files, tuple(faults), tuple(strange))


def is_known_place(name: str) -> bool:
    """Return whether a file of this name could be a template, a style sheet or an asset."""
    if name.startswith(_OF_THE_DEMO):
        return False
    if name.startswith(ASSETS):
        return name.count("/") == 2
    if name.startswith(STYLE):
        return name.count("/") == 2 and name.endswith(".css")
    part = name.partition("/")[0]
    return "/" in name and name.endswith(_TEMPLATES.get(part, ()))


def builtin_names(templates: Path) -> list[str]:
    """Return the names of the built-in templates, style sheets and assets, in order."""
    names = (path.relative_to(templates).as_posix() for path in _files_in(templates))
    return sorted(name for name in names if is_known_place(name))


def _files_in(folder: Path, depth: int = 0) -> Iterator[Path]:
    """Yield the files of a folder, without those that editors leave or people read."""
    for path in folder.iterdir():
        if path.name.startswith((".", "README")) or path.name.endswith(_LEFT_OUT):
            continue
        if path.is_dir():
            if depth < _DEEPEST:  # a link may lead back
                yield from _files_in(path, depth + 1)
        elif path.is_file() or not path.exists():  # a link that leads nowhere is to be told
            yield path


def _read(name: str, path: Path) -> Override | Fault:
    most = MOST_ASSET if name.startswith(ASSETS) else MOST_TEMPLATE
    try:
        with path.open("rb") as file:
            body = file.read(most + 1)
    except (OSError, ValueError) as error:
        return Fault(name, f"cannot be read: {_why(error)}")
    if len(body) > most:
        return Fault(name, f"is larger than {most // 1_000_000} MB")
    where = str(path.absolute())
    if name.startswith(ASSETS):
        return Override(name, where, body)
    try:
        return Override(name, where, body, body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return Fault(name, f"is not UTF-8 (byte {error.start})", line)


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
