"""What the image installs: the names of deploy/image/*.txt, out of the packages' own metadata.

`python -m tests.deploy.closure` writes them anew, after `make lock`.
"""

from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.sources import ROOT

IMAGE = ROOT / "deploy" / "image"
ROOTS = {
    "runtime": ("paper-digest[postgres,telemetry]",),
    "build": ("hatchling",),
}
_LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
_WHERE = [
    _LINUX
    | {"python_version": "3.13", "python_full_version": "3.13.0", "platform_machine": machine}
    for machine in ("x86_64", "aarch64")
]


def closure(roots: tuple[str, ...]) -> list[str]:
    """Return the names of all that ``roots`` need on Python 3.13 and Linux, themselves left out."""
    waiting = [Requirement(root) for root in roots]
    done: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        for extra in ("", *wanted.extras):
            if (name, extra) not in done:
                done.add((name, extra))
                waiting += _needs(name, extra)
    return sorted({name for name, _ in done} - {"paper-digest"})


def listed(kind: str) -> list[str]:
    """Return the names in a file of the image."""
    lines = (IMAGE / f"{kind}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _needs(name: str, extra: str) -> list[Requirement]:
    try:
        declared = distribution(name).requires or []
    except PackageNotFoundError as error:
        raise LookupError(f"{name} is not installed here, so what it needs is unknown") from error
    found = [Requirement(text) for text in declared]
    return [
        one
        for one in found
        if one.marker is None or any(one.marker.evaluate(env | {"extra": extra}) for env in _WHERE)
    ]


def _write() -> None:
    for kind, roots in ROOTS.items():
        text = "\n".join(
            (f"# what {', '.join(roots)} needs; by tests/deploy/closure.py", *closure(roots))
        )
        (IMAGE / f"{kind}.txt").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    _write()
