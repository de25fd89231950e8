"""Files that people are brought in: encodings, hostile rows, and reports to be mended."""

import io
import json

import pytest

from digest.domain.import_rows import Format
from digest.services import importing
from digest.services.audit import list_audit
from digest.services.import_files import ImportFileError
from digest.services.people_export import write_rejected
from tests.services.bringing import bring, people
from tests.world import World


async def test_a_file_that_breaks_off_has_done_nothing(both: World) -> None:
    lines = "".join(f"reader{n}@example.org\n" for n in range(importing.CHUNK * 2))
    for text in (
        b"address\n" + lines.encode() + "é@example.org".encode("latin-1"),
        b"address\n" + lines.encode() + b"x" * 70_000,
        b"address,query\n" + lines.replace("\n", ",\n").encode() + b'a@b.org,"' + b"x\n" * 99_999,
    ):
        with pytest.raises(ImportFileError):
            await bring(both, text)
    assert await people(both) == {}
    assert await list_audit(both.app.context) == []


async def test_rejected_lines_are_mended_and_imported_again(both: World) -> None:
    text = "Address;Hour;Query\n=ann@example.org;25;graphs\nbob@example.org;6;moe\n\nx;1;a;b\n"
    done = await bring(both, text)
    assert [(one.line, one.address) for one in done.rejected] == [(2, "=ann@example.org"), (5, "x")]
    file = io.StringIO()
    write_rejected(file, done)
    report = file.getvalue()
    assert report.splitlines()[0] == "address,hour,query,line,error"
    assert report.splitlines()[1].startswith("'=ann@example.org,25,graphs,2,")
    mended = await bring(both, report.replace(",25,", ",5,").replace("x,1", "zoe@example.org,1"))
    assert (mended.added, mended.rejected) == (2, ())
    assert "=ann@example.org" in await people(both)


async def test_rejected_objects_are_mended_and_imported_again(both: World) -> None:
    objects = [{"email": "ann@", "status": "enabled"}, {"email": "b@example.org", "status": "odd"}]
    done = await bring(both, "".join(json.dumps(one) + "\n" for one in [*objects, ["\ud800"]]))
    assert [one.line for one in done.rejected] == [1, 2, 3]
    file = io.StringIO()
    write_rejected(file, done)
    file.getvalue().encode()  # half a character of the input is no trouble
    mended = file.getvalue().replace("ann@", "ann@example.org").replace("odd", "enabled")
    again = await bring(both, mended, confirmed=True)
    assert (again.added, len(again.rejected)) == (2, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
async def test_encodings_are_told_apart(both: World, encoding: str) -> None:
    text = "Anne Person <anne@example.org>\r\nÉmile <emile@example.org>\r\n# a remark\r\n"
    done = await bring(both, text.encode(encoding), confirmed=True)
    assert (done.format, done.added, done.rejected) == (Format.MAILMAN, 2, ())


async def test_hostile_rows_are_rejected_and_hold_up_no_other(both: World) -> None:
    rows = [
        "nul\x00@example.org,",
        "ok@example.org,graphs",
        "OK@example.org,",
        '"a@example.org\n",x',
        "crlf@example.org\r,",
        "<script>@example.org,",
        "b@example.org,(sparse",
    ]
    done = await bring(both, "address,query\n" + "\n".join(rows) + "\n")
    assert list(await people(both)) == ["ok@example.org", "crlf@example.org"]
    told = [(one.line, one.reason) for one in done.rejected]
    assert [line for line, _ in told] == [2, 4, 5, 9, 10]
    for (_, reason), words in zip(
        told, ("NUL", "stands on line 3", "are one row", "not an e-mail", "add `)`"), strict=True
    ):
        assert words in reason
        assert "\n" not in reason
    file = io.StringIO()
    write_rejected(file, done)
    assert len(file.getvalue().splitlines()) == 6


@pytest.mark.parametrize(
    ("text", "wanted", "words"),
    [
        (b"", None, "the file is empty"),
        (b"name,colour\nx,y\n", None, "the first line must name the columns"),
        (b"address,colour\n", None, "unknown columns colour"),
        ("é@example.org\n".encode("latin-1"), None, "save it as UTF-8"),
        (b"[1, 2", None, "the file is no JSON"),
        (b"[]", None, "the JSON holds nobody"),
        (b"[" * 100_000, None, "cannot be read"),
        (b"a@example.org\n", Format.LISTMONK, "`email` among them"),
    ],
)
async def test_what_is_no_file_of_people_is_refused(
    both: World, text: bytes, wanted: Format | None, words: str
) -> None:
    with pytest.raises(ImportFileError, match=words):
        await bring(both, text, wanted=wanted)
