"""Looks over an operator's templates: what each file does, and what to do where it fails."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from jinja2 import Environment, meta

from digest.bootstrap.site import look_of
from digest.looks.fallback import Faults
from digest.looks.overrides import (
    ASSETS,
    FOLDER,
    STYLE,
    Fault,
    Overrides,
    builtin_names,
    read_overrides,
)
from digest.mail.steady import SteadyRenderer
from digest.resources import templates_dir
from digest.settings import Settings
from digest.web.app import try_pages
from digest.web.pages import Pages


class State(StrEnum):
    """What a file is: built in, an override in use or not, one more, or of no use at all."""

    BUILTIN = "built-in"
    OVERRIDE = "override"
    ADDED = "added"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TemplateState:
    """One file. ``reason`` and ``remedy`` are told of what fails or is unknown; ``line`` 0 is none.

    ``path`` is the operator's file, "" for a built-in one.
    """

    name: str
    state: State
    path: str = ""
    line: int = 0
    reason: str = ""
    remedy: str = ""

    @property
    def bad(self) -> bool:
        """Whether the operator has something to do."""
        return self.state in (State.FAILS, State.UNKNOWN)


class NoSuchTemplateError(Exception):
    """A name that no built-in template has, or a folder that is not set; the text says which."""


def look_over(settings: Settings) -> list[TemplateState]:
    """Render every mail and page in every language with samples; return what became of each file.

    Built-in ones come first and in order, then the operator's others. Raises what a built-in
    template raises, which is a fault of the program.
    """
    overrides, faults = read_overrides(settings.templates_dir), Faults()
    for used, noted in ((Overrides(), Faults()), (overrides, faults)):
        SteadyRenderer(templates_dir(), look_of(settings), used, noted, always=True)
        try_pages(Pages(templates_dir(), settings, used, noted))
    builtin = builtin_names(templates_dir())
    states = [_state(name, overrides, faults.found, settings, builtin) for name in builtin]
    own = {*overrides.files, *overrides.strange, *(fault.name for fault in overrides.faults)}
    rest = sorted(own.difference(builtin, [FOLDER]))
    states += [_state(name, overrides, faults.found, settings, builtin) for name in rest]
    if FOLDER in faults.found:
        remedy = "correct templates_dir in the settings, or make the folder readable"
        states.append(_failing(faults.found[FOLDER], str(settings.templates_dir), remedy))
    return states


def list_bad(settings: Settings) -> list[Fault]:
    """Return what the operator has to do something about."""
    return [Fault(one.name, one.reason, one.line) for one in look_over(settings) if one.bad]


def copy_template(settings: Settings, name: str) -> Path:
    """Copy a built-in template into the operator's folder, to start from; return the new file.

    Raises NoSuchTemplateError, and FileExistsError where a file of that name is there already.
    """
    if settings.templates_dir is None:
        raise NoSuchTemplateError(
            'templates_dir is not set: name a folder of yours, such as templates_dir = "looks"'
        )
    names = builtin_names(templates_dir())
    if name not in names:
        raise NoSuchTemplateError(
            f"there is no template {name!r}{_meant(name, names)}; `digest templates list` shows all"
        )
    target = settings.templates_dir / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        file.write((templates_dir() / name).read_bytes())
    return target


def _state(
    name: str,
    overrides: Overrides,
    faults: dict[str, Fault],
    settings: Settings,
    builtin: list[str],
) -> TemplateState:
    path = str((settings.templates_dir or Path()) / name)
    if name in faults:
        remedy = f"correct {path}, or take it away"
        if name in builtin:
            remedy += "; the built-in one is used until then"
        return _failing(faults[name], path, remedy)
    if name in builtin:
        if name in overrides.files:
            return TemplateState(name, State.OVERRIDE, path)
        return TemplateState(name, State.BUILTIN)
    if name.startswith((ASSETS, STYLE)) or name in _referenced(overrides):
        return TemplateState(name, State.ADDED, path)
    reason = f"no template has that name{_meant(name, builtin)}, and none includes it"
    remedy = "`digest templates list` shows the names; rename the file, or take it away"
    return TemplateState(name, State.UNKNOWN, path, 0, reason, remedy)


def _failing(fault: Fault, path: str, remedy: str) -> TemplateState:
    return TemplateState(fault.name, State.FAILS, path, fault.line, fault.reason, remedy)


def _referenced(overrides: Overrides) -> set[str]:
    """Return the whole names of the templates that overrides extend, include or import."""
    found: set[str] = set()
    environment = Environment(autoescape=True)
    for part in ("email", "web"):
        for one in overrides.of(part).values():
            try:
                named: Iterable[str | None] = meta.find_referenced_templates(
                    environment.parse(one.text)
                )
                found |= {f"{part}/{name}" for name in named if name}
            except Exception:  # noqa: BLE001, S112  it fails, and is told of by itself
                continue
    return found


def _meant(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, n=1) or [n for n in names if n.endswith(f"/{name}")][:1]
    return f" (did you mean {near[0]}?)" if near else ""
