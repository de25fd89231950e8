"""What an installation stands on: settings, secret, clock, disk."""

import asyncio
import os
import shutil
import stat
from pathlib import Path

from digest.domain.checkups import (
    Checkup,
    green,
    judge_clock,
    judge_disk,
    judge_templates,
    red,
    yellow,
)
from digest.secrets import SecretError, find_secret
from digest.services.doctor.databases import is_ready
from digest.services.doctor.instruments import Round
from digest.services.doctor.sources import ask_all
from digest.services.doctor.website import ask_health
from digest.store.workers import read_now

_DRAFT = ".doctor"


async def look_at_settings(round_: Round) -> list[Checkup]:
    """Tell where the settings come from, and which default nobody can mail with."""
    settings = round_.context.settings
    files = sorted({origin for origin in settings.origins.values() if not _is_variable(origin)})
    variables = sum(_is_variable(origin) for origin in settings.origins.values())
    told = ", ".join([*files, *([f"{variables} from the environment"] if variables else [])])
    unset = [key for key in ("mail.from", "base_url") if key not in settings.origins]
    found = f"{len(settings.origins)} settings are set ({told or 'none'})"
    if not unset:
        return [green("configuration", found)]
    return [
        yellow(
            "configuration",
            f"{found}; {' and '.join(unset)} are left at their default",
            f"set {' and '.join(unset)}: readers see them in every mail",
        )
    ]


def _is_variable(origin: str) -> bool:
    return origin.startswith("DIGEST_")


async def look_at_templates(round_: Round) -> list[Checkup]:
    """Tell whether the operator's templates render every mail and page."""
    folder = round_.context.settings.templates_dir
    bad = await asyncio.to_thread(round_.instruments.try_templates)
    return [judge_templates(str(folder), [str(fault) for fault in bad])]


async def look_at_secret(round_: Round) -> list[Checkup]:
    """Tell whether the secret is there that every link in a mail is signed with."""
    settings = round_.context.settings
    if settings.secret_key is not None:
        return [green("secret", "secret_key is set")]
    path = settings.data_dir / "secret.key"
    try:
        found = find_secret(path)
    except SecretError as error:
        restore = f"restore {path} from a backup, readable by digest's own user alone"
        return [red("secret", str(error), restore)]
    if found is None:
        if await is_ready(round_):
            lost = "put it back from a backup: without it every link in a sent mail is dead"
            return [red("secret", f"there is no {path} beside a database in use", lost)]
        return [yellow("secret", f"there is no {path} yet", "`digest run` makes one")]
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return [yellow("secret", f"others can read {path}", f"chmod 600 {path}")]
    return [green("secret", f"{path}, for its owner alone")]


async def look_at_clock(round_: Round) -> list[Checkup]:
    """Compare this machine's clock with those of the sources and of the database.

    Our own web server's tells only where no source answers: it is mostly this machine's.
    """
    await ask_all(round_)
    if not round_.offsets:
        await ask_health(round_)
    database = None
    if not round_.context.database.is_sqlite and await is_ready(round_):
        database = await round_.read(read_now) - round_.context.clock.now()
    return [judge_clock(round_.offsets, database)]


async def look_at_disk(round_: Round) -> list[Checkup]:
    """Write a small file where the data is, and see what room is left; the database's disk too."""
    folder, lines = round_.context.settings.data_dir, []
    lines.append(await asyncio.to_thread(_try_folder, "disk", folder))
    path = round_.context.database.path
    if path is not None and path.parent.exists() and path.parent.resolve() != folder.resolve():
        lines.append(await asyncio.to_thread(_try_folder, "disk/database", path.parent))
    return lines


def _try_folder(name: str, folder: Path) -> Checkup:
    if not folder.exists():
        return yellow(name, f"there is no {folder} yet", "`digest db upgrade` makes it")
    draft, failure = folder / f"{_DRAFT}.{os.getpid()}", ""
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, b"x" * 4096)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            draft.unlink()
    except OSError as error:
        failure = error.strerror or str(error)
    return judge_disk(name, str(folder), shutil.disk_usage(folder).free, failure=failure)
