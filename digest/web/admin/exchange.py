"""Import and export: readers and the suppression list, each import after a dry run."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TextIO, cast

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import FormData, UploadFile

from digest.domain.import_rows import Format
from digest.domain.preferences import LANGUAGES, PreferenceError
from digest.services.import_files import ImportFileError
from digest.services.importing import ImportResult, import_people
from digest.services.kept_files import FileGoneError, keep_file, read_file, take_file
from digest.services.people_export import export_people, write_rejected
from digest.services.signing_in import SignedIn
from digest.services.suppression_list import BarResult, export_barred, import_barred
from digest.web import routes
from digest.web.admin.desk import Desk
from digest.web.admin.import_forms import (
    CONSENTS,
    FORMATS,
    STANDINGS,
    Wish,
    WishError,
    opened_wish,
    sealed_wish,
    wish_of,
)
from digest.web.fields import zones_with

SHOWN = 100  # rejected lines on the page; the report has them all
_PEOPLE = ("added", "invited", "updated", "unchanged", "left", "barred")
_BARRED = ("barred", "unsubscribed", "kept_out", "unchanged")
_PIECE = 64 * 1024
_IN_MEMORY = 1024 * 1024  # of an export; more goes through a file that has no name
_EXPORTS = {
    "csv": ("readers.csv", "text/csv; charset=utf-8"),
    "json": ("readers.jsonl", "application/x-ndjson"),
    "barred": ("suppressions.csv", "text/csv; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file, or would, as the page shows it: counts in words, lines with reasons.

    ``sealed`` carries a dry run to the deed, ``rejected_at`` leads to the lines as a file.
    """

    wish: Wish
    result: ImportResult | BarResult
    counts: tuple[tuple[str, int], ...]
    sealed: str = ""
    rejected_at: str = ""


def add_exchange(app: FastAPI, desk: Desk) -> None:
    """Add the routes of import and export."""

    @desk.show(app, routes.ADMIN_EXCHANGE)
    async def show(request: Request, who: SignedIn) -> Response:
        """Show the forms."""
        del request
        return await _page(desk, who)

    @desk.act(app, routes.ADMIN_EXPORT)
    async def export(request: Request, who: SignedIn, form: FormData) -> Response:
        """Answer with a file; whoever takes one is in the audit log."""
        del request
        what = str(form.get("what", ""))
        return await _exported(desk, who, what) if what in _EXPORTS else await _page(desk, who)

    @desk.show(app, routes.ADMIN_REPORT)
    async def report(request: Request, who: SignedIn) -> Response:
        """Answer with the rejected lines of an import."""
        token = request.path_params["token"]
        try:
            data = await asyncio.to_thread(read_file, desk.context, who.account.id, token)
        except FileGoneError:
            return desk.missing(who, "report")
        end = "jsonl" if data[:1] == b"{" else "csv"
        return Response(
            data, media_type="text/plain; charset=utf-8", headers=_as(f"rejected.{end}")
        )

    _add_importing(app, desk)


def _add_importing(app: FastAPI, desk: Desk) -> None:
    @desk.act(app, routes.ADMIN_EXCHANGE, files=1)
    async def bring(request: Request, who: SignedIn, form: FormData) -> Response:
        """Take a file and tell what an import of it would do."""
        del request
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.size:
            return await _page(desk, who, error="Choose a file that is not empty.", status=422)
        data = await file.read()
        try:
            wish = wish_of(form, file.filename or "")
            report = await _imported(desk, who, wish, data, dry_run=True)
        except (ImportFileError, PreferenceError, WishError) as error:
            return await _page(desk, who, error=str(error), status=422)
        return _report(desk, who, report)

    @desk.act(app, routes.ADMIN_IMPORT)
    async def deed(request: Request, who: SignedIn, form: FormData) -> Response:
        """Import what a dry run has looked at."""
        del request
        account = who.account.id
        opened = opened_wish(desk.context, account, str(form.get("sealed", "")))
        if opened is None:
            return await _page(desk, who, error=str(FileGoneError()), status=410)
        token, wish = opened
        try:
            data = await asyncio.to_thread(take_file, desk.context, account, token)
            report = await _imported(desk, who, wish, data, dry_run=False)
        except FileGoneError as error:
            return await _page(desk, who, error=str(error), status=410)
        except (ImportFileError, PreferenceError) as error:
            return await _page(desk, who, error=str(error), status=422)
        return _report(desk, who, report)


async def _imported(desk: Desk, who: SignedIn, wish: Wish, data: bytes, *, dry_run: bool) -> Report:
    context, account, actor = desk.context, who.account.id, who.account.name
    file = io.BytesIO(data)
    result: ImportResult | BarResult
    names: tuple[str, ...]
    if wish.what == "barred":
        result = await import_barred(context, actor, file, name=wish.name, dry_run=dry_run)
        names = _BARRED
    else:
        defaults = wish.defaults(context.settings.digest.max_papers)
        result = await import_people(
            context,
            actor,
            file,
            wish.options,
            defaults=defaults,
            wanted=wish.format,
            name=wish.name,
            dry_run=dry_run,
        )
        names = _PEOPLE
    counts = tuple((name.replace("_", " "), int(getattr(result, name))) for name in names)
    rejected_at = sealed = ""
    if result.rejected:
        token = await asyncio.to_thread(keep_file, context, account, _rejected_lines(result))
        rejected_at = routes.ADMIN_REPORT.format(token=token)
    if dry_run:
        token = await asyncio.to_thread(keep_file, context, account, data)
        sealed = sealed_wish(context, account, wish, token)
    return Report(wish, result, counts, sealed, rejected_at)


def _rejected_lines(result: ImportResult | BarResult) -> bytes:
    text = io.StringIO(newline="")
    write_rejected(text, result)
    return text.getvalue().encode("utf-8", "backslashreplace")


async def _exported(desk: Desk, who: SignedIn, what: str) -> Response:
    """Answer with a whole file: it is made first, so that none breaks off in the middle."""
    context, actor = desk.context, who.account.name
    name, media_type = _EXPORTS[what]
    kept: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed when it is sent
    text = io.TextIOWrapper(cast("Any", kept), "utf-8", newline="")
    try:
        if what == "barred":
            await export_barred(context, actor, cast("TextIO", text), name=name)
        else:
            await export_people(context, actor, cast("TextIO", text), Format(what), name=name)
        text.flush()
    except BaseException:
        text.close()
        raise
    return StreamingResponse(_pieces(text, kept), media_type=media_type, headers=_as(name))


def _pieces(text: TextIO, kept: IO[bytes]) -> Iterator[bytes]:
    with text:
        kept.seek(0)
        while piece := kept.read(_PIECE):
            yield piece


def _as(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def _report(desk: Desk, who: SignedIn, report: Report) -> Response:
    rejected = report.result.rejected[:SHOWN]
    return desk.page(who, "admin/imported.html", at="exchange", report=report, rejected=rejected)


async def _page(desk: Desk, who: SignedIn, *, error: str = "", status: int = 200) -> Response:
    return desk.page(
        who,
        "admin/exchange.html",
        status,
        at="exchange",
        consents=CONSENTS,
        formats=FORMATS,
        standings=STANDINGS,
        languages_of_readers=LANGUAGES,
        zones=zones_with("UTC"),
        topics=list((await desk.web.catalogues.current()).values()),
        error=error,
    )
