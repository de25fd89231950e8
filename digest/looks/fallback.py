"""Renders through an operator's templates, and without those that fail.

What is rendered is a function of the files and the facts alone: a failure is never remembered from
one mail to the next, else the same version would give other bytes.
"""

import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from jinja2 import TemplateNotFound, TemplateSyntaxError

from digest.looks.overrides import Fault, Override

Made = TypeVar("Made")
Result = TypeVar("Result")
_LONGEST_REASON = 300


class LackingError(Exception):
    """What came out of a template lacks what it must have; the text says what."""


class Faults:
    """What is wrong with overrides, as far as a process has seen; who raises alarms takes it."""

    def __init__(self) -> None:
        self.found: dict[str, Fault] = {}
        self.tried: set[str] = set()  # parts whose overrides were all tried at the start
        self._untold: dict[str, Fault] = {}

    def note(self, faults: Iterable[Fault]) -> None:
        """Keep faults, the newest of each name."""
        for fault in faults:
            self.found[fault.name] = self._untold[fault.name] = fault

    def take(self) -> list[Fault]:
        """Return what was noted since the last call."""
        untold, self._untold = self._untold, {}
        return list(untold.values())

    @property
    def untold(self) -> bool:
        """Whether anything was noted since it was last taken."""
        return bool(self._untold)


class Fallback(Generic[Made]):
    """Does work with what ``build`` makes of the overrides that are to be used.

    Those that `settle` finds failing are left aside for good; others for one piece of work.
    """

    def __init__(
        self,
        overrides: Mapping[str, Override],
        build: Callable[[Mapping[str, Override]], Made],
        faults: Faults,
    ) -> None:
        self._overrides = overrides
        self._build = build
        self._faults = faults
        self._names = {one.path: name for name, one in overrides.items()}
        self._aside: frozenset[str] = frozenset()
        self._made: dict[frozenset[str], Made] = {}

    def settle(self, trials: Iterable[Callable[[Made], object]]) -> None:
        """Try every sample; whatever override fails at one of them is used for nothing.

        Raises what a trial raises with the built-in templates alone.
        """
        for trial in trials:
            _, faults = self._attempt(trial)
            self._aside |= {fault.name for fault in faults}
            self._faults.note(faults)

    def do(self, work: Callable[[Made], Result]) -> Result:
        """Return the work's result, by built-in templates where an override fails.

        Raises what the work raises with the built-in ones alone.
        """
        result, faults = self._attempt(work)
        self._faults.note(faults)
        return result

    def _attempt(self, work: Callable[[Made], Result]) -> tuple[Result, list[Fault]]:
        aside, faults = self._aside, list[Fault]()
        while True:
            try:
                return work(self._with(aside)), faults
            except Exception as error:
                if not self._overrides.keys() - aside:
                    raise
                found = self._blamed(error, aside, work)
            faults += found
            aside |= {fault.name for fault in found}

    def _with(self, aside: frozenset[str]) -> Made:
        made = self._made.get(aside)
        if made is None:
            used = {name: one for name, one in self._overrides.items() if name not in aside}
            made = self._made[aside] = self._build(used)
        return made

    def _blamed(
        self, error: Exception, aside: frozenset[str], work: Callable[[Made], object]
    ) -> list[Fault]:
        """Return the override in which it broke; else the one without which the work is done.

        All that are left where neither finds one: then something of them together is wrong.
        """
        reason = reason_of(error)
        if not isinstance(error, LackingError):
            place = self._place(error)
            if place is not None and place[0] not in aside:
                return [Fault(place[0], reason, place[1])]
        left = sorted(self._overrides.keys() - aside)
        for name in left:
            try:
                work(self._with(aside | {name}))
            except Exception:  # noqa: BLE001, S112  another one is to blame, or several
                continue
            return [Fault(name, reason)]
        return [Fault(name, reason) for name in left]

    def _place(self, error: Exception) -> tuple[str, int] | None:
        """Return the innermost override in which it happened, and the line there."""
        place = _places(error, self._names)
        return (self._names[place[0]], place[1]) if place else None


def fault_in(override: Override, error: Exception) -> Fault:
    """Return the fault of an override that alone can be to blame."""
    place = _places(error, {override.path: override.name})
    return Fault(override.name, reason_of(error), place[1] if place else 0)


def _places(error: Exception, paths: Mapping[str, str]) -> tuple[str, int] | None:
    if isinstance(error, TemplateSyntaxError) and (error.filename or "") in paths:
        return str(error.filename), error.lineno
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        found = (path, line) if path in paths else found
    return found


def reason_of(error: Exception) -> str:
    """Return in one line why a template failed."""
    if isinstance(error, TemplateNotFound):
        said = f"there is no template {error.name!r}"
    elif isinstance(error, TemplateSyntaxError):
        said = error.message or "is no template"
    elif isinstance(error, LackingError) or type(error).__module__.startswith("jinja2"):
        said = str(error)
    else:
        said = f"{type(error).__name__}: {error}"
    line = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return line[:_LONGEST_REASON]
